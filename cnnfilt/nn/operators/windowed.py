"""Convolutions: windows written out as rows of a matrix, times the weights as another, along any number of axes."""

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.direct import Filters
from cnnfilt.core.engine.products import BLAS_IS_ALONE
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.graphs.sliding import sliding
from cnnfilt.describe.window import Window
from cnnfilt.nn.filtered import filtered, has_loops
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.borders import with_border
from cnnfilt.nn.operators.depthwise import by_channel
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
    known = None if weight is None else _ready(weight, bias, groups, windows)

    def run(x: Array, given: Array | None = None, addend: Array | None = None) -> Array:
        more = bias if addend is None else addend
        convolve = known if given is None and more is bias else None
        if convolve is None:
            kernels = weight if given is None else given
            assert kernels is not None, "they are given, or were taken"
            convolve = _ready(kernels, more, groups, windows)
        return first(convolve(in_rows(x)))

    return run


def _ready(weight: Array, bias: Array | None, groups: int, windows: Sequence[Window]) -> Callable[[Array], Array]:
    """Return what convolves images (N, ..., C) with weights (out, in / groups, ...), made ready."""
    turned = np.moveaxis(weight, (0, 1), (-1, -2))
    if 1 < groups == weight.shape[0] and weight.shape[1] == 1 and len(windows) == 2 and weight.dtype == np.float32:
        return by_channel(turned, bias, windows)
    parts = np.split(turned, groups, axis=-1)
    if has_loops(turned):
        addends = np.zeros(weight.shape[0], np.float32) if bias is None else bias
        filters = [Filters(*pair) for pair in zip(parts, np.split(addends, groups), strict=True)]
        return lambda images: filtered(with_border(images, windows, 0), filters, windows)
    # For each group a matrix (taps * in / groups, out / groups).
    matrices = [np.ascontiguousarray(part.reshape(-1, part.shape[-1])) for part in parts]
    return lambda images: _by_groups(images, matrices, bias, windows)


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
