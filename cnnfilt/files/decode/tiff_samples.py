"""The samples of a TIFF that is plain or deflated, of any depth, in strips or tiles, together or in planes.

What a segment holds beyond its own size is never unpacked, and rows are taken a few at a time: beside the image there
is never more in memory than a piece of it.
"""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnfilt.errors import InputError
from cnnfilt.files.decode.tiff_page import OUR_COMPRESSIONS, Page
from cnnfilt.files.image import Array

_PIECE_BYTES = 1 << 20
_READ_BYTES = 1 << 16

_TYPES = {"unsigned": "u", "signed": "i", "float": "f"}
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

_NO_PREDICTOR, _DIFFERENCES, _FLOAT_DIFFERENCES = 1, 2, 3


def read_samples(page: Page) -> Array:
    """Return the samples of a page, (H, W, samples), as the file has them, in native byte order. InputError.

    A segment that was left out is all zeros, as GDAL, which leaves them out, means it.
    """
    samples = np.zeros((page.height, page.width, page.samples), sample_type(page))
    rows_of_grid, columns_of_grid = page.grid
    height, width = page.segment
    for number, (offset, count) in enumerate(page.places()):
        plane, cell = divmod(number, rows_of_grid * columns_of_grid)
        top, left = (cell // columns_of_grid) * height, (cell % columns_of_grid) * width
        bands = slice(None) if page.planes == 1 else slice(plane, plane + 1)
        if count:
            _fill(samples[top : top + height, left : left + width, bands], page, offset, count)
    return samples


def sample_type(page: Page) -> np.dtype[Any]:
    """Return the type that holds a page's samples."""
    return np.dtype(f"{_TYPES[page.numbers]}{page.sample_bytes}")


def _fill(place: Array, page: Page, offset: int, count: int) -> None:
    """Write a segment into its place, which is smaller than a tile at the right and at the bottom."""
    take = _bytes_of(page, offset, count)
    step = max(_PIECE_BYTES // page.row_bytes, 1)
    for top in range(0, len(place), step):
        rows = place[top : top + step]
        data = take(len(rows) * page.row_bytes)
        if page.fill_reversed:
            data = data.translate(_REVERSED)
        rows[...] = _unpacked(data, page, len(rows))[:, : rows.shape[1]]


def _bytes_of(page: Page, offset: int, count: int) -> Callable[[int], bytes]:
    """Return what gives the next so many bytes of a segment. InputError where it holds fewer."""
    stream = page.directory.stream
    position, end = offset, offset + count
    inflater = zlib.decompressobj() if page.compression in OUR_COMPRESSIONS[1:] else None
    waiting = b""

    def stored(size: int) -> bytes:
        nonlocal position
        stream.seek(position)
        data = stream.read(min(size, end - position))
        position += len(data)
        return data

    def take(size: int) -> bytes:
        nonlocal waiting
        if inflater is None:
            data = stored(size)
        else:
            pieces, missing = [], size
            while missing and not inflater.eof:
                waiting = waiting or stored(_READ_BYTES)
                if not waiting:
                    break
                piece = inflater.decompress(waiting, missing)
                waiting = inflater.unconsumed_tail
                pieces.append(piece)
                missing -= len(piece)
            data = b"".join(pieces)
        if len(data) < size:
            raise InputError("the TIFF is truncated or damaged (a segment ends before its last row)")
        return data

    return take


def _unpacked(data: bytes, page: Page, rows: int) -> Array:
    """Return the samples in some rows of a segment, (rows, columns, samples of the plane)."""
    shape = (rows, page.segment[1], page.samples // page.planes)
    if page.predictor == _FLOAT_DIFFERENCES:
        return _float_sums(data, shape, page.bits // 8)
    if page.bits % 8 or page.bits == 24:
        return _from_bits(data, shape, page)
    samples = np.frombuffer(data, np.dtype(page.directory.order + sample_type(page).str[1:])).reshape(shape)
    if page.predictor == _NO_PREDICTOR:
        return samples
    # Differences wrap, and so do their sums; floats are taken as the whole numbers that their bytes make.
    wrapping: np.dtype[Any] = np.dtype(f"u{page.sample_bytes}")
    whole = samples.astype(samples.dtype.newbyteorder("="), copy=False).view(wrapping)
    return np.add.accumulate(whole, axis=1, dtype=wrapping).view(sample_type(page))


def _from_bits(data: bytes, shape: tuple[int, int, int], page: Page) -> Array:
    """Return whole numbers of any other number of bits: the highest first, each row in bytes of its own."""
    rows, columns, samples = shape
    stored = np.frombuffer(data, np.uint8).reshape(rows, -1)
    values: NDArray[Any] = np.empty((rows, columns * samples), sample_type(page))
    # A bit takes a byte when it is unpacked, so this is done a few rows at a time.
    step = max(_READ_BYTES // page.row_bytes, 1)
    for top in range(0, rows, step):
        bits = np.unpackbits(stored[top : top + step], axis=1, count=columns * samples * page.bits)
        bits = bits.reshape(len(bits), -1, page.bits)
        some = values[top : top + step]
        some[...] = 0
        for place in range(page.bits):
            some <<= 1
            some |= bits[..., place]
    return values.reshape(shape)


def _float_sums(data: bytes, shape: tuple[int, int, int], size: int) -> Array:
    """Return floats from the differences of their bytes (Adobe Photoshop TIFF Technical Note 3).

    Each row holds first the highest bytes of all its samples, then the next ones; in any file the highest is first.
    """
    rows, columns, samples = shape
    bytes_ = np.frombuffer(data, np.uint8).reshape(rows, columns * size, samples)
    sums = np.add.accumulate(bytes_, axis=1, dtype=np.uint8).reshape(rows, size, columns * samples)
    whole = np.ascontiguousarray(sums.transpose(0, 2, 1))
    return whole.view(f">f{size}").reshape(shape)
