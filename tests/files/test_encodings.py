"""Byte order marks and UTF-16 are settled in one place; what cannot be decoded is one clear line."""

import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.encodings import decoded_text

TEXT = "größe;1\r\n\u22122;3\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_the_mark_of_its_encoding(encoding: str) -> None:
    assert decoded_text(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_mark_is_no_part_of_the_text(encoding: str) -> None:
    assert decoded_text(("\ufeff" + TEXT).encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    assert decoded_text("1;2\n3;4\n".encode(encoding)) == "1;2\n3;4\n"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"1,2\ngr\xf6\xdfe,3\n", "not text in UTF-8 or UTF-16 (line 2, byte 0xf6)"),
        (b"1,2\n3,\x964\n", "(line 2, byte 0x96)"),
        (b"\xff\xfe1\x00,", "not text in UTF-8 or UTF-16"),
        (b"1,2\x003\n", "not text"),
        (bytes(range(128, 256)), "not text"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        decoded_text(data)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_is_text() -> None:
    assert decoded_text(b"") == ""
    assert decoded_text(b"\xef\xbb\xbf") == ""
