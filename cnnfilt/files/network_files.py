"""Files that other programmes keep networks in: which can be read, and what to say of those that cannot."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from cnnfilt.describe.graphs.graph import Graph
    from cnnfilt.describe.graphs.operators import Operator

SUFFIXES = (".onnx", ".keras", ".npz")

NOT_READ = {
    ".h5": "is an HDF5 file, which is not read; save the network as .keras, or export it to .onnx",
    ".hdf5": "is an HDF5 file, which is not read; save the network as .keras, or export it to .onnx",
    ".pt": "is a file of PyTorch, which may hold any code and is not read; export it with torch.onnx.export",
    ".pth": "is a file of PyTorch, which may hold any code and is not read; export it with torch.onnx.export",
    ".ckpt": "is a checkpoint, weights without their network; export the network to .onnx",
    ".safetensors": "holds weights without their network; export the network to .onnx",
    ".tflite": "is a file of TensorFlow Lite, which is not read; export the network to .onnx",
    ".pb": "is a file of TensorFlow, which is not read; export the network to .onnx",
    ".caffemodel": "is a file of Caffe, which is not read; export the network to .onnx",
    ".mlmodel": "is a file of Core ML, which is not read; export the network to .onnx",
}
"""What people have networks in besides, and what can be done about it."""


class FileNetwork(Frozen, eq=False):
    """A network from a file, the operators of its format, and whether its images have their channels first."""

    graph: "Graph"
    operators: "Mapping[str, Operator]"
    channels_first: bool


def is_network_file(name: str) -> bool:
    """Return whether a name is that of a network, read or not, by its suffix; a .npz may be one of matrices."""
    suffix = os.path.splitext(name)[1].lower()
    return suffix in (*SUFFIXES, *NOT_READ) and not (suffix == ".npz" and _holds_matrices(name))


def is_run_from(path: str) -> bool:
    """Return whether a model to be run is one of another programme, and not our own .npz.

    InputError for those that are read at most to be described, or not at all.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".keras":
        raise InputError(
            f"{path} keeps its weights as HDF5: it is described (cnnfilt shape {path}), but not run; export it to .onnx"
        )
    if suffix in NOT_READ:
        raise InputError(f"{path} {NOT_READ[suffix]}")
    return suffix == ".onnx"


def may_hold_layers(name: str) -> bool:
    """Return whether a file of this name may be one of our words, which a chain takes as @net.txt."""
    return os.path.splitext(name)[1].lower() in (".txt", ".net")


def _holds_matrices(path: str) -> bool:
    """Return whether the .npz at `path` is whole and no model; what cannot be read is called a network."""
    if not os.path.isfile(path):
        return False
    from cnnfilt.files.model_file import describes_network

    try:
        return not describes_network(path)
    except InputError:
        return False


def read_network(path: str) -> FileNetwork:
    """Return the network in the file at `path`, its weights left alone. InputError, one line that names the file."""
    suffix = os.path.splitext(path)[1].lower()
    try:
        if suffix in NOT_READ and os.path.lexists(path):
            raise InputError(f"{{image}} {NOT_READ[suffix]}")
        if suffix == ".keras":
            from cnnfilt.describe.graphs.keras_layers import KERAS
            from cnnfilt.files.keras.network import read_keras

            return FileNetwork(read_keras(path), KERAS, False)
        from cnnfilt.describe.graphs.operators import OPERATORS
        from cnnfilt.files.onnx.model import read_onnx

        return FileNetwork(read_onnx(path), OPERATORS, True)
    except CnnfiltError as error:
        raise InputError(error.about(path)) from None
