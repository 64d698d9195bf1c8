"""The frames of an animated PNG, found chunk by chunk. No NumPy.

The rules are those of PNG (third edition, W3C 2025), 11.3.2 "Animation information" (acTL, fcTL, fdAT).
"""

from io import BytesIO
from struct import pack, unpack, unpack_from

from cnnfilt.files.decode.png_chunks import SIGNATURE, Chunk, chunks, data_of, written
from cnnfilt.files.decode.stored_frames import Blend, Disposal, StoredFrame, StoredFrames
from cnnfilt.frozen import Frozen, replace

_CONTROL_BYTES = 26

_DISPOSALS: dict[int, Disposal] = {1: "background", 2: "previous"}
_BLENDS: dict[int, Blend] = {0: "source"}

# How later frames are to be decoded; everything else is said once, beside the first.
_FOR_EVERY_FRAME = frozenset({b"PLTE", b"tRNS"})


class _Chunk(Frozen):
    name: bytes
    data: bytes


class _Control(Frozen):
    """A frame control chunk, and the chunks of pixels that follow it."""

    head: bytes
    pixels: tuple[bytes, ...] = ()


def apng_frames(data: bytes) -> StoredFrames | None:
    """Return the frames of the PNG `data`, or None if it is no animation. EOFError if there are fewer than it says.

    The image of a PNG is a frame of its animation only if a frame control stands before it (11.3.2.1).
    """
    stream = BytesIO(data)
    found = [_Chunk(chunk.name, _data(stream, chunk)) for chunk in chunks(stream)]
    names = [chunk.name for chunk in found]
    first_pixels = names.index(b"IDAT") if b"IDAT" in names else len(names)
    announced = [unpack_from(">I", chunk.data)[0] for chunk in found[:first_pixels] if chunk.name == b"acTL"]
    if len(announced) != 1 or not announced[0]:
        return None
    controls = _controls(found)[: announced[0]]
    if len(controls) < announced[0] or not all(control.pixels for control in controls):
        raise EOFError(f"it says it has {announced[0]:,} frames but has {len(controls):,}")
    width, height = unpack_from(">II", found[0].data)
    beside = [(place < first_pixels, chunk) for place, chunk in enumerate(found) if _is_kept(chunk.name)]
    frames = [
        _frame(control, found[0].data, [pair for pair in beside if not n or pair[1].name in _FOR_EVERY_FRAME])
        for n, control in enumerate(controls)
    ]
    if any(
        frame.left + w > width or frame.top + h > height
        for frame, (w, h) in zip(frames, map(_size, controls), strict=True)
    ):
        raise SyntaxError("a frame lies outside the image")
    return StoredFrames(height, width, tuple(frames))


def _data(stream: BytesIO, chunk: Chunk) -> bytes:
    if chunk.name in (b"IDAT", b"fdAT"):
        return data_of(stream, chunk)
    # The others are read as they are: the decoder of the frame compares the checksums of those that matter to it.
    stream.seek(chunk.start)
    return stream.read(chunk.length)


def _is_kept(name: bytes) -> bool:
    return name not in (b"IHDR", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT")


def _controls(chunks: list[_Chunk]) -> list[_Control]:
    controls: list[_Control] = []
    for chunk in chunks:
        if chunk.name == b"fcTL":
            controls.append(_Control(chunk.data))
        elif controls and chunk.name in (b"IDAT", b"fdAT"):
            # A chunk of a later frame starts with its number in the sequence.
            pixels = chunk.data if chunk.name == b"IDAT" else chunk.data[4:]
            controls[-1] = replace(controls[-1], pixels=(*controls[-1].pixels, pixels))
    return controls


def _size(control: _Control) -> tuple[int, int]:
    width, height = unpack_from(">II", control.head, 4)
    return width, height


def _frame(control: _Control, header: bytes, beside: list[tuple[bool, _Chunk]]) -> StoredFrame:
    if len(control.head) < _CONTROL_BYTES:
        raise EOFError("a frame control chunk is cut off")
    left, top, time, unit, disposal, blend = unpack(">IIHHBB", control.head[12:_CONTROL_BYTES])
    parts = [_Chunk(b"IHDR", pack(">II", *_size(control)) + header[8:])]
    parts += [chunk for before, chunk in beside if before]
    parts += [_Chunk(b"IDAT", pixels) for pixels in control.pixels]
    parts += [chunk for before, chunk in beside if not before]
    file = SIGNATURE + b"".join(written(chunk.name, chunk.data) for chunk in [*parts, _Chunk(b"IEND", b"")])
    # A unit of 0 stands for hundredths of a second.
    milliseconds = time / (unit or 100) * 1000
    return StoredFrame(file, top, left, milliseconds, _DISPOSALS.get(disposal, "none"), _BLENDS.get(blend, "over"))
