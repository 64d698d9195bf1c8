"""Layers that put values in other places, or leave some out: each d(value) goes back to where the value came from."""

from types import EllipsisType

import numpy as np

from cnnfilt.core.engine.borders import OUTSIDE, border_positions
from cnnfilt.core.padding import pad_as_asked
from cnnfilt.describe.layers import CropLayer, Effect, PadLayer, ShuffleLayer, TakeLayer, Volume
from cnnfilt.describe.layers.arrangement import Sides
from cnnfilt.describe.operations import Pad
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.terms import PaddingMode


class Border(Layer):
    """Rows and columns put around X: zeros, or X seen again; dX is dY inside, and what those seen again get, too."""

    def __init__(self, sides: Sides, mode: PaddingMode = "zeros") -> None:
        """Take ((top, bottom), (left, right))."""
        super().__init__()
        self.sides, self.mode = sides, mode

    def forward(self, x: Array) -> Array:
        """Return Y, (N, top + H + bottom, left + W + right, C)."""
        for axis, (before, after) in enumerate(self.sides, 1):
            places = border_positions(x.shape[axis], before, after, self.mode, _LINES[axis])
            x = x.take(places, axis)
            np.moveaxis(x, axis, 0)[places == OUTSIDE] = 0
        return x

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        for axis, (before, after) in enumerate(self.sides, 1):
            size = d_output.shape[axis] - before - after
            places = border_positions(size, before, after, self.mode, _LINES[axis])
            lines = np.moveaxis(d_output, axis, 0)
            d_lines = lines[before : before + size].copy()
            for line in (*range(before), *range(before + size, len(lines))):
                if places[line] != OUTSIDE:
                    d_lines[places[line]] += lines[line]
            d_output = np.moveaxis(d_lines, 0, axis)
        return d_output


_LINES = {1: "rows", 2: "columns"}


class Part(Layer):
    """Some of the rows, columns and channels of X; dX is dY there, and 0 in the rest."""

    def __init__(self, *part: slice) -> None:
        """Take a slice for each of the last axes."""
        super().__init__()
        self.part: tuple[EllipsisType | slice, ...] = (..., *part)

    def forward(self, x: Array) -> Array:
        """Return that part of X."""
        self._shape = x.shape
        return x[self.part]

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        d_x = np.zeros(self._shape, d_output.dtype)
        d_x[self.part] = d_output
        return d_x


class Shuffle(Layer):
    """The channels of so many groups in turn: written in rows, a group each, and read by columns; dX the other way."""

    def __init__(self, groups: int) -> None:
        """Take how many groups."""
        super().__init__()
        self.groups = groups

    def forward(self, x: Array) -> Array:
        """Return Y."""
        return x.reshape(*x.shape[:-1], self.groups, -1).swapaxes(-1, -2).reshape(x.shape)

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        return d_output.reshape(*d_output.shape[:-1], -1, self.groups).swapaxes(-1, -2).reshape(d_output.shape)


def pad_layer(layer: PadLayer, effect: Effect, weights: Weights) -> Border:
    """Return the layer as it is trained; it has nothing that learns."""
    return Border(layer.sides, layer.mode)


def pad_output(layer: PadLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return one image (H, W, C) with a border, by the core."""
    return pad_as_asked(x, Pad(padding=layer.sides, padding_mode=layer.mode))


def crop_layer(layer: CropLayer, effect: Effect, weights: Weights) -> Part:
    """Return the layer as it is trained; it has nothing that learns."""
    assert isinstance(effect.output, Volume), "what is cropped has rows and columns"
    size = effect.output.height + effect.lost[0], effect.output.width + effect.lost[1]
    sides = zip(size, layer.sides_of(size), strict=True)
    return Part(*(slice(before, n - after) for n, (before, after) in sides), slice(None))


def take_layer(layer: TakeLayer, effect: Effect, weights: Weights) -> Part:
    """Return the layer as it is trained; it has nothing that learns."""
    return Part(slice(layer.first, layer.last + 1))


def shuffle_layer(layer: ShuffleLayer, effect: Effect, weights: Weights) -> Shuffle:
    """Return the layer as it is trained; it has nothing that learns."""
    return Shuffle(layer.groups)
