"""The fully connected layer."""

from cnnfilt.describe.layers.base import Effect, Flat, LayerWord, Shape, Volume, check_count
from cnnfilt.describe.layers.written import Written
from cnnfilt.errors import ParameterError


class FullyConnectedLayer(LayerWord):
    """Every output is a weighted sum of all inputs."""

    outputs: int
    bias: bool = True

    @classmethod
    def parse(cls, written: Written) -> "FullyConnectedLayer":
        """Return the layer that is written: fc:10."""
        return cls(written.text, written.count("outputs", "fc:10"), written.flag("bias", True))

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
        check_count(self.outputs, "outputs")
        if isinstance(shape, Volume):
            raise ParameterError(f"fc needs a flat input, not {shape}; put flatten before it")
        macs = shape.features * self.outputs
        return Effect(Flat(self.outputs), None, (shape.features, self.outputs), self.outputs if self.bias else 0, macs)
