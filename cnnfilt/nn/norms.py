"""Normalisation: values less their mean, over their deviation; which of them share a mean is what tells them apart."""

import math

import numpy as np

from cnnfilt.describe.layers import (
    BatchNormLayer,
    Effect,
    GroupNormLayer,
    LayerNormLayer,
    LocalResponseNormLayer,
)
from cnnfilt.nn.layer import Array, Layer, Shape, Shared, Weights, alone

MOMENTUM = 0.1
"""How far running statistics go towards those of a batch, as in PyTorch (Keras writes 0.9 for the same)."""

EPSILON = 1e-5
"""Keeps the deviation above 0, as in PyTorch."""

LAYER_NORM_EPSILON = 1e-6
"""That of layer normalisation in the networks that have it (ConvNeXt, vision transformers)."""


class BatchNorm(Layer):
    """Y = gamma Xhat + beta with Xhat = (X - mean) / sqrt(variance + eps), each channel by itself.

    While the network learns, mean and variance are those of the channel over the whole batch, also where that is
    shared out: what each part yields is summed over all. They depend on every X, so with dXhat = gamma dY

        dL/dX     = (dXhat - mean(dXhat) - Xhat mean(dXhat Xhat)) / sqrt(variance + eps)
        dL/dgamma = sum(dY Xhat)
        dL/dbeta  = sum(dY)

    (Ioffe & Szegedy 2015, algorithm 1; simplified as the sum of Xhat is 0.) Once it is used, they are the running ones,
    which follow those of the batches: the variance as it is estimated from a sample, over m - 1.
    """

    def __init__(self, gamma: Array, beta: Array, mean: Array, variance: Array, *, epsilon: float = EPSILON) -> None:
        """Take what each channel is multiplied by, what is added, and the running statistics, all (channels,)."""
        super().__init__()
        self.parameters |= {"kernel": gamma, "bias": beta}
        self.statistics |= {"mean": mean, "variance": variance}
        self.epsilon = epsilon

    def forward(self, x: Array) -> Array:
        """Return Y for a whole batch."""
        return alone(self.forward_shared(x))

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX for a whole batch; dL/dgamma and dL/dbeta go to the gradients."""
        return alone(self.backward_shared(d_output))[0]

    def forward_shared(self, *inputs: Array) -> Shared[Array]:
        """Return Y of a part, and keep X - mean and 1 / sqrt(variance + eps), whose product is Xhat."""
        rows = _Rows(inputs[0])
        self._of_batch = self.generator is not None
        if self._of_batch:
            total = yield np.append(rows.sums(), rows.count)
            self._count, mean = total[-1], total[:-1] / total[-1]
            self._centred = rows.less(mean)
            variance = (yield self._centred.sums_of_products(self._centred).astype(np.float64)) / self._count
            self._seen = mean, variance * (self._count / max(self._count - 1, 1))
        else:
            self._centred, variance = rows.less(self.statistics["mean"]), self.statistics["variance"]
        self._scale = 1 / np.sqrt(variance + self.epsilon)
        y = self._centred.times(self.parameters["kernel"] * self._scale)
        y.values += rows.along(self.parameters["bias"])
        return y.values.reshape(inputs[0].shape)

    def backward_shared(self, d_output: Array) -> Shared[tuple[Array, ...]]:
        """Return dL/dX of a part."""
        self.fill_gradients(d_output)
        slope = self.parameters["kernel"] * self._scale
        d_x = _Rows(d_output).times(slope)
        if self._of_batch:
            total = yield np.stack([self.gradients["bias"], self.gradients["kernel"]]).astype(np.float64)
            mean, along = total * (slope / self._count)
            shares = self._centred.times(along * self._scale)
            shares.values += d_x.along(mean)
            d_x.values -= shares.values
        return (d_x.values.reshape(d_output.shape),)

    def fill_gradients(self, d_output: Array) -> None:
        """Put dL/dgamma and dL/dbeta of a part into the gradients."""
        rows = _Rows(d_output)
        self.gradients["kernel"] = (rows.sums_of_products(self._centred) * self._scale).astype(d_output.dtype)
        self.gradients["bias"] = rows.sums()

    def remember(self) -> None:
        """Let the running statistics follow those of the last batch: r = r + momentum (seen - r)."""
        for running, seen in zip(self.statistics.values(), self._seen, strict=True):
            running += (MOMENTUM * (seen - running)).astype(running.dtype)


class _Rows:
    """A batch (..., W, C) as long rows (N H, W C): NumPy goes along these many times faster than along C alone."""

    def __init__(self, x: Array, channels: int = 0) -> None:
        self.channels = channels or x.shape[-1]
        self.values = x if channels else x.reshape(-1, math.prod(x.shape[2:]) if x.ndim == 4 else self.channels)
        self.count = self.values.size // self.channels

    def along(self, vector: Array) -> Array:
        """Return one number a channel as long as a row, in the type of the values."""
        return np.tile(vector.astype(self.values.dtype, copy=False), self.values.shape[1] // self.channels)

    def less(self, vector: Array) -> "_Rows":
        """Return the values less one number a channel."""
        return _Rows(self.values - self.along(vector), self.channels)

    def times(self, vector: Array) -> "_Rows":
        """Return the values times one number a channel."""
        return _Rows(self.values * self.along(vector), self.channels)

    def sums(self) -> Array:
        """Return the sum of each channel: as a product, which is many times faster than along the first axis."""
        ones = np.ones(len(self.values), self.values.dtype)
        return self._by_channel(ones @ self.values)

    def sums_of_products(self, other: "_Rows") -> Array:
        """Return the sum of each channel times that of others."""
        return self._by_channel(np.einsum("ij,ij->j", self.values, other.values))

    def _by_channel(self, sums: Array) -> Array:
        return np.asarray(sums.reshape(-1, self.channels).sum(axis=0))


class GroupNorm(Layer):
    """Y = gamma Xhat + beta, where the values of an image share a mean and a variance with those of their group.

    A group is so many neighbouring channels at all positions (Wu & He 2018). The gradients are those of `BatchNorm`,
    with the means over a group.
    """

    def __init__(self, gamma: Array, beta: Array, groups: int) -> None:
        """Take what each channel is multiplied by, what is added, and the number of groups."""
        super().__init__()
        self.parameters |= {"kernel": gamma, "bias": beta}
        self.groups, self.epsilon = groups, EPSILON

    def forward(self, x: Array) -> Array:
        """Return Y, and keep Xhat."""
        centred, _, variance = self._centred(x)
        self._scale = 1 / np.sqrt(variance + self.epsilon)
        self._normalised = centred * self._scale
        return np.asarray(self._normalised.reshape(x.shape) * self.parameters["kernel"] + self.parameters["bias"])

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX = (dXhat - mean(dXhat) - Xhat mean(dXhat Xhat)) / sqrt(variance + eps)."""
        self.fill_gradients(d_output)
        d_normalised = (d_output * self.parameters["kernel"]).reshape(self._normalised.shape)
        mean = d_normalised.mean(axis=(1, 3), keepdims=True)
        slope = (d_normalised * self._normalised).mean(axis=(1, 3), keepdims=True)
        return np.asarray(((d_normalised - mean - self._normalised * slope) * self._scale).reshape(d_output.shape))

    def fill_gradients(self, d_output: Array) -> None:
        """Put dL/dgamma = sum(dY Xhat) and dL/dbeta = sum(dY) into the gradients."""
        channels = d_output.shape[-1]
        self.gradients["kernel"] = (d_output * self._normalised.reshape(d_output.shape)).reshape(-1, channels).sum(0)
        self.gradients["bias"] = d_output.reshape(-1, channels).sum(0)

    def moments(self, x: Array) -> tuple[Array, Array]:
        """Return the mean and the variance of each group, as `forward` finds them, (images, 1, groups, 1)."""
        _, mean, variance = self._centred(x)
        return mean, variance

    def _centred(self, x: Array) -> tuple[Array, Array, Array]:
        """Return X less the mean of its group, the means and the variances."""
        apart = x.reshape(self._apart(x))
        mean = apart.mean(axis=(1, 3), keepdims=True)
        centred = apart - mean
        return centred, mean, (centred * centred).mean(axis=(1, 3), keepdims=True)

    def _apart(self, x: Array) -> Shape:
        """Return the shape (images, positions, groups, channels of a group); positions apart are images here."""
        return len(x), -1, self.groups, x.shape[-1] // self.groups


