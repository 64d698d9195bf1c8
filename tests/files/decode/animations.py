"""Animations put together byte by byte, and what is shown of them by the plainest loops.

It imports nothing that it judges. The rules: GIF89a (CompuServe 1990), 23; PNG, third edition (W3C 2025), 11.3.2 and
13.16; the WebP container specification, "Animation". Where browsers differ (a GIF's background colour is transparent,
so is a WebP's; a frame that reaches over the canvas is cut off), as they show it.
"""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import PIL.Image

Array = np.ndarray[Any, Any]
Pixel = tuple[int, ...]


class Drawing(NamedTuple):
    """A frame: (h, w, 4) levels, where they are drawn, how, and what becomes of them afterwards.

    `disposal` is none, background or previous.
    """

    pixels: Array
    top: int = 0
    left: int = 0
    disposal: str = "none"
    over: bool = True
    milliseconds: int = 100


def shown(height: int, width: int, drawings: Sequence[Drawing]) -> Iterator[Array]:
    """Yield what is seen of each frame, (height, width, 4)."""
    canvas = [[(0, 0, 0, 0) for _ in range(width)] for _ in range(height)]
    for drawing in drawings:
        before = [list(row) for row in canvas]
        places = [(y, x) for y in range(drawing.pixels.shape[0]) for x in range(drawing.pixels.shape[1])]
        places = [(y, x) for y, x in places if drawing.top + y < height and drawing.left + x < width]
        for y, x in places:
            new, old = tuple(map(int, drawing.pixels[y, x])), canvas[drawing.top + y][drawing.left + x]
            canvas[drawing.top + y][drawing.left + x] = laid_over(new, old) if drawing.over else new
        yield np.array(canvas)
        if drawing.disposal == "background":
            for y, x in places:
                canvas[drawing.top + y][drawing.left + x] = (0, 0, 0, 0)
        elif drawing.disposal == "previous":
            canvas = before


def laid_over(new: Pixel, old: Pixel) -> Pixel:
    """The pixel that is seen where `new` lies over `old`."""
    above = Fraction(new[3], 255)
    below = Fraction(old[3], 255) * (1 - above)
    if above + below == 0:
        return (0, 0, 0, 0)
    colour = [round((above * a + below * b) / (above + below)) for a, b in zip(new[:3], old[:3], strict=True)]
    return (*colour, round((above + below) * 255))


