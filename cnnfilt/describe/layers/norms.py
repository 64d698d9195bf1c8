"""Normalisation, and factors that are learned: each value on its own place, none of it summed into a MAC."""

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, check_count, depth
from cnnfilt.describe.layers.written import Written
from cnnfilt.errors import ShapeError, counted


class _ForEachChannel(LayerWord):
    """What has a factor and an addend for each channel."""

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size; weights and biases are (channels,)."""
        return Effect(shape, weights=(depth(shape),), biases=depth(shape))


class BatchNormLayer(_ForEachChannel):
    """Each channel less its mean, over its deviation, times a factor, plus an addend (Ioffe & Szegedy 2015).

    The running mean and variance of each channel are kept beside the parameters.
    """

    @classmethod
    def parse(cls, written: Written) -> "BatchNormLayer":
        """Return the layer that is written: bn."""
        return cls(written.bare())

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size; weights and biases are (channels,)."""
        channels = depth(shape)
        return Effect(shape, weights=(channels,), biases=channels, statistics=2 * channels)


class LayerNormLayer(_ForEachChannel):
    """The channels at each position less their mean, over their deviation (Ba, Kiros & Hinton 2016); eps is 1e-6."""

    @classmethod
    def parse(cls, written: Written) -> "LayerNormLayer":
        """Return the layer that is written: ln."""
        return cls(written.bare())


class GroupNormLayer(_ForEachChannel):
    """The channels of each of `groups`, at all positions, less their mean, over their deviation (Wu & He 2018)."""

    groups: int

    @classmethod
    def parse(cls, written: Written) -> "GroupNormLayer":
        """Return the layer that is written: gn:G."""
        return cls(written.text, written.count("groups", "gn:32"))

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size. ShapeError for groups that do not divide the channels."""
        check_divides(self.groups, shape)
        return super().effect(shape)


class LocalResponseNormLayer(LayerWord):
    """Each value over a power of the squares of the channels beside it (Krizhevsky et al. 2012); nothing is learned."""

    @classmethod
    def parse(cls, written: Written) -> "LocalResponseNormLayer":
        """Return the layer that is written: lrn."""
        return cls(written.bare())

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size."""
        return Effect(shape)


class ScaleLayer(LayerWord):
    """A factor for each channel, which is learned."""

    @classmethod
    def parse(cls, written: Written) -> "ScaleLayer":
        """Return the layer that is written: scale."""
        return cls(written.bare())

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size; weights are (channels,)."""
        return Effect(shape, weights=(depth(shape),))


def check_divides(groups: int, shape: Shape) -> None:
    """Raise ParameterError for less than one group, ShapeError for groups that do not divide the channels."""
    check_count(groups, "groups")
    if depth(shape) % groups:
        channels = counted(depth(shape), "channels")
        raise ShapeError(f"its {counted(groups, 'groups')} do not divide the {channels} of its input, {shape}")
