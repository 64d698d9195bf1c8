"""The one input of a network from a file, at the size that the file says or someone asks for."""

from collections.abc import Iterator

from cnnfilt.describe.graphs.graph import Graph, Input, Node
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.reach import Reach
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import InputError, ParameterError, counted
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import DEFAULT_MAX_PIXELS

LETTERS = {5: ("NCDHW", "NDHWC"), 4: ("NCHW", "NHWC"), 2: ("N?", "N?")}
"""The axes of an input, channels first and channels last, by their number."""

_MOST_LOOKED_AT = 16
"""So many nodes after an input say how its axes are meant, or none."""


def input_of(graph: Graph) -> Input:
    """Return the one input of the network. InputError naming them where there are several."""
    used = {name for node in graph.nodes for name in node.inputs} | set(graph.outputs)
    inputs = [one for one in graph.inputs if one.name in used] or list(graph.inputs)
    if not inputs:
        raise InputError("{image} has no input")
    if len(inputs) > 1:
        named = ", ".join(f"{one.name[:60]} ({_spelled(one.dims)})" for one in inputs[:4])
        more = f" and {len(inputs) - 4} more" if len(inputs) > 4 else ""
        raise InputError(f"{{image}} takes {len(inputs)} inputs, {named}{more}; only networks of one are described")
    return inputs[0]


def image_of(graph: Graph, asked: tuple[int, ...] | None, *, channels_first: bool) -> Value:
    """Return the input as a value: (height, width) or (height, width, channels) as `asked`, else as the file says.

    `channels_first` is how the file's format has them unless its first nodes say otherwise. The batch is 1 where it is
    left open. ParameterError for a size that is not the network's to choose, InputError for one that nobody says.
    """
    one = input_of(graph)
    first = _is_first(graph, one, default=channels_first)
    rank = len(one.dims)
    axes = LETTERS[rank][0 if first else 1] if rank in LETTERS else "N" + "?" * (rank - 1) if rank else ""
    dims = [1 if letter == "N" and side is None else side for side, letter in zip(one.dims, axes, strict=True)]
    if asked is not None:
        dims = _resized(dims, axes, asked)
    known = tuple(side for side in dims if side is not None)
    if len(known) < len(dims):
        raise InputError(_open(dims, axes))
    image = Value(known, axes, one.kind, reach={letter: Reach() for letter in "HW" if "H" in axes and rank == 4})
    shape = shape_of(image)
    if isinstance(shape, Volume):
        check_pixels(shape.size, DEFAULT_MAX_PIXELS, "the input")
    return image


def _resized(dims: list[int | None], axes: str, asked: tuple[int, ...]) -> list[int | None]:
    if len(dims) != 4:
        raise ParameterError(f"its input is {_spelled(dims[1:])}, not an image; leave out {spelled_size(asked)}")
    sides = dict(zip("HWC", asked, strict=False))
    channels = dims[axes.index("C")]
    if "C" in sides and channels is not None and sides["C"] != channels:
        raise ParameterError(f"its input has {counted(channels, 'channels')}; {spelled_size(asked)} has {sides['C']}")
    return [sides.get(letter, side) for letter, side in zip(axes, dims, strict=True)]


def _open(dims: list[int | None], axes: str) -> str:
    if len(dims) != 4:
        return f"{{image}} leaves the size of its input open, {_spelled(dims)}, and it is not an image"
    channels = dims[axes.index("C")]
    size = "224x224" if channels is not None else "224x224x3"
    return f"{{image}} leaves the size of its input open, {_spelled(dims)}; write one after its name, such as {size}"


def _is_first(graph: Graph, one: Input, *, default: bool) -> bool:
    """Return whether the channels come first: in ONNX unless it turns them there, in Keras as its layers say."""
    for node in _after(graph, one.name):
        if node.attributes.get("data_format") in ("channels_first", "channels_last"):
            return node.attributes["data_format"] == "channels_first"
        if node.operator == "Transpose" and node.attributes.get("perm") in ((0, 3, 1, 2), (0, 4, 1, 2, 3)):
            return False
    return default


def _after(graph: Graph, name: str) -> Iterator[Node]:
    """Yield the first nodes that take the value `name`, or what they make of it, as long as its axes stay."""
    names = {name}
    for number, node in enumerate(node for node in graph.nodes if node.operator not in ("Constant", "Shape")):
        if number == _MOST_LOOKED_AT:
            return
        if names & set(node.inputs):
            yield node
            if node.operator in ("Transpose", "Reshape", "Flatten", "Conv", "MatMul", "Gemm"):
                return
            names |= set(node.outputs)


def _spelled(dims: tuple[int | None, ...] | list[int | None]) -> str:
    return "x".join("?" if side is None else str(side) for side in dims) or "a single number"
