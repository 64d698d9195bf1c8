"""What a PBM, PGM or PPM says in front of its pixels, and where these end. No NumPy.

The rules are those of Netpbm's pages pbm(5), pgm(5) and ppm(5): one blank stands between the header and binary pixels.
"""

import re
from typing import BinaryIO, NamedTuple

_BLANKS = b" \t\n\v\f\r"
_LONGEST_NUMBER = 10
_HIGHEST = 65535

_BITS, _GRAY, _COLOUR = "bits", "gray", "colour"
_KINDS = {b"1": _BITS, b"2": _GRAY, b"3": _COLOUR, b"4": _BITS, b"5": _GRAY, b"6": _COLOUR}
_TEXT = b"123"


class PnmHeader(NamedTuple):
    """The size and the highest level of a map (1 for bits), whether its pixels are text, and where they start."""

    kind: str
    is_text: bool
    width: int
    height: int
    maximum: int
    start: int

    @property
    def channels(self) -> int:
        """Return the number of samples in a pixel."""
        return 3 if self.kind == _COLOUR else 1

    @property
    def samples(self) -> int:
        """Return the number of samples in all."""
        return self.width * self.height * self.channels

    @property
    def sample_bytes(self) -> int:
        """Return how many bytes a sample has in pixels that are no text."""
        return 1 if self.maximum < 256 else 2

    @property
    def raster_bytes(self) -> int:
        """Return how long pixels that are no text are."""
        if self.kind == _BITS:
            return -(-self.width // 8) * self.height
        return self.samples * self.sample_bytes


def read_pnm_header(stream: BinaryIO, at: int = 0) -> PnmHeader | None:
    """Return the header of the map that begins at this place of `stream`, or None where none does."""
    stream.seek(at)
    magic = stream.read(3)
    if magic[:1] != b"P" or magic[1:2] not in _KINDS or magic[2:] not in _BLANKS:
        return None
    kind = _KINDS[magic[1:2]]
    numbers = [_number(stream) for _ in range(2 if kind == _BITS else 3)]
    width, height, maximum = numbers if len(numbers) == 3 else (*numbers, 1)
    if not (width and height and maximum) or maximum > _HIGHEST:
        return None
    return PnmHeader(kind, magic[1:2] in _TEXT, width, height, maximum, stream.tell())


def end_of_map(stream: BinaryIO, header: PnmHeader) -> int | None:
    """Return where the pixels of a map end; None where they are cut off."""
    if not header.is_text:
        end = header.start + header.raster_bytes
        return end if stream.seek(0, 2) >= end else None
    stream.seek(header.start)
    # What is a comment is no number; its length stays. Of bits each digit is a number.
    text = re.sub(rb"#[^\r\n]*", lambda comment: b" " * len(comment[0]), stream.read())
    if header.samples > len(text):
        return None
    number = rb"\s*+[01]" if header.kind == _BITS else rb"\s*+[0-9]++"
    # Behind the last comes a blank, the end, or the next image.
    found = re.match(rb"(?:%b){%d}+(?![^\sP])" % (number, header.samples), text)
    return header.start + found.end() if found else None


def _number(stream: BinaryIO) -> int:
    """Return the number that stands here and pass over the blank behind it; 0 where there is none."""
    digits = b""
    while byte := stream.read(1):
        if byte == b"#":
            while stream.read(1) not in b"\r\n":
                pass
        elif byte in _BLANKS:
            if digits:
                break
        elif not byte.isdigit() or len(digits) == _LONGEST_NUMBER:
            return 0
        else:
            digits += byte
    return int(digits or b"0")
