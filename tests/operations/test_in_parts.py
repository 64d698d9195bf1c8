"""A part of an image is what the whole would be there, and the rest is what it was."""

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import convolve
from cnnfilt.core.edges import edges
from cnnfilt.core.otsu import otsu_level
from cnnfilt.core.pooling import pool
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Convolution, Morphology, Pooling
from cnnfilt.describe.parts import Box, Parts, parse_region
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.errors import CnnfiltError, OutputError, ParameterError, ShapeError
from cnnfilt.files.image import Image
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.operations.base import AUTO, Operation, Result, Treatment, Values
from cnnfilt.operations.convolve import ConvolveImage, LabelledKernel
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.in_parts import InParts
from cnnfilt.operations.morph import MorphImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import PaddingMode

BLUR = np.full((3, 5), 1 / 15)
CHAIN = "filter:box:3,p=same relu filter:emboss,p=same pool:max,k=2,s=1,p=same"
WHOLE = np.array([[1, 2, 0, -1], [0, 3, 1, 2]])


def operations(mode: Any, padding: Any, values: Values, dilation: int) -> list[Operation]:
    about: dict[str, Any] = {"treatment": Treatment(values)}
    border: dict[str, Any] = {"padding": padding, "padding_mode": mode, "padding_value": 9 if mode == "zeros" else 0}
    asked = Convolution(**border, dilation=(dilation, 1))
    return [
        ConvolveImage(asked=asked, kernels=(LabelledKernel("", BLUR),), **about),
        ConvolveImage(asked=asked, kernels=(LabelledKernel("", WHOLE, 3),), **about),
        ConvolveImage(
            asked=Convolution(**border, channels="luma"),
            kernels=(LabelledKernel("", np.array([[-1, 3], [-1, 0]])),),
            **about,
        ),
        *(
            PoolImage(asked=Pooling(kernel_size=(2, 3), stride=(1, 1), padding=padding, kind=kind), **about)
            for kind in ("max", "min", "avg", "median", "range")
        ),
        *(
            MorphImage(asked=Morphology(operation=word, kernel_size=(2, 3)), **about)
            for word in ("dilate", "open", "blackhat")
        ),
        *(FindEdges(asked=EdgeDetection(method=method, **border), **about) for method in ("prewitt", "roberts", "log")),
        FindEdges(asked=EdgeDetection(method="sobel", threshold=90, **border), **about),
        FindEdges(asked=EdgeDetection(method="canny", **border), **about),
        FindEdges(asked=EdgeDetection(method="scharr", thin=True, **border), **about),
        FindEdges(asked=EdgeDetection(thin=True, threshold=60, **border), invert=values != Values(), **about),
        ApplyChain(
            chain=tuple(parse_chain(["filter:box:3,p=same relu filter:emboss,p=same pool:max,k=2,s=1,p=same"])), **about
        ),
    ]


@st.composite
def images(draw: st.DrawFn) -> Image:
    height, width = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shape = (height, width) if draw(st.booleans()) else (height, width, 3)
    dtype = draw(st.sampled_from([np.uint8, np.uint16, np.float32]))
    top = {np.uint8: 256, np.uint16: 65536, np.float32: 2}[dtype]
    pixels = (rng.random(shape) * top).astype(dtype)
    has_alpha = dtype != np.float32 and draw(st.booleans())
    return Image(pixels, (rng.random((height, width)) * top).astype(dtype) if has_alpha else None)


@st.composite
def boxes(draw: st.DrawFn, height: int, width: int) -> Box:
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    return Box(top, left, draw(st.integers(1, height - top)), draw(st.integers(1, width - left)))


