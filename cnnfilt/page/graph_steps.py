"""How a value of each node of an .onnx file comes about, as chain.js writes it out.

An operator that is not here, or that is used in a way that is not, is told by its window alone, without numbers that
would not be its own.
"""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from cnnfilt.describe.graphs.call import Call
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.walk import Step as GraphStep
from cnnfilt.describe.layers import Flat, Shape, Volume
from cnnfilt.describe.reach import IDENTITY, taps_of
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.image import Array
from cnnfilt.frozen import Frozen
from cnnfilt.nn.operators.resizing import taps_of_resize
from cnnfilt.nn.operators.task import Task
from cnnfilt.page.arrays import number, packed
from cnnfilt.page.chain_norms import response
from cnnfilt.page.chain_steps import summed, taps_data
from cnnfilt.page.layer_run import Step

Weight = Callable[[str], Array | None]
"""Returns the numbers of the file's tensor of this name; None where there is none."""


class Known(Frozen, eq=False):
    """What is known of a node: its step and attributes, the shapes of what it takes and makes, and its weights.

    `computed` are the names of those of its inputs that are made from the image.
    """

    step: GraphStep
    call: Task
    shapes: tuple[Shape, ...]
    computed: tuple[str, ...]
    output: Shape
    weight: Weight
    filters: list[int] | None

    def array(self, place: int) -> Array | None:
        """Return the weight at a place among its inputs."""
        names = self.step.node.inputs
        return self.weight(names[place]) if place < len(names) and names[place] else None

    def has(self, place: int) -> bool:
        """Return whether there is an input at this place."""
        return place < len(self.step.node.inputs) and bool(self.step.node.inputs[place])


def graph_step(
    step: GraphStep,
    version: int,
    places: Collection[str],
    split: Collection[str],
    weight: Weight,
    filters: list[int] | None,
) -> Step:
    """Return what chain.js needs to write out a value of a node; `filters` are those kept, None all.

    `version` is that of the operators' meaning. `places` are the names of the values made from the image, `split` those
    of nodes that make several, whose numbers are not in the page but for the first.
    """
    node = step.node
    computed = tuple(name for name in node.inputs if name in places)
    word = node.full_operator
    if not computed or any(name in split for name in computed):
        return {"word": word, "axes": None, "op": "window"}
    shapes = tuple(shape_of(one) for one, name in zip(step.inputs, node.inputs, strict=True) if name in places)
    # Weights are read by their names, where one is shown.
    call = Task(step, (), version, lambda tensor: np.empty(0))
    known = Known(step, call, shapes, computed, shape_of(step.values[0]), weight, filters)
    make = None if node.domain else _OPERATORS.get(node.operator)
    made = None if make is None else make(known)
    return {"word": word, "axes": _axes(known), **({"op": "window"} if made is None else made)}


def weights_of_node(step: GraphStep) -> tuple[int, int] | None:
    """Return how many weights one filter of a node has, and how many filters there are; None for other nodes."""
    node, weights = step.node, step.inputs[1] if len(step.inputs) > 1 else None
    if node.domain or weights is None or weights.weights is None:
        return None
    if node.operator == "Conv" and weights.count:
        return weights.count // weights.dims[0], weights.dims[0]
    if node.operator in ("Gemm", "MatMul") and weights.rank == 2 and weights.count:
        transposed = node.operator == "Gemm" and Call(node, step.inputs, 0).whole("transB", 0)
        outs = weights.dims[0 if transposed else 1]
        return weights.count // outs, outs
    return None


def _axes(known: Known) -> list[dict[str, Any]] | None:
    before, after = known.shapes[0], known.output
    if not isinstance(before, Volume) or not isinstance(after, Volume):
        return None
    if known.step.windows is not None:
        return [taps_data(taps_of(window)) for window in known.step.windows]
    if known.step.node.operator in ("GlobalAveragePool", "GlobalMaxPool"):
        return [{"outputs": 1, "inputs": 0, "reads": [[0, n - 1, 1]]} for n in before.size]
    return [taps_data(IDENTITY)] * 2 if before.size == after.size else None


def _convolution(known: Known) -> Step | None:
    weights, bias = known.array(1), known.array(2)
    if weights is None or weights.ndim != 4 or known.step.windows is None or (known.has(2) and bias is None):
        return None
    # The file has (outputs, inputs of a group, height, width).
    kernel = weights.transpose(2, 3, 1, 0)
    outs = kernel.shape[3] // known.call.whole("group", 1)
    return summed(kernel, bias, known.filters, size=kernel.shape[:2], per=kernel.shape[2], outs=outs)


def _dense(known: Known) -> Step | None:
    weights, bias, call = known.array(1), known.array(2), known.call
    is_plain = call.number("alpha", 1.0) == call.number("beta", 1.0) == 1 and not call.whole("transA", 0)
    if weights is None or weights.ndim != 2 or not is_plain or (known.has(2) and bias is None):
        return None
    kernel = weights.T if call.whole("transB", 0) else weights
    fits = bias is None or bias.size == kernel.shape[1]
    if type(known.shapes[0]) is not Flat or known.shapes[0].values != kernel.shape[0] or not fits:
        return None
    addends = None if bias is None else bias.reshape(-1)
    return summed(kernel, addends, known.filters, size=[1, 1], per=kernel.shape[0], outs=kernel.shape[1])


