"""Whatever is wrong with an input is said in one line, and nothing else is printed."""

import warnings
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read, read_bytes
from tests.files.odd_files import random_levels, saved

IMAGE = PIL.Image.fromarray(random_levels(40, 50, 3))
FORMATS = ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PPM"]


def said(data: bytes | Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            read(data)
    line = caught.value.about("photo")
    assert "\n" not in line
    assert "BytesIO" not in line
    assert line.startswith("photo")
    return line


@pytest.mark.parametrize("format", FORMATS)
def test_a_truncated_image(format: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = saved(IMAGE, format)
    line = said(data[: len(data) // 2])
    assert line.startswith(
        "photo: the WebP is damaged or" if format == "WEBP" else f"photo: the {format} is truncated or"
    )
    said(data[:20])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_a_damaged_tiff_says_nothing_past_python(compression: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(saved(IMAGE, "TIFF", compression=compression))
    data[100:2000] = bytes(1900)
    try:
        found = read_bytes(bytes(data)).pixels.shape  # Some damage libtiff reads over, as it should not.
    except CnnfiltError:
        found = None
    assert found == ((IMAGE.height, IMAGE.width, 3) if compression == "jpeg" else None)
    assert capfd.readouterr() == ("", "")


def test_an_empty_file() -> None:
    assert said(b"") == "photo is empty"


def test_a_missing_file(tmp_path: Path) -> None:
    assert said(tmp_path / "photo") == "photo: no such file"


def test_a_folder(tmp_path: Path) -> None:
    assert said(tmp_path) == "photo is a folder, not a file"


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(saved(IMAGE, "PNG"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert said(path) == "photo cannot be opened: Permission denied"


def test_a_file_that_fails_while_it_is_read() -> None:
    """As on a disk that fails: there is nothing at the first address of any process."""
    assert said(Path("/proc/self/mem")) == "photo cannot be read: Input/output error"


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(InputError, match="that cannot be the name of a file"):
        read("a\0b")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"hello, world\n", "not an image"),
        (b"\xf5\xdd\xab\xa2|\xe2\xeb\x17\xb7", "not an image"),
    ],
)
def test_what_is_called_an_image_and_is_none(content: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    assert what in said(path)
    with pytest.raises(InputError):
        image_size(path)


def test_garbage_without_a_name() -> None:
    for content in (b"\xf5\xfe\0\1\2\3", b"# A title\n", b"hello"):
        assert "neither an image" in said(content)
    assert "line 2, column 1: 'x'" in said(b"1,2\nx,4\n")


def test_an_image_of_an_unsupported_kind_says_so() -> None:
    data = saved(PIL.Image.fromarray(random_levels(4, 5)), "PNG")
    interlaced_unknown = data[:24] + b"\x07" + data[25:]
    assert "PNG" in said(interlaced_unknown)


@pytest.mark.parametrize("format", FORMATS)
def test_no_mutation_does_more_than_one_line(format: str, capfd: pytest.CaptureFixture[str]) -> None:
    whole = saved(IMAGE.resize((9, 8)), format)
    rng = np.random.default_rng(5)
    refused = 0
    for trial in range(60):
        data = bytearray(whole)
        for place in rng.integers(0, min(len(data), 40 + 20 * trial), 4):
            data[place] = rng.integers(256)
        gray = bool(trial % 2)
        try:
            pixels = read_bytes(bytes(data), ReadOptions(gray=gray, max_pixels=100_000)).pixels
        except CnnfiltError as error:
            refused += bool(str(error))
            continue
        assert pixels.shape[0] * pixels.shape[1] <= 100_000
        assert pixels.ndim == 2 if gray else pixels.shape[2:] in ((), (3,))
    assert refused
    assert capfd.readouterr() == ("", "")