def region(box: Box) -> Any:
    return parse_region(f"{box.top},{box.left},{box.height}x{box.width}", "--region")


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    images(),
    st.sampled_from(get_args(PaddingMode)),
    st.sampled_from(["same", "same-lower"]),
    st.sampled_from([Values(), Values("abs"), Values("clip", (10, 200))]),
    st.integers(1, 2),
    st.integers(0, 15),
)
def test_regions_are_those_of_the_whole_result(
    data: st.DataObject, image: Image, mode: Any, padding: Any, values: Values, dilation: int, which: int
) -> None:
    operation = operations(mode, padding, values, dilation)[which]
    chosen = data.draw(st.lists(boxes(*image.pixels.shape[:2]), min_size=1, max_size=3))
    to = "tiff" if image.pixels.dtype == np.float32 and values == Values() else "png"
    if to == "png" and image.pixels.dtype == np.float32:
        image = Image((image.pixels * 100).astype(np.uint8))
    try:
        (whole,) = operation(image, to)
    except CnnfiltError:
        return  # The image is too small for this mode.
    expected, alpha = image.pixels.copy(), None if image.alpha is None else image.alpha.copy()
    for box in chosen:
        expected[box.slices] = whole.pixels[box.slices]
        if alpha is not None and whole.alpha is not None:
            alpha[box.slices] = whole.alpha[box.slices]
    parts = Parts(regions=tuple(region(box) for box in chosen))
    (result,) = InParts(operation=operation, parts=parts, treatment=operation.treatment)(image, to)
    assert_same(result.pixels, expected)
    if alpha is not None:
        assert result.alpha is not None
        np.testing.assert_array_equal(result.alpha, alpha)
    cropped = InParts(operation=operation, parts=Parts(regions=parts.regions, crop=True), treatment=operation.treatment)
    for box, one in zip(chosen, cropped(image, to), strict=True):
        assert_same(one.pixels, whole.pixels[box.slices])


def assert_same(found: Any, expected: Any) -> None:
    assert found.dtype == expected.dtype
    if found.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    else:
        np.testing.assert_array_equal(found, expected)


def blurred(values: Values = AUTO, parts: Parts | None = None, kernel: Any = BLUR, **asked: Any) -> InParts:
    about = Convolution(**{"padding": "same", "padding_mode": "replicate"} | asked)
    inner = ConvolveImage(asked=about, kernels=(LabelledKernel("", np.asarray(kernel)),), treatment=Treatment(values))
    return InParts(
        operation=inner, parts=parts or Parts(regions=(parse_region("2,3,4x5", "-"),)), treatment=inner.treatment
    )


PHOTO = Image(np.random.default_rng(3).integers(0, 256, (12, 15, 3)).astype(np.uint8))


def test_a_mapping_that_stretches_uses_the_values_of_the_region() -> None:
    (result,) = blurred(Values("minmax"))(PHOTO, "png")
    responses = convolve(PHOTO.pixels, BLUR, padding="same", padding_mode="replicate")[2:6, 3:8].astype(np.float64)
    expected = (responses - responses.min()) * 255 / (responses.max() - responses.min())
    np.testing.assert_allclose(result.pixels[2:6, 3:8], expected, atol=0.51)
    assert (result.pixels[2:6, 3:8].min(), result.pixels[2:6, 3:8].max()) == (0, 255)


def test_percentiles_and_otsu_use_the_values_of_the_region() -> None:
    gray = Image(PHOTO.pixels[..., 1])
    box, parts = np.s_[2:6, 3:8], Parts(regions=(parse_region("2,3,4x5", "-"),))
    (result,) = blurred(Values("clip", Percentiles(10, 90)))(gray, "png")
    responses = convolve(gray.pixels, BLUR, padding="same", padding_mode="replicate")[box].astype(np.float64)
    low, high = np.percentile(responses, [10, 90])
    expected = np.clip((responses - low) * 255 / (high - low), 0, 255)
    np.testing.assert_allclose(result.pixels[box], expected, atol=0.51)
    for thin in (False, True):
        operation = InParts(operation=FindEdges(asked=EdgeDetection(threshold="auto", thin=thin)), parts=parts)
        (result,) = operation(gray, "png")
        floors = np.floor(np.clip(edges(gray.pixels)[box], 0, 255)).astype(np.int64)
        level = otsu_level(np.bincount(floors.ravel(), minlength=256))
        assert f"threshold {level}" in result.how
        mask = edges(gray.pixels, threshold=level, thin=thin)[box]
        np.testing.assert_array_equal(result.pixels[box], mask)
        explained = operation.explain(gray, 0, (3, 4), "png")
        assert explained.values[0].value == mask[1, 1]


def test_what_was_clipped_is_counted_in_the_region_alone() -> None:
    (result,) = blurred(kernel=[[3]])(PHOTO, "png")
    part = PHOTO.pixels[2:6, 3:8].astype(int) * 3
    assert result.loss is not None
    assert (result.loss.clipped, result.loss.total) == ((part > 255).sum(), part.size)
    assert (result.loss.lowest, result.loss.highest) == (part.min(), part.max())


