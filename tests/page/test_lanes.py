"""Layers stand in lanes: a line stays in one, branches have their own, and no arrow runs through a layer."""

from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.page.lanes import Arrow, lanes_of


def test_one_layer_after_the_other_is_one_lane() -> None:
    lanes = lanes_of([(), (0,), (1,), (2,)])
    assert lanes.of == (0, 0, 0, 0)
    assert lanes.arrows == (Arrow(0, 1, 0), Arrow(1, 2, 0), Arrow(2, 3, 0))
    assert lanes.count == 1


def test_what_is_added_later_goes_around() -> None:
    lanes = lanes_of([(), (0,), (1,), (2, 0)])
    assert lanes.of == (0, 0, 0, 0)
    assert Arrow(0, 3, 1) in lanes.arrows


def test_a_branch_has_a_lane_until_it_is_joined() -> None:
    # input, two layers of the main path, two of a branch from the input, their sum, and one more from the input.
    lanes = lanes_of([(), (0,), (1,), (0,), (3,), (4, 2), (5,)])
    assert lanes.of == (0, 0, 0, 1, 1, 0, 0)


def test_a_lane_is_used_again() -> None:
    lanes = lanes_of([(), (0,), (0,), (2, 1), (3,), (3,), (5, 4)])
    assert lanes.of == (0, 0, 1, 0, 0, 1, 0)
    assert lanes.count == 2


@st.composite
def networks(draw: st.DrawFn) -> list[tuple[int, ...]]:
    count = draw(st.integers(1, 14))
    sources = (st.lists(st.integers(0, place - 1), min_size=1, max_size=3, unique=True) for place in range(1, count))
    return [(), *(tuple(draw(one)) for one in sources)]


@given(networks())
def test_every_value_taken_is_an_arrow_and_none_runs_through_a_layer(takes: list[tuple[int, ...]]) -> None:
    lanes = lanes_of(takes)
    pairs = {(source, place) for place, sources in enumerate(takes) for source in sources}
    assert {(arrow.first, arrow.last) for arrow in lanes.arrows} == pairs
    passed = [(place, arrow.lane) for arrow in lanes.arrows for place in range(arrow.first + 1, arrow.last)]
    assert not set(passed) & set(enumerate(lanes.of))
    assert len(passed) == len(set(passed)), "two arrows run in one place"
    assert lanes.count > max(lanes.of)
