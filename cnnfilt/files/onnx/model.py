"""A file of ONNX as a graph of named nodes."""

import os

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.messages import Reader
from cnnfilt.files.onnx.wire import Wire
from cnnfilt.files.streams import open_stream

OTHER_FILES = {
    b"version https://git-lfs": "is a pointer of Git LFS, not the file itself; fetch it with: git lfs pull",
    b"<": "is a web page or XML, not an ONNX model; look at how it was downloaded",
    b"PK\3\4": "is a .zip file, not an ONNX model",
    b"\x89HDF": "is an HDF5 file, not an ONNX model",
}
"""What people have under the name of a model, by its first bytes, and what to say of it."""


def read_onnx(path: str) -> Graph:
    """Return the network in the file at `path`; its weights are not read. InputError, whatever is wrong with it."""
    with open_stream(path) as stream:
        head = stream.read(32)
        if not head:
            raise InputError("{image} is empty")
        for start, said in OTHER_FILES.items():
            if head.startswith(start):
                raise InputError(f"{{image}} {said}")
        size = stream.seek(0, os.SEEK_END)
        return Reader(Wire(stream, size), External(os.path.dirname(os.path.abspath(path)))).model()
