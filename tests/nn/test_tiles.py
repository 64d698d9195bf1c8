"""Tiles put together: each part in its place, in the memory order and a type that fit all of them."""

import numpy as np

from cnnfilt.describe.tiles import Cut, Tiling
from cnnfilt.nn.tiles import carried

TILING = Tiling(Cut(4, (0, 2), ((0, 3), (3, 6)), (0, 1)), Cut(3, (0, 2), ((0, 2), (2, 5)), (0, 0)))
"""Of 6x5: the rows 0-3 and 2-5, the columns 0-2 and 2-4."""


def test_each_part_comes_into_its_place() -> None:
    x = np.arange(60).reshape(6, 5, 2)
    np.testing.assert_array_equal(carried(TILING, x, lambda part: part * 2), x * 2)


def test_parts_are_taken_from_tiles_that_overlap() -> None:
    seen = []
    x = np.arange(30).reshape(6, 5, 1)
    carried(TILING, x, lambda part: seen.append((part[0, 0, 0], part.shape)) or part)
    assert seen == [(0, (4, 3, 1)), (2, (4, 3, 1)), (10, (4, 3, 1)), (12, (4, 3, 1))]


def test_the_order_in_memory_is_that_of_a_tile() -> None:
    x = np.ascontiguousarray(np.arange(60.0).reshape(1, 6, 5, 2)).transpose(0, 3, 1, 2)
    made = carried(TILING, x, lambda part: part.copy("K"), "NCHW", "NCHW")
    np.testing.assert_array_equal(made, x)
    assert made.strides == x.strides


def test_axes_may_be_turned() -> None:
    x = np.arange(30).reshape(6, 5, 1)
    made = carried(TILING, x, lambda part: part[..., 0].T, "HWC", "WH")
    np.testing.assert_array_equal(made, x[..., 0].T)


def test_the_type_is_one_that_holds_all_parts() -> None:
    x = np.full((6, 5, 1), 1000)
    x[0, 0] = 1
    made = carried(TILING, x, lambda part: part.astype(np.uint8 if part[0, 0, 0] == 1 else np.int32))
    assert made.dtype == np.int32
    assert made[5, 4, 0] == 1000
