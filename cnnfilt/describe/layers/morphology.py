"""Erosion, dilation and what is made of them, as layers: nothing is learned."""

from typing import get_args

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, Volume, rows_and_columns
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.operations import Morphology
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import nearest
from cnnfilt.terms import MorphOperation


class MorphLayer(LayerWord):
    """A morphological operation, stride 1, that keeps the size."""

    asked: Morphology

    @classmethod
    def parse(cls, written: Written) -> "MorphLayer":
        """Return the layer that is written: morph:open,k=3."""
        known: tuple[MorphOperation, ...] = get_args(MorphOperation)
        operation = next((word for word in known if word == written.head), None)
        if not written.head:
            raise ParameterError("say which, as in morph:open or morph:erode,k=5")
        if operation is None:
            raise ParameterError(f"operation {written.head!r} is unknown; {nearest(written.head, known)}")
        return cls(written.text, Morphology(operation=operation, kernel_size=written.pair("k", "3")))

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size."""
        volume = rows_and_columns(shape)
        windows = self.asked.seen.over(volume.size)
        return Effect(Volume(*windows.output_size, volume.channels), windows)