def gif(
    height: int,
    width: int,
    drawings: Sequence[Drawing],
    *,
    codes: Sequence[int] | None = None,
    background: int = 1,
    local: bool = False,
    bare: Sequence[int] = (),
    plays: int | None = None,
) -> bytes:
    """A GIF of frames whose pixels are opaque or wholly transparent.

    `codes` are the disposal codes, where other than the usual one; `local` gives each frame a palette of its own, in
    another order, and the file none; the frames `bare` then have none at all, and are gray.
    """
    used = sorted({tuple(map(int, pixel)) for one in drawings for pixel in one.pixels.reshape(-1, 4)})
    colours = [colour[:3] for colour in used if colour[3]]
    data = struct.pack("<6sHHBBB", b"GIF89a", width, height, 0x07 if local else 0x87, background, 0)
    data += b"" if local else _table(colours)
    if plays is not None:
        data += b"!\xff\x0bNETSCAPE2.0" + struct.pack("<BBHB", 3, 1, plays, 0)
    for number, drawing in enumerate(drawings):
        has_own = local and number not in bare
        own = colours[number % len(colours) :] + colours[: number % len(colours)] if local else colours
        places = {colour: place for place, colour in enumerate(own)}
        places |= {(level, level, level): level for level in range(256)} if number in bare else {}
        transparent = 255 if (drawing.pixels[..., 3] == 0).any() else None
        code = codes[number] if codes else {"none": 1, "background": 2, "previous": 3}[drawing.disposal]
        control = (code << 2) | (transparent is not None)
        data += b"!\xf9" + struct.pack("<BBHBB", 4, control, drawing.milliseconds // 10, transparent or 0, 0)
        height_, width_ = drawing.pixels.shape[:2]
        data += struct.pack("<BHHHHB", 0x2C, drawing.left, drawing.top, width_, height_, 0x87 if has_own else 0)
        data += _table(own) if has_own else b""
        pixels = drawing.pixels.reshape(-1, 4)
        data += _lzw([places[tuple(map(int, one[:3]))] if one[3] else 255 for one in pixels])
    return data + b";"


def apng(
    height: int,
    width: int,
    drawings: Sequence[Drawing],
    *,
    default: Array | None = None,
    announced: int | None = None,
    before: Sequence[tuple[bytes, bytes]] = (),
    plays: int = 0,
) -> bytes:
    """An animated PNG; `default` is an image that is no frame, without which the first frame is all there is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    control = struct.pack(">II", len(drawings) if announced is None else announced, plays)
    chunks = [(b"IHDR", header), (b"acTL", control), *before]
    if default is not None:
        chunks.append((b"IDAT", _deflated(default)))
    sequence = 0
    for drawing in drawings:
        disposal = ("none", "background", "previous").index(drawing.disposal)
        numbers = (sequence, *drawing.pixels.shape[1::-1], drawing.left, drawing.top, drawing.milliseconds, 1000)
        chunks.append((b"fcTL", struct.pack(">IIIIIHHBB", *numbers, disposal, drawing.over)))
        sequence += 1
        if any(name == b"IDAT" for name, _ in chunks):
            # In two pieces, as files have it.
            pixels = _deflated(drawing.pixels)
            for piece in (pixels[:7], pixels[7:]):
                chunks.append((b"fdAT", struct.pack(">I", sequence) + piece))
                sequence += 1
        else:
            chunks.append((b"IDAT", _deflated(drawing.pixels)))
    chunks.append((b"IEND", b""))
    checked = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(checked)


def webp(height: int, width: int, drawings: Sequence[Drawing], *, says_alpha: bool = True) -> bytes:
    """An animated WebP with a blue background; its offsets have to be even."""
    body = b"WEBP" + _riff(b"VP8X", bytes((2 | says_alpha << 4, 0, 0, 0)) + _three(width - 1) + _three(height - 1))
    body += _riff(b"ANIM", struct.pack("<IH", 0xFF0000FF, 0))
    for drawing in drawings:
        opaque = bool((drawing.pixels[..., 3] == 255).all())
        still = io.BytesIO()
        picture = PIL.Image.fromarray(drawing.pixels[..., :3] if opaque else drawing.pixels)
        picture.save(still, "WEBP", lossless=True, exact=True)
        numbers = (drawing.left // 2, drawing.top // 2, *(n - 1 for n in drawing.pixels.shape[1::-1]))
        flags = (not drawing.over) << 1 | (drawing.disposal == "background")
        head = b"".join(map(_three, (*numbers, drawing.milliseconds))) + bytes((flags,))
        body += _riff(b"ANMF", head + still.getvalue()[12:])
    return _riff(b"RIFF", body)


def _table(colours: list[Pixel]) -> bytes:
    return bytes(level for colour in colours for level in colour).ljust(3 * 256, b"\x7f")


def _lzw(indices: list[int]) -> bytes:
    """LZW as GIF has it, that learns no words: 9 bits a code, and a clear before they would have to become 10."""
    codes = [code for place in range(0, len(indices), 200) for code in (256, *indices[place : place + 200])]
    bits = sum(code << 9 * place for place, code in enumerate([*codes, 257]))
    data = bits.to_bytes(-(-9 * (len(codes) + 1) // 8), "little")
    blocks = (data[place : place + 255] for place in range(0, len(data), 255))
    return b"\x08" + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


def _deflated(pixels: Array) -> bytes:
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))


def _riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