class LayerNorm(GroupNorm):
    """Y = gamma Xhat + beta, where the channels at each position share a mean and a variance (Ba et al. 2016)."""

    def __init__(self, gamma: Array, beta: Array) -> None:
        """Take what each channel is multiplied by, and what is added."""
        super().__init__(gamma, beta, 1)
        self.epsilon = LAYER_NORM_EPSILON

    def _apart(self, x: Array) -> Shape:
        return x.size // x.shape[-1], 1, 1, x.shape[-1]


class LocalResponseNorm(Layer):
    """Y = X / S^0.75 with S = 2 + 1e-4 sum(X^2) over the channel and two on either side (Krizhevsky et al. 2012).

    X[c] has part in its own S and in those of its neighbours n, which have it in turn, so

        dL/dX[c] = dL/dY[c] S[c]^-0.75 - 2 0.75 1e-4 X[c] sum over n of dL/dY[n] X[n] S[n]^-1.75
    """

    constant, slope, power, beside = 2.0, 1e-4, 0.75, 2

    def forward(self, x: Array) -> Array:
        """Return Y."""
        self._x = x
        self._s = self.constant + self.slope * self._around(x * x)
        return np.asarray(x * self._s**-self.power)

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX."""
        shares = self._around(d_output * self._x * self._s ** (-self.power - 1))
        return np.asarray(d_output * self._s**-self.power - (2 * self.power * self.slope) * self._x * shares)

    def _around(self, values: Array) -> Array:
        """Return the sum of each channel and those beside it."""
        channels = values.shape[-1]
        total = values.copy()
        for step in range(1, min(self.beside + 1, channels)):
            total[..., step:] += values[..., : channels - step]
            total[..., : channels - step] += values[..., step:]
        return total


def batch_norm_layer(layer: BatchNormLayer, effect: Effect, weights: Weights) -> BatchNorm:
    """Return the layer as it is trained."""
    return BatchNorm(weights["kernel"], weights["bias"], weights["mean"], weights["variance"])


def group_norm_layer(layer: GroupNormLayer, effect: Effect, weights: Weights) -> GroupNorm:
    """Return the layer as it is trained."""
    return GroupNorm(weights["kernel"], weights["bias"], layer.groups)


def layer_norm_layer(layer: LayerNormLayer, effect: Effect, weights: Weights) -> LayerNorm:
    """Return the layer as it is trained."""
    return LayerNorm(weights["kernel"], weights["bias"])


def local_response_norm_layer(layer: LocalResponseNormLayer, effect: Effect, weights: Weights) -> LocalResponseNorm:
    """Return the layer as it is trained; it has nothing that learns."""
    return LocalResponseNorm()
