"""Maps whose levels Pillow cuts to 8 bits, or scales one by one: PPMs of more than 8 bits, and odd highest levels."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnfilt.files.decode.pnm_header import PnmHeader, read_pnm_header
from cnnfilt.files.image import Array, top_level
from cnnfilt.files.streams import TOO_FEW

_BLOCK = 1 << 18
"""So many samples are worked on at once."""

_TEXT_BLOCK = 1 << 16
"""So many bytes of text are: cut into words they take ten times as much."""

_LONGEST_NUMBER = 10
"""Longer ones are above every highest level."""


def decode_map(stream: BinaryIO) -> Array:
    """Return the levels of a PGM or PPM, (H, W) or (H, W, 3): to 255, or to 65535 where its highest is above 255.

    They are scaled as Pillow scales gray: v / highest * white, rounded half to even. SyntaxError for a level above the
    highest, EOFError where there are fewer pixels than the header says.
    """
    header = read_pnm_header(stream)
    if header is None:
        raise SyntaxError("its header is damaged")
    levels = np.empty(header.samples, f"u{header.sample_bytes}")
    white = top_level(levels.dtype)
    scaled = np.rint(np.arange(header.maximum + 1) / header.maximum * white).astype(levels.dtype)
    stream.seek(header.start)
    filled = 0
    for block in (_written_out if header.is_text else _binary)(stream, header):
        if block.max(initial=0) > header.maximum:
            raise SyntaxError(f"it has the level {block.max()}, above its highest, {header.maximum}")
        levels[filled : filled + len(block)] = scaled[block]
        filled += len(block)
    if filled < header.samples:
        raise EOFError(TOO_FEW)
    return levels.reshape(header.height, header.width, *(() if header.channels == 1 else (header.channels,)))


def _binary(stream: BinaryIO, header: PnmHeader) -> Iterator[Array]:
    """Yield the samples in blocks, the high byte of each first."""
    stored = np.dtype(f">u{header.sample_bytes}")
    left = header.samples
    while left and len(data := stream.read(min(left, _BLOCK) * stored.itemsize)) >= stored.itemsize:
        block = np.frombuffer(data[: len(data) // stored.itemsize * stored.itemsize], stored)
        left -= len(block)
        yield block


def _written_out(stream: BinaryIO, header: PnmHeader) -> Iterator[NDArray[np.int64]]:
    """Yield the samples in blocks of the numbers that stand there as text, comments left out."""
    left = header.samples
    for text in _without_comments(stream):
        words = text.split()[:left]
        if not words:
            continue
        if not b"".join(words).isdigit() or max(map(len, words)) > _LONGEST_NUMBER:
            word = next(word for word in words if not word.isdigit() or len(word) > _LONGEST_NUMBER)
            raise SyntaxError(f"{word[:20].decode('latin-1')} is no level")
        block = np.array(words).astype(np.int64)
        left -= len(block)
        yield block
        if not left:
            return


def _without_comments(stream: BinaryIO) -> Iterator[bytes]:
    """Yield pieces of text that end between numbers, with a blank for each comment, which ends with its line."""
    text, within = b"", False
    while piece := stream.read(_TEXT_BLOCK):
        if within or b"#" in piece:
            piece = b"#" * within + piece
            within = b"#" in piece[max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1 :]
            piece = re.sub(rb"#[^\r\n]*", b" ", piece)
        text += piece
        cut = max(text.rfind(blank) for blank in (b" ", b"\n", b"\t", b"\r", b"\v", b"\f")) + 1
        yield text[:cut]
        text = text[cut:]
    yield text
