"""ConvTranspose: each number of the input stamps the kernel, times itself, and where stamps overlap they are added."""

from collections.abc import Sequence

import numpy as np

from cnnfilt.describe.graphs.sliding import transposed_axes
from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import first, in_rows
from cnnfilt.nn.operators.task import Make, Run, Task


def transposed_convolution(task: Task) -> Run:
    """For each tap of the kernel: the input times the weights under it, added to where that tap falls."""
    axes, groups = transposed_axes(task), task.whole("group", 1)
    weight, bias = task.take(1), task.take(2)
    known = None if weight is None else _ready(weight, groups)

    def run(x: Array, given: Array | None = None, addend: Array | None = None) -> Array:
        kernels = known if given is None else _ready(given, groups)
        assert kernels is not None, "they are given, or were taken"
        images = in_rows(x)
        parts = [
            _stamped(part, kernel, axes)
            for part, kernel in zip(np.split(images, groups, axis=-1), kernels, strict=True)
        ]
        made = parts[0] if groups == 1 else np.concatenate(parts, axis=-1)
        more = bias if addend is None else addend
        return first(made if more is None else np.asarray(np.add(made, more, out=made)))

    return run


def _ready(weight: Array, groups: int) -> list[Array]:
    """Return weights (in, out / groups, ...) as (..., in / groups, out / groups), for each group."""
    turned = np.moveaxis(weight, (0, 1), (-2, -1))
    return [np.ascontiguousarray(part) for part in np.split(turned, groups, axis=-2)]


def _stamped(images: Array, kernel: Array, axes: Sequence[TransposedAxis]) -> Array:
    """Return (N, sizes out..., maps): all stamps of `kernel` (..., C, maps), less what is cut off around."""
    sides = tuple(one.output_size for one in axes)
    out = np.zeros((len(images), *sides, kernel.shape[-1]), images.dtype)
    for tap in np.ndindex(*kernel.shape[:-2]):
        met = [one.met_by(place) for one, place in zip(axes, tap, strict=True)]
        read = images[(slice(None), *(slice(inputs.start, inputs.stop) for inputs, _ in met))]
        if read.size:
            where = (slice(None), *(slice(outputs.start, outputs.stop, outputs.step) for _, outputs in met))
            out[where] += read @ kernel[tap]
    return out


OPERATORS: dict[str, Make] = {"ConvTranspose": transposed_convolution}
