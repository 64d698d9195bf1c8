"""The config.json in a .keras, read with suspicion: nothing is unpacked or parsed that is larger than any network."""

import io
import json
import zipfile
import zlib
from typing import Any, BinaryIO

from cnnfilt.errors import InputError
from cnnfilt.files.streams import first_line, open_stream

MOST_BYTES = 8 << 20
"""Of config.json: a network of a thousand layers has one."""

MOST_PARTS = 400_000
"""Of lists and objects in it, and a million of what they hold: each costs more memory than in the file."""

_MOST_AT_ONCE = 1 << 20
_NAME = "config.json"
_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    ValueError,
    LookupError,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises on files that are damaged or made to do harm."""


class _Bounded(io.RawIOBase):
    """A file of which no more than `most` bytes are read at once: zipfile reads the whole list of what is in it."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._most = most

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1, /) -> bytes:
        if size > self._most:
            raise InputError(f"{{image}} has a table of contents of {size:,} bytes; the limit is {self._most:,}")
        return self._stream.read(self._most if size < 0 else size)


def read_config(path: str) -> dict[str, Any]:
    """Return what config.json in the .keras at `path` says. InputError, whatever is wrong with it."""
    with open_stream(path) as stream:
        head = stream.read(8)
        if not head:
            raise InputError("{image} is empty")
        if head.startswith(b"\x89HDF"):
            raise InputError("{image} is an HDF5 file, which is not read; save the network as .keras (Keras 3)")
        if not head.startswith(b"PK"):
            raise InputError("{image} is not a .keras file: it is no .zip")
        try:
            data = _unpacked(stream)
        except _FAULTS as error:
            raise InputError(f"{{image}} is damaged or incomplete ({first_line(str(error)) or 'no .zip'})") from None
    return _parsed(data)


def _unpacked(stream: BinaryIO) -> bytes:
    with zipfile.ZipFile(_Bounded(stream, _MOST_AT_ONCE)) as archive:
        found = [info for info in archive.infolist() if info.filename == _NAME]
        if len(found) != 1:
            raise InputError(
                f"{{image}} is not a .keras file: it holds {'no' if not found else 'more than one'} {_NAME}"
            )
        if found[0].file_size > MOST_BYTES:
            raise _too_large(found[0].file_size)
        with archive.open(found[0]) as config:
            # What an entry says of its own size may be a lie.
            data = config.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_large(len(data))
    return data


def _parsed(data: bytes) -> dict[str, Any]:
    if data.count(b"{") + data.count(b"[") > MOST_PARTS or data.count(b",") > 1_000_000:
        raise InputError(f"{{image}} has a {_NAME} of more parts than any network")
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else first_line(str(error))
        raise InputError(f"{{image}} is damaged: its {_NAME} cannot be read ({why})") from None
    if not isinstance(config, dict):
        raise InputError(f"{{image}} is not a .keras file: its {_NAME} holds no network")
    return config


def _too_large(size: int) -> InputError:
    return InputError(f"{{image}} has a {_NAME} of {size:,} bytes or more; the limit is {MOST_BYTES:,}")
