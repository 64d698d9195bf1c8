"""An image as cnnfilt passes it around, plain arrays and what came along with them; and one as the bytes of a file."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnfilt.files.formats import FileKind
from cnnfilt.files.records import JpegCoding, Metadata, Storage
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from mmap import mmap

__all__ = ["Array", "Encoded", "Image", "JpegCoding", "Metadata", "Parts", "top_level"]

Array = NDArray[Any]

Parts = Iterable[bytes | memoryview]
"""The content of a file in pieces, so that the large ones need not be copied into one."""


AT_ONE_END = 0.02
"""A picture all of whose levels lie within this part of black or of white shows nothing."""


class Image(Frozen, eq=False):
    """What was read, or is to be written.

    `pixels` is (H, W) or (H, W, 3) in the file's own levels (uint8, uint16, int32, int64 or float32); a
    matrix may have any number of channels and any real type. `alpha` is (H, W) of the same type, or None.
    `format` is the format it was read from, `stored` how it lay there. `notes` tell what the user should know about
    the reading. `memory` is what it was decoded into; encoders may use it again, for fresh memory costs as much time
    as an encoder. `columns` are the names of a matrix' columns, where they have any.
    """

    pixels: Array
    alpha: Array | None = None
    kind: FileKind = "image"
    format: str = "png"
    metadata: Metadata = Metadata()
    stored: Storage = Storage()
    notes: tuple[str, ...] = ()
    memory: "mmap | None" = None
    columns: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        """Return the number of channels, alpha not counted."""
        return 1 if self.pixels.ndim == 2 else int(self.pixels.shape[2])

    @property
    def sample(self) -> str:
        """Return the name of the pixels' type, as `formats.check_holds` wants it."""
        return self.pixels.dtype.name

    @cached_property
    def is_flat(self) -> bool:
        """Tell whether it shows nothing: all of its values lie within two hundredths of one end of its range."""
        pixels = self.pixels
        top = top_level(pixels.dtype) if pixels.dtype.kind == "u" else max(abs(float(pixels.max())), 1.0)
        low, high = AT_ONE_END * top, (1 - AT_ONE_END) * top
        dark = bright = True
        for first in range(0, len(pixels), 64):  # As a rule the first rows tell.
            rows = pixels[first : first + 64]
            dark, bright = dark and bool(rows.max() <= low), bright and bool(rows.min() >= high)
            if not (dark or bright):
                return False
        return True

    @property
    def transparent(self) -> bool:
        """Return whether any pixel is less than opaque; an alpha that is full everywhere says nothing."""
        return self.alpha is not None and bool((self.alpha < top_level(self.alpha.dtype)).any())


class Encoded(NamedTuple):
    """The content of a file in parts, in order, and notes on what it could not keep.

    Parts may be made each time they are gone through.
    """

    parts: Parts
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> bytes:
        """Return the content as one."""
        return b"".join(self.parts)


def top_level(dtype: np.dtype[Any]) -> int:
    """Return the level of full white, or of full opacity: 65535 for 16 bits, else 255."""
    return 65535 if dtype == np.uint16 else 255
