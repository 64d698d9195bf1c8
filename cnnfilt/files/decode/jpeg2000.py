"""JPEG 2000 is decoded by Pillow, held against the file's own header; what Pillow would cut is refused. No NumPy.

Numbers are those of ISO 15444-1: the SIZ marker (A.5.1) and the boxes of a JP2 (I.5.3).
"""

import io
import struct
from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.errors import InputError, counted
from cnnfilt.files.decode.boxes import box_named, boxes, read_at
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import check_size
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from cnnfilt.files.image import Image

_CODESTREAM = b"\xff\x4f\xff\x51"
_SIGNED = 0x80
_SRGB, _GRAY = 16, 17
_OPACITY = 1


class OpenedJpeg2000(Frozen, eq=False):
    """A JPEG 2000 with its header read: so many components of so many bits."""

    stream: BinaryIO
    height: int
    width: int
    components: int
    bits: int

    @property
    def count(self) -> int:
        """Return how many images it holds."""
        return 1

    @property
    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header says all."""
        return ()

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int] | None:
        """Return (height, width, channels); None for 8 bits, which Pillow reads as they are."""
        check_size(self.height, self.width, options.max_pixels)
        self.stream.seek(0)
        return None if self.bits == 8 else (self.height, self.width, 1)

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return gray levels of another depth than 8 bits, white as the deepest level: Pillow gives them shifted."""
        from cnnfilt.files.decode.jpeg2000_levels import scaled_image

        self.stream.seek(0)
        return scaled_image(self.stream, self.bits, options)


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedJpeg2000:
    """Return the JPEG 2000 in `stream`. InputError for a damaged one, and what Pillow would not read rightly."""
    end = stream.seek(0, io.SEEK_END)
    start = 0
    plain = read_at(stream, 0, 4) == _CODESTREAM
    if not plain:
        codestream = box_named(stream, b"jp2c", 0, end)
        if codestream is None:
            raise InputError("the JPEG 2000 is truncated or damaged (it has no image)")
        start = codestream.start
    found = _size_marker(stream, start)
    if not plain:
        _check_boxes(stream, end, found)
    return found


def _size_marker(stream: BinaryIO, start: int) -> OpenedJpeg2000:
    """Return what the marker at the start of the codestream says, all components alike."""
    head = read_at(stream, start, 42)
    if len(head) < 42 or head[:4] != _CODESTREAM:
        raise InputError("the JPEG 2000 is truncated or damaged (its header)")
    width, height, left, top = struct.unpack_from(">IIII", head, 8)
    (components,) = struct.unpack_from(">H", head, 40)
    kinds = {tuple(read_at(stream, start + 42 + 3 * number, 3)) for number in range(min(components, 5))}
    if len(kinds) != 1 or width <= left or height <= top or components > 4:
        what = "components of different kinds" if len(kinds) > 1 else f"{counted(components, 'components')}"
        raise InputError(f"the JPEG 2000 has {what}, which are not read; save it as PNG or TIFF")
    kind = kinds.pop()
    if len(kind) < 3 or kind[1:] != (1, 1) or kind[0] & _SIGNED:
        what = "signed or subsampled components"
        raise InputError(f"the JPEG 2000 has {what}, which are not read; save it as PNG or TIFF")
    bits = kind[0] + 1
    # Pillow takes 9 bits for 8.
    if bits > 16 or bits == 9 or (bits != 8 and components > 1):
        raise InputError(
            f"the JPEG 2000 has {counted(components, 'components')} of {bits} bits, of which only 8 would be read; "
            "save it as PNG or TIFF"
        )
    return OpenedJpeg2000(stream, height - top, width - left, components, bits)


def _check_boxes(stream: BinaryIO, end: int, found: OpenedJpeg2000) -> None:
    """Refuse a JP2 whose boxes give its components another meaning than Pillow does."""
    header = box_named(stream, b"jp2h", 0, end)
    if header is None:
        raise InputError("the JPEG 2000 is truncated or damaged (its header)")
    inside = {
        box.name: read_at(stream, box.start, min(box.end - box.start, 512))
        for box in boxes(stream, header.start, header.end)
    }
    sizes = inside.get(b"ihdr", b"").ljust(14, b"\0")
    height, width, components = struct.unpack_from(">IIH", sizes)
    if (height, width, components) != (found.height, found.width, found.components):
        raise InputError("the JPEG 2000 is damaged: its header has two meanings")
    colours = inside.get(b"colr", b"")
    kind = struct.unpack_from(">I", colours, 3)[0] if len(colours) >= 7 and colours[0] == 1 else None
    if b"pclr" in inside or (kind is not None and kind not in (_SRGB, _GRAY)):
        raise InputError("the JPEG 2000 has a palette or colours other than gray and sRGB; save it as PNG or TIFF")
    if components in (2, 4) and not _last_is_opacity(inside.get(b"cdef", b""), components):
        raise InputError("the JPEG 2000 does not say what its last component is; save it as PNG or TIFF")


def _last_is_opacity(definitions: bytes, components: int) -> bool:
    """Return whether the channel definitions call the last component the opacity of the whole image."""
    if len(definitions) < 2 + 6 * components:
        return False
    found = [struct.unpack_from(">HHH", definitions, 2 + 6 * number) for number in range(components)]
    return (components - 1, _OPACITY, 0) in found
