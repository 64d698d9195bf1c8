"""Memory that is used again: never while anyone can still see it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import cnnfilt
from cnnfilt.core.engine import memory
from cnnfilt.core.engine.memory import LARGE, room

BYTES = np.dtype(np.uint8)


@pytest.fixture(autouse=True)
def _nothing_spare() -> Iterator[None]:
    memory._spare.clear()
    yield
    memory._spare.clear()


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_what_nobody_holds_is_used_again() -> None:
    first = room((LARGE,), BYTES)
    place = address(first)
    del first
    again = room((LARGE // 4, 2), np.dtype(np.int16))
    assert (address(again), again.shape, again.dtype) == (place, (LARGE // 4, 2), np.int16)
    assert again.flags.writeable
    assert again.flags.c_contiguous


@pytest.mark.parametrize(
    "look", [lambda x: x[5:9], lambda x: x.view(np.int16), lambda x: memoryview(x), lambda x: x.reshape(-1, 2).T[1]]
)
def test_what_can_still_be_seen_is_left_alone(look: object) -> None:
    first = room((LARGE,), BYTES)
    first[:] = 7
    seen = look(first)  # type: ignore[operator]
    del first
    second = room((LARGE,), BYTES)
    second[:] = 1
    assert set(np.asarray(seen).view(np.uint8).ravel().tolist()[:4]) <= {7}


def test_two_results_at_once_have_two_places() -> None:
    first, second = room((LARGE,), BYTES), room((LARGE,), BYTES)
    first[:], second[:] = 1, 2
    assert (first.min(), first.max(), second.min(), second.max()) == (1, 1, 2, 2)


def test_much_more_or_less_is_not_used() -> None:
    place = address(room((4 * LARGE,), BYTES))
    small, large = room((LARGE,), BYTES), room((5 * LARGE,), BYTES)
    assert place not in (address(small), address(large))
    assert large.nbytes == 5 * LARGE
    assert address(room((3 * LARGE,), BYTES)) == place


def test_little_and_very_much_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert room((9,), BYTES).base is None
    monkeypatch.setattr(memory, "MOST_KEPT", 3 * LARGE)
    room((4 * LARGE,), BYTES)
    assert not memory._spare
    first, second = room((2 * LARGE,), BYTES), room((2 * LARGE,), BYTES)
    del first, second
    assert [one.nbytes for one in memory._spare.values()] == [2 * LARGE], "the younger"
    monkeypatch.setattr(memory, "MOST_BLOCKS", 2)
    blocks = [room((LARGE,), BYTES) for _ in range(4)]
    del blocks
    assert len(memory._spare) <= 2


def test_threads_never_get_the_same_memory() -> None:
    def fill(number: int) -> bool:
        mine = room((LARGE + number,), BYTES)
        mine[:] = number
        return bool((mine == number).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(fill, range(200)))


def test_a_result_outlives_the_next() -> None:
    image = np.random.default_rng(2).integers(0, 256, (3000, 3000), dtype=np.uint8)
    kernel = [[1, 0, -1]] * 3
    first = cnnfilt.convolve(image, kernel, padding="same")
    kept = first[:2].copy()
    part = first[:2]
    del first
    for _ in range(3):
        cnnfilt.convolve(image[::-1], kernel, padding="same")
    np.testing.assert_array_equal(part, kept)
