"""Convolutions: windows written out as rows of a matrix, times the weights as another, along any number of axes."""

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine import native
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.products import BLAS_IS_ALONE
from cnnfilt.core.engine.run import PlannedConvolution
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.graphs.sliding import sliding
from cnnfilt.describe.window import Window
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import first, in_rows
from cnnfilt.nn.operators.task import Arrays, Make, Run, Task

BLOCK_BYTES = 1 << 20
"""What windows written out take at once: they are written and then read, and should stay near the processor."""


def convolution(task: Task) -> Run:
    """Conv: what every window meets, times the weights, summed over all channels of its group."""
    return convolved(task, task.take(1), task.take(2))


def convolved(task: Task, weight: Array | None, bias: Array | None) -> Run:
    """Return a convolution by these weights, made ready; those that are None come with each call."""
    windows = sliding(task, task.value(0), task.value(1).dims[2:])
    groups = task.whole("group", 1)
    known = None if weight is None else _ready(weight, groups)

    def run(x: Array, given: Array | None = None, addend: Array | None = None) -> Array:
        kernels = known if given is None else _ready(given, groups)
        assert kernels is not None, "they are given, or were taken"
        more = bias if addend is None else addend
        images = in_rows(x)
        if not isinstance(kernels, list) and len(windows) == 2 and images.dtype == np.float32:
            return first(_by_channel(images, kernels, more, windows))
        return first(_by_groups(images, _matrices(kernels, groups), more, windows))

    return run


def _ready(weight: Array, groups: int) -> Array | list[Array]:
    """Return weights (out, in / groups, ...) channels last: for each group a matrix (taps * in / groups, out / groups).

    Of one kernel for each channel, (kernel height, kernel width, 1, channels).
    """
    turned = np.moveaxis(weight, (0, 1), (-1, -2))
    if 1 < groups == weight.shape[0] and weight.shape[1] == 1:
        return np.ascontiguousarray(turned)
    parts = np.split(turned, groups, axis=-1)
    return [np.ascontiguousarray(part.reshape(-1, part.shape[-1])) for part in parts]


def _matrices(kernels: Array | list[Array], groups: int) -> list[Array]:
    if isinstance(kernels, list):
        return kernels
    return [np.ascontiguousarray(part.reshape(-1, 1)) for part in np.split(kernels, groups, axis=-1)]


def _by_channel(images: Array, kernels: Array, bias: Array | None, windows: Sequence[Window]) -> Array:
    """Return what one kernel for each channel gives, by the core's loops."""
    rows, columns = windows
    out = np.empty((len(images), rows.output_size, columns.output_size, images.shape[3]), np.float32)
    addends = np.zeros(images.shape[3]) if bias is None else bias
    # The loops hold so many channels at once, whatever the stride.
    together = max(native.BLOCK // columns.stride, 1)
    for image, responses in zip(images, out, strict=True):
        for start in range(0, images.shape[3], together):
            some = slice(start, start + together)
            weights, bias_of_some = kernels[..., some].astype(np.float64), addends[some].astype(np.float64)
            job = Job(np.ascontiguousarray(image[..., some]), weights, True, bias_of_some, rows, columns)
            PlannedConvolution(job, dtype=np.dtype(np.float32)).write(responses[..., some])
    return out


def _by_groups(images: Array, matrices: list[Array], bias: Array | None, windows: Sequence[Window]) -> Array:
    padded = with_border(images, windows, 0)
    maps = matrices[0].shape[1]
    out = np.empty((len(images), *(one.output_size for one in windows), maps * len(matrices)), images.dtype)
    depth = images.shape[-1] // len(matrices)
    for number, matrix in enumerate(matrices):
        part = slice(number * maps, (number + 1) * maps)
        addend = None if bias is None else bias[part]
        inputs = padded[..., number * depth : (number + 1) * depth]
        _products(inputs, matrix, addend, windows, out[..., part])
    return out


def _products(padded: Array, matrix: Array, bias: Array | None, windows: Sequence[Window], out: Array) -> None:
    """Write all windows of `padded` (N, ..., C) times `matrix` to `out` (N, ..., maps), in blocks of whole rows."""
    met = unfolded(padded, windows)
    taps, width = matrix.shape[0], prod(out.shape[2:-1])
    plain = all(one.kernel_size == one.stride == 1 for one in windows) and padded.flags.c_contiguous
    high = max(1, BLOCK_BYTES // (taps * width * padded.itemsize))
    edges = [(top, min(top + high, out.shape[1])) for _ in range(len(out)) for top in range(0, out.shape[1], high)]
    parts = len(edges) // len(out)
    places = [(number // parts, *edge) for number, edge in enumerate(edges)]

    def make_worker() -> Callable[[int, int], None]:
        memory = np.empty(0 if plain else high * width * taps, padded.dtype)

        def work(begin: int, end: int) -> None:
            for image, top, below in places[begin:end]:
                count = (below - top) * width
                if plain:
                    rows = met[image, top:below].reshape(count, taps)
                else:
                    rows = memory[: count * taps].reshape(count, taps)
                    np.copyto(rows.reshape(below - top, *met.shape[2:]), met[image, top:below])
                _multiply(rows, matrix, bias, out[image, top:below])

        return work

    # Elsewhere BLAS has threads of its own, and ours would wait for each other in it.
    if BLAS_IS_ALONE:
        run_strips([(number, number + 1) for number in range(len(places))], make_worker)
    else:
        make_worker()(0, len(places))


def _multiply(rows: Array, matrix: Array, bias: Array | None, out: Array) -> None:
    whole = out.flags.c_contiguous
    sums = out.reshape(len(rows), -1) if whole else np.empty((len(rows), matrix.shape[1]), out.dtype)
    np.matmul(rows, matrix, out=sums)
    if bias is not None:
        np.add(sums, bias, out=sums)
    if not whole:
        out[...] = sums.reshape(out.shape)


def with_border(images: Array, windows: Sequence[Window], value: float) -> Array:
    """Return (N, ..., C) with what the windows reach beyond it filled with `value`."""
    if not any(one.before or one.after or one.overhang for one in windows):
        return images
    sides = [one.padded_size + one.overhang for one in windows]
    padded = np.full((len(images), *sides, images.shape[-1]), value, images.dtype)
    padded[(slice(None), *(slice(one.before, one.before + one.size) for one in windows))] = images
    return padded


def unfolded(padded: Array, windows: Sequence[Window]) -> Array:
    """Return a view (N, sizes out..., kernel size..., C) of all that the windows meet."""
    images, *steps, channel = padded.strides
    return as_strided(
        padded,
        (
            len(padded),
            *(one.output_size for one in windows),
            *(one.kernel_size for one in windows),
            padded.shape[-1],
        ),
        (
            images,
            *(step * one.stride for step, one in zip(steps, windows, strict=True)),
            *(step * one.dilation for step, one in zip(steps, windows, strict=True)),
            channel,
        ),
        writeable=False,
    )


def folded_in(weight: Array, bias: Array | None, factor: Array, addend: Array) -> Arrays:
    """Return the weights (out, ...) and the bias of a convolution whose maps are multiplied, and then added to."""
    scaled = weight * factor.astype(weight.dtype).reshape(-1, *(1,) * (weight.ndim - 1))
    moved = addend if bias is None else addend + bias * factor
    return scaled, moved.astype(weight.dtype)


OPERATORS: dict[str, Make] = {"Conv": convolution}
