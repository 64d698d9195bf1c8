"""Which tiles of Winograd's have a window that is faint beside what lies under the tile."""

import numpy as np
import pytest

from cnnfilt.core.engine.faint_tiles import Weight, faint_tiles, weight_of

NORMAL = Weight(0.64, 0.125, 64)


def found(block, size=None, weight=NORMAL):
    block = np.asarray(block, np.float32)
    height, width = block.shape[0] - 2, block.shape[1] - 2
    tiles = faint_tiles(block, size or (height, width), weight, np.empty_like(block))
    return tiles.reshape(height // 4, width // 4).tolist()


def test_even_values_are_bright_whatever_their_size():
    values = np.random.default_rng(0).normal(size=(10, 14, 64))
    for scale in (1e-12, 1, 1e12):
        assert found(values * scale) == [[False] * 3] * 2


def test_a_bright_value_makes_the_windows_beside_it_faint_under_its_own_tiles():
    values = np.random.default_rng(0).normal(size=(10, 14, 64))
    values[2, 6] = 1e6
    assert found(values) == [[False, True, False], [False] * 3]
    values[4, 6] = 1e6
    assert found(values) == [[False, True, False]] * 2


def test_zeros_alone_are_exact():
    assert found(np.zeros((6, 10, 64))) == [[False, False]]
    values = np.zeros((6, 10, 64))
    values[:, :5] = 1
    assert found(values) == [[False, True]]


def test_windows_beyond_the_image_do_not_count():
    values = np.ones((6, 10, 64))
    values[:, 7:] = 0
    assert found(values) == [[False, True]]
    assert found(values, size=(4, 5)) == [[False, False]]


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e38])
def test_what_is_not_finite_or_has_no_square_is_summed_plainly(value):
    values = np.ones((6, 6, 64))
    values[0, 0, 0] = value
    assert found(values) == [[True]]


def test_values_too_small_for_squares_are_summed_plainly():
    values = np.full((6, 6, 64), 1e-25)
    assert found(values) == [[True]]


def test_how_the_weight_lies():
    rng = np.random.default_rng(0)
    assert weight_of(np.full((3, 3, 64, 5), -0.3)) == Weight(pytest.approx(1), pytest.approx(1), 64)
    normal = weight_of(rng.normal(size=(3, 3, 64, 64)))
    assert normal.evenness == pytest.approx(0.6, abs=0.1)
    assert normal.coherence < 0.3
    assert normal.is_even
    single = np.zeros((3, 3, 64, 2))
    single[1, 1, 0] = 7
    assert weight_of(single).evenness == pytest.approx(1 / 576)
    assert not weight_of(single).is_even
    assert weight_of(np.zeros((3, 3, 64, 2))) == Weight(1, 0, 64)
    assert weight_of(np.full((3, 3, 64, 2), 2**40)) == weight_of(np.full((3, 3, 64, 2), 2.0**40))


def test_filters_of_one_sign_over_many_channels_are_not_for_tiles():
    assert weight_of(np.full((3, 3, 64, 2), 0.1)).is_even
    assert not weight_of(np.full((3, 3, 128, 2), 0.1)).is_even
