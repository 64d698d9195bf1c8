"""A batch seen through windows: the views that convolution and pooling, forward and backward, are made of."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import prod

import numpy as np

from cnnfilt.core.engine.memory import room
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.borders import with_border
from cnnfilt.terms import Pair

_BLOCK = 1 << 20
"""So many bytes of windows are written out at once: enough for a fast product, and few enough to stay in the cache."""


class WindowViews(Frozen):
    """The windows over one batch (N, H, W, C), as views of it."""

    windows: Windows

    def padded(self, x: Array, value: float = 0) -> Array:
        """Return the batch with its padding (and a ceil-mode overhang) filled with `value`."""
        return with_border(x, [*self.windows], value)

    def at(self, padded: Array, tap: Pair) -> Array:
        """Return the view (N, H', W', C) of what one tap of every window meets; writing to it writes to `padded`."""
        down, across = (
            slice(
                place * window.dilation,
                place * window.dilation + (window.output_size - 1) * window.stride + 1,
                window.stride,
            )
            for place, window in zip(tap, self.windows, strict=True)
        )
        return padded[:, down, across]

    def inner(self, padded: Array) -> Array:
        """Return the view (N, H, W, C) of a padded batch without its padding."""
        rows, columns = (slice(window.before, window.before + window.size) for window in self.windows)
        return padded[:, rows, columns]

    def unfolded(self, padded: Array) -> Array:
        """Return the view (N, H', W', kernel height, kernel width, C) of all that the windows meet."""
        images, down, across, channel = padded.strides
        rows, columns = self.windows
        return np.lib.stride_tricks.as_strided(
            padded,
            (len(padded), *self.windows.output_size, *self.windows.kernel_size, padded.shape[3]),
            (
                images,
                down * rows.stride,
                across * columns.stride,
                down * rows.dilation,
                across * columns.dilation,
                channel,
            ),
            writeable=False,
        )

    def blocks(self, images: int, bytes_per_window: int) -> Iterator[tuple[slice, slice]]:
        """Yield (images, rows of the output) of parts whose windows, written out, take about 1 MB: see `unfolded`."""
        height, width = self.windows.output_size
        at_once = max(1, _BLOCK // (height * width * bytes_per_window))
        high = max(1, _BLOCK // (width * bytes_per_window)) if at_once == 1 else height
        for first in range(0, images, at_once):
            for top in range(0, height, high):
                yield slice(first, first + at_once), slice(top, top + high)

    def sent_back(self, like: Array, share: Callable[[int], Array]) -> Array:
        """Return d(input), (N, H, W, C): every tap sends `share` of its number, (N, H', W', C), to what it met."""
        shares = map(share, range(prod(self.windows.kernel_size)))
        height, width = (window.padded_size + window.overhang for window in self.windows)
        d_padded = room((len(like), height, width, like.shape[3]), like.dtype)
        # No two taps meet the same place then, so nothing is there to be added to.
        apart = all(window.stride >= window.span for window in self.windows)
        if not (apart and all(window.stride == window.kernel_size and not window.remainder for window in self.windows)):
            d_padded.fill(0)
        for tap, part in zip(self.windows.taps, shares, strict=True):
            if apart:
                self.at(d_padded, tap)[...] = part
            else:
                self.at(d_padded, tap)[...] += part
        return self.inner(d_padded)


@lru_cache(maxsize=64)
def views_of(slide: Slide, size: Pair) -> WindowViews:
    """Return the windows over batches of this size. ParameterError and ShapeError as `Slide.over`.

    Every part of every batch of a training asks for the same few.
    """
    return WindowViews(slide.over(size))
