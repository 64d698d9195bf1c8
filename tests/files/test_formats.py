"""What formats are called, how they are told, and what they can hold."""

import subprocess
import sys

import pytest

from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.capacity import check_holds
from cnnfilt.files.formats import FORMATS, IMAGE_SUFFIXES, MATRIX_SUFFIXES, WRITABLE_FORMATS, format_of, named
from cnnfilt.files.signatures import format_by_signature


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
    assert set(FORMATS) - set(WRITABLE_FORMATS) == {"gif", "pbm", "pfm"}


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"did you mean .*png"):
        named("pgn")


def test_text_has_no_signature() -> None:
    assert format_by_signature(b"1,2,3") is None
    assert format_by_signature(b"RIFF\0\0\0\0WEBPVP8 ") == "webp"
    assert format_by_signature(b"RIFF\0\0\0\0WAVEfmt ") is None


@pytest.mark.parametrize(
    ("format", "result", "advice"),
    [
        ("jpeg", {"channels": 3, "sample": "uint8", "alpha": True}, "--background"),
        ("bmp", {"channels": 1, "sample": "uint8", "alpha": True}, "--alpha drop"),
        ("csv", {"channels": 1, "sample": "uint8", "alpha": True}, "--alpha drop"),
        ("csv", {"channels": 3, "sample": "uint8"}, "npy"),
        ("pgm", {"channels": 3, "sample": "uint8"}, "--gray"),
        ("png", {"channels": 2, "sample": "uint8"}, "1 or 3 channels"),
        ("png", {"channels": 1, "sample": "float32"}, "--value-range"),
        ("png", {"channels": 1, "sample": "int64"}, "--values"),
        ("webp", {"channels": 3, "sample": "float32"}, "--values"),
        ("tiff", {"channels": 1, "sample": "int64"}, "--values"),
        ("tiff", {"channels": 1, "sample": "float32", "alpha": True}, "--alpha drop"),
        ("gif", {"channels": 1, "sample": "uint8"}, "png"),
        ("webp", {"channels": 1, "sample": "uint8", "size": (16_384, 1)}, "16,383"),
        ("jpeg", {"channels": 1, "sample": "uint8", "size": (1, 70_000)}, "65,500"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_with_a_way_out(
    format: str, result: dict[str, object], advice: str
) -> None:
    with pytest.raises(OutputError) as caught:
        check_holds(format, **result)  # type: ignore[arg-type]
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("format", "result"),
    [
        ("png", {"channels": 3, "sample": "uint8", "alpha": True}),
        ("jpeg", {"channels": 1, "sample": "uint16"}),
        ("tiff", {"channels": 1, "sample": "float64"}),
        ("tiff", {"channels": 3, "sample": "float32"}),
        ("tiff", {"channels": 1, "sample": "int32"}),
        ("ppm", {"channels": 3, "sample": "uint16"}),
        ("npy", {"channels": 7, "sample": "int64"}),
    ],
)
def test_what_a_format_can_hold_passes(format: str, result: dict[str, object]) -> None:
    check_holds(format, **result)  # type: ignore[arg-type]


def test_neither_numpy_nor_pillow_is_needed() -> None:
    script = "import sys, cnnfilt.files.formats, cnnfilt.files.streams, cnnfilt.files.atomic; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"numpy", "PIL"} & set(answer.stdout.split())
