"""Where branches part and join: a value handed on as it is, and two values made one."""

from typing import Any

import numpy as np

from cnnfilt.describe.layers import AsLayer, Effect, FromLayer, JoinLayer
from cnnfilt.describe.layers.branches import JoinKind
from cnnfilt.nn.layer import Array, Join, Layer, Shape, Weights, float_type


class Same(Layer):
    """Y = X, dX = dY: the value has a name from now on, or is gone on from.

    That several layers take it is the network's business, which adds up what each of them sends back.
    """

    def forward(self, x: Array) -> Array:
        """Return X."""
        return x

    def backward(self, d_output: Array) -> Array:
        """Return dY."""
        return d_output


class Add(Join):
    """Y = A + B: both get dY, and one of 1x1, which was added everywhere, the sum over all rows and columns."""

    def forward(self, x: Array, other: Array) -> Array:
        """Return the sum."""
        self._shapes = x.shape, other.shape
        return np.asarray(x + other)

    def backward(self, d_output: Array) -> tuple[Array, Array]:
        """Return dY for both."""
        return _summed_to(self._shapes[0], d_output), _summed_to(self._shapes[1], d_output)


class Multiply(Join):
    """Y = A B: dA = dY B and dB = dY A, for one of 1x1 the sum over all rows and columns."""

    def forward(self, x: Array, other: Array) -> Array:
        """Return the product."""
        self._x, self._other = x, other
        return np.asarray(x * other)

    def backward(self, d_output: Array) -> tuple[Array, Array]:
        """Return (dA, dB)."""
        d_x, d_other = d_output * self._other, d_output * self._x
        return _summed_to(self._x.shape, d_x), _summed_to(self._other.shape, d_other)


class Concatenate(Join):
    """Y has the channels of the other value first, then those that are here; each gets its part of dY."""

    def forward(self, x: Array, other: Array) -> Array:
        """Return all channels."""
        self._theirs = other.shape[-1]
        return np.concatenate([other, x], axis=-1)

    def backward(self, d_output: Array) -> tuple[Array, Array]:
        """Return both parts."""
        return d_output[..., self._theirs :], d_output[..., : self._theirs]


JOINS: dict[JoinKind, type[Join]] = {"add": Add, "mul": Multiply, "cat": Concatenate}


def same_layer(layer: AsLayer | FromLayer, effect: Effect, weights: Weights) -> Same:
    """Return the layer, which does nothing."""
    return Same()


def same_output(layer: AsLayer | FromLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return what goes in."""
    return x


def join_layer(layer: JoinLayer, effect: Effect, weights: Weights) -> Join:
    """Return the layer as it is trained."""
    return JOINS[layer.kind]()


def join_output(layer: JoinLayer, effect: Effect, weights: Weights, x: Array, other: Array) -> Array:
    """Return what the values (H, W, C) of one image, or two lists, are together; whole numbers stay exact."""
    x, other = _roomy(layer.kind, x, other)
    return JOINS[layer.kind]().forward(x, other)


def _summed_to(shape: Shape, d_value: Array) -> Array:
    """Return d of a value of `shape`, which may have stood for all rows and columns."""
    if d_value.shape == shape:
        return d_value
    return np.asarray(d_value.sum(axis=(1, 2), keepdims=True))


def _roomy(kind: JoinKind, x: Array, other: Array) -> tuple[Array, Array]:
    """Return both in a type that holds all that they can make together: of whole numbers the smallest, else floats."""
    dtypes = x.dtype, other.dtype
    if "f" in {one.kind for one in dtypes}:
        dtype = np.result_type(*map(float_type, dtypes))
    elif kind == "cat":
        dtype = np.result_type(*dtypes)
    else:
        by_type = _holding(kind, *(range(np.iinfo(one).min, np.iinfo(one).max + 1) for one in dtypes))
        # Sums of 64 bits have room for more than they come to, most often.
        dtype = by_type or _holding(kind, _values_of(x), _values_of(other)) or np.dtype(np.float64)
    return x.astype(dtype, copy=False), other.astype(dtype, copy=False)


def _values_of(x: Array) -> range:
    return range(int(x.min()), int(x.max()) + 1)


def _holding(kind: JoinKind, one: range, other: range) -> "np.dtype[Any] | None":
    """Return the smallest integers that hold any sum or product of a number of `one` and a number of `other`."""
    made = [a + b if kind == "add" else a * b for a in (one[0], one[-1]) for b in (other[0], other[-1])]
    for bits in (16, 32, 64):
        if -(1 << bits - 1) <= min(made) and max(made) < 1 << bits - 1:
            return np.dtype(f"int{bits}")
    return None
