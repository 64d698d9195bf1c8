"""Portable arbitrary maps (PAM) by netpbm's description, pam(5): any number of bands of 8 or 16 bits. No NumPy."""

import io
from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import check_size
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from cnnfilt.files.image import Image

_LONGEST_HEADER = 4096
_MOST_IMAGES = 65_536
_NUMBERS = (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")
_HIGHEST = 65535
_MOST_SAMPLES_OF_PIXEL = 4
"""As for a TIFF: bands are no way around the limit on pixels."""


class Map(Frozen):
    """What a header says, and where the samples begin. `has_alpha`: the last band is the alpha."""

    height: int
    width: int
    bands: int
    highest: int
    has_alpha: bool
    place: int

    @property
    def sample_bytes(self) -> int:
        """Return how many bytes a sample has."""
        return 1 if self.highest < 256 else 2

    @property
    def length(self) -> int:
        """Return how many bytes the samples have."""
        return self.height * self.width * self.bands * self.sample_bytes


class OpenedMaps:
    """A PAM with the headers of its maps read: they follow one another."""

    def __init__(self, stream: BinaryIO, maps: list[Map]) -> None:
        self._stream, self._maps = stream, maps

    @property
    def count(self) -> int:
        """Return how many maps it holds."""
        return len(self._maps)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header says all."""
        return ()

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int]:
        """Return (height, width, channels). ShapeError for more than the most pixels."""
        found = self._maps[number]
        check_size(found.height, found.width, options.max_pixels)
        most = options.max_pixels * _MOST_SAMPLES_OF_PIXEL
        if most and found.height * found.width * found.bands > most:
            raise ShapeError(
                f"{{image}} has {found.height}x{found.width}x{found.bands} values; the limit is {most:,}, "
                f"{_MOST_SAMPLES_OF_PIXEL} times --max-pixels (0 lifts it)",
                parameter="max_pixels",
            )
        return found.height, found.width, found.bands - found.has_alpha

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return map `number` in levels of 8 or 16 bits. InputError where it is cut off."""
        from cnnfilt.files.decode.map_levels import map_image

        found = self._maps[number]
        self._stream.seek(found.place)
        data = self._stream.read(found.length)
        if len(data) < found.length:
            raise InputError("the PAM is truncated or damaged (its samples end too early)")
        return map_image(data, found)


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedMaps:
    """Return the maps in `stream`. InputError where a header is damaged."""
    end = stream.seek(0, io.SEEK_END)
    maps, place = [_header(stream, 0)], 0
    while len(maps) < _MOST_IMAGES:
        place = maps[-1].place + maps[-1].length
        if place >= end:
            return OpenedMaps(stream, maps)
        maps.append(_header(stream, place))
    raise InputError(f"the PAM holds more than {_MOST_IMAGES:,} images")


def _header(stream: BinaryIO, start: int) -> Map:
    """Return what the header that begins at `start` says."""
    stream.seek(start)
    data = stream.read(_LONGEST_HEADER)
    if not data.startswith(b"P7\n") or b"\nENDHDR\n" not in data:
        raise InputError("the PAM is truncated or damaged (its header)")
    header = data[: data.index(b"\nENDHDR\n")]
    numbers: dict[bytes, int] = {}
    kind = b""
    for line in header.split(b"\n")[1:]:
        word, _, value = line.strip().partition(b" ")
        if word == b"TUPLTYPE":
            kind += value.strip()
        elif word in _NUMBERS and value.strip().isdigit() and len(value) < 20:
            numbers[word] = int(value)
        elif word and not word.startswith(b"#"):
            raise InputError("the PAM is truncated or damaged (its header)")
    width, height, bands, highest = (numbers.get(word, 0) for word in _NUMBERS)
    if min(width, height, bands) < 1 or not 1 <= highest <= _HIGHEST:
        raise InputError("the PAM is damaged: its header lacks a width, height, depth or maximum that can be")
    has_alpha = kind.endswith(b"_ALPHA") and bands > 1
    return Map(height, width, bands, highest, has_alpha, start + len(header) + len(b"\nENDHDR\n"))
