"""Small plain PNGs: what is read without Pillow is what Pillow reads, and everything else is left to it."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.core.engine import native
from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files import reading
from cnnfilt.files.decode.plain_png import read_plain
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import fields
from tests.files.decode.pngs import CHANNELS, Chunks, with_damage, written
from tests.files.mutation import in_parts, try_each
from tests.files.odd_files import random_levels

PLAIN = (0, 2, 4, 6)
BESIDE: Chunks = [
    (b"gAMA", struct.pack(">I", 45455)),
    (b"sRGB", b"\0"),
    (b"pHYs", struct.pack(">IIB", 3000, 2000, 1)),
]
OPTIONS = (
    ReadOptions(),
    ReadOptions(gray=True),
    ReadOptions(background="navy"),
    ReadOptions(alpha="drop", bands=(1,)),
    ReadOptions(max_pixels=20),
)

pytestmark = pytest.mark.skipif(not native.loops, reason="without the compiled core all is left to Pillow")


def small(colour_type: int = 2, height: int = 5, width: int = 4, **how: Any) -> bytes:
    samples = random_levels(height, width, CHANNELS[colour_type])
    return written(samples, colour_type, 8, filters=np.arange(5), **how)


def is_taken(data: bytes, max_pixels: int = 0) -> bool:
    stream = io.BytesIO(data)
    taken = read_plain(stream, max_pixels=max_pixels) is not None
    assert taken or stream.tell() == 0
    return taken


def read_both_ways(data: bytes, options: ReadOptions) -> tuple[object, object]:
    """All that reading gives, or what it says is wrong: as it is, and with Pillow in any case."""

    def found() -> object:
        try:
            image = reading.read_bytes(data, options)
        except (InputError, ShapeError) as error:
            return type(error), str(error)
        plain = {name: value for name, value in fields(image).items() if name != "memory"}
        arrays = {name: value for name, value in plain.items() if isinstance(value, np.ndarray)}
        return plain | {name: (value.dtype, value.tolist()) for name, value in arrays.items()}

    first = found()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "read_plain", lambda stream, *, max_pixels: None)
        return first, found()


@given(
    st.sampled_from(PLAIN),
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([1, 7, 1000]),
    st.sets(st.integers(0, len(BESIDE) - 1)),
    st.sampled_from(OPTIONS),
)
def test_what_comes_out_is_what_pillow_reads(
    colour_type: int, height: int, width: int, idat: int, beside: set[int], options: ReadOptions
) -> None:
    data = small(colour_type, height, width, idat=idat, before=[BESIDE[number] for number in sorted(beside)])
    assert is_taken(data)
    ours, theirs = read_both_ways(data, options)
    assert ours == theirs


@pytest.mark.parametrize("unit", [0, 1, 2])
@pytest.mark.parametrize("dots", [0, 1, 39, 40, 3000, 2**31, 2**32 - 1])
def test_resolutions_are_those_that_pillow_reads(dots: int, unit: int) -> None:
    data = small(before=[(b"pHYs", struct.pack(">IIB", dots, 3000, unit))])
    assert is_taken(data)
    ours, theirs = read_both_ways(data, ReadOptions())
    assert ours == theirs


GRAY = random_levels(5, 4, 1)
LEFT = {
    "a palette": written(GRAY // 128, 3, 8, before=[(b"PLTE", bytes(6))]),
    "one bit": written(GRAY // 128, 0, 1),
    "sixteen bits": written(random_levels(5, 4, 1, dtype="uint16"), 0, 16),
    "seven passes": small(interlaced=True),
    "a colour that is transparent": small(before=[(b"tRNS", bytes(6))]),
    "a palette that is only suggested": small(before=[(b"PLTE", bytes(6))]),
    "a text": small(before=[(b"tEXt", b"Title\0a")]),
    "a profile": small(before=[(b"iCCP", b"a\0\0" + zlib.compress(b"?"))]),
    "EXIF": small(before=[(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0")]),
    "a chunk of its own": small(before=[(b"prIv", b"?")]),
    "a gamma of another length": small(before=[(b"gAMA", b"?")]),
    "two gammas": small(before=BESIDE[:1] * 2),
    "a gamma behind the pixels": small(after=BESIDE[:1]),
    "bytes behind its end": small() + b"?",
    "another behind it": small() * 2,
    "no end": small()[:-12],
    "a wrong checksum at its end": small()[:-1] + b"?",
    "a wrong checksum in front": small(before=[(b"sRGB", b"\0")]).replace(b"sRGB\0", b"sRGB\1"),
    "more bytes than it is worth": small(height=300, width=300),
    "more pixels than it is worth": written(np.zeros((2100, 2000, 1), np.uint8), 0, 8),
}


@pytest.mark.parametrize("what", LEFT)
def test_pillow_reads_what_is_not_plain(what: str) -> None:
    assert not is_taken(LEFT[what])
    ours, theirs = read_both_ways(LEFT[what], ReadOptions())
    assert ours == theirs


def test_pillow_refuses_more_than_the_most_pixels() -> None:
    assert is_taken(small(), max_pixels=20)
    assert not is_taken(small(), max_pixels=19)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A plain PNG, damaged."""
    size = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return with_damage(draw, small(draw(st.sampled_from(PLAIN)), *size, before=BESIDE[: draw(st.integers(0, 3))]))


@in_parts(200)
def test_damage_is_told_as_pillow_has_it(part: int, inputs: int) -> None:
    def check(data: bytes) -> None:
        ours, theirs = read_both_ways(data, ReadOptions(max_pixels=100_000))
        assert ours == theirs

    try_each(damaged(), check, part=part, inputs=inputs)
