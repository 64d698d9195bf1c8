"""A PNG, its rows filtered by NumPy and deflated in blocks on all processors; Pillow takes one, and no 16-bit colour.

On a photograph's edges of 24 megapixels this takes a tenth of the time of Pillow's level 6, for no more bytes. Which
way of coding is good enough is found by trying them on a sample of rows. Blocks depend on the image alone, so the
bytes do not depend on how many threads there were.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnfilt.core.engine.threads import run_strips, thread_count
from cnnfilt.files.decode.png_chunks import SIGNATURE, written_parts
from cnnfilt.files.encode.png_rows import Filter, Rows
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image, Parts
from cnnfilt.files.metadata import XMP_KEY, KeptMetadata
from cnnfilt.files.records import Timing
from cnnfilt.frozen import replace

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

_FIRST_BYTES = 33
"""The signature and the header."""

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""PNG 3, 11.2.1, by the number of channels."""

_METRES_PER_INCH = 0.0254
_METRE = 1

_BLOCK_BYTES = 1 << 20
"""What is deflated as one: a block starts with no memory of the one before, which costs the more the smaller it is."""

_BLOCKS_A_THREAD = 4
"""How many are deflated before they are written."""

_FILTERED_BYTES = 1 << 17
"""What is filtered at once: it stays in the processor's cache."""

_SAMPLE_BYTES, _LEAST_SAMPLE_BYTES, _PIECE_BYTES = 3 << 16, 1 << 14, 1 << 14
"""The sample is an eighth of a small image. Longer pieces would tell more of what repeats, but of fewer places."""

_TRIED_BYTES = 1 << 16
"""Up to here, to try ways takes longer than any of them."""

_TOLERANCE = 1.005
"""How much larger a fast coding may be on the sample. Pieces hide what repeats farther off: on the whole the file
then grows by up to 1.02 times."""

_ZLIB_HEADER = b"\x78\x9c"
_ADLER_BASE = 65521


class Coding(NamedTuple):
    """One way to code: how rows are filtered, and how hard zlib looks for repetitions."""

    filter: Filter
    level: int
    strategy: int = zlib.Z_FILTERED


_FAST = (
    Coding("none", 1, zlib.Z_RLE),
    *(Coding(filter, 1, strategy) for filter in ("up", "paeth") for strategy in (zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY)),
)
"""Huffman codes, with runs or alone: on photographs no larger than what takes ten times as long."""

_THOROUGH = Coding("adaptive", 6)
"""What Pillow does, and so no larger."""

_BEST_LEVEL = 9


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a PNG of pixels of 8 or 16 bits and, of the same type, their alpha.

    `quality` is the effort, 1 (fast) to 100 (small); without it the file is hardly ever larger than zlib's usual
    level makes it, and as fast as that allows.
    """
    rows = Rows(image.pixels, image.alpha)
    depth = image.pixels.dtype.itemsize * 8
    header = struct.pack(">IIBBBBB", rows.width, rows.height, depth, _COLOUR_TYPES[rows.channels], 0, 0, 0)
    parts = [SIGNATURE, *written_parts(b"IHDR", header), *_metadata_chunks(kept)]
    return Encoded(_Parts(parts, rows, choose(rows, quality)))


class _Parts:
    """The parts of a PNG, whose pixels are deflated while it is read: the file is never in memory beside the image."""

    def __init__(self, before: list[bytes], rows: Rows, coding: Coding) -> None:
        self._before, self._rows, self._coding = before, rows, coding

    def __iter__(self) -> Iterator[bytes]:
        yield from self._before
        for data in _deflated(self._rows, self._coding):
            yield from written_parts(b"IDAT", data)
        yield from written_parts(b"IEND", b"")


def animation_arguments(timing: Timing, kept: KeptMetadata, quality: int | None, *, opaque: bool) -> dict[str, Any]:
    """Return Pillow's save arguments for an animation, which has fractions of milliseconds."""
    return pillow_arguments(kept) | {"duration": list(timing.milliseconds), "loop": timing.plays}


def pillow_arguments(kept: KeptMetadata) -> dict[str, Any]:
    """Return the arguments with which Pillow writes what our own encoder does beside the pixels."""
    return replace(kept, xmp=None).arguments() | {"pnginfo": _texts(kept)}


def with_colour_space(data: memoryview, kept: KeptMetadata) -> Parts:
    """Return a PNG that Pillow has written, in parts, with what says how its colours are meant behind its header."""
    parts = (part for name, content in kept.colour_space for part in written_parts(name, content))
    return [data[:_FIRST_BYTES], *parts, data[_FIRST_BYTES:]]


