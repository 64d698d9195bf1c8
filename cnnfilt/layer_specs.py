"""Layers as plain descriptions, and what each makes of its input: size, windows, weights. No pixel is computed."""

from math import prod
from typing import Literal

from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.frozen import Frozen
from cnnfilt.geometry import Window, check_pool_padding, windows
from cnnfilt.kernels import Kernel
from cnnfilt.terms import Padding, Pair, PoolKind


class Volume(Frozen):
    """Values in rows, columns and channels."""

    height: int
    width: int
    channels: int = 1

    @property
    def values(self) -> int:
        """Return how many values there are."""
        return self.height * self.width * self.channels

    def __str__(self) -> str:
        return f"{self.height}x{self.width}x{self.channels}"


class Flat(Frozen):
    """Values in one list, without rows and columns."""

    features: int

    @property
    def values(self) -> int:
        """Return how many values there are."""
        return self.features

    def __str__(self) -> str:
        return str(self.features)


Shape = Volume | Flat
Function = Literal["relu", "tanh", "sigmoid", "softmax"]


class Effect(Frozen):
    """What one layer does to one input: its output, and the weights and windows it takes."""

    output: Shape
    windows: tuple[Window, Window] | None = None
    weights: tuple[int, ...] = ()
    biases: int = 0

    @property
    def params(self) -> int:
        """Return the number of parameters: weights and biases."""
        return (prod(self.weights) if self.weights else 0) + self.biases

    @property
    def macs(self) -> int:
        """Return the multiply-accumulates: every weight once for each position of the output, biases apart."""
        positions = self.output.height * self.output.width if isinstance(self.output, Volume) else 1
        return positions * prod(self.weights) if self.weights else 0


class Sliding(Frozen):
    """One window, whatever is computed in it; each channel on its own."""

    word: str
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = _volume(shape)
        pair = _windows(self, volume, self.kernel_size, self.stride, self.ceil_mode)
        if self.ceil_mode:
            _check_pooling(pair)
        return Effect(_output(pair, volume.channels), pair)


class Conv(Frozen):
    """A convolution: each of `filters` maps sums over the channels of its group; `kernels` if they are given."""

    word: str
    filters: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True
    kernels: tuple[Kernel, ...] = ()

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, in_channels / groups, out_channels)."""
        volume = _volume(shape)
        for name in ("filters", "groups"):
            _check_count(getattr(self, name), name)
        if self.filters % self.groups:
            filters = counted(self.filters, "filters")
            raise ParameterError(f"g={self.groups} does not divide its {filters}", parameter="groups")
        if volume.channels % self.groups:
            message = (
                f"g={self.groups} does not divide the {counted(volume.channels, 'channels')} of its input, {volume}"
            )
            raise ShapeError(message, parameter="groups")
        pair = _windows(self, volume, self.kernel_size, self.stride)
        weights = (*self.kernel_size, volume.channels // self.groups, self.filters)
        return Effect(_output(pair, self.filters), pair, weights, self.filters if self.bias else 0)


class Filter(Frozen):
    """One kernel on each channel by itself: a depthwise convolution with the same weights for all, no bias."""

    word: str
    kernel: Kernel
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, channels)."""
        volume = _volume(shape)
        pair = _windows(self, volume, self.kernel.size, self.stride)
        return Effect(_output(pair, volume.channels), pair, (*self.kernel.size, volume.channels))


class Pool(Frozen):
    """Pooling; a kernel size of None is the whole input, a stride of None the kernel size."""

    word: str
    kind: PoolKind
    kernel_size: Pair | None = (2, 2)
    stride: Pair | None = None
    padding: Padding = 0
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = _volume(shape)
        size = self.kernel_size or (volume.height, volume.width)
        # Over the whole input there is no second window to step to.
        stride = self.stride or self.kernel_size or (1, 1)
        pair = _windows(self, volume, size, stride, self.ceil_mode)
        _check_pooling(pair)
        return Effect(_output(pair, volume.channels), pair)


class Activation(Frozen):
    """A function of each value by itself; softmax over the channels, or over all values of a flat input."""

    word: str
    function: Function

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size."""
        return Effect(shape)


class Flatten(Frozen):
    """Rows, columns and channels written as one list."""

    word: str

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        return Effect(Flat(shape.height * shape.width * shape.channels) if isinstance(shape, Volume) else shape)


class FullyConnected(Frozen):
    """Every output is a weighted sum of all inputs."""

    word: str
    outputs: int
    bias: bool = True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (inputs, outputs)."""
        _check_count(self.outputs, "outputs")
        if isinstance(shape, Volume):
            raise ParameterError(f"fc needs a flat input, not {shape}; put flatten before it")
        return Effect(Flat(self.outputs), None, (shape.features, self.outputs), self.outputs if self.bias else 0)


Layer = Sliding | Conv | Filter | Pool | Activation | Flatten | FullyConnected


def _volume(shape: Shape) -> Volume:
    if isinstance(shape, Flat):
        raise ParameterError(f"its input is flat ({shape} features), without rows and columns; put it before flatten")
    return shape


def _windows(
    spec: Sliding | Conv | Filter | Pool, volume: Volume, kernel_size: Pair, stride: Pair, ceil_mode: bool = False
) -> tuple[Window, Window]:
    return windows(
        (volume.height, volume.width),
        kernel_size,
        stride=stride,
        padding=spec.padding,
        dilation=spec.dilation,
        ceil_mode=ceil_mode,
    )


def _output(pair: tuple[Window, Window], channels: int) -> Volume:
    return Volume(pair[0].output_size, pair[1].output_size, channels)


def _check_pooling(pair: tuple[Window, Window]) -> None:
    for window in pair:
        check_pool_padding(window)


def _check_count(value: int, name: str) -> None:
    if value < 1:
        raise ParameterError(f"{name} is {value}; it must be at least 1", parameter=name)
