"""The frames of a GIF, found block by block. No NumPy.

The rules are those of the GIF89a specification (CompuServe, 1990), and where browsers do otherwise, theirs (Firefox:
image/decoders/nsGIFDecoder2.cpp; Chromium: SkCodec and its GIF decoder): the canvas begins transparent and is cleared
to transparent, whatever the background colour index says; a first frame larger than the screen enlarges it, and later
ones are cut off at its edges.
"""

from struct import unpack_from

from cnnfilt.files.decode.stored_frames import Disposal, StoredFrame, StoredFrames

_SCREEN_BYTES, _DESCRIPTOR_BYTES = 13, 10
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL = 0xF9

# Some specifications have 3, others 4, as Firefox's decoder notes; what is not defined (5 to 7) stays as it is drawn.
_DISPOSALS: dict[int, Disposal] = {2: "background", 3: "previous", 4: "previous"}


def gif_frames(data: bytes) -> StoredFrames:
    """Return the frames of the GIF `data`; EOFError if it has none. Cut off pixels are for the decoder."""
    width, height = unpack_from("<HH", data, 6)
    start = position = _SCREEN_BYTES + _table_bytes(data[10])
    frames: list[StoredFrame] = []
    control = b""
    while position < len(data) and data[position] != _TRAILER:
        kind, begin = data[position], position
        if kind == _EXTENSION:
            if data[position + 1 : position + 3] == bytes((_GRAPHIC_CONTROL, 4)):
                control = data[position + 3 : position + 7]
            position = _after_blocks(data, position + 2)
        elif kind == _IMAGE and begin + _DESCRIPTOR_BYTES < len(data):
            position = _after_blocks(data, begin + _DESCRIPTOR_BYTES + _table_bytes(data[begin + 9]) + 1)
            frame = _frame(data, start, begin, position, control)
            if not frames:
                right, bottom = (sum(pair) for pair in zip(*_corner_and_size(data, begin), strict=True))
                width, height = max(width, right), max(height, bottom)
            frames.append(frame)
            # A graphic control is for the next image alone (GIF89a, 23).
            start, control = position, b""
        else:
            position += 1
    if not frames:
        raise EOFError("there is no image in it")
    return StoredFrames(height, width, tuple(frames))


def _frame(data: bytes, start: int, begin: int, end: int, control: bytes) -> StoredFrame:
    """Return the frame whose extensions start at `start` and whose image descriptor is at `begin`."""
    (left, top), _ = _corner_and_size(data, begin)
    head = bytearray(data[: _SCREEN_BYTES + _table_bytes(data[10])])
    head[6:10] = data[begin + 5 : begin + 9]
    descriptor = bytearray(data[begin : begin + _DESCRIPTOR_BYTES])
    descriptor[1:5] = bytes(4)
    file = b"".join((head, data[start:begin], descriptor, data[begin + _DESCRIPTOR_BYTES : end], b";"))
    if len(control) < 4:
        return StoredFrame(file, top, left)
    flags, hundredths = unpack_from("<BH", control)
    return StoredFrame(file, top, left, hundredths * 10.0, _DISPOSALS.get(flags >> 2 & 7, "none"))


def _corner_and_size(data: bytes, begin: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return ((left, top), (width, height)) of the image descriptor at `begin`."""
    left, top, width, height = unpack_from("<HHHH", data, begin + 1)
    return (left, top), (width, height)


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    """Return where the chain of sub-blocks at `position` ends, at the latest with the file."""
    while position < len(data) and data[position]:
        position += data[position] + 1
    return min(position + 1, len(data))
