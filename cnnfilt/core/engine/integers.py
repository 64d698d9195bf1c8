"""Whole numbers, exactly and in few passes: one filter that meets every channel on its own.

A kernel of rank 1 is a column times a row, [1; 1; 1] x [1, 0, -1] say. Then it is one sum down the columns and
one along the rows, which for 3x3 halves the additions; under a stride both are made for kept rows and columns
only. Any other kernel is one sum over all its taps. `tap_sums` says how a sum is made.
"""

from collections.abc import Iterator
from math import gcd

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.passes import Pass, run_passes
from cnnfilt.core.engine.scratch import scratch
from cnnfilt.core.engine.strips import Layout, Strip
from cnnfilt.core.engine.tap_sums import Tap, TapSum
from cnnfilt.core.engine.technique import Technique
from cnnfilt.describe.window import Window
from cnnfilt.errors import counted
from cnnfilt.frozen import replace

Factors = tuple[list[int], list[int]]


class Integers(Technique):
    """Adds up whole numbers."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed; None for fractions, or without rank 1 under a stride along the rows."""
        kernel = job.weights[:, :, 0, 0]
        if dtype.kind != "i" or not job.shares_filter or not kernel.any():
            return None
        if integer_factors(kernel) is not None:
            return f"rank 1: {dtype} sums"
        return f"{counted(job.tap_count, 'taps')}: {dtype} sums" if job.columns.stride == 1 else None

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        kernel = job.weights[:, :, 0, 0]
        self._dtype, self._bias = dtype, int(job.bias[0])
        self._pitch, width = job.columns.padded_size * job.maps, job.columns.output_size * job.maps
        self._along: TapSum | None = None
        factors = integer_factors(kernel)
        if factors is not None and (job.columns.stride > 1 or saves_additions(factors)):
            self._plan_two_passes(factors, job)
        else:
            places = [(i * job.rows.dilation, j * job.columns.dilation * job.maps) for i, j in np.ndindex(kernel.shape)]
            self._sum = TapSum(taps_of(kernel.ravel().tolist(), places), job.rows.stride)
        sorts = self._along is not None and not self._layout.is_natural
        # Once the sums down the columns are made, nobody needs the strip.
        self.spends_strip = self._along is not None
        rows = (self._along is not None) + sorts + bool(self._spare_rows(1))
        self.row_bytes = (rows * self._pitch + (not self.spends_strip) * width) * dtype.itemsize

    def _plan_two_passes(self, factors: Factors, job: Job) -> None:
        column, row = factors
        self._sum = TapSum(taps_of(column, [(i * job.rows.dilation, 0) for i in range(len(column))]), job.rows.stride)
        row, window = without_holes(row, job.columns)
        self._layout = Layout(job.rows, window, job.maps, planar=False)
        self._along = TapSum(taps_of(row, [(0, self._layout.columns_of(j, None)[0]) for j in range(len(row))]))

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._spare = scratch(self._spare_rows(height) * self._pitch, self._dtype)
        self._passes_down: dict[int, list[Pass]] = {}
        self._passes_out: dict[int, tuple[list[Pass], Array]] = {}
        if self._along:
            self._sums = scratch((height, self._pitch), self._dtype)
            if not self._layout.is_natural:
                self._sorted = scratch((height, self._layout.sorted_width), self._dtype)

    def _spare_rows(self, height: int) -> int:
        return max(one.spare_rows(height) for one in (self._sum, self._along) if one)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""
        # A reader's strips are all in the same memory, and often the results are: one list serves nearly all strips.
        if strip.height not in self._passes_down:
            self._passes_down[strip.height] = list(self._down(strip))
        passes, where = self._passes_out.get(strip.height, ([], None))
        if where is not out:
            passes = list(self._last(strip, out))
            self._passes_out[strip.height] = passes, out
        run_passes([*self._passes_down[strip.height], *passes])

    def _down(self, strip: Strip) -> Iterator[Pass]:
        """Yield the passes that write the sums down the columns, if there are two sums."""
        if self._along:
            sums = self._sums[: strip.height]
            yield from self._sum.passes(strip.natural, sums, self._spare)
            if not self._layout.is_natural:
                yield from self._layout.sort(sums, self._sorted[: strip.height])

    def _last(self, strip: Strip, out: Array) -> Iterator[Pass]:
        """Yield the passes that write to `out`."""
        if not self._along:
            yield from self._sum.passes(strip.natural, out, self._spare)
        else:
            sums = self._sums if self._layout.is_natural else self._sorted
            yield from self._along.passes(sums[: strip.height], out, self._spare)
        if self._bias:
            yield np.add, (out, np.int64(self._bias).astype(self._dtype)), out


def integer_factors(kernel: Array) -> Factors | None:
    """Return the whole numbers (column, row) whose products are `kernel`; None if it has not rank 1.

    >>> integer_factors(np.array([[2, 0, -2], [4, 0, -4]]))
    ([2, 4], [1, 0, -1])
    """
    rows = kernel.tolist()
    first = next((row for row in rows if any(row)), None)
    if first is None:
        return None
    row = [weight // gcd(*first) for weight in first]
    place = next(j for j, weight in enumerate(row) if weight)
    column = [line[place] // row[place] for line in rows]
    return (column, row) if [[c * r for r in row] for c in column] == rows else None


def saves_additions(factors: Factors) -> bool:
    """Tell whether two passes, down and along, are fewer additions than one over all taps."""
    down, along = (sum(weight != 0 for weight in factor) for factor in factors)
    return down > 1 and along > 1


def taps_of(weights: list[int], places: list[tuple[int, int]]) -> list[Tap]:
    """Return the taps of the weights that are not zero; `places` says where each is met (rows down, values along)."""
    return [Tap(weight, *place) for weight, place in zip(weights, places, strict=True) if weight]


def without_holes(row: list[int], columns: Window) -> tuple[list[int], Window]:
    """Return [1, -1] for [1, 0, -1], and the window dilated to match: columns under zeros need not be sorted."""
    step = gcd(*(j for j, weight in enumerate(row) if weight)) or len(row)
    row = row[::step]
    return row, replace(columns, kernel_size=len(row), dilation=columns.dilation * step)