def choose(rows: Rows, quality: int | None = None) -> Coding:
    """Return how to code `rows`: of the fast ways the smallest, if that is small enough; judged by a sample.

    Small images take the thorough way.
    """
    level = 0 if quality is None else -(-quality * _BEST_LEVEL // 100)
    if level > 1:
        return Coding("adaptive", level)
    if not level and rows.height * rows.row_bytes <= _TRIED_BYTES:
        return _THOROUGH
    candidates = _FAST if level else (*_FAST, _THOROUGH)
    sizes = dict.fromkeys(candidates, 0)
    pieces = _sample(rows)

    def measure(first: int, last: int) -> None:
        for coding in candidates[first:last]:
            sizes[coding] = sum(len(_block(rows, top, bottom, coding)[0]) for top, bottom in pieces)

    # The slowest first, so that no thread comes to it last.
    run_strips([(n, n + 1) for n in reversed(range(len(candidates)))], lambda: measure)
    fast = min(_FAST, key=lambda coding: sizes[coding])
    return fast if sizes[fast] <= _TOLERANCE * sizes[candidates[-1]] else _THOROUGH


def _sample(rows: Rows) -> list[tuple[int, int]]:
    """Return the (first, last) rows of pieces spread over the image; all of a small one."""
    total = rows.height * rows.row_bytes
    wanted = max(min(total // 8, _SAMPLE_BYTES), _LEAST_SAMPLE_BYTES)
    if total <= wanted:
        return [(0, rows.height)]
    height = max(2, min(_PIECE_BYTES, wanted // 2) // rows.row_bytes)
    count = min(max(1, wanted // (height * rows.row_bytes)), rows.height // height)
    tops = ((rows.height - height) * (2 * n + 1) // (2 * count) for n in range(count))
    return [(top, top + height) for top in tops]


def _deflated(rows: Rows, coding: Coding) -> Iterator[bytes]:
    """Yield the pieces of one zlib stream, some blocks at a time: its header, the blocks, the checksum of them all."""
    height = max(1, _BLOCK_BYTES // rows.row_bytes)
    edges = [(top, min(top + height, rows.height)) for top in range(0, rows.height, height)]
    blocks: dict[int, tuple[bytes, int]] = {}

    def deflate(first: int, last: int) -> None:
        blocks[first] = _block(rows, first, last, coding)

    checksum, together = 1, _BLOCKS_A_THREAD * thread_count()
    for number in range(0, len(edges), together):
        some = edges[number : number + together]
        run_strips(some, lambda: deflate)
        for first, last in some:
            data, own = blocks.pop(first)
            checksum = _joined_adler32(checksum, own, (last - first) * (1 + rows.row_bytes))
            data = (_ZLIB_HEADER if first == 0 else b"") + data
            yield data + (struct.pack(">I", checksum) if last == rows.height else b"")


def _block(rows: Rows, first: int, last: int, coding: Coding) -> tuple[bytes, int]:
    """Return deflated rows, without zlib's header, and the Adler-32 of what they inflate to."""
    # 15: a window of 32 KB, negative for no header. 9: the most memory, for the longest runs of one code.
    deflater = zlib.compressobj(coding.level, zlib.DEFLATED, -15, 9, coding.strategy)
    height = max(1, _FILTERED_BYTES // rows.row_bytes)
    pieces, checksum = [], 1
    for top in range(first, last, height):
        filtered = rows.filtered(top, min(top + height, last), coding.filter).data
        pieces.append(deflater.compress(filtered))
        checksum = zlib.adler32(filtered, checksum)
    # A sync flush ends on a whole byte, so that the next block can follow.
    pieces.append(deflater.flush(zlib.Z_FINISH if last == rows.height else zlib.Z_SYNC_FLUSH))
    return b"".join(pieces), checksum


def _joined_adler32(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two runs of bytes from their own, the second of `length` bytes (RFC 1950, 8.2)."""
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER_BASE
    high = ((first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)) % _ADLER_BASE
    return high << 16 | low


def _metadata_chunks(kept: KeptMetadata) -> list[bytes]:
    """Return the parts of the chunks for what comes along, in the order Pillow writes them."""
    # How colours are meant has to stand before them; where there is more than one way, programs know which counts.
    parts = [part for name, data in kept.colour_space for part in written_parts(name, data)]
    if kept.icc_profile is not None:
        parts += written_parts(b"iCCP", b"ICC Profile\0\0" + zlib.compress(kept.icc_profile))
    if kept.xmp or kept.texts:
        parts += [part for name, data, *_ in _texts(kept).chunks for part in written_parts(name, data)]
    if kept.dpi is not None:
        dots_per_metre = (int(dots / _METRES_PER_INCH + 0.5) for dots in kept.dpi)
        parts += written_parts(b"pHYs", struct.pack(">IIB", *dots_per_metre, _METRE))
    if kept.exif is not None:
        parts += written_parts(b"eXIf", kept.exif.tobytes().removeprefix(b"Exif\0\0"))
    return parts


def _texts(kept: KeptMetadata) -> "PngInfo":
    from PIL.PngImagePlugin import PngInfo  # Pillow is not needed for anything else.

    chunks = PngInfo()
    if kept.xmp:
        chunks.add_itxt(XMP_KEY, kept.xmp.decode("utf-8", "replace"))
    for key, value in kept.texts:
        chunks.add_text(key, value)
    return chunks
