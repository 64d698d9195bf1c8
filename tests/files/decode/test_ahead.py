"""An image begun ahead is the one that is read; whatever cannot be begun is read as ever."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.decode import ahead
from cnnfilt.files.decode.ahead import ReadAhead, begin_loading, take_loaded
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read
from tests.files.odd_files import random_levels

LIMIT = 1_000_000


@pytest.fixture(autouse=True)
def _nothing_is_too_small_or_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_SMALLEST_BYTES", 1)
    # A command that was refused may have left an image behind.
    monkeypatch.setattr(ahead, "_begun", {})


def read_ahead(path: Path, *, gray: bool = False, max_pixels: int = LIMIT) -> ReadAhead:
    return ReadAhead(str(path), ReadOptions(gray=gray, max_pixels=max_pixels))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.ppm", "a.webp", "a.bmp"])
def test_what_was_begun_is_what_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    PIL.Image.fromarray(random_levels(40, 30, 3)).save(path)
    expected = read(str(path), ReadOptions(max_pixels=LIMIT))
    begin_loading(read_ahead(path))
    ahead._begun[read_ahead(path)].join()
    path.unlink()
    found = read(str(path), ReadOptions(max_pixels=LIMIT))
    np.testing.assert_array_equal(found.pixels, expected.pixels)
    assert (found.format, found.metadata, found.notes) == (expected.format, expected.metadata, expected.notes)
    with pytest.raises(InputError, match="no such file"):
        read(str(path), ReadOptions(max_pixels=LIMIT))


def test_another_request_is_another_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PIL.Image.fromarray(random_levels(4, 5, 3)).save(path)
    begin_loading(read_ahead(path, gray=True))
    assert take_loaded(read_ahead(path)) is None
    assert read(str(path), ReadOptions(max_pixels=LIMIT)).pixels.shape == (4, 5, 3)
    assert read(str(path), ReadOptions(gray=True, max_pixels=LIMIT)).pixels.shape == (4, 5)


def test_errors_come_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    begin_loading(read_ahead(path))
    with pytest.raises(InputError, match="PNG"):
        read(str(path), ReadOptions(max_pixels=LIMIT))
    PIL.Image.fromarray(random_levels(40, 50)).save(path)
    begin_loading(read_ahead(path, max_pixels=1999))
    with pytest.raises(ShapeError, match="the limit is 1,999"):
        read(str(path), ReadOptions(max_pixels=1999))


def test_some_things_are_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "matrix.csv").write_text("1,2")
    PIL.Image.fromarray(random_levels(4, 5)).save(tmp_path / "a.tif")
    names = ("folder.png", "pipe.png", "matrix.csv", "a.tif", "missing.png", "no\0name.png", "-")
    for name in names:
        begin_loading(read_ahead(tmp_path / name))
    assert not ahead._begun
    monkeypatch.setattr(ahead, "_SMALLEST_BYTES", 1 << 30)
    PIL.Image.fromarray(random_levels(4, 5)).save(tmp_path / "small.png")
    begin_loading(read_ahead(tmp_path / "small.png"))
    assert not ahead._begun


@pytest.mark.parametrize("content", ["matrix", "tiff"])
def test_a_wrong_name_is_found_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.png"
    if content == "matrix":
        np.save(tmp_path / "a.npy", random_levels(4, 5))
        (tmp_path / "a.npy").rename(path)
    else:
        PIL.Image.fromarray(random_levels(4, 5)).save(path, "TIFF")
    begin_loading(read_ahead(path))
    np.testing.assert_array_equal(read(str(path), ReadOptions(max_pixels=LIMIT)).pixels, random_levels(4, 5))


def test_loading_needs_no_numpy() -> None:
    modules = "cnnfilt.files.decode.loading, cnnfilt.files.decode.ahead"
    code = f"import sys, {modules}; print({{'numpy', 'PIL'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{'PIL'}"
