"""A batch seen through windows: the views that convolution and pooling, forward and backward, are made of."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnnfilt.geometry import Window, windows
from cnnfilt.nn.layers import Array
from cnnfilt.terms import Padding, Pair


@dataclass(frozen=True)
class Sliding:
    """How windows slide: the numbers of one layer, before it meets an input."""

    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def over(self, x: Array) -> "Windows":
        """Return the windows over a batch (N, H, W, C). ShapeError if none fits."""
        height, width = x.shape[1:3]
        rows, columns = windows(
            (height, width),
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        return Windows(rows, columns)


@dataclass(frozen=True)
class Windows:
    """The windows over one batch, both axes."""

    rows: Window
    columns: Window

    @property
    def output_size(self) -> Pair:
        """Return (H', W')."""
        return self.rows.output_size, self.columns.output_size

    @property
    def taps(self) -> Iterator[Pair]:
        """Return every (row, column) of the kernel, row by row."""
        return ((i, j) for i in range(self.rows.kernel_size) for j in range(self.columns.kernel_size))

    def padded(self, x: Array, value: float = 0) -> Array:
        """Return the batch with its padding (and a ceil-mode overhang) filled with `value`."""
        sides = [(window.before, window.after + window.overhang) for window in (self.rows, self.columns)]
        if not any(map(any, sides)):
            return x
        return np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=value)

    def at(self, padded: Array, tap: Pair) -> Array:
        """Return the view (N, H', W', C) of what one tap of every window meets; writing to it writes to `padded`."""
        down, across = (
            slice(
                place * window.dilation,
                place * window.dilation + (window.output_size - 1) * window.stride + 1,
                window.stride,
            )
            for place, window in zip(tap, (self.rows, self.columns), strict=True)
        )
        return padded[:, down, across]

    def inner(self, padded: Array) -> Array:
        """Return the view (N, H, W, C) of a padded batch without its padding."""
        return padded[
            :,
            self.rows.before : self.rows.before + self.rows.size,
            self.columns.before : self.columns.before + self.columns.size,
        ]

    def empty_padded(self, like: Array) -> Array:
        """Return zeros in the shape of `padded(like)`, to add gradients up in."""
        height, width = (window.padded_size + window.overhang for window in (self.rows, self.columns))
        return np.zeros((len(like), height, width, like.shape[3]), like.dtype)
