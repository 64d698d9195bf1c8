"""What a page of a chain holds fits, and is as much as fits."""

from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.layers import Flat, Shape, Volume
from cnnfilt.page.chain_parts import filters_kept, parts_of, reduction

SIZES = st.integers(1, 60)
SHAPES: st.SearchStrategy[Shape] = st.builds(Volume, SIZES, SIZES, st.integers(1, 8)) | st.builds(Flat, SIZES)


def kept(shape: Shape, height: int, width: int) -> int:
    return height * width * shape.channels if isinstance(shape, Volume) else shape.values


@given(st.lists(SHAPES, min_size=1, max_size=6), st.integers(1, 100_000))
def test_parts_lie_in_the_middle_and_fit(shapes: list[Shape], most: int) -> None:
    parts = parts_of(shapes, most)
    total = 0
    for shape, part in zip(shapes, parts, strict=True):
        if part is None:
            assert isinstance(shape, Flat)
            total += shape.values
            continue
        assert isinstance(shape, Volume)
        assert 0 <= part.top <= part.top + part.height <= shape.height
        assert 0 <= part.left <= part.left + part.width <= shape.width
        assert abs(part.top - (shape.height - part.top - part.height)) <= 1
        total += kept(shape, part.height, part.width)
    assert total <= most or all(part is None or (part.height, part.width) == (1, 1) for part in parts)
    if sum(shape.values for shape in shapes) <= most:
        assert total == sum(shape.values for shape in shapes)


@given(st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 600)), max_size=8), st.integers(10_000, 1_000_000))
def test_small_layers_keep_all_filters_and_each_keeps_one(weights: list[tuple[int, int]], most: int) -> None:
    counts = filters_kept(weights, most)
    assert all(1 <= count <= filters for count, (_, filters) in zip(counts, weights, strict=True))
    used = sum(count * each for count, (each, _) in zip(counts, weights, strict=True))
    assert used <= most + sum(each for each, _ in weights)
    if sum(each * filters for each, filters in weights) <= most:
        assert counts == [filters for _, filters in weights]


def test_pictures_are_drawn_smaller_until_they_fit() -> None:
    assert reduction([Volume(100, 100, 3)], most=30_000) == 1
    assert reduction([Volume(100, 100, 3), Flat(10**9)], most=29_999) == 2
    assert reduction([Volume(1000, 1000, 10)], most=100_000) == 10
