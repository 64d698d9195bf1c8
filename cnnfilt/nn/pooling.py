"""The pooling layers of the notes. They have no parameters, so nothing is trained here."""

import numpy as np

from cnnfilt.geometry import check_pool_padding
from cnnfilt.nn.layers import Array, Layer
from cnnfilt.nn.windows import Sliding, Windows
from cnnfilt.terms import Padding, Pair


class _Pool2D(Layer):
    def __init__(
        self,
        kernel_size: Pair = (2, 2),
        *,
        stride: Pair | None = None,
        padding: Padding = 0,
        dilation: Pair = (1, 1),
        ceil_mode: bool = False,
    ) -> None:
        """Describe the windows; the stride is the kernel size unless given."""
        super().__init__()
        self.sliding = Sliding(kernel_size, stride or kernel_size, padding, dilation, ceil_mode)

    def _windows_over(self, x: Array) -> Windows:
        windows = self.sliding.over(x)
        check_pool_padding(windows.rows)
        check_pool_padding(windows.columns)
        return windows


class MaxPool2D(_Pool2D):
    """P = the maximum of each window; dP goes to where the maximum stood (of equal ones, to the first)."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C); padding is minus infinity and never wins."""
        self._windows = self._windows_over(x)
        padded = self._windows.padded(x, -np.inf)
        self._like = x
        taps = self._windows.taps
        highest = self._windows.at(padded, next(taps)).copy()
        self._where = np.zeros(highest.shape, np.int32)
        for number, tap in enumerate(taps, 1):
            values = self._windows.at(padded, tap)
            higher = values > highest
            self._where[higher] = number
            np.maximum(highest, values, out=highest)
        return highest

    def backward(self, d_output: Array) -> Array:
        """Return dC: dP where C was the maximum, 0 elsewhere."""
        d_padded = self._windows.empty_padded(self._like)
        for number, tap in enumerate(self._windows.taps):
            self._windows.at(d_padded, tap)[...] += d_output * (self._where == number)
        return self._windows.inner(d_padded)


class MinPool2D(MaxPool2D):
    """P = the minimum of each window, which is the maximum with all signs turned; dP goes to where it stood."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C); padding is infinity and never wins."""
        return -super().forward(-x)


class AveragePool2D(_Pool2D):
    """P = the mean of each window, padding not counted; dP is shared evenly: 1/4 each for 2x2."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C)."""
        self._windows = self._windows_over(x)
        self._like = x
        padded = self._windows.padded(x)
        inside = self._windows.padded(np.ones((1, *x.shape[1:3], 1), x.dtype))
        self._counts = sum(self._windows.at(inside, tap) for tap in self._windows.taps)
        total = sum(self._windows.at(padded, tap) for tap in self._windows.taps)
        return np.asarray(total / self._counts)

    def backward(self, d_output: Array) -> Array:
        """Return dC: every cell of a window gets dP over the number of cells."""
        share = d_output / self._counts
        d_padded = self._windows.empty_padded(self._like)
        for tap in self._windows.taps:
            self._windows.at(d_padded, tap)[...] += share
        return self._windows.inner(d_padded)