def test_two_regions_that_overlap_are_filtered_once() -> None:
    parts = Parts(regions=(parse_region("1,1,6x6", "-"), parse_region("4,4,6x6", "-")))
    (result,) = blurred(parts=parts, kernel=[[0.5]])(PHOTO, "png")
    expected = PHOTO.pixels.copy()
    half = np.rint(PHOTO.pixels * 0.5).astype(np.uint8)
    for box in (np.s_[1:7, 1:7], np.s_[4:10, 4:10]):
        expected[box] = half[box]
    np.testing.assert_array_equal(result.pixels, expected)


def test_lines_are_followed_once_for_all_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []
    own = FindEdges._drawn
    monkeypatch.setattr(FindEdges, "_drawn", lambda self, *given: runs.append(given) or own(self, *given))
    parts = Parts(regions=tuple(parse_region(text, "-") for text in ("1,1,6x6", "4,4,6x6", "0,0,2x2")))
    (result,) = InParts(operation=FindEdges(asked=EdgeDetection(method="canny")), parts=parts)(PHOTO, "png")
    assert (result.pixels.shape, len(runs)) == (PHOTO.pixels.shape, 1)


def test_where_fading_regions_overlap_the_larger_share_shows() -> None:
    black = Image(np.full((20, 20), 200, np.uint8))
    parts = Parts(regions=(parse_region("2,2,12x12", "-"), parse_region("6,6,12x12", "-")), feather=3)
    (result,) = blurred(parts=parts, kernel=[[0]])(black, "png")
    shares = np.zeros((20, 20))
    for top in (2, 6):
        ramp = np.minimum(np.minimum(np.arange(1, 13), np.arange(12, 0, -1)) / 4, 1)
        here = shares[top : top + 12, top : top + 12]
        np.maximum(here, np.outer(ramp, ramp), out=here)
    np.testing.assert_array_equal(result.pixels, np.rint(200 * (1 - shares)).astype(np.uint8))


def test_raw_values_go_beside_the_image_in_a_type_that_holds_both() -> None:
    (result,) = blurred(kernel=[[-1]])(PHOTO, "npy")
    assert result.pixels.dtype == np.int16
    assert (result.pixels[2:6, 3:8] == -PHOTO.pixels[2:6, 3:8].astype(int)).all()
    assert (result.pixels[0] == PHOTO.pixels[0]).all()
    wide = Image(np.full((12, 15), 2**63, np.uint64), kind="matrix")
    with pytest.raises(CnnfiltError):
        blurred(kernel=[[1]])(wide, "npy")


def test_whole_numbers_of_a_matrix_are_levels_beside_levels() -> None:
    matrix = Image(np.arange(180, dtype=np.int64).reshape(12, 15) * 3 - 20, kind="matrix")
    (result,) = blurred(kernel=[[0]])(matrix, "png")
    assert result.pixels.dtype == np.uint8
    np.testing.assert_array_equal(result.pixels[8:], np.clip(matrix.pixels[8:], 0, 255))


def test_floats_do_not_go_beside_levels() -> None:
    floats = Image(np.random.default_rng(0).random((12, 15)).astype(np.float32))
    with pytest.raises(OutputError, match="holds floats, and the region's result is levels of 8 bits"):
        blurred(Values("clip", (0, 1)))(floats, "png")
    (result,) = blurred()(floats, "tiff")
    assert result.pixels.dtype == np.float32


def test_a_nan_outside_stays_and_does_not_reach_in() -> None:
    pixels = np.ones((12, 15), np.float32)
    pixels[0, 0] = pixels[3, 4] = np.nan
    (result,) = blurred()(Image(pixels), "tiff")
    whole = convolve(pixels, BLUR, padding="same", padding_mode="replicate")
    np.testing.assert_allclose(result.pixels[2:6, 3:8], whole[2:6, 3:8])
    assert np.isnan(result.pixels[0, 0])
    assert np.isfinite(result.pixels[0, 1:]).all()


@pytest.mark.parametrize("asked", [{"stride": (2, 2)}, {"padding": "valid"}, {"padding": "full"}, {"padding": 3}])
def test_results_of_another_size_are_refused_beforehand(asked: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="a result of the image's size"):
        blurred(**asked)


def test_results_of_other_channels_are_refused_unless_cropped() -> None:
    with pytest.raises(ShapeError, match="the result has 1 channel and {image} 3".replace("{image}", "the image")):
        blurred(channels="sum")(PHOTO, "png")
    parts = Parts(regions=(parse_region("2,3,4x5", "-"),), crop=True)
    (result,) = blurred(parts=parts, channels="sum")(PHOTO, "png")
    assert result.pixels.shape == (4, 5)


