"""The chunks of a PNG, one after another: its header, its pixels and their checksums. No NumPy.

The rules are those of PNG (third edition, W3C 2025). What breaks them is a SyntaxError, what is missing an EOFError.
"""

from collections.abc import Iterator
from itertools import takewhile
from struct import pack, unpack
from typing import BinaryIO, NamedTuple
from zlib import compress, crc32, decompressobj

from cnnfilt.files.streams import TOO_FEW

SIGNATURE = b"\x89PNG\r\n\x1a\n"

COLOUR, ALPHA, PALETTE = 2, 4, 3
"""What the bits of a colour type say, and the one type with a palette (11.2.1)."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

_ONE_PASS = ((0, 0, 1, 1),)
_SEVEN_PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""Where the pixels of each pass begin, down and along, and how far apart they lie (8.1)."""

_COLOUR_SPACE = (b"cICP", b"mDCV", b"cLLI", b"gAMA", b"cHRM", b"sRGB")
"""What says which colours the samples stand for, and how bright (11.3.2), beside a profile (iCCP)."""

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_HEADER_BYTES = 13
_PIECE_BYTES = 1 << 16


class PngHeader(NamedTuple):
    """What stands in IHDR: the size, the bits of a sample, the colour type, and whether rows come in seven passes."""

    width: int
    height: int
    bits: int
    colour_type: int
    interlaced: bool

    @property
    def channels(self) -> int:
        """Return the number of samples in a pixel, alpha among them."""
        return _CHANNELS[self.colour_type]

    @property
    def has_alpha(self) -> bool:
        """Return whether the last sample of a pixel is its alpha."""
        return bool(self.colour_type & ALPHA)

    @property
    def has_palette(self) -> bool:
        """Return whether samples are numbers of colours in a palette."""
        return self.colour_type == PALETTE

    @property
    def passes(self) -> Iterator[tuple[range, range]]:
        """Yield the rows and the columns of each pass that has pixels."""
        for top, left, down, along in _SEVEN_PASSES if self.interlaced else _ONE_PASS:
            rows, columns = range(top, self.height, down), range(left, self.width, along)
            if rows and columns:
                yield rows, columns

    def row_bytes(self, width: int) -> int:
        """Return the bytes of a row of so many pixels, with its filter in front."""
        return 1 + -(-width * self.channels * self.bits // 8)

    @property
    def stored_bytes(self) -> int:
        """Return how many bytes the compressed pixels inflate to."""
        return sum(len(rows) * self.row_bytes(len(columns)) for rows, columns in self.passes)


class Chunk(NamedTuple):
    """A chunk: its name, where its data starts, and how long that is."""

    name: bytes
    start: int
    length: int


def read_header(stream: BinaryIO) -> PngHeader:
    """Return the header of the PNG that `stream` starts with."""
    stream.seek(0)
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        raise SyntaxError("its signature is damaged")
    first = next(chunks(stream), None)
    if first is None or first.name != b"IHDR" or first.length != _HEADER_BYTES:
        raise SyntaxError("it does not start with a header")
    width, height, bits, colour_type, compression, filtering, interlace = unpack(">IIBBBBB", data_of(stream, first))
    if colour_type not in _CHANNELS:
        raise SyntaxError(f"its colour type is {colour_type}")
    # Each of these is a number of the one way there is, but for interlacing, which knows two (11.2.1).
    for what, number, known in (("compression", compression, 0), ("filter", filtering, 0), ("interlace", interlace, 1)):
        if number > known:
            raise SyntaxError(f"its {what} method is {number}, which is unknown")
    return PngHeader(width, height, bits, colour_type, interlace == 1)


def chunks(stream: BinaryIO, at: int = 0) -> Iterator[Chunk]:
    """Yield the chunks of the PNG that starts at this place, up to its end or to where it is cut off.

    The stream is at the data of each.
    """
    place = at + len(SIGNATURE)
    while True:
        stream.seek(place)
        head = stream.read(8)
        if len(head) < 8 or not head[4:].isalpha():
            return
        length, name = unpack(">I4s", head)
        yield Chunk(name, place + 8, length)
        if name == b"IEND":
            return
        place += 12 + length


def data_of(stream: BinaryIO, chunk: Chunk) -> bytes:
    """Return the data of a small chunk."""
    return b"".join(pieces_of(stream, chunk))


def pieces_of(stream: BinaryIO, chunk: Chunk) -> Iterator[bytes]:
    """Yield the data of a chunk, as far as there is any; its checksum is compared at its end."""
    stream.seek(chunk.start)
    checksum, left = crc32(chunk.name), chunk.length
    while left:
        piece = stream.read(min(left, _PIECE_BYTES))
        if not piece:
            return
        checksum, left = crc32(piece, checksum), left - len(piece)
        yield piece
    stored = stream.read(4)
    if len(stored) == 4 and unpack(">I", stored) != (checksum,):
        raise SyntaxError(f"the checksum of its chunk {chunk.name.decode()} is wrong")


def pixel_data(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the compressed pixels of the image, which stand in chunks without others between them."""
    begun = False
    for chunk in chunks(stream):
        if chunk.name == b"IDAT":
            begun = True
            yield from pieces_of(stream, chunk)
        elif begun:
            return


def check_methods(stream: BinaryIO) -> None:
    """Raise SyntaxError for a PNG that is made in a way PNG does not know; the place is kept."""
    place = stream.tell()
    read_header(stream)
    stream.seek(place)


def check_checksums(stream: BinaryIO) -> None:
    """Raise SyntaxError where the compressed pixels are not what was written; the place is kept."""
    place = stream.tell()
    for _ in pixel_data(stream):
        pass
    stream.seek(place)


def check_length(stream: BinaryIO) -> None:
    """Raise EOFError where fewer pixels are stored than the header says."""
    wanted, inflater = read_header(stream).stored_bytes, decompressobj()
    for piece in pixel_data(stream):
        left = piece
        while left and wanted > 0:
            wanted -= len(inflater.decompress(left, _PIECE_BYTES))
            left = inflater.unconsumed_tail
    if wanted - len(inflater.flush()) > 0:
        raise EOFError(TOO_FEW)


def colour_space(stream: BinaryIO) -> tuple[tuple[bytes, bytes], ...]:
    """Return the chunks, (name, data), that say how levels are shown, but for a profile; the place is kept."""
    place = stream.tell()
    before = takewhile(lambda chunk: chunk.name != b"IDAT", chunks(stream))
    found = tuple((chunk.name, data_of(stream, chunk)) for chunk in before if chunk.name in _COLOUR_SPACE)
    stream.seek(place)
    return found


def texts_alone(stream: BinaryIO) -> bytes:
    """Return a PNG of one pixel with all the texts of this one, wherever they stand."""
    texts = ((chunk.name, data_of(stream, chunk)) for chunk in chunks(stream) if chunk.name in _TEXTS)
    header = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *texts, (b"IDAT", compress(bytes(2))), (b"IEND", b"")]
    return SIGNATURE + b"".join(written(name, data) for name, data in parts)


def written(name: bytes, data: bytes) -> bytes:
    """Return a chunk as it stands in a file."""
    return b"".join(written_parts(name, data))


def written_parts(name: bytes, data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return it in three parts, so that the data is not copied."""
    return pack(">I4s", len(data), name), data, pack(">I", crc32(data, crc32(name)))
