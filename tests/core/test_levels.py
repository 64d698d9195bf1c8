"""From responses to pixels: worked values, plain loops, and the report of what was lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine.scale import Responses
from cnnfilt.core.levels import NO_LOSS, Levels, Loss, apply_levels, resolve_values, write_levels
from cnnfilt.errors import ParameterError
from tests import oracles

U8, U16 = np.uint8, np.uint16


def pixels(responses, values, dtype=U8, value_range=None):
    return apply_levels(np.asarray(responses), Levels(values, dtype, value_range))[0].tolist()


@pytest.mark.parametrize(
    ("values", "responses", "expected"),
    [
        ("clip", [-1, 0, 254, 255, 256, 65536], [0, 0, 254, 255, 255, 255]),
        ("clip", [0.5, 1.5, 2.5, 254.5, 255.4, -0.4], [0, 2, 2, 254, 255, 0]),
        ("abs", [-300, -255, -7, 0, 7, 300], [255, 255, 7, 0, 7, 255]),
        ("abs", [-7.5, 7.5], [8, 8]),
        ("offset", [-765, -256, -3, -1, 0, 1, 3, 254, 765], [0, 0, 126, 128, 128, 128, 130, 255, 255]),
        ("minmax", [-10, 0, 10], [0, 128, 255]),
        ("minmax", [5, 5, 5], [0, 0, 0]),
        ("symmetric", [-10, 0, 5, 20], [64, 128, 160, 255]),
        ("symmetric", [-20, 0, 10], [1, 128, 192]),
        ("symmetric", [0, 0], [128, 128]),
    ],
)
def test_each_mapping_to_8_bits(values, responses, expected):
    assert pixels(responses, values) == expected


def test_16_bits_have_their_own_top_and_middle():
    assert pixels([-1, 65535, 65536], "clip", U16) == [0, 65535, 65535]
    assert pixels([-65536, 0, 65534], "offset", U16) == [0, 32768, 65535]
    assert pixels([-4, 0, 4], "symmetric", U16) == [1, 32768, 65535]
    assert pixels([2, 4], "minmax", U16) == [0, 65535]
    assert pixels(np.array([-(2**15), 2**15 - 1], np.int16), "abs", U16) == [32768, 32767]


def test_a_value_range_becomes_all_levels():
    assert pixels([-1.5, -1, 0, 1, 2], "clip", value_range=(-1, 1)) == [0, 0, 128, 255, 255]
    assert pixels([-510, 0, 1020], "abs", value_range=(0, 1020)) == [128, 0, 255]
    assert pixels([0, 4095], "clip", U16, (0, 4095)) == [0, 65535]


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "<i2", ">i2", "u2", "i4", "i8", "u8"])
@pytest.mark.parametrize("values", ["clip", "abs"])
@pytest.mark.parametrize("to", [U8, U16])
def test_the_ends_of_every_whole_type_survive(dtype, values, to):
    kind = np.dtype(dtype)
    ends = [0, 1] if kind.kind == "b" else [np.iinfo(kind).min, np.iinfo(kind).min + 1, 0, 1, np.iinfo(kind).max]
    responses = np.array(ends, kind)
    expected = [oracles.level(abs(int(v)) if values == "abs" else int(v), np.iinfo(to).max) for v in responses.tolist()]
    made, loss = apply_levels(responses, Levels(values, to))
    assert made.tolist() == [pixel for pixel, _ in expected]
    assert loss.clipped == sum(lost for _, lost in expected)
    assert made.dtype == to


floats = st.floats(-1e5, 1e5, width=32) | st.sampled_from([0.5, 1.5, 254.5, 255.5, float("nan"), float("inf")])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(floats, min_size=1, max_size=30), st.sampled_from(["clip", "abs", "offset"]), st.sampled_from([U8, U16])
)
def test_floats_equal_the_loop(responses, values, dtype):
    top = int(np.iinfo(dtype).max)
    scale = {"gain": 0.5, "base": (top + 1) / 2} if values == "offset" else {}
    expected = [oracles.level(abs(v) if values == "abs" else v, top, **scale) for v in responses]
    made, loss = apply_levels(np.array(responses, np.float32), Levels(values, dtype))
    assert made.tolist() == [pixel for pixel, _ in expected]
    assert loss.clipped == sum(lost for _, lost in expected)
    assert loss.total == len(responses)


def test_the_loss_tells_the_range_and_the_clipped_part():
    loss = apply_levels(np.array([[-765, 0], [100, 765]], np.int16), Levels("clip", U8))[1]
    assert loss == Loss(-765, 765, 2, 4)
    assert loss.fraction == 0.5
    assert isinstance(loss.lowest, int)
    assert NO_LOSS.fraction == 0


def test_what_falls_outside_is_told_value_by_value():
    scale = Levels("clip", np.uint8).scale()
    values = np.array([-1.0, -0.5, -0.51, 0, 255.4, 255.5, 256, np.nan, np.inf, -np.inf])
    assert scale.outside(values).tolist() == [-1, 0, -1, 0, 0, 1, 1, -1, 1, -1]
    assert np.count_nonzero(scale.outside(values)) == apply_levels(values, Levels("clip", np.uint8))[1].clipped
    assert Levels("abs", np.uint8).scale().outside(np.array([-256, -255, 300], np.int16)).tolist() == [1, 0, 1]


def test_losses_add_up():
    assert Loss(-1, 5, 2, 10) + Loss(-3, 4, 1, 5) == Loss(-3, 5, 3, 15)
    assert NO_LOSS + Loss(-3, 4, 1, 5) == Loss(-3, 4, 1, 5)
    assert (Loss(0, 1, 2, 5, 2) + Loss(0, 1, 1, 5, 1)).not_numbers == 3


def test_not_a_number_is_black_and_counted_and_stretches_nothing():
    responses = np.array([np.nan, -np.inf, 0, 1, np.inf], np.float32)
    made, loss = apply_levels(responses, Levels("minmax", U8))
    assert made.tolist() == [0, 0, 0, 255, 255]
    assert (loss.clipped, loss.not_numbers) == (3, 1)
    assert (loss.lowest, loss.highest) == (-np.inf, np.inf)
    assert pixels([np.nan, np.nan], "minmax") == [0, 0]
    assert pixels([np.nan, 0.0], "symmetric") == [0, 128]


def test_raw_leaves_responses_as_they_are():
    responses = np.array([[-300, 40000]], np.int32)
    made, loss = apply_levels(responses, Levels("raw"))
    assert made.tolist() == [[-300, 40000]]
    assert made.dtype == np.int32
    assert loss == Loss(-300, 40000, 0, 2)
    assert apply_levels(responses, Levels("raw", np.float32))[0].dtype == np.float32


def test_a_large_array_of_any_layout_keeps_its_shape():
    responses = np.random.default_rng(1).integers(-300, 600, (400, 900, 3), np.int16).transpose(1, 0, 2)
    made, loss = apply_levels(responses, Levels("clip", U8))
    np.testing.assert_array_equal(made, np.clip(responses, 0, 255))
    assert loss.clipped == np.count_nonzero((responses < 0) | (responses > 255))
    stretched = apply_levels(responses, Levels("minmax", U8))[0]
    assert (stretched.min(), stretched.max()) == (0, 255)


class Strips(Responses):
    """Responses three rows at a time."""

    edges = ((0, 3), (3, 6), (6, 9), (9, 10))

    def __init__(self, responses):
        self.responses = responses

    def worker(self):
        return lambda first, last: self.responses[first:last].copy()


def test_strips_are_mapped_as_the_whole_is():
    responses = np.random.default_rng(2).normal(0, 90, (10, 7)).astype(np.float32)
    for values in ("clip", "abs", "offset", "minmax", "symmetric"):
        levels = Levels(values, U8)
        made = np.empty(responses.shape, U8)
        loss = write_levels(Strips(responses), made, levels)
        whole, whole_loss = apply_levels(responses, levels)
        np.testing.assert_array_equal(made, whole)
        assert loss == whole_loss


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("clp", U8), "did you mean clip"),
        (("clip", np.float32), "8- or 16-bit pixels, not float32"),
        (("clip", None), "8- or 16-bit"),
        (("raw", U8), "raw responses do not fit uint8"),
        (("offset", U8, (0, 1)), "is for clip or abs"),
        (("clip", U8, (1, 1)), "LO below HI"),
        (("clip", U8, (2, 1)), "LO below HI"),
        (("clip", U8, (0, float("inf"))), "LO below HI"),
    ],
)
def test_contradictions_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        Levels(*arguments)


SOBEL, BOX = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)), ((1 / 9,) * 3,) * 3


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        ({"kernels": [BOX]}, ("clip", None)),
        ({"kernels": [SOBEL]}, ("abs", None)),
        ({"kernels": [SOBEL, BOX]}, ("clip", None)),
        ({"kernels": [SOBEL], "activation": "relu"}, ("clip", None)),
        ({"kernels": [SOBEL], "bias": 128}, ("clip", None)),
        ({"kernels": [BOX], "activation": "tanh"}, ("clip", (-1.0, 1.0))),
        ({"kernels": [SOBEL], "activation": "sigmoid"}, ("clip", (0.0, 1.0))),
        ({"kernels": [SOBEL], "edges": True}, ("clip", None)),
        ({"kernels": [SOBEL], "to_matrix": True}, ("raw", None)),
        ({"kernels": [SOBEL], "value_range": (-5, 5)}, ("clip", (-5, 5))),
        ({"kernels": [((0.1, 0.2), (-0.3, 1e-9))]}, ("abs", None)),
        ({}, ("clip", None)),
    ],
)
def test_auto_looks_at_the_request(request_, meant):
    assert resolve_values("auto", **request_) == meant


def test_what_is_asked_for_by_name_is_done():
    assert resolve_values("offset", kernels=[BOX], to_matrix=True) == ("offset", None)
    with pytest.raises(ParameterError, match="did you mean symmetric"):
        resolve_values("symetric")


@pytest.mark.parametrize("values", ["offset", "minmax", "symmetric"])
@pytest.mark.parametrize(("low", "high"), [(-32768, 32767), (-765, 765), (-3, 251), (7, 7), (0, 65535)])
def test_whole_responses_round_as_in_64_bits(values, low, high):
    """Also those that are computed in 32 bits: every response there is, also those exactly between two levels."""
    responses = np.arange(low, high + 1).astype(np.int16 if high < 2**15 else np.uint16)
    levels = Levels(values, U8)
    scale = levels.scale((float(low), float(high)))
    made = apply_levels(responses, levels)[0].tolist()
    exact = [
        oracles.level((v - scale.origin) * scale.gain / scale.over + scale.base, 255)[0] for v in responses.tolist()
    ]
    assert made == exact


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("values", ["clip", "abs"])
@pytest.mark.parametrize("value_range", [None, (10, 100), (-50, 50)])
@pytest.mark.parametrize("ends", [(-40, 40), (-0.5, 255.49), (0, 255.5), (10, 100), (20, 30), (-60, 20), (0, np.nan)])
def test_what_nothing_is_clipped_of_is_mapped_as_ever(dtype, values, value_range, ends):
    if dtype == np.int16 and np.isnan(ends[1]):
        return
    responses = np.linspace(ends[0], min(ends[1], 300) if ends[1] == ends[1] else 9, 41).astype(dtype)
    if ends[1] != ends[1]:
        responses[7] = np.nan
    pixels, loss = apply_levels(responses.copy(), Levels(values, np.uint8, value_range))
    mapped = np.abs(responses.astype(float)) if values == "abs" else responses.astype(float)
    if value_range is not None:
        low, high = value_range
        mapped = (mapped - low) * 255 / (high - low)
    mapped = np.rint(mapped)
    assert loss.clipped == np.count_nonzero(~((mapped >= 0) & (mapped <= 255)))
    assert loss.not_numbers == np.count_nonzero(np.isnan(mapped))
    np.testing.assert_array_equal(pixels, np.nan_to_num(np.clip(mapped, 0, 255)).astype(np.uint8))