def _normalised(known: Known) -> Step | None:
    names = ("kernel", "bias", "mean", "variance")
    arrays = [known.array(place) for place in range(1, 5)]
    if any(array is None or array.ndim != 1 for array in arrays) or known.shapes[0] != known.output:
        return None
    parts = {name: packed(array) for name, array in zip(names, arrays, strict=True) if array is not None}
    return {"op": "normalised", "epsilon": number(known.call.number("epsilon", 1e-5)), **parts}


def _response(known: Known) -> Step | None:
    if known.shapes[0] != known.output or not isinstance(known.output, Volume):
        return None
    size, named = known.call.whole("size", 1), known.call.number
    before = (size - 1) // 2
    return response(named("bias", 1.0), named("alpha", 1e-4) / size, named("beta", 0.75), before, size - 1 - before)


def _resized(known: Known) -> Step | None:
    """Return which rows and columns each is made of, and their weights, as the node is run."""
    value = known.step.inputs[0]
    if value is None or value.axes not in ("NCHW", "NHWC") or not isinstance(known.output, Volume):
        return None
    try:
        taps = {value.axes[place]: one for place, one in taps_of_resize(known.call).items()}
    except CnnfiltError:
        return None
    if not taps.keys() <= {"H", "W"}:
        return None
    sizes = zip("HW", known.output.size, strict=True)
    along = [taps.get(axis, (np.arange(size)[:, None], np.ones((size, 1)))) for axis, size in sizes]
    places, weights = ([pair[which].tolist() for pair in along] for which in (0, 1))
    return {"op": "between", "places": places, "weights": weights}


def _pool(kind: str) -> Callable[[Known], Step | None]:
    def make(known: Known) -> Step | None:
        counts_padding = kind == "avg" and known.call.whole("count_include_pad", 0)
        return None if counts_padding or _axes(known) is None else {"op": "pool", "kind": kind}

    return make


def _each(known: Known) -> Step | None:
    if known.shapes[0] != known.output or len(known.computed) != 1:
        return None
    function = {"LeakyRelu": "leaky"}.get(known.step.node.operator, known.step.node.operator.lower())
    return {"op": "each", "function": function, "slope": number(known.call.number("alpha", 0.01))}


def _softmax(known: Known) -> Step | None:
    axis = known.call.whole("axis", -1)
    is_flat = type(known.output) is Flat and axis in (1, -1)
    return {"op": "softmax"} if is_flat or (isinstance(known.output, Volume) and axis == 1) else None


def _same(known: Known) -> Step | None:
    """Return how values are handed on: as they are, or as a list, in which the file's order of axes shows."""
    before, after = known.shapes[0], known.output
    if before == after:
        return {"op": "moved", "first": 0}
    described = known.step.inputs[0]
    if not isinstance(before, Volume) or type(after) is not Flat or before.values != after.values or described is None:
        return None
    if described.axes not in ("NCHW", "NHWC"):
        return None
    return {"op": "flat", "channelsFirst": described.axes == "NCHW"}


def _joined(kind: str) -> Callable[[Known], Step | None]:
    def make(known: Known) -> Step | None:
        one, *others = known.shapes
        if len(known.computed) < 2 or len(set(known.computed)) < len(known.step.node.inputs):
            return None
        if kind == "cat":
            order = list(range(len(known.computed)))
            return {"op": "joined", "kind": "cat", "order": order} if known.call.whole("axis", 1) == 1 else None
        if not all(_fits(shape, known.output) for shape in (one, *others)):
            return None
        return {"op": "joined", "kind": kind}

    return make


def _fits(shape: Shape, whole: Shape) -> bool:
    if isinstance(shape, Volume) and isinstance(whole, Volume):
        return shape.channels == whole.channels and shape.size in (whole.size, (1, 1))
    return shape == whole and type(shape) is Flat


_OPERATORS: dict[str, Callable[[Known], Step | None]] = {
    "Conv": _convolution,
    "Gemm": _dense,
    "MatMul": _dense,
    "BatchNormalization": _normalised,
    "LRN": _response,
    "MaxPool": _pool("max"),
    "GlobalMaxPool": _pool("max"),
    "AveragePool": _pool("avg"),
    "GlobalAveragePool": _pool("avg"),
    **dict.fromkeys(("Resize", "Upsample"), _resized),
    "Softmax": _softmax,
    "Add": _joined("add"),
    "Mul": _joined("mul"),
    "Concat": _joined("cat"),
    **dict.fromkeys(("Flatten", "Reshape", "Squeeze", "Identity", "Dropout"), _same),
    **dict.fromkeys(("Relu", "LeakyRelu", "Elu", "Gelu", "HardSwish", "Sigmoid", "HardSigmoid", "Tanh"), _each),
    "Clip": _each,
}
