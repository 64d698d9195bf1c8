"""A PNG inflated and unfiltered in blocks, also one of 16 bits in colour or with alpha, which Pillow cuts to 8.

One thread inflates the next block while this one works on the last: inflating alone takes most of the time. Beside the
pixels only a few blocks are held.
"""

import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from threading import Thread
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from cnnfilt.files.decode.png_chunks import PngHeader, pixel_data, read_header
from cnnfilt.files.decode.png_rows import BLOCK_BYTES, Bytes, unfilter
from cnnfilt.files.image import Array
from cnnfilt.files.streams import TOO_FEW
from cnnfilt.terms import WORK_THREAD

_SAMPLES: dict[int, np.dtype[Any]] = {8: np.dtype(np.uint8), 16: np.dtype(">u2")}
"""The samples in the file, by their bits."""


def decode(stream: BinaryIO) -> tuple[Array, Array | None]:
    """Return the pixels of a PNG, (H, W) or (H, W, 3), and its alpha (H, W), or None: all uint8, or uint16.

    SyntaxError or zlib.error where it is damaged, EOFError where it is cut off; SyntaxError, too, for a palette, and
    for other samples than those of 8 and 16 bits.
    """
    header = read_header(stream)
    if header.has_palette or header.bits not in _SAMPLES:
        raise SyntaxError(f"its samples have {header.bits} bits, or name colours of a palette")
    colours = header.channels - header.has_alpha
    shape = header.height, header.width
    dtype = _SAMPLES[header.bits].newbyteorder("=")
    pixels = np.empty(shape if colours == 1 else (*shape, colours), dtype)
    alpha = np.empty(shape, dtype) if header.has_alpha else None
    source = _Inflating(pixel_data(stream))
    for part, samples in _samples(header, source):
        if alpha is None:
            pixels[part.place] = samples[..., 0] if colours == 1 else samples
            continue
        # Channel by channel: runs of three values take twice the time.
        for channel in range(colours):
            (pixels if colours == 1 else pixels[..., channel])[part.place] = samples[..., channel]
        alpha[part.place] = samples[..., -1]
    source.finish()
    return pixels, alpha


class _Part(NamedTuple):
    """Some rows of one pass: which of the image's, which of its columns, and whether the pass begins here.

    `row_bytes` are those of a row with its filter in front.
    """

    rows: range
    columns: range
    row_bytes: int
    begins: bool

    @property
    def place(self) -> tuple[slice, slice]:
        """Return where its pixels lie in the image."""
        rows, columns = (slice(taken.start, taken.stop, taken.step) for taken in (self.rows, self.columns))
        return rows, columns


def _parts(header: PngHeader) -> Iterator[_Part]:
    """Yield parts of at most a block, in the order of the file."""
    for rows, columns in header.passes:
        row_bytes = header.row_bytes(len(columns))
        most = max(1, BLOCK_BYTES // row_bytes)
        for first in range(0, len(rows), most):
            yield _Part(rows[first : first + most], columns, row_bytes, first == 0)


def _samples(header: PngHeader, source: "_Inflating") -> Iterator[tuple[_Part, Array]]:
    """Yield each part with its samples, (rows, width, channels), in the order of bytes that the file has."""
    sample = _SAMPLES[header.bits]
    pixel_bytes = header.channels * sample.itemsize
    above = np.empty(0, np.uint8)
    for part, filtered in _inflated(header, source):
        if part.begins:
            above = np.zeros(part.row_bytes - 1, np.uint8)
        raw = np.empty((len(part.rows), len(above)), np.uint8)
        unfilter(filtered, above, raw, pixel_bytes)
        above = raw[-1]
        yield part, raw.view(sample).reshape(len(part.rows), len(part.columns), header.channels)


def _inflated(header: PngHeader, source: "_Inflating") -> Iterator[tuple[_Part, Bytes]]:
    """Yield each part with its filtered rows, while the next are being inflated."""
    parts = _parts(header)
    part = next(parts)
    filtered = source.rows(part)
    for coming in parts:
        ahead = _Ahead(lambda coming=coming: source.rows(coming))  # type: ignore[misc]  # mypy knows no such lambda.
        yield part, filtered
        part, filtered = coming, ahead.result()
    yield part, filtered


class _Ahead(Thread):
    """Rows in the making. Python does not wait for this thread at its end."""

    def __init__(self, make: Callable[[], Bytes]) -> None:
        super().__init__(name=WORK_THREAD, daemon=True)
        self._make = make
        self._made: Bytes | None = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Make them, or remember what went wrong."""
        try:
            self._made = self._make()
        except BaseException as error:
            self._error = error

    def result(self) -> Bytes:
        """Return them once they are there; what went wrong is raised here."""
        self.join()
        if self._made is None:
            raise self._error or MemoryError
        return self._made


class _Inflating:
    """Compressed data, given out inflated."""

    def __init__(self, data: Iterator[bytes]) -> None:
        self._data, self._inflater = data, zlib.decompressobj()

    def rows(self, part: _Part) -> Bytes:
        """Return the filtered rows of a part, (rows, row_bytes); EOFError where there are fewer."""
        block = np.frombuffer(self._next(len(part.rows) * part.row_bytes), np.uint8)
        return block.reshape(len(part.rows), part.row_bytes)

    def finish(self) -> None:
        """Read what follows the last row, for the checksums; pixels too many are passed over."""
        found = b""
        for compressed in chain((self._inflater.unconsumed_tail,), self._data):
            if not (found or self._inflater.eof):
                found = self._inflater.decompress(compressed, 1)

    def _next(self, count: int) -> bytearray:
        block, filled = bytearray(count), 0
        while filled < count:
            compressed = self._inflater.unconsumed_tail or next(self._data, b"")
            found = self._inflater.decompress(compressed, count - filled)
            ended = self._inflater.eof and filled + len(found) < count
            if ended or not (compressed or found):
                raise EOFError(TOO_FEW)
            block[filled : filled + len(found)] = found
            filled += len(found)
        return block
