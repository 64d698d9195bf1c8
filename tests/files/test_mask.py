"""What is a mask, and what is refused as one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.errors import InputError, ParameterError, ShapeError
from cnnfilt.files.mask import read_mask

LEVELS = np.array([[0, 51, 255], [128, 254, 1]], np.uint8)


def saved(folder: Path, array: Any, name: str = "mask.png", **about: Any) -> str:
    path = folder / name
    if name.endswith(".npy"):
        np.save(path, array)
    else:
        Image.fromarray(array).save(path, **about)
    return str(path)


def test_levels_are_parts_of_white(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read_mask(saved(tmp_path, LEVELS), max_pixels=0), LEVELS / 255)
    deep = LEVELS.astype(np.uint16) * 257
    np.testing.assert_array_equal(read_mask(saved(tmp_path, deep), max_pixels=0), deep / 65535)
    np.testing.assert_array_equal(read_mask(saved(tmp_path, LEVELS > 100), max_pixels=0), LEVELS > 100)


def test_gray_saved_as_colours_and_an_alpha_that_hides_nothing_are_gray(tmp_path: Path) -> None:
    opaque = np.dstack([LEVELS, LEVELS, LEVELS, np.full_like(LEVELS, 255)])
    np.testing.assert_array_equal(read_mask(saved(tmp_path, opaque), max_pixels=0), LEVELS / 255)


def test_floats_are_shares(tmp_path: Path) -> None:
    shares = np.array([[0, 0.25], [1, 0.5]])
    np.testing.assert_array_equal(read_mask(saved(tmp_path, shares, "m.npy"), max_pixels=0), shares)


def test_a_photo_of_a_mask_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_mask(saved(tmp_path, LEVELS, exif=exif), max_pixels=0).shape == (3, 2)


@pytest.mark.parametrize(
    ("array", "name", "line"),
    [
        (np.dstack([LEVELS, LEVELS, 255 - LEVELS]), "m.png", "is in colour; a mask is gray: white where the result"),
        (np.dstack([LEVELS, LEVELS]), "m.png", "is partly transparent; a mask is gray"),
        (np.array([[0, 1.5]]), "m.npy", "holds other numbers than 0 to 1"),
        (np.array([[0, np.nan]]), "m.npy", "holds other numbers than 0 to 1"),
        (np.array([[0, -0.1]]), "m.npy", "holds other numbers than 0 to 1"),
        (np.array([[0, 255]]), "m.npy", "holds whole numbers, of which none is white; use an image, or 0.0 to 1.0"),
    ],
)
def test_others_are_refused_in_one_line(tmp_path: Path, array: Any, name: str, line: str) -> None:
    path = saved(tmp_path, array, name)
    with pytest.raises(ParameterError) as error:
        read_mask(path, max_pixels=0)
    assert error.value.message.startswith(f"mask {path} ")
    assert line in error.value.message


def test_a_mask_has_limits_as_images_have(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="--max-pixels"):
        read_mask(saved(tmp_path, LEVELS), max_pixels=5)
    with pytest.raises(InputError):
        read_mask(str(tmp_path / "none.png"), max_pixels=0)