def test_edges_in_gray_do_not_go_into_a_picture_in_colour() -> None:
    inner = FindEdges(asked=EdgeDetection())
    parts = Parts(regions=(parse_region("2,3,4x5", "-"),))
    with pytest.raises(ShapeError, match="--no-gray treats each colour, --gray makes all of it gray"):
        InParts(operation=inner, parts=parts, in_gray=True)(PHOTO, "png")
    gray = Image(PHOTO.pixels[..., 0])
    (result,) = InParts(operation=inner, parts=parts, in_gray=True)(gray, "png")
    expected = np.rint(np.clip(edges(gray.pixels), 0, 255))[2:6, 3:8]
    np.testing.assert_array_equal(result.pixels[2:6, 3:8], expected)


def test_alpha_that_is_filtered_changes_in_the_region_alone() -> None:
    rng = np.random.default_rng(5)
    image = Image(PHOTO.pixels, rng.integers(0, 256, (12, 15)).astype(np.uint8))
    asked = Convolution(padding="same", padding_mode="reflect")
    inner = ConvolveImage(asked=asked, kernels=(LabelledKernel("", BLUR),), treatment=Treatment(alpha="filter"))
    (whole,) = inner(image, "png")
    parts = Parts(regions=(parse_region("0,0,4x5", "-"),))
    (result,) = InParts(operation=inner, parts=parts, treatment=inner.treatment)(image, "png")
    assert result.alpha is not None
    assert whole.alpha is not None
    assert image.alpha is not None
    np.testing.assert_array_equal(result.alpha[:4, :5], whole.alpha[:4, :5])
    np.testing.assert_array_equal(result.pixels[:4, :5], whole.pixels[:4, :5])
    np.testing.assert_array_equal(result.alpha[4:], image.alpha[4:])
    with pytest.raises(ParameterError, match="--mask and --feather"):
        InParts(operation=inner, parts=Parts(regions=parts.regions, feather=2), treatment=inner.treatment)


def test_averages_are_rounded_as_those_of_the_whole_are() -> None:
    """Near halves a float32 quotient of 16 bits would be rounded to the other side."""
    image = Image(np.random.default_rng(1).integers(0, 65536, (200, 200)).astype(np.uint16))
    inner = PoolImage(asked=Pooling(kernel_size=(14, 14), stride=(1, 1), padding="same", kind="avg"))
    parts = Parts(regions=(parse_region("10,10,150x150", "-"),))
    (result,) = InParts(operation=inner, parts=parts)(image, "png")
    (whole,) = inner(image, "png")
    np.testing.assert_array_equal(result.pixels[10:160, 10:160], whole.pixels[10:160, 10:160])
    assert pool(image.pixels, 14, kind="avg", stride=1, padding="same").shape == (200, 200)


def test_explanations_are_of_pixels_that_change() -> None:
    operation = blurred(kernel=WHOLE)
    explained = operation.explain(PHOTO, 0, (3, 4), "png")
    whole = convolve(PHOTO.pixels, WHOLE, padding="same", padding_mode="replicate")
    assert [value.value for value in explained.values] == whole[3, 4].tolist()
    with pytest.raises(ShapeError, match="row 0, column 4 of the image is outside of what changes"):
        operation.explain(PHOTO, 0, (0, 4), "png")
    cropped = blurred(kernel=WHOLE, parts=Parts(regions=(parse_region("2,3,4x5", "-"),), crop=True))
    explained = cropped.explain(PHOTO, 0, (1, 1), "png")
    assert [value.value for value in explained.values] == whole[3, 4].tolist()
    assert [(value.row, value.column) for value in explained.values] == [(1, 1)] * 3


def test_several_kernels_and_regions_each_have_a_name() -> None:
    kernels = (LabelledKernel("box", BLUR), LabelledKernel("edge", WHOLE))
    inner = ConvolveImage(asked=Convolution(padding="same"), kernels=kernels)
    regions = (parse_region("0,0,2x2", "-"), parse_region("2,2,3x3", "-"))
    operation = InParts(operation=inner, parts=Parts(regions=regions, crop=True))
    assert operation.names == ("box 1", "edge 1", "box 2", "edge 2")
    results: list[Result] = operation(PHOTO, "png")
    assert [result.pixels.shape for result in results] == [(2, 2, 3), (2, 2, 3), (3, 3, 3), (3, 3, 3)]
    pasted = InParts(operation=inner, parts=Parts(regions=regions))
    assert pasted.names == ("box", "edge")
    assert [result.pixels.shape for result in pasted(PHOTO, "png")] == [(12, 15, 3)] * 2
