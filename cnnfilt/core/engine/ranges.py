"""The range of each window: its largest value minus its smallest."""

import numpy as np

from cnnfilt.core.engine.fold import fold_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.pooled import Pooler, PoolingJob
from cnnfilt.core.engine.shapes import Shape
from cnnfilt.describe.window import Window
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import replace
from cnnfilt.terms import PoolKind


class RangeJob(PoolingJob):
    """`pixels` (H, W, C) and the windows whose ranges are wanted."""

    def __init__(self, pixels: Array, rows: Window, columns: Window, *, window: Shape | None = None) -> None:
        fold = replace(fold_of("max", pixels, 1), result=difference_dtype(pixels))
        super().__init__(fold, pixels, rows, columns, window=window)

    def _pooler(self) -> Pooler:
        """Return what writes the ranges of the windows of rows first to last into an array (rows, W', C)."""
        kinds: tuple[PoolKind, PoolKind] = ("max", "min")
        made = []
        for kind in kinds:
            job = PoolingJob(fold_of(kind, self.pixels, 1), self.pixels, self.rows, self.columns, window=self.window)
            made.append((job._pooler(), np.empty((self._height, *self.shape[1:]), job.fold.dtype)))

        def pool(first: int, last: int, into: Array) -> None:
            for extreme, held in made:
                extreme(first, last, held[: last - first])
            high, low = (held[: last - first] for _, held in made)
            if into.dtype == self.fold.result:
                subtract(high, low, into)
            else:
                np.copyto(into, subtract(high, low, np.empty(into.shape, self.fold.result)), casting="unsafe")

        return pool


def difference_dtype(values: Array) -> np.dtype:
    """Return the type that holds every difference of a larger and a smaller of `values`, which are of one type.

    That is their own, but signed whole numbers need one twice as wide; of 64 bits what they hold is looked at, and
    ShapeError raised where a difference may pass 64 bits.
    """
    dtype = values.dtype.newbyteorder("=")
    if dtype.kind != "i":
        return dtype
    if dtype.itemsize < 8:
        return np.dtype(f"i{2 * dtype.itemsize}")
    lowest, highest = int(values.min()), int(values.max())
    if highest - lowest > np.iinfo(np.int64).max:
        raise ShapeError(
            f"{{image}} holds {lowest} to {highest}: differences may pass 64 bits; convert it to float64",
            parameter="image",
        )
    return dtype


def subtract(larger: Array, smaller: Array, out: Array) -> Array:
    """Write larger - smaller to `out`, of their `difference_dtype`, and return it."""
    if out.dtype == bool:
        return np.not_equal(larger, smaller, out=out)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.subtract(larger, smaller, out=out, dtype=out.dtype)
