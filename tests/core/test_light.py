"""Levels as light and back, beside the curves computed in float64."""

from typing import Any

import numpy as np
import pytest

from cnnfilt.core.engine.scale import Scale
from cnnfilt.core.light import Light, from_light, light_of, srgb, to_light

IDENTITY = {255: Scale(255, 0), 65535: Scale(65535, 0)}


def encoded(light: Any) -> Any:
    """sRGB levels, 0 to 1, of light, 0 to 1: IEC 61966-2-1, the other way."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)


def tables(curve: Any, top: int) -> Light:
    found = light_of(curve, top)
    assert found is not None
    return found


@pytest.mark.parametrize("top", [255, 65535])
@pytest.mark.parametrize(
    "curve",
    [srgb, lambda x: x, lambda x: x**2.2, lambda x: x**1.8, lambda x: x**3, lambda x: x**0.5],
    ids=["srgb", "1", "2.2", "1.8", "3", "0.5"],
)
def test_levels_come_back_as_they_were(curve: Any, top: int) -> None:
    levels = np.arange(top + 1).astype(np.uint8 if top == 255 else np.uint16).reshape(1, -1)
    one = tables(curve, top)
    light = to_light(levels, [one])
    assert light.dtype == (np.float32 if top == 255 else np.float64)
    back, loss = from_light(light, [one], IDENTITY[top])
    np.testing.assert_array_equal(back, levels)
    assert (loss.clipped, loss.total) == (0, top + 1)


@pytest.mark.parametrize("top", [255, 65535])
def test_light_between_levels_is_rounded_as_the_curve_says(top: int) -> None:
    rng = np.random.default_rng(0)
    light = np.concatenate([rng.random(200_000), rng.random(100_000) ** 4 / 100]) * top
    exact = encoded(light / top) * top
    back, _ = from_light(light.reshape(1, -1), [tables(srgb, top)], IDENTITY[top])
    clear = np.abs(exact - np.floor(exact) - 0.5) > 1e-4  # The two branches of the standard meet at 0.04045 but nearly.
    np.testing.assert_array_equal(back[0][clear], np.rint(exact)[clear])
    assert clear.mean() > 0.99


@pytest.mark.parametrize("top", [255, 65535])
def test_light_just_under_and_over_the_middle_of_two_levels(top: int) -> None:
    for curve in (srgb, lambda x: x**2.2):
        one = tables(curve, top)
        middles = np.asarray(curve((np.arange(top) + 0.5) / top)) * top
        for factor, level in ((1 - 1e-12, 0), (1 + 1e-12, 1)):
            back, _ = from_light((middles * factor).reshape(1, -1), [one], IDENTITY[top])
            np.testing.assert_array_equal(back[0], np.arange(top) + level)


def test_what_is_darker_than_black_and_brighter_than_white_is_clipped_and_counted() -> None:
    light = np.array([[-5, -0.01, 0, 255, 255.1, 400, np.nan, np.inf]])
    back, loss = from_light(light, [tables(srgb, 255)], IDENTITY[255])
    assert back.tolist() == [[0, 0, 0, 255, 255, 255, 0, 255]]
    # Half a level above white is 1.1 of light, half a level below black 0.04.
    assert (loss.clipped, loss.not_numbers, loss.total) == (4, 1, 8)
    assert (loss.lowest, loss.highest) == (-5, np.inf)


def test_mappings_are_of_light() -> None:
    light = np.array([[0.0, 50, 100]])
    back, _ = from_light(light, [tables(srgb, 255)], Scale(255, 0, 255, 100))
    np.testing.assert_array_equal(back, np.rint(encoded(light / 100) * 255))
    back, _ = from_light(-light, [tables(srgb, 255)], Scale(255, 0, magnitude=True))
    np.testing.assert_array_equal(back, np.rint(encoded(light / 255) * 255))


def test_each_channel_has_its_own_curve() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    lights = [tables(curve, 255) for curve in (srgb, lambda x: x, lambda x: x**2)]
    light = to_light(pixels, lights)
    np.testing.assert_allclose(light[..., 1], pixels[..., 1])
    np.testing.assert_allclose(light[..., 2], (pixels[..., 2] / 255.0) ** 2 * 255, rtol=1e-6)
    np.testing.assert_array_equal(from_light(light, lights, IDENTITY[255])[0], pixels)


def test_no_band_appears_where_a_ramp_is_blurred() -> None:
    """A ramp through light in whole numbers would have steps: dark levels lie thirteen to one of light."""
    ramp = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    one = tables(srgb, 255)
    halved, _ = from_light(to_light(ramp, [one]) * 0.999, [one], IDENTITY[255])
    assert len(np.unique(halved)) >= 254


@pytest.mark.parametrize(
    "curve",
    [
        lambda x: np.round(x * 20) / 20,
        lambda x: 1 - x,
        lambda x: np.where(x < 0.1, 0, x),
        lambda x: np.full_like(x, np.nan),
        lambda x: x - 0.1,
    ],
    ids=["steps", "falls", "flat", "nan", "below 0"],
)
def test_curves_that_cannot_be_undone_have_no_tables(curve: Any) -> None:
    assert light_of(curve, 255) is None


def test_light_of_levels_between_whole_ones() -> None:
    one = tables(lambda x: x, 255)
    assert one.at(12.5) == 12.5
    assert (one.at(0), one.at(255)) == (0, 255)
