"""The convolution layer of the notes: Z = conv(X, K) + B, and its three gradients."""

import numpy as np

from cnnfilt.errors import ShapeError
from cnnfilt.nn.layers import Array, Layer
from cnnfilt.nn.windows import Sliding, Windows
from cnnfilt.terms import Padding, Pair


class Conv2D(Layer):
    """Z = conv(X, K) + B for a batch (N, H, W, C): every filter sums over all channels (of its group).

    With X seen through the windows, tap by tap:

        Z[y, x]     = sum over taps  X[y s + i d, x s + j d] K[i, j] + B
        dL/dK[i, j] = sum over y, x  X[y s + i d, x s + j d] dL/dZ[y, x]         conv(X, dL/dZ)
        dL/dB       = sum over y, x  dL/dZ[y, x]                                 sum(dL/dZ)
        dL/dX       = every tap adds dL/dZ[y, x] K[i, j] to the X it met         conv(padded dL/dZ, K turned by 180)

    The last two are the same sum: X[y s + i d] meets K[i], so seen from X the kernel runs backwards.
    """

    def __init__(
        self,
        kernel: Array,
        bias: Array | None = None,
        *,
        stride: Pair = (1, 1),
        padding: Padding = 0,
        dilation: Pair = (1, 1),
        groups: int = 1,
    ) -> None:
        """Take `kernel` (height, width, in_channels / groups, out_channels) and `bias` (out_channels,), or none."""
        super().__init__()
        self.parameters["kernel"] = kernel
        if bias is not None:
            self.parameters["bias"] = bias
        self.sliding = Sliding((kernel.shape[0], kernel.shape[1]), stride, padding, dilation)
        self.groups = groups

    def forward(self, x: Array) -> Array:
        """Return Z, (N, H', W', out_channels)."""
        kernel = self.parameters["kernel"]
        if x.ndim != 4 or x.shape[3] != kernel.shape[2] * self.groups:
            raise ShapeError(f"a convolution of {kernel.shape[2] * self.groups} channels got {x.shape}")
        self._windows = self.sliding.over(x)
        self._shape = x.shape
        self._columns = [_columns(self._windows, part) for part in _grouped(x, self.groups)]
        filters = [_as_matrix(part) for part in _grouped(kernel, self.groups)]
        maps = [columns @ matrix for columns, matrix in zip(self._columns, filters, strict=True)]
        z = (maps[0] if self.groups == 1 else np.concatenate(maps, axis=1)).reshape(
            len(x), *self._windows.output_size, kernel.shape[3]
        )
        return z + self.parameters["bias"] if "bias" in self.parameters else z

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX; dL/dK and dL/dB go to the gradients."""
        kernel = self.parameters["kernel"]
        d_maps = [part.reshape(-1, part.shape[3]) for part in _grouped(d_output, self.groups)]
        d_filters = [columns.T @ d_map for columns, d_map in zip(self._columns, d_maps, strict=True)]
        self.gradients["kernel"] = np.concatenate(d_filters, axis=1).reshape(kernel.shape)
        if "bias" in self.parameters:
            self.gradients["bias"] = d_output.sum(axis=(0, 1, 2))
        filters = [_as_matrix(part) for part in _grouped(kernel, self.groups)]
        parts = [self._d_input(d_map @ matrix.T) for d_map, matrix in zip(d_maps, filters, strict=True)]
        return parts[0] if self.groups == 1 else np.concatenate(parts, axis=3)

    def _d_input(self, d_columns: Array) -> Array:
        """Return d(input) of one group: what every tap sends back, added up where it came from."""
        channels = self._shape[3] // self.groups
        taps = list(self._windows.taps)
        by_tap = d_columns.reshape(self._shape[0], *self._windows.output_size, len(taps), channels)
        d_padded = self._windows.empty_padded(np.empty((self._shape[0], 0, 0, channels), d_columns.dtype))
        for number, tap in enumerate(taps):
            self._windows.at(d_padded, tap)[...] += by_tap[:, :, :, number]
        return self._windows.inner(d_padded)


def _columns(windows: Windows, x: Array) -> Array:
    """Return all windows as rows of one matrix, (N H' W', taps * C), in the order of the kernel's own memory."""
    padded = windows.padded(x)
    taps = list(windows.taps)
    columns = np.empty((len(x), *windows.output_size, len(taps), x.shape[3]), x.dtype)
    for number, tap in enumerate(taps):
        columns[:, :, :, number] = windows.at(padded, tap)
    return columns.reshape(-1, len(taps) * x.shape[3])


def _as_matrix(kernel: Array) -> Array:
    return kernel.reshape(-1, kernel.shape[3])


def _grouped(array: Array, groups: int) -> list[Array]:
    """Return the parts of the last axis, one for each group."""
    return np.split(array, groups, axis=-1)
