"""Several images one behind the other in one file or pipe, as Netpbm's programs and ffmpeg write them. No NumPy."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from cnnfilt.errors import counted
from cnnfilt.files.decode.png_chunks import SIGNATURE, chunks
from cnnfilt.files.decode.pnm_header import end_of_map, read_pnm_header

Part = tuple[int, int]
"""Where an image starts, and where it ends."""


def parts_of(stream: BinaryIO, format: str) -> tuple[Part, ...]:
    """Return where the images lie that follow each other; () where the format has no such streams. The place is kept.

    An image that is cut off is none of them.
    """
    end_of = _ENDS.get(format)
    if end_of is None:
        return ()
    place, found = stream.tell(), []
    start: int | None = 0
    while start is not None and (end := end_of(stream, start)) is not None:
        found.append((start, end))
        start = _next_start(stream, end)
    stream.seek(place)
    return tuple(found)


def first_alone(stream: BinaryIO, format: str, parts: tuple[Part, ...]) -> BinaryIO:
    """Return a stream of the first image; of a map in text a copy without the rest, which Pillow would look into."""
    if format not in _MAPS or not parts:
        return stream
    header = read_pnm_header(stream)
    stream.seek(0)
    return BytesIO(stream.read(parts[0][1])) if header is not None and header.is_text else stream


def note_on_rest(stream: BinaryIO, format: str, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return a note where something else stands behind the images of a PBM, PGM or PPM. The place is kept."""
    if format not in _MAPS or not parts:
        return ()
    place = stream.tell()
    start = _next_start(stream, parts[-1][1])
    count = 0 if start is None else stream.seek(0, 2) - start
    stream.seek(place)
    return (f"its pixels are followed by {counted(count, 'bytes')}, which cnnfilt does not read",) if count else ()


def _next_start(stream: BinaryIO, at: int) -> int | None:
    """Return where something stands that is no blank; None at the end."""
    stream.seek(at)
    while piece := stream.read(_PIECE_BYTES):
        rest = piece.lstrip(_BLANKS)
        if rest:
            return stream.tell() - len(rest)
    return None


def _end_of_png(stream: BinaryIO, start: int) -> int | None:
    stream.seek(start)
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        return None
    ends = (chunk.start + chunk.length + 4 for chunk in chunks(stream, start) if chunk.name == b"IEND")
    return next(ends, None)


def _end_of_pnm(stream: BinaryIO, start: int) -> int | None:
    header = read_pnm_header(stream, start)
    return None if header is None else end_of_map(stream, header)


_MAPS = ("pbm", "pgm", "ppm")
_ENDS: dict[str, Callable[[BinaryIO, int], int | None]] = {"png": _end_of_png, **dict.fromkeys(_MAPS, _end_of_pnm)}
_BLANKS = b" \t\n\v\f\r"
_PIECE_BYTES = 1 << 16
