"""Arrays by name in one .npz, written the same each time, and read with suspicion: it may come from anywhere."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from math import prod
from tokenize import TokenError
from typing import Any

import numpy as np

from cnnfilt.errors import InputError
from cnnfilt.files.image import Array
from cnnfilt.files.streams import Source, first_line, open_stream

MOST_BYTES = 4 << 30
"""No model is larger than this: its file, and all that is in it together."""

_MOST_ARRAYS = 10_000
_LONGEST_HEADER = 10_000
_NAME = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    TokenError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
    MemoryError,
)
"""What zipfile and NumPy raise on files that are damaged or made to do harm."""


class Archive:
    """The arrays in a .npz: their names at once, each array when it is asked for."""

    def __init__(self, source: Source) -> None:
        """Open `source`, a path or the bytes. InputError if it is no .npz, or holds what no .npz of ours does."""
        with open_stream(source) as stream:
            data = stream.read(MOST_BYTES + 1)
        if not data.startswith(b"PK"):
            raise InputError("{image} is not a .npz file of weights" if data else "{image} is empty")
        if len(data) > MOST_BYTES:
            raise InputError(f"{{image}} is larger than {MOST_BYTES >> 30} GiB")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _FAULTS as error:
            raise _damaged(error) from None
        infos = self._zip.infolist()
        said = _count_said(data)
        if len(infos) != said:
            raise InputError(
                f"{{image}} is damaged or incomplete (it says it holds {said:,} arrays, not {len(infos):,})"
            )
        self._entries = _entries(infos)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the arrays."""
        return tuple(self._entries)

    def array(self, name: str, *, most_bytes: int) -> Array:
        """Return one array of numbers; nothing larger than `most_bytes` is unpacked. InputError if it is not there."""
        entry = self._entries.get(name)
        if entry is None:
            raise InputError(f"{{image}} has no array {name}")
        if entry.file_size > most_bytes + _LONGEST_HEADER:
            raise InputError(f"array {name} claims {entry.file_size:,} bytes, where {most_bytes:,} are expected")
        try:
            return _numbers(self._zip.read(entry), name)
        except _FAULTS as error:
            raise _damaged(error) from None


def write_npz(arrays: Mapping[str, Array]) -> bytes:
    """Return `arrays` as the bytes of a .npz: the same arrays give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            # A ZipInfo by itself has a fixed date, so that no clock gets into the file.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue())
    return stream.getvalue()


def _count_said(data: bytes) -> int:
    """Return how many entries the end of a .zip says it has: zipfile counts those it finds, though some are lost."""
    end = data.rindex(b"PK\5\6")
    return int.from_bytes(data[end + 10 : end + 12], "little")


def _entries(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > _MOST_ARRAYS:
        raise InputError(f"{{image}} holds {len(infos):,} arrays; the limit is {_MOST_ARRAYS:,}")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if name == info.filename or not _NAME.fullmatch(name):
            raise InputError(f"{{image}} holds {first_line(info.filename)!r}, which is not an array of a model")
        if name in entries:
            raise InputError(f"{{image}} holds the array {name} twice")
        entries[name] = info
    return entries


def _numbers(data: bytes, name: str) -> Array:
    """Return the array in the bytes of a .npy, after its header has been checked against its length."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream, max_header_size=_LONGEST_HEADER)
    if dtype.hasobject or dtype.kind not in "biuf":
        what = "pickled Python objects, which could run anything" if dtype.hasobject else f"{dtype} values"
        raise InputError(f"array {name} holds {what}; only arrays of numbers are read")
    body = memoryview(data)[stream.tell() :]
    if any(length < 0 for length in shape) or prod(shape) * dtype.itemsize != len(body):
        raise InputError(f"array {name} says it is {shape} of {dtype}, which does not fit its {len(body):,} bytes")
    flat: np.ndarray[Any, Any] = np.frombuffer(body, dtype)
    # A copy, since an array over bytes cannot be written to, and training writes.
    return flat.reshape(shape, order="F" if fortran else "C").astype(dtype.newbyteorder("="), order="C", copy=True)


def _damaged(error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    return InputError(f"{{image}} is damaged or incomplete ({first_line(str(error)) or type(error).__name__})")
