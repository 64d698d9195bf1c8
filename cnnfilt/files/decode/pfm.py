"""Portable float maps (PFM) by Paul Debevec's description: gray (Pf) or colour (PF), the lowest row first. No NumPy."""

import math
import re
from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.errors import InputError
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import check_size
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from cnnfilt.files.image import Image

_HEADER = re.compile(rb"P([fF])\s+(?:#[^\n]*\n\s*)*(\d{1,18})\s+(\d{1,18})\s+([-+0-9.eE]{1,40})\s")
_LONGEST_HEADER = 4096


class OpenedFloats(Frozen, eq=False):
    """A PFM with its header read. The sign of `scale` is the order of the bytes: negative for the lowest first."""

    stream: BinaryIO
    height: int
    width: int
    channels: int
    scale: float
    place: int

    @property
    def count(self) -> int:
        """Return how many images it holds."""
        return 1

    @property
    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header says all."""
        return ()

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int]:
        """Return (height, width, channels). ShapeError for more than the most pixels."""
        check_size(self.height, self.width, options.max_pixels)
        return self.height, self.width, self.channels

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return the floats as they are. InputError where the file is cut off."""
        import numpy as np

        from cnnfilt.files.image import Image
        from cnnfilt.files.records import Storage

        self.stream.seek(self.place)
        length = self.height * self.width * self.channels * 4
        data = self.stream.read(length)
        if len(data) < length:
            raise InputError("the PFM is truncated or damaged (its samples end too early)")
        order = "<" if self.scale < 0 else ">"
        stored = np.frombuffer(data, f"{order}f4").reshape(self.height, self.width, self.channels)
        pixels = np.ascontiguousarray(stored[::-1], np.float32)
        notes = () if abs(self.scale) == 1 else (f"its scale of {abs(self.scale):g} is not applied to its values",)
        return Image(pixels[..., 0] if self.channels == 1 else pixels, format="pfm", stored=Storage(), notes=notes)


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedFloats:
    """Return the PFM in `stream`. InputError where its header is damaged."""
    stream.seek(0)
    found = _HEADER.match(stream.read(_LONGEST_HEADER))
    try:
        scale = float(found[4]) if found else 0.0
    except ValueError:
        scale = 0.0
    if found is None or not scale or not math.isfinite(scale) or not int(found[2]) or not int(found[3]):
        raise InputError("the PFM is truncated or damaged (its header)")
    return OpenedFloats(stream, int(found[3]), int(found[2]), 1 if found[1] == b"f" else 3, scale, found.end())
