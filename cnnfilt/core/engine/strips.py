"""An image and its padding, read in strips of rows that stay in the processor's cache.

`strip_edges` says where strips begin and end. That depends on the image and the windows alone, so the result does not
depend on who computes which strip.

For the techniques of convolution, `StripReader` also lays the rows out so that what one tap of every window
meets is a plain slice, whatever the stride:

    for strip in StripReader(image, rows, columns):
        strip.tap(i, j)     # (strip.height, out_width * C): kernel row i and column j, dilation counted in

Such views are into scratch memory that the next strip overwrites: read them, never write them. With
`planar=True` the channels lie apart, and `strip.tap(i, j, c)` is (strip.height, out_width).
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.kept_rows import KeptRows
from cnnfilt.core.engine.padded import NO_SIDES, PaddedImage, Sides
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen
from cnnfilt.terms import PaddingMode, PaddingValue

SCRATCH_BYTES = 1 << 21
"""What a strip's rows may take: about a second-level cache. Smaller strips pay more for each call into NumPy."""


class Strip(Frozen):
    """Output rows `start` to `stop`, and the padded rows their windows read.

    `natural` has the columns in the file's order; so have the channels, unless the layout is planar and stride 1. Its
    rows are padded at the top and at the bottom; what stands at the `sides` they may lack.
    """

    start: int
    stop: int
    natural: Array
    layout: "Layout"
    sides: Sides
    scratch: Array | None = None

    @cached_property
    def padded(self) -> Array:
        """Return the rows in the order of the layout: sorted when first asked for, since not every technique does."""
        if self.scratch is None:
            return self.natural
        rows = self.scratch[: len(self.natural)]
        self.layout.sort(self.natural, rows)
        return rows

    @property
    def height(self) -> int:
        """Return the number of output rows."""
        return self.stop - self.start

    def tap(self, row: int, column: int, channel: int | None = None) -> Array:
        """Return a view of what tap (row, column) of every window meets: (height, out_width * channels).

        With `channel` it is (height, out_width): a planar strip wants that, any other gives it with gaps.
        """
        layout = self.layout
        first = row * layout.rows.dilation
        last = first + (self.height - 1) * layout.rows.stride + 1
        left, width = layout.columns_of(column, channel)
        values = self.padded[first : last : layout.rows.stride, left : left + width]
        return values if layout.planar or channel is None else values[:, channel :: layout.channels]

    def values(self, row: int, column: int) -> Array:
        """Return a view of what tap (row, column) of every window meets: (height, out_width, channels)."""
        layout = self.layout
        skipped, phase = divmod(column * layout.columns.dilation, layout.columns.stride)
        first = row * layout.rows.dilation
        rows = self.padded[first : first + (self.height - 1) * layout.rows.stride + 1 : layout.rows.stride]
        pixels = layout.pixels(rows)[:, layout.phases.index(phase)]
        return pixels[:, skipped : skipped + layout.columns.output_size]


