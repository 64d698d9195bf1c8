"""Who makes the steps and the facts of an operation's page."""

from collections.abc import Callable
from typing import Any

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.morph import MorphImage
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.page import convolution, edges, padding, pooling
from cnnfilt.page.document import Section
from cnnfilt.page.steps import Step


class Maker(Frozen):
    """Two functions: steps(image, operation, number, result, format_name) of a result, sections(image, operation)."""

    steps: Callable[..., tuple[Step, ...]]
    sections: Callable[..., tuple[Section, ...]]


_MAKERS: dict[type[Any], Maker] = {
    ConvolveImage: Maker(convolution.steps, convolution.sections),
    FindEdges: Maker(edges.steps, edges.sections),
    MorphImage: Maker(pooling.steps_of_morph, pooling.sections_of_morph),
    PadImage: Maker(padding.steps, padding.sections),
    PoolImage: Maker(pooling.steps_of_pool, pooling.sections_of_pool),
}


def maker_of(operation: Operation) -> Maker:
    """Return who makes the page of `operation`. ParameterError where its values are not those of windows."""
    if operation.treatment.alpha == "filter" and operation.command != "pad":
        raise ParameterError("--page cannot be combined with --alpha filter; use --alpha keep or drop")
    if isinstance(operation, ConvolveImage) and operation.layout == "grid":
        raise ParameterError("--page cannot be combined with --layout grid; leave one out")
    maker = _MAKERS.get(type(operation))
    if maker is None:
        raise ParameterError(f"there is no page of {operation.command} in this form; leave out --page")
    return maker
