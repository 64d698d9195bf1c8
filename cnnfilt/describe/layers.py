"""Layers as plain descriptions, and what each makes of its input: size, windows, weights. No pixel is computed."""

from math import prod
from typing import Literal, assert_never

from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.operations import Convolution, Pooling
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair


class Volume(Frozen):
    """Values in rows, columns and channels."""

    height: int
    width: int
    channels: int = 1

    @property
    def size(self) -> Pair:
        """Return (height, width)."""
        return self.height, self.width

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
    windows: Windows | None = None
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


class LayerWord(Frozen):
    """One word of a chain, and what it says before any size is known. This is one that only looks at what comes in."""

    word: str

    @property
    def maps(self) -> int | None:
        """Return how many maps it makes by mixing the channels; None where they stay what they are."""
        return None

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Return the kernels that the word itself names."""
        return ()

    @property
    def learns(self) -> bool:
        """Return whether it has weights, which training finds and no word names."""
        return False

    @property
    def flattens(self) -> bool:
        """Return whether its output is one list of values, whatever its input."""
        return False


class LoneWindow(LayerWord):
    """One window, whatever is computed in it; each channel on its own."""

    slide: Slide

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = _volume(shape)
        windows = self.slide.over(volume.size)
        if self.slide.ceil_mode:
            windows.check_pool_padding()
        return Effect(_output(windows, volume.channels), windows)


class ConvLayer(LayerWord):
    """A convolution: each of `filters` maps sums over the channels of its group; `kernels` if they are given."""

    filters: int
    slide: Slide
    groups: int = 1
    bias: bool = True
    kernels: tuple[Kernel, ...] = ()

    @property
    def maps(self) -> int:
        """Return the number of filters."""
        return self.filters

    @property
    def learns(self) -> bool:
        """Return whether no kernels are given."""
        return not self.kernels

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
        for kernel in self.kernels:
            if kernel.channels and len(kernel.channels) != volume.channels // self.groups:
                made_for, its = counted(len(kernel.channels), "channels"), volume.channels // self.groups
                raise ShapeError(f"kernel {kernel.name} is made for {made_for}, but its input has {its}")
        windows = self.slide.over(volume.size)
        weights = (*self.slide.kernel_size, volume.channels // self.groups, self.filters)
        return Effect(_output(windows, self.filters), windows, weights, self.filters if self.bias else 0)


class FilterLayer(LayerWord):
    """One kernel on each channel by itself: a depthwise convolution with the same weights for all, no bias."""

    kernel: Kernel
    convolution: Convolution

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Return the one kernel."""
        return (self.kernel,)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, channels)."""
        volume = _volume(shape)
        windows = self.slide.over(volume.size)
        return Effect(_output(windows, volume.channels), windows, (*self.kernel.size, volume.channels))

    @property
    def slide(self) -> Slide:
        """Return how the kernel slides."""
        return self.convolution.slide(self.kernel.size)


class PoolLayer(LayerWord):
    """Pooling by windows, or by one over the whole input."""

    pooling: Pooling

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = _volume(shape)
        windows = self.slide(volume.size).over(volume.size).check_pool_padding()
        return Effect(_output(windows, volume.channels), windows)

    def slide(self, size: Pair) -> Slide:
        """Return how the window slides over an input of `size` (height, width)."""
        return Slide(size) if self.pooling.whole else self.pooling.slide


class ActivationLayer(LayerWord):
    """A function of each value by itself; softmax over the channels, or over all values of a flat input."""

    function: Function

    def bounds(self, highest: float) -> tuple[float, float]:
        """Return the lowest and the highest value that can come out where `highest` is the highest that goes in."""
        match self.function:
            case "relu":
                return 0.0, highest
            case "tanh":
                return -1.0, 1.0
            case "sigmoid" | "softmax":
                return 0.0, 1.0
            case unknown:
                assert_never(unknown)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size."""
        return Effect(shape)


class FlattenLayer(LayerWord):
    """Rows, columns and channels written as one list."""

    @property
    def flattens(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        return Effect(Flat(shape.height * shape.width * shape.channels) if isinstance(shape, Volume) else shape)


class FullyConnectedLayer(LayerWord):
    """Every output is a weighted sum of all inputs."""

    outputs: int
    bias: bool = True

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    @property
    def flattens(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (inputs, outputs)."""
        _check_count(self.outputs, "outputs")
        if isinstance(shape, Volume):
            raise ParameterError(f"fc needs a flat input, not {shape}; put flatten before it")
        return Effect(Flat(self.outputs), None, (shape.features, self.outputs), self.outputs if self.bias else 0)


Layer = ConvLayer | FilterLayer | PoolLayer | ActivationLayer | FlattenLayer | FullyConnectedLayer
"""What a chain is made of; `nn.layer_table` says how each runs."""


def _volume(shape: Shape) -> Volume:
    if isinstance(shape, Flat):
        raise ParameterError(f"its input is flat ({shape} features), without rows and columns; put it before flatten")
    return shape


def _output(windows: Windows, channels: int) -> Volume:
    return Volume(*windows.output_size, channels)


def _check_count(value: int, name: str) -> None:
    if value < 1:
        raise ParameterError(f"{name} is {value}; it must be at least 1", parameter=name)
