"""Directories of whole and of damaged TIFFs."""

import io
import struct
from fractions import Fraction

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.decode.tiff_directory import directories
from tests.files.decode.tiff_files import joined, tiff_file

ONE = np.zeros((2, 3, 1), np.uint8)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_tags_in_either_order_and_size(order: str, big: bool) -> None:
    (found,) = directories(io.BytesIO(tiff_file(ONE, order=order, big=big, more={338: (1, 2, 3, 4, 5, 6)})))
    assert (found.order, found.big) == (order, big)
    assert found.integer(256, 0) == 3
    assert found.integers(338) == (1, 2, 3, 4, 5, 6)
    assert found.block(338) == struct.pack(f"{order}6H", 1, 2, 3, 4, 5, 6)
    assert found.integers(999) == ()
    assert found.integer(999, 7) == 7
    assert found.block(999) is None
    assert found.rational(999) is None


def test_fractions() -> None:
    entry = struct.pack("<HHII", 282, 5, 1, 38)
    data = b"II\x2a\0" + struct.pack("<IHH", 8, 2, 0)[:6] + entry + struct.pack("<HHII", 283, 5, 1, 46) + bytes(4)
    data = data.ljust(38, b"\0") + struct.pack("<4I", 7, 2, 7, 0)
    (found,) = directories(io.BytesIO(data))
    assert found.rational(282) == Fraction(7, 2)
    assert found.rational(283) is None


def test_pages_come_one_after_the_other() -> None:
    pages = [({256: (number,)}, [b"a"]) for number in (1, 2, 3)]
    assert [page.integer(256, 0) for page in directories(io.BytesIO(joined(pages)))] == [1, 2, 3]


def test_a_chain_that_comes_back_ends() -> None:
    data = bytearray(tiff_file(ONE))
    (start,) = struct.unpack_from("<I", data, 4)
    data[-4:] = struct.pack("<I", start)
    assert len(directories(io.BytesIO(bytes(data)))) == 1


def test_a_file_that_ends_with_its_last_tag() -> None:
    assert len(directories(io.BytesIO(tiff_file(ONE)[:-4]))) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"II\x2a\0",
        b"II\x2a\0" + bytes(4),
        b"II\x2a\0\xff\xff\xff\xff",
        b"II\x2b\0\x08\0\0\0" + b"\xff" * 8,
        b"II\x2b\0\x04\0\0\0" + bytes(8),
        b"MM\0\x2a" + struct.pack(">IH", 8, 60_000) + bytes(100),
        b"MM\0\x2a" + struct.pack(">IH", 8, 60) + bytes(100),
    ],
)
def test_damaged_ones(data: bytes) -> None:
    with pytest.raises(InputError, match=r"the TIFF is (truncated or )?damaged"):
        directories(io.BytesIO(data))


def test_a_tag_whose_values_lie_outside_is_not_there() -> None:
    entry = struct.pack("<HHII", 273, 4, 1 << 30, 8)
    data = b"II\x2a\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + bytes(4)
    (found,) = directories(io.BytesIO(data))
    assert found.integers(273) == ()


def test_whole_numbers_are_not_taken_from_anything_else() -> None:
    entry = struct.pack("<HHII", 273, 11, 1, 8)
    data = b"II\x2a\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + bytes(4)
    (found,) = directories(io.BytesIO(data))
    assert found.integer(273, 5) == 5
    with pytest.raises(InputError, match="its tag 273 holds no whole numbers"):
        found.integers(273)


def test_directories_that_lie_over_each_other_take_no_time() -> None:
    """A small file could else keep us busy for minutes: thousands of directories of thousands of tags."""
    data = bytearray(b"II\x2a\0" + struct.pack("<I", 8) + bytes(40_000))
    for start in range(8, 48, 4):
        struct.pack_into("<H", data, start, 1000)
        struct.pack_into("<I", data, start + 2 + 12 * 1000, start + 4)
    with pytest.raises(InputError, match="its directories lie over each other"):
        directories(io.BytesIO(bytes(data)))
