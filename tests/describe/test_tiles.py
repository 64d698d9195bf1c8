"""How an image is cut into tiles: what they give covers the result once, and each is small enough."""

import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.tiles import Axis, Cut, Tiling, tiling_of
from cnnfilt.terms import Pair


def axes(words: str, size: Pair) -> tuple[Axis, Axis]:
    reports = describe(parse_chain([words]), Volume(*size, 1), max_pixels=0)
    values = [
        [(one.output.size[at], one.reach[at]) for one in reports if isinstance(one.output, Volume)] for at in (0, 1)
    ]
    return Axis(size[0], tuple(values[0])), Axis(size[1], tuple(values[1]))


def tiled(words: str, size: Pair, numbers: int, at_once: int) -> Tiling | None:
    return tiling_of(axes(words, size), numbers, lambda one: axes(words, one), at_once)


def test_a_filter_of_three_needs_one_row_around() -> None:
    tiling = tiled("conv:1,k=3,p=same", (1000, 10), 10_000, 3_000)
    assert tiling is not None
    assert tiling.columns == Cut(10, (0,), ((0, 10),), (0,))
    rows = tiling.rows
    # A tile gives all of its rows but those at the edges that lie within the image.
    assert rows.starts == tuple(rows.gives[number][0] - rows.skips[number] for number in range(len(rows.starts)))
    assert rows.gives[0] == (0, rows.size - 1)
    assert rows.skips[1] == 1
    assert rows.starts[-1] == 1000 - rows.size


@pytest.mark.parametrize(
    "words",
    ["conv:1,k=3", "conv:1,k=5,s=2,p=same", "pool:max conv:1,k=3,p=same up:2", "tconv:1,k=4,s=2,p=1", "conv:1,k=1,s=3"],
)
@pytest.mark.parametrize("size", [(211, 190), (64, 500), (300, 300)])
def test_tiles_cover_the_result_once(words: str, size: Pair) -> None:
    (count, _), (other, _) = (axis.values[-1] for axis in axes(words, size))
    tiling = tiled(words, size, size[0] * size[1], size[0] * size[1] // 5)
    assert tiling is not None
    assert tiling.output_size == (count, other)
    for cut, length in zip((tiling.rows, tiling.columns), size, strict=True):
        assert [first for first, _ in cut.gives[1:]] == [end for _, end in cut.gives[:-1]]
        assert cut.gives[0][0] == 0
        assert all(first < end for first, end in cut.gives)
        assert all(0 <= cut.given(number).start < cut.given(number).stop for number in range(len(cut.gives)))
        assert {cut.taken(number).stop - cut.taken(number).start for number in range(len(cut.gives))} == {cut.size}
        assert cut.taken(len(cut.gives) - 1).stop == length
    assert tiling.size[0] * tiling.size[1] <= size[0] * size[1] // 5


def test_strides_fall_as_in_the_whole() -> None:
    tiling = tiled("conv:1,k=3,s=2 conv:1,k=3,s=3", (601, 20), 12_020, 4_000)
    assert tiling is not None
    assert len(tiling.rows.starts) > 1
    assert all(start % 6 == 0 for start in tiling.rows.starts)


def test_little_is_not_cut() -> None:
    assert tiled("conv:1,k=3", (100, 100), 20_000, 20_000) is None


@pytest.mark.parametrize("words", ["pool:avg,k=global", "conv:1,k=99,p=same", "crop:9x9x9x9 conv:1,k=3,p=same"])
def test_what_sees_too_much_or_is_padded_within_the_image_is_not_cut(words: str) -> None:
    assert tiled(words, (100, 100), 20_000, 2_000) is None


def test_a_tiling_says_how_many_tiles_there_are() -> None:
    assert str(Tiling(Cut(4, (0, 2), ((0, 3), (3, 6)), (0, 1)), Cut(5, (0,), ((0, 5),), (0,)))) == "2 tiles of 4x5"
