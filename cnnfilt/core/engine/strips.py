"""An image and its padding, read in strips of rows, which stay in the processor's cache where they are kept.

`strip_edges` says where strips begin and end. That depends on the image and the windows alone, so the result does not
depend on who computes which strip.

    for strip in StripReader(image, rows, columns):
        strip.windows[i, j]     # (strip.height, W', C): what row i and column j of the kernel meet, in every window

Such views may be into scratch memory that the next strip overwrites: read them, never write them.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine import native
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.kept_rows import KeptRows
from cnnfilt.core.engine.padded import NO_SIDES, PaddedImage, Sides
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import PaddingMode, PaddingValue, Pair

SCRATCH_BYTES = 1 << (22 if native.loops else 21)
"""What a strip's rows may take: about a second-level cache. Smaller strips pay more for each call."""

FEWEST_STRIPS = 8
"""So many there are where each has a sixteenth of SCRATCH_BYTES at least."""

STREAMED = 4
"""So many times as large strips may be for loops that go from block to block, reading and writing rows where they are.
To begin a strip costs a tenth of a millisecond, as what Python needs has left the cache."""


class Strip(Frozen):
    """Output rows `start` to `stop`, and the rows (n, W * C) that their windows meet, padded at the top and bottom.

    What stands at the `sides` they may lack.
    """

    start: int
    stop: int
    padded: Array
    rows: Window
    columns: Window
    channels: int
    sides: Sides

    @property
    def height(self) -> int:
        """Return the number of output rows."""
        return self.stop - self.start

    @cached_property
    def windows(self) -> Array:
        """Return a view of what each tap of every window meets, (kernel rows, kernel columns, height, W', C).

        For rows that do not lack their sides.
        """
        rows, columns = self.rows, self.columns
        shape = rows.kernel_size, columns.kernel_size, self.height, columns.output_size, self.channels
        row, value = self.padded.strides
        pixel = self.channels * value
        # Nothing is ever as far away as a long stride or dilation says, which may be more than an address.
        steps = rows.dilation * row, columns.dilation * pixel, rows.stride * row, columns.stride * pixel, value
        strides = [step if count > 1 else 0 for step, count in zip(steps, shape, strict=True)]
        return as_strided(self.padded, shape, strides, writeable=False)

    def of_channel(self, channel: int) -> "Strip":
        """Return a strip of one channel, whose values lie side by side."""
        return replace(self, padded=np.ascontiguousarray(self.padded[:, channel :: self.channels]), channels=1)


class StripReader:
    """Yields the strips of one image in turn; each `read` overwrites the scratch memory of the one before."""

    def __init__(
        self,
        image: Array,
        rows: Window,
        columns: Window,
        *,
        padding_mode: PaddingMode = "zeros",
        padding_value: PaddingValue = 0,
        dtype: np.dtype | None = None,
        height: int | None = None,
        sides_apart: bool = False,
        kept: KeptRows | None = None,
    ) -> None:
        """Prepare to read `image` (H, W, C) as `dtype`, in strips of at most `height` output rows.

        With `sides_apart` rows of the image need not be copied for the sake of their sides. Those that are `kept` may
        have been overwritten: then all are copied.

        Raises ShapeError when the padding mode cannot reach so far, ParameterError for a padding value that
        does not fit `dtype`.
        """
        self._rows, self._columns, self._channels = rows, columns, image.shape[2]
        self.padded = PaddedImage(
            image,
            ((rows.before, rows.after), (columns.before, columns.after)),
            padding_mode=padding_mode,
            padding_value=padding_value,
            dtype=dtype,
            kept=kept,
        )
        self._sides = self.padded.sides if sides_apart else NO_SIDES
        width = columns.padded_size * image.shape[2]
        self.edges = strip_edges(rows, width * self.padded.dtype.itemsize, height=height)
        most = max(self._needed_rows(stop - start) for start, stop in self.edges)
        self._padded = np.empty((most, width), self.padded.dtype)

    def __iter__(self) -> Iterator[Strip]:
        return (self.read(start, stop) for start, stop in self.edges)

    def read(self, start: int, stop: int) -> Strip:
        """Return the strip of output rows `start` to `stop`: rows of the image itself where they need no change."""
        first, needed, sides = start * self._rows.stride, self._needed_rows(stop - start), self._sides
        rows = None
        if sides is not NO_SIDES or not self.padded.has_sides:
            rows = self.padded.rows_of_image(first, first + needed)
        if rows is None:
            rows, sides = self._padded[:needed], NO_SIDES
            self.padded.read(first, rows.reshape(needed, -1, self._channels))
        return Strip(start, stop, rows, self._rows, self._columns, self._channels, sides)

    def parts(self, start: int, stop: int) -> Iterator[Strip]:
        """Yield the strip of output rows `start` to `stop`, what meets the border above or below it by itself.

        So that only this has to be copied. Each part overwrites the one before.
        """
        first, last = self._inside
        cuts = sorted({start, min(max(first, start), stop), max(min(last, stop), start), stop})
        return (self.read(*edge) for edge in pairwise(cuts))

    @cached_property
    def _inside(self) -> Pair:
        """Return the first output row that meets the image alone, and their end, where its rows need not be copied."""
        rows = self._rows
        if self._sides is NO_SIDES or not self.padded.gives_rows:
            return 0, rows.output_size
        first, last = -(-rows.before // rows.stride), (rows.before + rows.size - rows.span) // rows.stride + 1
        return first, max(first, last)

    def _needed_rows(self, output_rows: int) -> int:
        return (output_rows - 1) * self._rows.stride + self._rows.span


def strip_edges(
    rows: Window,
    padded_row_bytes: int,
    output_row_bytes: int = 0,
    *,
    height: int | None = None,
    multiple: int = 1,
    streams: bool = False,
) -> tuple[tuple[int, int], ...]:
    """Return (start, stop) of each strip's output rows: `height` rows, or what makes its scratch SCRATCH_BYTES.

    Their number is then a multiple of `multiple`, the last strip's apart. Of an image that makes only a few strips they
    are smaller, so that threads can share them out; what `streams` may have larger ones.

    The halo (the span - 1 rows two strips share) is not counted: for a tall kernel the taps cost so much more
    than reading a row twice that taller strips would gain nothing.
    """
    per_row = max(rows.stride * padded_row_bytes + output_row_bytes, 1)
    share = -(-rows.output_size // FEWEST_STRIPS) * per_row
    scratch = min(STREAMED * SCRATCH_BYTES if streams else SCRATCH_BYTES, max(SCRATCH_BYTES // 16, share))
    height = height or max(1, scratch // per_row // multiple) * multiple
    return tuple((start, min(start + height, rows.output_size)) for start in range(0, rows.output_size, height))
