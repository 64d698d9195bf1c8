"""An image as it is seen with its padding, without ever holding it all.

`PaddedImage.read(first, into)` writes any padded rows, in any padding mode and type; `rows_of_image` gives rows that
lie in the image as they are wanted, and `sides` what is seen left and right of them.
"""

from collections.abc import Iterable

import numpy as np

from cnnfilt.core.engine.borders import OUTSIDE, as_slice, border_positions, finite_values, fitting
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.kept_rows import KeptRows
from cnnfilt.frozen import Frozen
from cnnfilt.terms import PaddingMode, PaddingValue, Pair


class Sides(Frozen):
    """What is seen left and right of rows (n, W * C) that are not padded there: `padding` columns.

    `places` says which value of the row each of these values is, left ones first; -1 is the padding value, of which
    `outside` has one for each channel.
    """

    padding: Pair
    places: Array
    outside: Array


NO_SIDES = Sides((0, 0), np.zeros(1, np.int32), np.zeros(1, np.int32))


class PaddedImage:
    """An image and its padding."""

    def __init__(
        self,
        image: Array,
        padding: tuple[tuple[int, int], tuple[int, int]],
        *,
        padding_mode: PaddingMode = "zeros",
        padding_value: PaddingValue = 0,
        dtype: np.dtype | None = None,
        kept: KeptRows | None = None,
    ) -> None:
        """See `image` (H, W, C) padded by ((top, bottom), (left, right)), in `dtype` (None: its own)."""
        self.image, self._kept = image, kept
        self.dtype = image.dtype if dtype is None else dtype
        (top, bottom), (left, right) = padding
        height, width, channels = image.shape
        self.shape = (top + height + bottom, left + width + right, channels)
        self._rows = border_positions(height, top, bottom, padding_mode, "rows")
        self._columns = columns = border_positions(width, left, right, padding_mode, "columns")
        # Where padded columns lie, and what is seen there.
        self._sides = [
            (side, as_slice(columns[side]))
            for side in (slice(0, left), slice(left + width, None))
            if len(columns[side])
        ]
        self._top, self._left = top, left
        values = finite_values(padding_value, channels)
        uses_value = padding_mode == "zeros" and self.shape != image.shape
        self._value = fitting(values, self.dtype) if uses_value else None

    @property
    def has_sides(self) -> bool:
        """Tell whether there is any padding left or right of the image."""
        return bool(self._sides)

    @property
    def sides(self) -> Sides:
        """Return what is seen left and right of the image's own rows."""
        channels, width = self.image.shape[2], self.image.shape[1]
        seen = np.concatenate([self._columns[: self._left], self._columns[self._left + width :], [0]])
        places = np.where(seen[:, np.newaxis] == OUTSIDE, OUTSIDE, seen[:, np.newaxis] * channels + np.arange(channels))
        outside = np.zeros(1, self.dtype) if self._value is None else self._value
        padding = self._left, self.shape[1] - self._left - width
        return Sides(padding, places.reshape(-1).astype(np.int32), np.broadcast_to(outside, channels))

    @property
    def gives_rows(self) -> bool:
        """Tell whether rows of the image are as they are wanted: of the type, close together, in order, not kept."""
        rows = self.image
        flat = self.dtype == rows.dtype and rows.flags.aligned and rows[0].flags.c_contiguous
        return flat and self._kept is None and (len(rows) == 1 or rows.strides[0] >= rows[0].nbytes)

    def rows_of_image(self, first: int, last: int) -> Array | None:
        """Return rows `first` to `last` without their sides, (rows, W * C), if the image itself holds them so."""
        if not self.gives_rows or first < self._top or last > self._top + self.image.shape[0]:
            return None
        return self.image[first - self._top : last - self._top].reshape(last - first, -1)

    def read(self, first: int, into: Array) -> None:
        """Write the padded rows from `first` on to `into` (rows, padded width, C), as many as it has."""
        height, width, _ = self.image.shape
        centre = into[:, self._left : self._left + width]
        above = min(max(self._top - first, 0), len(into))
        below = min(max(self._top + height - first, above), len(into))
        source = first + above - self._top
        for place, rows in self._rows_from(first, source, source + below - above):
            np.copyto(centre[above + place : above + place + len(rows)], rows, casting="unsafe")
        if (above, below) != (0, len(into)):
            self._read_beyond(first, into, centre, above, below)
        for side, seen in self._sides:
            into[:, side] = self._value if self._value is not None else centre[:, seen]

    def _read_beyond(self, first: int, into: Array, centre: Array, above: int, below: int) -> None:
        for border in (slice(0, above), slice(below, len(into))):
            if border.start == border.stop:
                continue
            if self._value is not None:
                into[border] = self._value
            else:
                positions = self._rows[first + border.start : first + border.stop]
                kept = self._kept
                rows = self.image[positions] if kept is None else [kept.row(first, at) for at in positions.tolist()]
                np.copyto(centre[border], rows, casting="unsafe")

    def _rows_from(self, strip: int, first: int, last: int) -> Iterable[tuple[int, Array]]:
        """Return (place, rows) of what rows `first` to `last` of the image are made of, for one strip."""
        return self._kept.pieces(strip, first, last) if self._kept else [(0, self.image[first:last])]
