"""What the scripts of all libraries need of a layer's report."""

from collections.abc import Callable
from typing import NoReturn

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import LayerWord, PoolLayer, Shape, Volume
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ParameterError


def refuse_other_kinds(layer: PoolLayer, library: str) -> None:
    """Raise ParameterError for a kind of pooling that no library of networks has."""
    if layer.pooling.kind not in ("max", "avg", "min"):
        raise ParameterError(f"{library} has no {layer.pooling.kind} pooling, as {layer.word} is")


def none_in(library: str) -> Callable[..., NoReturn]:
    """Return what refuses a layer that no library of networks has. ParameterError naming it."""

    def refuse(layer: LayerWord, *_: object) -> NoReturn:
        raise ParameterError(f"{library} has no layer such as {layer.word}")

    return refuse


def not_written(library: str) -> Callable[..., NoReturn]:
    """Return what refuses a layer that no one has written for this library yet. ParameterError naming it."""

    def refuse(layer: LayerWord, *_: object) -> NoReturn:
        raise ParameterError(f"layer {layer.word} is not written for {library} yet; leave out --emit")

    return refuse


def windows_of(report: Report) -> Windows:
    """Return the windows of a layer that has them."""
    assert report.effect.windows is not None, "it has windows"
    return report.effect.windows


def volume(shape: Shape) -> Volume:
    """Return `shape`, which has rows and columns."""
    assert isinstance(shape, Volume), "it has rows and columns"
    return shape
