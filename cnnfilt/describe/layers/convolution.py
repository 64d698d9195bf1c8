"""Layers that sum over windows: convolutions, and filters whose kernels have names."""

import re

from cnnfilt.describe.kernel_words import kernels_in
from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, Volume, check_count, output_of, rows_and_columns
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.parsing import parse_whole


class LoneWindow(LayerWord):
    """One window, whatever is computed in it; each channel on its own."""

    slide: Slide

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = rows_and_columns(shape)
        windows = self.slide.over(volume.size)
        if self.slide.ceil_mode:
            windows.check_pool_padding()
        return Effect(output_of(windows, volume.channels), windows)


class ConvLayer(LayerWord):
    """A convolution: each of `filters` maps sums over the channels of its group; `kernels` if they are given."""

    filters: int
    slide: Slide
    groups: int = 1
    bias: bool = True
    kernels: tuple[Kernel, ...] = ()

    @classmethod
    def parse(cls, written: Written) -> "ConvLayer":
        """Return the layer that is written: conv:N,k= or conv:KERNEL+KERNEL."""
        head, options = written.head, written.given
        if counted_so := re.fullmatch(r"(\d+):(\d+(?:x\d+)?)", head):
            raise ParameterError(f"write the size of its filters as k=, as in conv:{counted_so[1]},k={counted_so[2]}")
        kernels = () if not head or head.lstrip("+-").isdecimal() else kernels_in(head, written.read_kernels)
        if kernels and "k" in options:
            raise ParameterError("the named kernels have their own size; leave out k=")
        if not kernels and not (head and "k" in options):
            raise ParameterError("say how many filters of what size, as in conv:64,k=3, or name kernels: conv:vertical")
        size = kernels[0].size if kernels else written.pair("k", "")
        return cls(
            written.text,
            filters=len(kernels) or parse_whole(head, "the number of filters"),
            slide=Slide(size, written.stride, written.padding, written.dilation),
            groups=written.groups,
            # Coefficients that were given by name are meant as they are, without anything added.
            bias=written.flag("bias", not kernels),
            kernels=kernels,
        )

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
        volume = rows_and_columns(shape)
        check_groups(self.filters, self.groups, volume)
        for kernel in self.kernels:
            if kernel.channels and len(kernel.channels) != volume.channels // self.groups:
                made_for, its = counted(len(kernel.channels), "channels"), volume.channels // self.groups
                raise ShapeError(f"kernel {kernel.name} is made for {made_for}, but its input has {its}")
        weights = (*self.slide.kernel_size, volume.channels // self.groups, self.filters)
        return _summed(self.slide.over(volume.size), self.filters, weights, self.bias)


class DepthwiseLayer(LayerWord):
    """A convolution of each channel by itself, with `multiplier` filters for each."""

    slide: Slide
    multiplier: int = 1
    bias: bool = True

    @classmethod
    def parse(cls, written: Written) -> "DepthwiseLayer":
        """Return the layer that is written: dw:k=3."""
        if written.head or "k" not in written.given:
            raise ParameterError("say the size of its filters, as in dw:k=3; m= says how many a channel has")
        slide = Slide(written.pair("k", ""), written.stride, written.padding, written.dilation)
        multiplier = parse_whole(written.given.get("m", "1"), "m")
        return cls(written.text, slide, multiplier, written.flag("bias", True))

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, channels, multiplier)."""
        volume = rows_and_columns(shape)
        check_count(self.multiplier, "m")
        weights = (*self.slide.kernel_size, volume.channels, self.multiplier)
        return _summed(self.slide.over(volume.size), volume.channels * self.multiplier, weights, self.bias)


class FilterLayer(LayerWord):
    """One kernel on each channel by itself: a depthwise convolution with the same weights for all, no bias."""

    kernel: Kernel
    convolution: Convolution

    @classmethod
    def parse(cls, written: Written) -> "FilterLayer":
        """Return the layer that is written: filter:KERNEL."""
        kernels = kernels_in(written.head, written.read_kernels)
        if len(kernels) > 1:
            raise ParameterError(f"a filter has one kernel; conv:{written.head} makes one map of each")
        if kernels[0].channels:
            channels = counted(len(kernels[0].channels), "channels")
            raise ParameterError(f"its kernel has rows for {channels}; conv:{written.head} sums over them")
        asked = Convolution(stride=written.stride, padding=written.padding, dilation=written.dilation)
        return cls(written.text, kernels[0], asked)

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Return the one kernel."""
        return (self.kernel,)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, channels)."""
        volume = rows_and_columns(shape)
        weights = (*self.kernel.size, volume.channels)
        return _summed(self.slide.over(volume.size), volume.channels, weights, bias=False)

    @property
    def slide(self) -> Slide:
        """Return how the kernel slides."""
        return self.convolution.slide(self.kernel.size)


def check_groups(filters: int, groups: int, volume: Volume) -> None:
    """Raise ParameterError for numbers below 1, ShapeError for groups that do not divide the channels."""
    for value, name in ((filters, "filters"), (groups, "groups")):
        check_count(value, name)
    if filters % groups:
        raise ParameterError(f"g={groups} does not divide its {counted(filters, 'filters')}", parameter="groups")
    if volume.channels % groups:
        message = f"g={groups} does not divide the {counted(volume.channels, 'channels')} of its input, {volume}"
        raise ShapeError(message, parameter="groups")


def _summed(windows: Windows, maps: int, weights: tuple[int, ...], bias: bool) -> Effect:
    """Return the effect of weights that every window meets once."""
    output = output_of(windows, maps)
    bare = Effect(output, windows, weights, maps if bias else 0)
    return Effect(output, windows, weights, bare.biases, output.height * output.width * (bare.params - bare.biases))
