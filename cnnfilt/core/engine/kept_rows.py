"""The rows of an image that strips share, kept while the result is written over the image itself."""

from collections.abc import Iterator, Sequence

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.describe.window import Window
from cnnfilt.terms import PaddingMode


class KeptRows:
    """Copies of the rows around the edges of strips, made before any is overwritten.

    Each strip of output rows `edges` is read before it is written; what its windows meet above and below it may be
    gone by then, and is read from here.
    """

    def __init__(self, image: Array, rows: Window, edges: Sequence[tuple[int, int]]) -> None:
        """Copy from `image` (H, W, C) what windows of `rows`, stride 1, meet beyond a strip. See `can_keep`."""
        self._image = image
        self._last = dict(edges)
        self._kept: dict[int, tuple[int, Array]] = {}
        for edge, _ in edges[1:]:
            first = max(edge - rows.before, 0)
            self._kept[edge] = first, image[first : edge + rows.span - 1 - rows.before].copy()

    def pieces(self, strip: int, first: int, last: int) -> Iterator[tuple[int, Array]]:
        """Yield (place, rows) for rows `first` to `last` of the image as it was, as the strip at `strip` asks."""
        own = strip, self._last[strip]
        above, below = min(last, own[0]), max(first, own[1])
        for start, stop in ((first, above), (max(first, own[0]), min(last, own[1])), (below, last)):
            if start < stop:
                yield start - first, self._rows(own, start, stop)

    def row(self, strip: int, position: int) -> Array:
        """Return row `position` of the image as it was."""
        return np.asarray(self._rows((strip, self._last[strip]), position, position + 1)[0])

    def _rows(self, own: tuple[int, int], start: int, stop: int) -> Array:
        if own[0] <= start < own[1]:
            return self._image[start:stop]
        first, rows = self._kept[own[0] if start < own[0] else own[1]]
        return rows[start - first : stop - first]


def can_keep(rows: Window, mode: PaddingMode, edges: Sequence[tuple[int, int]]) -> bool:
    """Tell whether all that strips `edges` of a result of the image's size meet is their own, or beside their edges."""
    before, after = rows.before, rows.span - 1 - rows.before
    if rows.stride != 1 or rows.output_size != rows.size or rows.after > after:
        return False
    shortest = min((last - first for first, last in edges[:-1]), default=rows.size)
    first_of_last, end = edges[-1]
    # Mirrored at the lower border, the last strip meets rows that lie above it.
    mirrored = end - first_of_last + before > after
    return shortest > max(before, after) and mirrored and (mode != "circular" or len(edges) == 1)