class Layout(Frozen):
    """How a padded row lies in memory.

    Naturally it is the file's order: pixel by pixel, channels interleaved. Under a column stride s the columns
    are sorted by their remainder modulo s, so that the columns one tap meets (every s-th) lie side by side and
    cost no more than under stride 1. A planar row also sorts by channel.
    """

    rows: Window
    columns: Window
    channels: int
    planar: bool

    @property
    def padded_width(self) -> int:
        """Return how many columns there are, the padding counted."""
        return self.columns.padded_size

    @cached_property
    def phases(self) -> tuple[int, ...]:
        """Return the remainders modulo the stride that some tap's columns have, ascending."""
        stride, dilation = self.columns.stride, self.columns.dilation
        return tuple(sorted({tap * dilation % stride for tap in range(min(self.columns.kernel_size, stride))}))

    @cached_property
    def phase_width(self) -> int:
        """Return how many columns have the same remainder (at most)."""
        return -(-self.padded_width // self.columns.stride)

    @property
    def is_natural(self) -> bool:
        """Tell whether the columns stay in their order, so that a row can be read as it shall lie."""
        return self.columns.stride == 1

    def columns_of(self, tap: int, channel: int | None) -> tuple[int, int]:
        """Return (first position in the row, number of positions) of what the tap in that kernel column meets."""
        skipped, phase = divmod(tap * self.columns.dilation, self.columns.stride)
        before = self.phases.index(phase) * self.phase_width
        if not self.planar:
            return (before + skipped) * self.channels, self.columns.output_size * self.channels
        assert channel is not None, "a planar strip is read one channel at a time"
        return before * self.channels + channel * self.phase_width + skipped, self.columns.output_size

    @property
    def sorted_width(self) -> int:
        """Return how many values a sorted row has."""
        return len(self.phases) * self.phase_width * self.channels

    def natural_pixels(self, rows: Array) -> Array:
        """Return a view (rows, padded_width, channels) of rows that are not sorted: what pixels are read into."""
        if self.planar and self.is_natural:
            return rows.reshape(len(rows), self.channels, self.padded_width).swapaxes(1, 2)
        return rows.reshape(len(rows), self.padded_width, self.channels)

    def pixels(self, rows: Array) -> Array:
        """Return a view of rows in this order as (rows, phases, phase_width, channels)."""
        shape = (self.channels, self.phase_width) if self.planar else (self.phase_width, self.channels)
        view = rows.reshape(len(rows), len(self.phases), *shape)
        return view.swapaxes(2, 3) if self.planar else view

    def sort(self, natural: Array, into: Array) -> None:
        """Write `natural` rows (rows, padded_width * C) in this order to `into` (rows, sorted_width)."""
        natural = natural.reshape(len(natural), self.padded_width, self.channels)
        sorted_rows = self.pixels(into)
        for place, phase in enumerate(self.phases):
            columns = natural[:, phase :: self.columns.stride]
            sorted_rows[:, place, : columns.shape[1]] = columns


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
        planar: bool = False,
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
        self.layout = Layout(rows, columns, image.shape[2], planar)
        self.padded = PaddedImage(
            image,
            ((rows.before, rows.after), (columns.before, columns.after)),
            padding_mode=padding_mode,
            padding_value=padding_value,
            dtype=dtype,
            kept=kept,
        )
        self._sides = self.padded.sides if sides_apart else NO_SIDES
        width = self.layout.padded_width * image.shape[2]
        self.edges = strip_edges(rows, width * self.padded.dtype.itemsize, height=height)
        most = max(self._needed_rows(stop - start) for start, stop in self.edges)
        self._natural = np.empty((most, width), self.padded.dtype)
        self._views: dict[int, tuple[Array, Array]] = {}
        self._sorted = None
        if not self.layout.is_natural:
            # Not every remainder has equally many columns: what stays unused must not hold a NaN by chance.
            self._sorted = np.zeros((most, self.layout.sorted_width), self.padded.dtype)

    def __iter__(self) -> Iterator[Strip]:
        return (self.read(start, stop) for start, stop in self.edges)

    def read(self, start: int, stop: int) -> Strip:
        """Return the strip of output rows `start` to `stop`: rows of the image itself where they need no change."""
        first, needed = start * self.layout.rows.stride, self._needed_rows(stop - start)
        if not self.layout.planar and (self._sides is not NO_SIDES or not self.padded.has_sides):
            as_they_are = self.padded.rows_of_image(first, first + needed)
            if as_they_are is not None:
                return Strip(start, stop, as_they_are, self.layout, self._sides, self._sorted)
        if stop - start not in self._views:
            rows = self._natural[:needed]
            self._views[stop - start] = rows, self.layout.natural_pixels(rows)
        rows, pixels = self._views[stop - start]
        self.padded.read(first, pixels)
        return Strip(start, stop, rows, self.layout, NO_SIDES, self._sorted)

    def _needed_rows(self, output_rows: int) -> int:
        return (output_rows - 1) * self.layout.rows.stride + self.layout.rows.span


def strip_edges(
    rows: Window, padded_row_bytes: int, output_row_bytes: int = 0, *, height: int | None = None, multiple: int = 1
) -> tuple[tuple[int, int], ...]:
    """Return (start, stop) of each strip's output rows: `height` rows, or what makes its scratch SCRATCH_BYTES.

    Their number is then a multiple of `multiple`, the last strip's apart.

    The halo (the span - 1 rows two strips share) is not counted: for a tall kernel the taps cost so much more
    than reading a row twice that taller strips would gain nothing.
    """
    per_row = rows.stride * padded_row_bytes + output_row_bytes
    height = height or max(1, SCRATCH_BYTES // max(per_row, 1) // multiple) * multiple
    return tuple((start, min(start + height, rows.output_size)) for start in range(0, rows.output_size, height))
