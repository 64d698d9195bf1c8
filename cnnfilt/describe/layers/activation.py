"""Activations: functions of each value by itself, and softmax."""

from typing import Literal, assert_never

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, depth
from cnnfilt.describe.layers.written import Written

Function = Literal[
    "relu",
    "relu6",
    "leaky",
    "elu",
    "gelu",
    "silu",
    "hardsigmoid",
    "hardswish",
    "tanh",
    "sigmoid",
    "softmax",
]


class ActivationLayer(LayerWord):
    """A function of each value by itself; softmax over the channels, or over all values of a flat input.

    `slope` is that of leaky below 0.
    """

    function: Function
    slope: float = 0.01

    @classmethod
    def parse(cls, written: Written) -> "ActivationLayer":
        """Return the layer that is written: relu."""
        if written.name == "leaky":
            return cls(written.text, "leaky", written.number("the slope below 0", "0.01"))
        written.bare()
        return cls(written.text, written.name)  # type: ignore[arg-type]  # The table of words has its rows from Function.

    def bounds(self, highest: float) -> tuple[float, float]:
        """Return the lowest and the highest value that can come out where `highest` is the highest that goes in."""
        match self.function:
            case "relu":
                return 0.0, highest
            case "relu6":
                return 0.0, 6.0
            case "tanh":
                return -1.0, 1.0
            case "sigmoid" | "softmax" | "hardsigmoid":
                return 0.0, 1.0
            case "leaky":
                return -self.slope * highest, highest
            case "elu":
                return -1.0, highest
            case "gelu" | "silu" | "hardswish":
                # The lowest value of silu, at -1.278; those of the others lie above.
                return -0.375, highest
            case unknown:
                assert_never(unknown)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size."""
        return Effect(shape)


class SlopesLayer(LayerWord):
    """max(x, 0) + a * min(x, 0) with a slope a that is learned for each channel (He et al. 2015)."""

    @classmethod
    def parse(cls, written: Written) -> "SlopesLayer":
        """Return the layer that is written: prelu."""
        return cls(written.bare())

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size; weights are (channels,)."""
        return Effect(shape, weights=(depth(shape),))
