"""A file is what its first bytes say."""

import os
from pathlib import Path

import pytest

from cnnfilt.files.formats import FORMATS
from cnnfilt.files.signatures import (
    SIGNATURE_LENGTH,
    format_by_signature,
    format_of_file,
    kind_not_read,
    titles_read,
)


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"RIFF\0\0", None),
        (b"P6 3 2 255\n", "ppm"),
        (b"MM\0\x2a", "tiff"),
        (b"\x93NUMPY\x01\0", "npy"),
        (b"1,2,3", None),
        (b"", None),
        (b"P5\n# by hand\n3 2", "pgm"),
        (b"P1,P2,P3\n1,2,3", None),
        (b"P1 P2\n1 2\n", None),
        (b"BMI,age,weight\n1", None),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0", "bmp"),
    ],
)
def test_the_first_bytes_tell_the_format(head: bytes, format: str | None) -> None:
    assert format_by_signature(head) == format


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\0\0\0\x18ftypheic", "a HEIC or video file"),
        (b"<svg>", "an SVG or a web page"),
        (b"\0\0\0\x0cJXL ", "a JPEG XL"),
        (b"\0\0\0", None),
        (b"1,2,3", None),
    ],
)
def test_what_is_taken_for_an_image_is_called_by_its_name(head: bytes, words: str | None) -> None:
    assert kind_not_read(head) == words


def test_all_of_a_signature_is_seen() -> None:
    assert max(len(signature) for about in FORMATS.values() for signature in about.signatures) <= SIGNATURE_LENGTH


def test_a_family_is_listed_once() -> None:
    assert titles_read() == "PNG, JPEG, TIFF, WebP, GIF, AVIF, JPEG 2000, BMP, PNM"


def test_a_file_is_told_by_a_few_bytes_and_only_a_regular_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large").write_bytes(b"P5 1 1 255\n" + bytes(1 << 20))
    (tmp_path / "empty").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    lengths: list[int] = []
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, length: (lengths.append(length), real(descriptor, length))[1])
    found = {name: format_of_file(str(tmp_path / name)) for name in ("large", "empty", "pipe", "missing", ".")}
    assert found == {"large": "pgm", "empty": None, "pipe": None, "missing": None, ".": None}
    assert format_of_file("/dev/zero") is None
    assert lengths == [SIGNATURE_LENGTH] * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_holds_nothing_known(tmp_path: Path) -> None:
    (tmp_path / "closed").write_bytes(b"P5 1 1 255\n\0")
    (tmp_path / "closed").chmod(0)
    assert format_of_file(str(tmp_path / "closed")) is None
