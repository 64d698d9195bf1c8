"""What formats are called, and which are read, written and offered."""

import subprocess
import sys
from importlib import import_module

import PIL.Image
import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.files.formats import (
    FORMAT_WORDS,
    FORMATS,
    IMAGE_SUFFIXES,
    MATRIX_SUFFIXES,
    WRITABLE_FORMATS,
    format_of,
    named,
)


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.JPG", "jpeg"),
        ("a/b.c.tif", "tiff"),
        (".png", "png"),
        ("png", None),
        ("a.pnm", "pnm"),
        ("a.npy", "npy"),
        ("a.xyz", None),
        ("dir.png/a", None),
    ],
)
def test_the_suffix_names_the_format(path: str, format: str | None) -> None:
    assert format_of(path) == format


def test_suffixes_are_of_images_or_of_matrices() -> None:
    assert {".jpeg", ".tif", ".ppm"} <= IMAGE_SUFFIXES
    assert {".csv", ".npy"} <= MATRIX_SUFFIXES
    assert not IMAGE_SUFFIXES & MATRIX_SUFFIXES
    assert set(FORMATS) - set(WRITABLE_FORMATS) == {"gif", "pbm", "jpeg2000", "npz"}


def test_the_words_of_the_option_and_their_order() -> None:
    assert " ".join(FORMAT_WORDS) == "png jpeg tiff webp avif bmp ppm pgm pam pfm csv tsv txt json npy"
    assert set(WRITABLE_FORMATS) - set(FORMAT_WORDS) == {"pnm"}


def test_no_suffix_is_taken_twice() -> None:
    suffixes = [suffix for about in FORMATS.values() for suffix in about.suffixes]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize("name", [about.name for about in FORMATS.values() if about.kind == "image"])
def test_pillow_has_the_plugins(name: str) -> None:
    plugin = FORMATS[name].plugin
    import_module(f"PIL.{plugin}ImagePlugin")
    assert plugin.upper() in PIL.Image.OPEN or name.upper() in PIL.Image.OPEN


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"did you mean .*png"):
        named("pgn")


def test_neither_numpy_nor_pillow_is_needed() -> None:
    script = "import sys, cnnfilt.files.formats, cnnfilt.files.streams, cnnfilt.files.atomic; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"numpy", "PIL"} & set(answer.stdout.split())
