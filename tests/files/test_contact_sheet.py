"""Contact sheets: every picture whole, every caption tall enough, whatever the sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.files.contact_sheet import Tile, contact_sheet

INK = 100
"""Letters are darker than this, the page and the frames lighter."""


def black_runs(sheet: np.ndarray) -> list[int]:
    """The heights of the stretches of rows that hold ink."""
    rows = (sheet < INK).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    return [int(last - first) for first, last in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (1, 400), (400, 1), (96, 96), (700, 900), (60, 5000)])
@pytest.mark.parametrize("caption", ["sobel-x", "mmm", "7"])
def test_captions_are_at_least_9_pixels_tall(size: tuple[int, int], caption: str) -> None:
    white = np.full(size, 255, np.uint8)
    sheet = contact_sheet([Tile(white, caption)] * 3)
    heights = black_runs(sheet)
    assert heights
    assert min(heights) >= 9


def test_shrinking_leaves_the_letters_alone() -> None:
    white = np.full((3000, 4000), 255, np.uint8)
    sheet = contact_sheet([Tile(white, "x")] * 2, longest_side=500)
    assert max(sheet.shape) < 1000
    assert min(black_runs(sheet)) >= 9


@given(
    st.lists(st.tuples(st.integers(1, 150), st.integers(1, 150)), min_size=1, max_size=9),
    st.booleans(),
    st.booleans(),
    st.text(max_size=12),
)
@settings(max_examples=40)
def test_every_picture_is_there_unchanged(sizes: list[tuple[int, int]], colour: bool, deep: bool, caption: str) -> None:
    """Each has a level of its own, which fills a rectangle of its proportions, and no other's."""
    dtype, unit = (np.uint16, 6000) if deep else (np.uint8, 24)
    tiles = [
        Tile(np.full((*size, 3) if colour else size, unit * number, dtype), caption)
        for number, size in enumerate(sizes, 1)
    ]
    sheet = contact_sheet(tiles, title=caption)
    assert sheet.dtype == dtype
    assert sheet.ndim == (3 if colour else 2)
    plane = sheet[..., 0] if colour else sheet
    for number, (height, width) in enumerate(sizes, 1):
        factor = max(1, 96 // max(height, width))
        rows, columns = np.nonzero(plane == unit * number)
        box = plane[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        # The soft edge of a letter may have any level.
        assert (plane == unit * number).sum() >= height * width * factor**2
        assert box.shape[0] >= height * factor
        assert box.shape[1] >= width * factor


def test_gray_and_colour_and_depths_go_together() -> None:
    gray, colour = np.full((100, 100), 51, np.uint8), np.full((100, 100, 3), (0, 65535, 1), np.uint16)
    sheet = contact_sheet([Tile(gray, ""), Tile(colour, "")])
    assert sheet.dtype == np.uint16
    assert (sheet == 51 * 257).all(axis=2).sum() == 10_000
    assert (sheet == (0, 65535, 1)).all(axis=2).sum() == 10_000


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3), (9, 3), (16, 4), (64, 8)]
)
def test_columns_are_sensible(count: int, columns: int) -> None:
    sheet = contact_sheet([Tile(np.zeros((100, 100), np.uint8), "")] * count)
    assert sheet.shape[1] // 100 == columns


def test_small_pictures_are_enlarged_sharply() -> None:
    checks = np.indices((4, 4)).sum(axis=0) % 2 * 255
    sheet = contact_sheet([Tile(checks.astype(np.uint8), "")])
    assert (sheet == 0).sum() == 8 * 24 * 24
    assert set(np.unique(sheet)) <= {0, 176, 255}


def test_long_words_are_cut_and_odd_ones_do_no_harm() -> None:
    tile = np.zeros((50, 50), np.uint8)
    sheet = contact_sheet(
        [Tile(tile, "k" * 5000), Tile(tile, "\n\n"), Tile(tile, "カーネル\x1b[31m\udc80")], title="t" * 9999
    )
    assert sheet.shape[1] < 1200
