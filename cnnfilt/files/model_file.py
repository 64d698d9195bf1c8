"""A trained network in one file: its layers, its weights, and how images are to be read for it."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from cnnfilt.describe.layers import Flat
from cnnfilt.errors import CnnfiltError, InputError, ShapeError, counted
from cnnfilt.files.atomic import settle, write_atomically
from cnnfilt.files.matrix.npz import Archive, write_npz
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.layer import Array
from cnnfilt.nn.model import Sequential, reports_of
from cnnfilt.nn.weights import shapes_of

FORMAT = 1
"""The number of the way models are written, in every file; it grows when older programmes could not read it."""

_HEADER = "model"
_STATE = "training."
_LONGEST_HEADER = 1 << 20
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Model(Frozen, eq=False):
    """A network and what it was trained on.

    `input_scale` multiplies pixels first; None divides them by their depth's top. `training` is what is known of
    how it came about, and `state` the arrays with which training goes on.
    """

    network: Sequential
    classes: tuple[str, ...]
    gray: bool
    input_scale: float | None = None
    training: Mapping[str, Any] = _NOTHING
    state: Mapping[str, Array] = _NOTHING

    @property
    def form(self) -> NetworkInput:
        """Return how an image reaches the network: `model.network.forward(model.form.array(image)[None])`."""
        return NetworkInput(self.network.size[:2], self.gray, self.input_scale)


def save_model(path: str, model: Model, *, overwrite: bool) -> None:
    """Write `model` to the file `path`, whole or not at all; the same model gives the same bytes. OutputError."""
    header = {
        "format": FORMAT,
        "layers": model.network.words,
        "input": model.network.size,
        "classes": model.classes,
        "gray": model.gray,
        "input_scale": model.input_scale,
        "training": dict(model.training),
    }
    arrays = {_HEADER: np.frombuffer(json.dumps(header).encode(), np.uint8), **model.network.arrays}
    # In order of their names, so that how the state came together does not show in the bytes.
    data = write_npz(arrays | {f"{_STATE}{name}": array for name, array in sorted(model.state.items())})
    write_atomically(path, lambda stream: stream.write(data), overwrite=overwrite)
    settle([os.path.dirname(path)])


def load_model(path: str | Path) -> Model:
    """Return the model in the file `path`. InputError, one line that starts with the path, whatever is wrong with it.

    Nothing in the file is trusted: no array is unpacked before its size has been held against the layers.
    """
    if str(path).lower().endswith((".onnx", ".keras")):
        raise InputError(
            f"{path} is from another programme, and here a .npz of cnnfilt net train is needed; "
            "cnnfilt apply --model, net predict and net summary take .onnx files"
        )
    try:
        return _loaded(Archive(path))
    except (CnnfiltError, RecursionError) as error:
        about = error.about(str(path)) if isinstance(error, CnnfiltError) else f"{path}: nested too deep"
        raise InputError(about) from None


def learned_kernel(path: str, layer: str | None) -> tuple[str, Array]:
    """Return the name and the weights, (H, W, in_channels, out_channels), of a convolution of the model in `path`.

    Without `layer` it is the first. InputError if the model has no such convolution.
    """
    network = load_model(path).network
    found = {
        name: one.parameters["kernel"]
        for name, one in zip(network.names, network.layers, strict=True)
        if isinstance(one, Conv2D) and one.groups == 1
    }
    name = next(iter(found), "") if layer is None else layer
    if found and not name:
        places = " or ".join(f"@{path}#{one}" for one in found)
        raise InputError(f"{path} is a whole network; name the convolution whose filters are meant: {places}")
    if name not in found:
        known = f"it has {', '.join(found)}" if found else "it has none"
        raise InputError(f"{path}: has no convolution {name!r} to take filters from; {known}")
    return name, found[name]


def _loaded(archive: Archive) -> Model:
    header = _header(archive)
    size = (header["input"][0], header["input"][1], header["input"][2])
    shapes = shapes_of(reports_of(header["layers"], size))
    theirs = set(archive.names) - {_HEADER}
    state = {name for name in theirs if name.startswith(_STATE)}
    if odd := sorted((theirs - state) ^ shapes.keys()):
        raise ShapeError(f"its layers and its arrays differ: {', '.join(odd[:3])}")
    weights = {name: _finite(archive.array(name, most_bytes=math.prod(shapes[name]) * 8), name) for name in shapes}
    network = Sequential(header["layers"], size, weights)
    _check_classes(network, header["classes"])
    if size[2] != (1 if header["gray"] else 3):
        raise ShapeError(
            f"its layers take {counted(size[2], 'channels')}, but {'gray' if header['gray'] else 'colour'} images"
        )
    most = max((array.size * 8 for array in weights.values()), default=0) + 8
    return Model(
        network,
        tuple(header["classes"]),
        header["gray"],
        header["input_scale"],
        header["training"],
        {name.removeprefix(_STATE): archive.array(name, most_bytes=most) for name in sorted(state)},
    )


def describes_network(path: str) -> bool:
    """Return whether the .npz at `path` has the layers of a model beside its arrays. InputError for no .npz."""
    return _HEADER in Archive(path).names


def _header(archive: Archive) -> dict[str, Any]:
    if _HEADER not in archive.names:
        raise InputError("{image} is not a model: it was not written by cnnfilt net train")
    array = archive.array(_HEADER, most_bytes=_LONGEST_HEADER)
    try:
        header = json.loads(array.tobytes())
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise InputError("{image} is a model of another version of cnnfilt, or damaged")
    for name, fits in _FIELDS.items():
        if not fits(header.get(name)):
            raise InputError(f"{{image}} is damaged: its {name} is {header.get(name)!r:.60}")
    return header


def _is_size(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(type(n) is int and 0 < n < 2**31 for n in value)


def _is_scale(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and math.isfinite(value))


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "layers": lambda value: isinstance(value, str) and len(value) < _LONGEST_HEADER,
    "input": _is_size,
    "classes": lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
    "gray": lambda value: isinstance(value, bool),
    "input_scale": _is_scale,
    "training": lambda value: isinstance(value, dict),
}
"""What the header must hold, and how each value is checked."""


def _check_classes(network: Sequential, classes: list[str]) -> None:
    outputs = network.output.features if isinstance(network.output, Flat) else None
    if outputs != (1 if len(classes) == 2 else len(classes)) and outputs != len(classes):
        raise ShapeError(f"its layers give {network.output} values for {len(classes)} classes")


def _finite(array: Array, name: str) -> Array:
    if not np.isfinite(array).all():
        raise InputError(f"weights {name} are not all finite")
    return array
