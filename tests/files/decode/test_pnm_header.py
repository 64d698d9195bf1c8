"""What stands in front of the pixels of a map, and where they end."""

import io

import pytest

from cnnfilt.files.decode.pnm_header import end_of_map, read_pnm_header


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"P1 3 2\n", ("bits", True, 3, 2, 1, 7)),
        (b"P4\n#a\n 9 # b\n3\n", ("bits", False, 9, 3, 1, 15)),
        (b"P2 3 2 99 ", ("gray", True, 3, 2, 99, 10)),
        (b"P5\r\n3 2\n65535\n", ("gray", False, 3, 2, 65535, 14)),
        (b"P3\t3 2\t1\t", ("colour", True, 3, 2, 1, 9)),
        (b"P6 3\v2\f300 12", ("colour", False, 3, 2, 300, 11)),
    ],
)
def test_headers(data: bytes, found: tuple[object, ...]) -> None:
    assert read_pnm_header(io.BytesIO(b"xx" + data), 2) == (*found[:-1], int(str(found[-1])) + 2)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"P", b"P5", b"P7 1 1", b"P5x1 1 255 ", b"P5 0 1 255 ", b"P5 1 1 0 ", b"P5 1 1 65536 "),
        *(b"P5 1 -1 255 ", b"P5 1 99999999999 1 ", b"P5 1 a 1 ", b"P5 1 1"),
    ],
)
def test_what_is_none(data: bytes) -> None:
    assert read_pnm_header(io.BytesIO(data)) is None


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (b"P4 9 3\n123456", 6),
        (b"P5 2 3 255\n123456", 6),
        (b"P5 1 3 256\n123456", 6),
        (b"P6 2 1 255\n123456", 6),
        (b"P6 1 1 999\n123456", 6),
        (b"P1 2 2\n10 #9 1\n 0 1", 12),
        (b"P1 2 2\n1001", 4),
        (b"P2 2 1 9\n 12 #3 4\n 5", 11),
        (b"P3 1 1 9\n1\t2\r3", 5),
    ],
)
def test_where_pixels_end(data: bytes, length: int) -> None:
    for rest in (b"", b"\n", b"P5 1 1 1 1", b"# 3"):
        stream = io.BytesIO(data + rest)
        header = read_pnm_header(stream)
        assert header is not None
        assert end_of_map(stream, header) == header.start + length
    stream = io.BytesIO(data[:-1])
    assert end_of_map(stream, header) is None
