"""A network from an .onnx file carried to an image: its output or one of its layers, and pictures of all of them."""

import re
from collections.abc import Sequence

import numpy as np

from cnnfilt.core.levels import Levels, apply_levels_to_sums
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.layers import Flat, Shape, Volume
from cnnfilt.describe.preprocessing import AS_IT_IS, Preprocessing
from cnnfilt.errors import InputError, ParameterError, counted
from cnnfilt.files.image import Image
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.files.onnx_network import MOVES_NOTHING, Layer, OnnxNetwork, opened
from cnnfilt.frozen import Frozen, replace
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.tiling import TiledNetwork
from cnnfilt.operations.apply import MOST_MAPS, VALUES_PER_PIXEL
from cnnfilt.operations.base import AUTO, Array, Operation, Reach, Result, size_of
from cnnfilt.operations.sheets import sheet_about
from cnnfilt.spelling import spelled_size

RANGES = {"Sigmoid": (0.0, 1.0), "HardSigmoid": (0.0, 1.0), "Softmax": (0.0, 1.0), "Tanh": (-1.0, 1.0)}
"""What operators give at least and at most, where that is known: these become black and white."""

_LONGEST_NAME = 60
_MOST_NAMED = 3


class OpenedNetwork(Frozen, eq=False):
    """A network made ready for one image, every node run by itself: how the image reaches it, and as what.

    `first` are the values that go in, (H, W, C), made of `levels`; `batch` has them as the file wants them.
    """

    network: OnnxNetwork
    ready: RunnableNetwork
    form: NetworkInput
    levels: Array
    first: Array
    batch: Array


class ApplyNetwork(Operation, kw_only=True):
    """What the network in the .onnx file at `model` makes of images treated as `preprocessing` says.

    That is its first output, or the value of `layer`. `draw` asks for a picture of every layer's maps as well, with
    `scale_each_map` each map on a scale of its own.
    """

    model: str
    preprocessing: Preprocessing = AS_IT_IS
    layer: str | None = None
    draw: bool = False
    scale_each_map: bool = False

    command = "apply"

    @property
    def _network(self) -> OnnxNetwork:
        return opened(self.model)

    @property
    def wanted(self) -> Layer:
        """Return the layer whose value is the result, at the size that the file says, or asked for."""
        return self._network.layer(self.layer, self.preprocessing.size)

    @property
    def gives_list(self) -> bool:
        """Return whether a list of values comes out, or a matrix, without maps."""
        return not isinstance(_seen(self.wanted.shape), Volume)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return a name for each map that comes out; one "" for a single result."""
        shape = _seen(self.wanted.shape)
        if not isinstance(shape, Volume) or shape.channels == 1:
            return ("",)
        if shape.channels > MOST_MAPS:
            raise ParameterError(f"the network gives {shape.channels:,} maps; the limit is {MOST_MAPS:,}")
        digits = len(str(shape.channels))
        return tuple(f"map{number:0{digits}}" for number in range(1, shape.channels + 1))

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the names of the pictures of all layers, where they are wanted."""
        if not self.draw:
            return ()
        layers = self._drawn
        digits = max(2, len(str(max((one.number for one in layers), default=0))))
        return tuple(f"{one.number:0{digits}}-{_slug(one)}.png" for one in layers)

    @property
    def _drawn(self) -> list[Layer]:
        """Return the layers that are drawn: those up to the wanted one that make maps, or a list of values."""
        network, last = self._network, self.wanted.number
        layers = network.layers(self.preprocessing.size)
        return [one for one in layers if one.number <= last and _is_drawn(one)]

    def reach(self, image: Image | None = None) -> Reach | None:
        """Raise ParameterError: no part of an image is changed."""
        raise ParameterError("--region and --mask cannot be combined with --model; leave them out")

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return one result for each of the labels; the first has the pictures of the layers."""
        if image.pixels.dtype.kind == "f" and not np.isfinite(image.pixels).all():
            raise InputError("{image} holds nan or infinity; a network needs finite values")
        network, wanted = self._network, self.wanted
        form = network.form(self.preprocessing, size_of(image))
        names = [wanted.value, *(one.value for one in self._drawn)] if self.draw else [wanted.value]
        most = VALUES_PER_PIXEL * self.treatment.max_pixels
        ready = network.ready(form.size, names, keep=self.draw, most=most)
        x = network.as_input(form.array(image))
        sheets, value = self._sheets_and_value(ready, x, wanted.value)
        results = self._results(value, image, format_name, _plan(ready, form.size))
        return [replace(results[0], sheets=sheets), *results[1:]]

    def opened(self, image: Image) -> OpenedNetwork:
        """Return the network as it is for `image`, up to the wanted layer; CnnfiltError where it cannot be."""
        network, form = self._network, self._network.form(self.preprocessing, size_of(image))
        most = VALUES_PER_PIXEL * self.treatment.max_pixels
        ready = network.ready(form.size, [self.wanted.value], keep=True, most=most)
        levels = form.fitted(image)
        first = form.array(image)
        return OpenedNetwork(network, ready, form, levels, first, network.as_input(first))

    def _sheets_and_value(self, ready: RunnableNetwork, x: Array, wanted: str) -> tuple[tuple[Array, ...], Array]:
        """Return the pictures of the layers, each drawn when it is there, and what the wanted one makes."""
        if not self.draw:
            return (), ready.one_image(wanted, ready(x)[wanted])
        drawn = {one.value: one for one in self._drawn}
        sheets, result = [], x
        for _, made in ready.values(x):
            for name, value in made.items():
                if name in drawn:
                    sheets.append(_sheet(drawn[name], ready.one_image(name, value), each=self.scale_each_map))
                if name == wanted:
                    result = ready.one_image(name, value)
        return tuple(sheets), result

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of each map become pixels."""
        levels = self.treatment.values.levels(image, format_name)
        if self.treatment.values != AUTO or levels.values == "raw":
            return levels
        known = RANGES.get(self.wanted.step.node.operator)
        return replace(levels, values="clip" if known else "minmax", value_range=known)

    def _results(self, value: Array, image: Image, format_name: str, plan: str) -> list[Result]:
        levels, how = self.levels_of(image, 0, format_name), f"{self.wanted.step.node.title} of the network"
        results = []
        for part in _parts(value, len(self.labels), gives_list=self.gives_list):
            pixels, loss = apply_levels_to_sums(part, levels)
            results.append(Result(pixels, None, how, loss, plan=plan))
        return results


