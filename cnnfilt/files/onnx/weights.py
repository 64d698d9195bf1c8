"""The numbers of tensors, read when a network is to be run: from its file, and from those that lie beside it."""

import os
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnfilt.describe.graphs.graph import Stored, Tensor
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.tensors import shown
from cnnfilt.files.onnx.wire import damaged
from cnnfilt.files.streams import open_stream

Array = NDArray[Any]

WIDENED = {"float16": "float32", "bfloat16": "float32"}
"""Half precision is how weights are kept; sums of it would lose what is computed with it."""

_KINDS = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "bfloat16", "float32", "float64"),
)

_LONGEST_VARINT = 10


def read_weights(path: str, tensor: Tensor) -> Array:
    """Return the numbers of `tensor`, one of the network in the file at `path`, in its dims; half precision as float32.

    InputError for a kind of number that is not computed with, for numbers that the file leaves out, and for damage.
    """
    if tensor.kind not in _KINDS:
        raise InputError(f"{{image}} keeps {shown(tensor.name)} in numbers of {tensor.kind}, which are not run")
    if tensor.count == 0:
        return np.zeros(tensor.dims, WIDENED.get(tensor.kind, tensor.kind))
    if tensor.stored is None:
        raise InputError(f"{{image}} leaves out its weights: those of {shown(tensor.name)} are not in it")
    with open_stream(tensor.stored.path or path) as stream:
        size = stream.seek(0, os.SEEK_END)
        pieces = [_piece(stream, first, end, size, tensor) for first, end in tensor.stored.spans]
    numbers = _numbers(pieces, tensor.stored, tensor.kind)
    if numbers.size != tensor.count:
        raise damaged(f"{shown(tensor.name)} has {numbers.size:,} numbers where {tensor.count:,} are said")
    return numbers.reshape(tensor.dims)


def _piece(stream: BinaryIO, first: int, end: int, size: int, tensor: Tensor) -> bytes:
    # Asked for more than there is, a stream would first take the memory for it.
    if end > size:
        raise damaged(f"{shown(tensor.name)} ends too early")
    stream.seek(first)
    return stream.read(end - first)


def _numbers(pieces: Sequence[bytes], stored: Stored, kind: str) -> Array:
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    match stored.form:
        case "raw" if kind == "bfloat16":
            return _of_upper_half(np.frombuffer(data, "<u2"))
        case "raw":
            return _widened(np.frombuffer(data, np.dtype(kind).newbyteorder("<")), kind)
        case "varints":
            return _of_wholes(decoded(data), kind)
        case form:
            return _widened(np.frombuffer(data, np.dtype(form).newbyteorder("<")), kind)


def _widened(numbers: Array, kind: str) -> Array:
    return numbers.astype(WIDENED.get(kind, kind))


def _of_wholes(numbers: Array, kind: str) -> Array:
    """Return numbers of `kind` written as whole ones; those of half precision are kept as their bits."""
    if kind == "float16":
        return numbers.astype("<u2").view(np.float16).astype(np.float32)
    if kind == "bfloat16":
        return _of_upper_half(numbers.astype("<u2"))
    return numbers.view(np.int64).astype(kind)


def _of_upper_half(bits: Array) -> Array:
    """Return numbers of which the upper 16 bits of single precision are given."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def decoded(data: bytes) -> NDArray[np.uint64]:
    """Return whole numbers of protobuf, seven bits a byte, the lowest first; the highest bit says that more follow."""
    given = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(given < 0x80)
    if not len(ends) or ends[-1] != len(given) - 1:
        raise damaged("a number has no end")
    starts = np.concatenate([[0], ends[:-1] + 1])
    places = np.arange(len(given)) - np.repeat(starts, ends - starts + 1)
    if places.max() >= _LONGEST_VARINT:
        raise damaged("a number has no end")
    return np.add.reduceat((given & 0x7F).astype(np.uint64) << (7 * places).astype(np.uint64), starts)
