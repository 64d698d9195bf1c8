"""Batches convolved with filters over all channels, and what these learn from it: in floats, by the compiled loops."""

from collections.abc import Iterator, Sequence
from functools import reduce
from math import gcd, prod

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.direct import Filters, panel_of
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips, thread_count
from cnnfilt.describe.window import Window
from cnnfilt.nn.layer import Array
from cnnfilt.terms import Pair

SHARED = 1 << 25
"""From so many products on they are worth sharing out to threads: they take half a millisecond."""

SHARES = 8
"""In so many rows pixels are laid out, if they can be, where their rows do not matter."""

IMAGES = 16
"""So many images at once give a sum of gradients."""


def has_loops(weights: Array) -> bool:
    """Tell whether there are loops for these weights, (kernel height, kernel width, ...)."""
    return native.loops is not None and weights.dtype == np.float32 and weights.ndim == 4


def filtered(padded: Array, groups: Sequence[Filters], windows: Sequence[Window]) -> Array:
    """Return the maps (N, H', W', M) of a padded batch by `groups` of filters, each for its part of the channels."""
    maps = sum(filters.maps for filters in groups)
    out = room((len(padded), *(one.output_size for one in windows), maps), np.dtype(np.float32))
    if len(groups) == 1:
        _fill(np.ascontiguousarray(padded), groups[0], windows, out)
        return out
    channels, first = 0, 0
    for filters in groups:
        # Of a group the loops want the channels, and give the maps, side by side.
        part = np.empty((*out.shape[:3], filters.maps), np.float32)
        _fill(np.ascontiguousarray(padded[..., channels : channels + filters.channels]), filters, windows, part)
        out[..., first : first + filters.maps] = part
        channels, first = channels + filters.channels, first + filters.maps
    return out


def _fill(padded: Array, filters: Filters, windows: Sequence[Window], out: Array) -> None:
    """Write the maps of a padded batch (N, H, W, C) to `out` (N, H', W', maps)."""
    rows, columns = windows
    if filters.size == (1, 1) and rows.stride == columns.stride == 1:
        # What windows of 1x1 meet are the pixels as they lie, in rows of any length.
        count = prod(padded.shape[:3])
        shape = 1, gcd(count, SHARES), count // gcd(count, SHARES)
        padded, out = padded.reshape(*shape, filters.channels), out.reshape(*shape, filters.maps)
        rows, columns = Window(shape[1], 1), Window(shape[2], 1)
    pieces = [*_pieces(padded, filters, rows, out)]

    def write(number: int, _: int) -> None:
        images, (first, last), panels = pieces[number]
        met, made = padded[images], out[images, first:last]
        count = len(made)
        if count == 1:
            met = met[:, first * rows.stride : (last - 1) * rows.stride + rows.span]
        met, made = met.reshape(count * met.shape[1], -1), made.reshape(-1, *made.shape[2:])
        filters.write(met, made, (rows, columns), panels=panels, images=count)

    run_strips([(number, number + 1) for number in range(len(pieces))], lambda: write)


def _pieces(padded: Array, filters: Filters, rows: Window, out: Array) -> Iterator[tuple[slice, Pair, Pair]]:
    """Yield (images, rows, panels of filters) of what the threads share: the one of these that there is most of."""
    batch, whole, all_panels = slice(0, len(out)), (0, out.shape[1]), (0, filters.panels)
    if thread_count() == 1 or out.size * prod(filters.size) * filters.channels < SHARED:
        yield batch, whole, all_panels
    elif filters.nbytes > padded.nbytes:
        yield from ((batch, whole, (panel, panel + 1)) for panel in range(filters.panels))
    elif len(out) > 1:
        yield from ((slice(image, image + 1), whole, all_panels) for image in range(len(out)))
    else:
        edges = strip_edges(rows, padded[0, 0].nbytes, out[0, 0].nbytes)
        yield from ((batch, edge, all_panels) for edge in edges)


def filter_gradients(padded: Array, d_output: Array, windows: Sequence[Window]) -> Array:
    """Return dL/dK (h, w, C, M): what windows over a padded batch met, times dL/dZ (N, H', W', M) there, added up.

    Always so many images at a time, so that the sums are the same for any number of threads.
    """
    assert native.loops is not None, "nothing comes here without them"
    (rows, columns), maps, panel = windows, d_output.shape[3], panel_of(d_output.shape[3])
    size, channels = (rows.kernel_size, columns.kernel_size), padded.shape[3]
    if maps % panel:
        d_output = np.pad(d_output, ((0, 0), (0, 0), (0, 0), (0, -maps % panel)))
    padded, d_output, add = np.ascontiguousarray(padded), np.ascontiguousarray(d_output), native.loops.filter_gradients
    places = channels, *native.steps_of(rows, columns), size

    def sums(first: int, last: int) -> Array:
        d_kernel = np.zeros((prod(size) * channels, d_output.shape[3]), np.float32)
        met, given = padded[first:last].reshape(-1, padded.shape[2] * channels), d_output[first:last]
        add(met, given.reshape(-1, *given.shape[2:]), d_kernel, *places, last - first, panel)
        return d_kernel

    shares = [(first, min(first + IMAGES, len(padded))) for first in range(0, len(padded), IMAGES)]
    total = reduce(np.add, run_strips(shares, lambda: sums))
    return np.asarray(total[:, :maps].reshape(*size, channels, maps))