def _seen(shape: Shape) -> Shape:
    """Return a shape; one pixel of many channels is a list of values."""
    if isinstance(shape, Volume) and shape.size == (1, 1):
        return Flat(shape.channels)
    return shape


def _is_drawn(one: Layer) -> bool:
    if one.step.node.operator in MOVES_NOTHING or one.step.values[0] is None:
        return False
    return type(_seen(one.shape)) in (Volume, Flat) and one.shape.values > 0


def _sheet(one: Layer, values: Array, *, each: bool) -> Array:
    before = one.step.inputs[0]
    source = "" if before is None or before.weights is not None else f"{shape_of(before)} -> "
    about = f"{one.number}  {one.step.node.title} ({one.step.node.operator})  {source}{one.shape}"
    flat = values.ndim == 1 or values.shape[:2] == (1, 1)
    names = () if flat else tuple(f"map{number}" for number in range(1, values.shape[2] + 1))
    return sheet_about(about, values.reshape(-1) if flat else values, names, each=each)


def _parts(value: Array, labels: int, *, gives_list: bool) -> Sequence[Array]:
    """Return what goes into one output each: a row of values, a matrix, an image, or each of several maps."""
    if gives_list:
        if value.ndim == 1 or value.size == max(value.shape):
            return [value.reshape(1, -1)]
        if value.ndim > 3:
            raise InputError(f"the value has {counted(value.ndim, 'axes')}; no file is written of more than three")
        return [value]
    return [value[..., number] for number in range(labels)] if labels > 1 else [value[..., 0]]


def _plan(ready: RunnableNetwork, size: tuple[int, int]) -> str:
    """Return in one line how it was computed: where the channels lie."""
    turned = ready.turned
    named = ", ".join(turned[:_MOST_NAMED]) + (f" and {len(turned) - _MOST_NAMED} more" if turned[_MOST_NAMED:] else "")
    first = f", but as in the file (channels first) out of {named}" if turned else ""
    tiles = f" in {ready.tiling}" if isinstance(ready, TiledNetwork) else ""
    return f"{counted(len(ready.steps), 'nodes')} at {spelled_size(size)}{tiles}, channels last{first}"


def _slug(one: Layer) -> str:
    text = f"{one.step.node.operator}-{one.step.node.title}"
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", text)[:_LONGEST_NAME].strip("-+.")
