"""The convolution layer of the notes: Z = conv(X, K) + B, and its three gradients.

Its outputs for one image are the core's, in strips, so that a photo needs no more memory than its maps.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from cnnfilt.core.convolution import convolve_as_asked, convolve_batch
from cnnfilt.core.engine.direct import Filters
from cnnfilt.core.engine.memory import room
from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.layers import ConvLayer, Effect, FilterLayer
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.nn.filtered import filter_gradients, filtered, has_loops
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.nn.window_views import WindowViews, views_of


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
        slide: Slide | None = None,
        groups: int = 1,
    ) -> None:
        """Take `kernel` (height, width, in_channels / groups, out_channels) and `bias` (out_channels,), or none.

        A `slide` of None is the kernel's own size, a stride of 1, and no padding.
        """
        super().__init__()
        self.parameters["kernel"] = kernel
        if bias is not None:
            self.parameters["bias"] = bias
        self.slide = slide or Slide((kernel.shape[0], kernel.shape[1]))
        self.groups = groups

    def forward(self, x: Array) -> Array:
        """Return Z, (N, H', W', out_channels)."""
        kernel = self.parameters["kernel"]
        if x.ndim != 4 or x.shape[3] != kernel.shape[2] * self.groups:
            raise ShapeError(f"a convolution of {counted(kernel.shape[2] * self.groups, 'channels')} got {x.shape}")
        self._views = views_of(self.slide, x.shape[1:3])
        self._padded = self._views.padded(x)
        z = self._correlated(self._views, self._padded, kernel)
        return np.add(z, self.parameters["bias"], out=z) if "bias" in self.parameters else z

    def fill_gradients(self, d_output: Array) -> None:
        """Put dL/dK and dL/dB into the gradients."""
        kernel = self.parameters["kernel"]
        parts = zip(_grouped(self._padded, self.groups), _grouped(d_output, self.groups), strict=True)
        d_kernels = [self._d_kernel(padded, d_part).reshape(*kernel.shape[:3], -1) for padded, d_part in parts]
        self.gradients["kernel"] = _joined(d_kernels)
        if "bias" in self.parameters:
            d_rows = d_output.reshape(-1, d_output.shape[3])
            # sum(dL/dZ), as a product, which is many times faster than to sum along the first axes.
            self.gradients["bias"] = np.ones(len(d_rows), d_rows.dtype) @ d_rows

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX; dL/dK and dL/dB go to the gradients."""
        self.fill_gradients(d_output)
        around = [(window.span - 1 - window.before, window.span - 1 - window.after) for window in self._views.windows]
        if self.slide.stride != (1, 1) or any(side < 0 for sides in around for side in sides):
            return self._sent_back(d_output)
        # conv(padded dL/dZ, K turned by 180), with the channels' parts exchanged.
        kernel = self.parameters["kernel"]
        turned = _joined([part[::-1, ::-1].swapaxes(2, 3) for part in _grouped(kernel, self.groups)])
        back = replace(self.slide, padding=(around[0], around[1]))
        views = views_of(back, d_output.shape[1:3])
        return self._correlated(views, views.padded(d_output), turned)

    def _correlated(self, views: WindowViews, padded: Array, kernel: Array) -> Array:
        """Return what `kernel` gives at every window: by loops, or a product of matrices, a window a row of one."""
        if has_loops(kernel) and padded.dtype == np.float32:
            no_bias = np.zeros(kernel.shape[3] // self.groups)
            return filtered(
                padded, [Filters(part, no_bias) for part in _grouped(kernel, self.groups)], [*views.windows]
            )
        z = np.empty((len(padded), *views.windows.output_size, kernel.shape[3]), np.result_type(padded, kernel))
        parts = (_grouped(array, self.groups) for array in (padded, kernel, z))
        for part, filters, maps in zip(*parts, strict=True):
            matrix = filters.reshape(-1, filters.shape[3])
            for place, rows in _written_out(views, part):
                if self.groups == 1:
                    np.matmul(rows, matrix, out=maps[place].reshape(-1, matrix.shape[1]))
                else:
                    maps[place] = (rows @ matrix).reshape(maps[place].shape)
        return z

    def _d_kernel(self, padded: Array, d_output: Array) -> Array:
        """Return dL/dK of one group, (taps * in_channels, out_channels): conv(X, dL/dZ)."""
        if has_loops(self.parameters["kernel"]) and padded.dtype == d_output.dtype == np.float32:
            return filter_gradients(padded, d_output, [*self._views.windows])
        products = (
            rows.T @ d_output[place].reshape(len(rows), -1) for place, rows in _written_out(self._views, padded)
        )
        total = next(products)
        for product in products:
            total += product
        return total

    def _sent_back(self, d_output: Array) -> Array:
        """Return dL/dX tap by tap: each adds dL/dZ K to the X it met."""
        taps = [kernel.reshape(-1, *kernel.shape[2:]) for kernel in _grouped(self.parameters["kernel"], self.groups)]
        d_parts = _grouped(d_output, self.groups)

        def share(tap: int) -> Array:
            return _joined([part @ kernel[tap].T for part, kernel in zip(d_parts, taps, strict=True)])

        channels = self.parameters["kernel"].shape[2] * self.groups
        like = np.broadcast_to(d_output[:1, :1, :1, :1], (len(d_output), 1, 1, channels))
        return self._views.sent_back(like, share)


def conv_layer(layer: ConvLayer, effect: Effect, weights: Weights) -> Conv2D:
    """Return a convolution as it is trained; of named kernels as it stays."""
    kernel = weights["kernel"] if layer.learns else _named(layer.kernels, effect.weights[2]).astype(np.float32)
    return Conv2D(kernel, weights.get("bias"), slide=layer.slide, groups=layer.groups)


def conv_output(layer: ConvLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the maps of a convolution for one image (H, W, C)."""
    kernel = kernel_of(layer, effect, weights)
    batch = convolve_batch(_roomy(x, kernel)[None], kernel, weights.get("bias"), layer.slide, groups=layer.groups)
    return np.asarray(batch[0])


def kernel_of(layer: ConvLayer, effect: Effect, weights: Weights) -> Array:
    """Return the kernel that one image meets, (height, width, in_channels / groups, out_channels)."""
    return weights["kernel"] if layer.learns else _named(layer.kernels, effect.weights[2])


def filter_layer(layer: FilterLayer, effect: Effect, weights: Weights) -> Conv2D:
    """Return one kernel on each channel by itself, as a convolution of as many groups as there are channels."""
    channels = effect.weights[2]
    kernel = _named(layer.kernels * channels, 1).astype(np.float32)
    return Conv2D(kernel, slide=layer.slide, groups=channels)


def filter_output(layer: FilterLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return what the kernel makes of each channel of one image (H, W, C)."""
    kernel = np.array(layer.kernel.rows)
    return convolve_as_asked(_roomy(x, kernel), kernel, layer.convolution)


def _named(kernels: Sequence[Kernel], in_channels: int) -> Array:
    """Return kernels given by name as weights (height, width, in_channels, out_channels).

    One of rows and columns is alike for all channels; of others `ConvLayer` has seen to it that their channels fit.
    """
    planes = (kernel.channels or (kernel.rows,) * in_channels for kernel in kernels)
    return np.stack([np.stack([np.array(rows) for rows in channels], axis=-1) for channels in planes], axis=-1)


_EXACT_IN_FLOAT64 = 2**53


def _roomy(x: Array, kernel: Array) -> Array:
    """Return `x` as it is, or as float64 where whole-number sums of sums could outgrow what is exact there, too."""
    if x.dtype.kind not in "iu" or x.dtype.itemsize <= 2 or kernel.dtype.kind == "f":
        return x
    largest = max(-int(x.min()), int(x.max()))
    return x.astype(np.float64) if largest * float(np.abs(kernel).sum()) > _EXACT_IN_FLOAT64 else x


def _written_out(views: WindowViews, padded: Array) -> Iterator[tuple[tuple[slice, slice], Array]]:
    """Yield (place, its windows as rows, (N H' W', taps * C), in the order of the kernel's own memory), block by block.

    They are written out anew in each direction: kept, they would take the memory of all inputs many times over.
    """
    unfolded = views.unfolded(padded)
    size = math.prod(unfolded.shape[3:])
    for place in views.blocks(len(padded), size * padded.itemsize):
        part = unfolded[place]
        if size == padded.shape[3]:  # Of one tap each, windows without a stride lie there as they are.
            yield place, part.reshape(-1, size)
            continue
        written = room(part.shape, part.dtype)
        np.copyto(written, part)
        yield place, written.reshape(-1, size)


def _grouped(array: Array, groups: int) -> list[Array]:
    """Return the parts of the last axis, one for each group."""
    return np.split(array, groups, axis=-1)


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
