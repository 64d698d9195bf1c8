"""`convolve --transposed`: what comes out, its levels, its explanations, its scripts, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnfilt import convolve, kernel
from cnnfilt.core.explain.convolution import Explained
from cnnfilt.core.explain.transposed import explain_transposed
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.errors import ParameterError, ShapeError
from tests import oracles
from tests.cli.conftest import SAMPLES, Run
from tests.cli.test_emit import both, installed
from tests.core.test_transposed import geometries, windows_of

KERNEL = "1,10;100,1000"
IMAGE = "1,2;3,4"


def test_each_value_stamps_the_kernel(run: Run) -> None:
    assert run("convolve", IMAGE, "-k", KERNEL, "--transposed", "-s", "2").text.splitlines() == [
        "1,10,2,20",
        "100,1000,200,2000",
        "3,30,4,40",
        "300,3000,400,4000",
    ]
    assert run("convolve", IMAGE, "-k", KERNEL, "--transposed").text.splitlines() == [
        "1,12,20",
        "103,1234,2040",
        "300,3400,4000",
    ]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("-s 2", "9x13"),
        ("-s 2 -p same", "8x12"),
        ("-s 2 -p 1", "7x11"),
        ("-s 2 -p 1 --output-padding 1", "8x12"),
        ("-s 2x3 -p 1,0,2,1", "8x15"),
        ("-s 4 -p valid", "16x24"),
        ("-s 2 --output-padding 1", "10x14"),
        ("-d 2 -s 2", "11x15"),
    ],
)
def test_sizes(run: Run, options: str, size: str) -> None:
    rows = ";".join([",".join("123456")] * 4)
    said = run("convolve", rows, "-k", "box:3", "--transposed", *options.split())
    assert f"-> stdout {size} (transposed" in said.stderr


def test_a_photo_keeps_its_channels_levels_and_alpha(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 6, 4)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    run("convolve", tmp_path / "in.png", "--transposed", "-k", "1,1;1,1", "-s", "2", "-o", tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as image:
        assert (np.asarray(image) == pixels.repeat(2, 0).repeat(2, 1)).all()
    # Stamps that overlap are clipped, and that is said.
    arguments = ["convolve", SAMPLES / "face.png", "--transposed", "-k", "box:3", "--bias", "300"]
    said = run(*arguments, "-o", tmp_path / "white.png")
    assert "clipped" in said.stderr
    with Image.open(tmp_path / "white.png") as image:
        assert set(np.unique(np.asarray(image))) == {255}


def test_maps_of_several_kernels_and_activations(run: Run, tmp_path: Path) -> None:
    arguments = ["convolve", SAMPLES / "worked_example.csv", "--transposed", "-s", "2", "--activation", "relu"]
    run(*arguments, "-k", "sobel-x", "-k", "sobel-y", "--bias", "2,-3", "-o", tmp_path / "maps.npy")
    image = np.loadtxt(SAMPLES / "worked_example.csv", delimiter=",", dtype=int)
    expected = [
        np.maximum(convolve(image, kernel(name), transposed=True, stride=2) + bias, 0)
        for name, bias in (("sobel-x", 2), ("sobel-y", -3))
    ]
    assert np.load(tmp_path / "maps.npy").tolist() == np.stack(expected, axis=-1).tolist()


def test_channels_are_summed_as_asked() -> None:
    image = np.arange(12).reshape(2, 2, 3)
    row = np.array([[1, 2]])
    summed = convolve(image, row, transposed=True, stride=2, channels="sum")
    assert summed.tolist() == convolve(image.sum(axis=2), row, transposed=True, stride=2).tolist()
    deep = np.stack([row, -row, 0 * row], axis=2)
    assert (
        convolve(image, deep, transposed=True).tolist()
        == convolve(image[:, :, 0] - image[:, :, 1], row, transposed=True).tolist()
    )


@given(geometries(), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_the_library_gives_what_loops_give(drawn: tuple, flip: bool, seed: int) -> None:
    size, slide, _, _ = drawn
    if (windows := windows_of(size, slide)) is None:
        return
    rng = np.random.default_rng(seed)
    image, weights = rng.integers(0, 256, size).astype(np.uint8), rng.integers(-3, 4, slide.kernel_size)
    found = convolve(image, weights, flip=flip, bias=7, **asked(slide))
    met = weights[::-1, ::-1] if flip else weights
    geometry = {
        "stride": slide.stride,
        "dilation": slide.dilation,
        "before": (windows.rows.before, windows.columns.before),
    }
    expected = (
        oracles.transpose(image[:, :, np.newaxis], met[:, :, np.newaxis, np.newaxis], windows.output_size, **geometry)[
            :, :, 0
        ]
        + 7
    )
    assert found.tolist() == expected.tolist()
    explained = [explain_transposed(image, weights, place, description(slide, flip), bias=7)[0]
                 for place in np.ndindex(*windows.output_size)]  # fmt: skip
    assert [one.value for one in explained] == found.ravel().tolist()
    assert all(says_what_stamps(one, met, image) for one in explained)


def says_what_stamps(one: Explained, kernel: np.ndarray, image: np.ndarray) -> bool:
    """Whether the tables hold the pixels and the coefficients of the places that are named."""
    assert one.taps is not None
    (patch,) = one.responses[0].patches
    pixels, weights = image[np.ix_(one.rows, one.columns)], kernel[np.ix_(*one.taps)]
    return patch.window == tuple(map(tuple, pixels.tolist())) and patch.kernel == tuple(map(tuple, weights.tolist()))


def asked(slide: TransposedSlide) -> dict:
    return {
        "stride": slide.stride,
        "padding": slide.padding,
        "dilation": slide.dilation,
        "transposed": True,
        "output_padding": slide.output_padding,
    }


def description(slide: TransposedSlide, flip: bool) -> Convolution:
    return Convolution(flip=flip, **asked(slide))


class TestExplain:
    def test_the_sum_is_written_out(self, run: Run) -> None:
        text = run("convolve", IMAGE, "-k", KERNEL, "--transposed", "--explain", "1,1").text
        assert "each pixel stamps the kernel, multiplied by its value (counted from 0)" in text
        assert "here fall the stamps of rows 0 to 1, columns 0 to 1 of the image" in text
        assert "with rows 1, 0, columns 1, 0 of the kernel" in text
        assert "1*1000 + 2*100 + 3*10 + 4*1 = 1234" in text

    def test_where_no_stamp_falls_there_is_the_bias(self, run: Run) -> None:
        text = run("convolve", IMAGE, "-k", KERNEL, "--transposed", "-s", "3", "--bias", "5", "--explain", "2,0").text
        assert "no stamp falls here" in text
        assert "plus bias 5 = 5" in text
        assert run("convolve", IMAGE, "-k", KERNEL, "--transposed", "-s", "3", "--explain", "all").code == 0

    def test_as_data(self, run: Run) -> None:
        out = run("convolve", IMAGE, "-k", KERNEL, "--transposed", "--explain", "0,1", "--json").text
        (one,) = json.loads(out)["explain"]
        assert (one["rows"], one["columns"], one["kernel_rows"], one["kernel_columns"]) == ([0], [0, 1], [0], [1, 0])
        assert one["responses"][0]["channels"][0]["products"] == [[10, 2]]
        assert one["value"] == 12


SCRIPTS = (
    "-s 2",
    "-s 2 -p same",
    "-s 3 -p same",
    "-s 2 -p 1 --output-padding 1",
    "-s 2x3 -p 1,0,2,1 --bias 4",
    "-s 5 -d 1",
    "-s 5 -p 2,0,1,0 --output-padding 4 --bias -7 --activation relu",
    "-d 2",
    "-s 2 -d 3 -p 1",
    "-s 2 --flip --normalize --input-scale 1/255 --activation sigmoid",
    "--channels sum --values minmax",
)


@pytest.mark.parametrize("options", SCRIPTS)
@pytest.mark.parametrize("source", ["icon.png", "worked_example.csv"])
def test_scripts_give_the_same(options: str, source: str, tmp_path: Path) -> None:
    libraries = installed() or pytest.skip("no library is installed")
    words = ["convolve", SAMPLES / source, "--transposed", "-k", "1,2,0;3,-1,2", "--alpha", "drop", *options.split()]
    suffix = ".npy" if source.endswith(".csv") else ".png"
    if suffix == ".npy" and "minmax" in options:
        words += ["--values", "raw"]
    for library in libraries:
        ours, theirs = both(library, tmp_path, *words, suffix=suffix)
        assert ours.shape == theirs.shape, library
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-4, err_msg=library)


def test_scripts_of_kernels_over_all_channels(tmp_path: Path) -> None:
    libraries = installed() or pytest.skip("no library is installed")
    np.save(tmp_path / "deep.npy", np.random.default_rng(0).integers(-2, 3, (3, 2, 3)))
    words = [
        "convolve",
        SAMPLES / "icon.png",
        "--transposed",
        "-k",
        f"@{tmp_path / 'deep.npy'}",
        "-s",
        "2",
        "--alpha",
        "drop",
    ]
    for library in libraries:
        ours, theirs = both(library, tmp_path, *words)
        assert (ours == theirs).all(), library


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--transposed -p full", "padding full is not defined for a transposed convolution"),
        ("--transposed -p same-lower", "padding same-lower is not defined for a transposed convolution"),
        ("--transposed --padding-mode reflect", "leave out padding mode and padding value"),
        ("--transposed --padding-value 3", "leave out padding mode and padding value"),
        ("--transposed --channels luma", "use each or sum"),
        ("--output-padding 1", "output padding is for transposed convolutions alone"),
        ("--transposed --alpha filter", "--alpha filter cannot be combined with --transposed"),
        ("--transposed --region 1,1,2,2", "which --transposed changes; leave them out"),
        ("--transposed --output-padding 1", "op is 1; it must be below the stride or the dilation, 1"),
        ("--transposed -s 2 -p same --output-padding 1", "leave it out with p=same"),
        ("--transposed --output-padding x", "'x'"),
    ],
)
def test_what_is_refused(run: Run, tmp_path: Path, options: str, said: str) -> None:
    result = run("convolve", SAMPLES / "icon.png", "-k", "box:3", *options.split(), "-o", tmp_path / "out.png")
    assert result.code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 2
    assert not list(tmp_path.iterdir())


def test_a_result_beyond_the_limit_is_refused_before_it_is_made(run: Run, tmp_path: Path) -> None:
    arguments = ["convolve", SAMPLES / "icon.png", "-k", "1", "--transposed", "-s", "1000000"]
    result = run(*arguments, "-o", tmp_path / "out.png")
    assert result.code == 1
    assert "the limit is" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_padding_that_takes_all_off(run: Run) -> None:
    result = run("convolve", IMAGE, "-k", KERNEL, "--transposed", "-p", "2")
    assert result.code == 1
    assert "padding 2 + 2 takes off all of the 3 rows" in result.stderr


def test_library_errors() -> None:
    with pytest.raises(ParameterError, match="output padding is for transposed convolutions alone"):
        convolve([[1]], [[1]], output_padding=1)
    with pytest.raises(ShapeError, match="no value at row 9"):
        explain_transposed([[1]], [[1]], (9, 0), Convolution(transposed=True))
