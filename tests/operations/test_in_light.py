"""Filters on light, beside the same in float64 by SciPy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import correlate

from cnnfilt.describe.kernels import kernel
from tests.cli.conftest import SAMPLES, Run
from tests.core.test_light import encoded
from tests.files.test_icc_curves import alike, curv, para, profile

BOX = np.full((5, 5), 1 / 25)
PIXELS = np.random.default_rng(4).integers(0, 256, (40, 50, 3)).astype(np.uint8)


def decoded(pixels: Any, top: int) -> Any:
    x = pixels / top
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def filtered(pixels: Any, weights: Any, top: int = 255, mode: Any = "nearest") -> Any:
    light = decoded(pixels, top)
    weights = weights[..., np.newaxis] if pixels.ndim == 3 else weights
    return encoded(np.clip(correlate(light, weights, mode=mode), 0, 1)) * top


def saved(folder: Path, pixels: Any, name: str = "in.png", **about: Any) -> Path:
    path = folder / name
    Image.fromarray(pixels).save(path, **about)
    return path


def opened(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image)


SAME = ["-p", "same", "--padding-mode", "replicate", "--light", "linear"]


@pytest.mark.parametrize(("spec", "weights"), [("box:5", BOX), ("gaussian:2", np.array(kernel("gaussian:2")))])
def test_a_blur_of_light(run: Run, tmp_path: Path, spec: str, weights: Any) -> None:
    outcome = run("convolve", saved(tmp_path, PIXELS), "-k", spec, *SAME, "-o", tmp_path / "out.png")
    assert outcome.code == 0
    assert "(same; linear light)" in outcome.stderr
    exact = filtered(PIXELS, weights)
    assert np.abs(opened(tmp_path / "out.png") - exact).max() < 0.51


def test_16_bits_are_as_exact(run: Run, tmp_path: Path) -> None:
    deep = (np.random.default_rng(1).random((30, 40)) ** 3 * 65535).astype(np.uint16)
    assert run("convolve", saved(tmp_path, deep), "-k", "box:5", *SAME, "-o", tmp_path / "out.png").code == 0
    assert np.abs(opened(tmp_path / "out.png") - filtered(deep, BOX, 65535)).max() < 0.51


def test_a_half_of_black_and_white_is_as_bright_as_both_from_afar(run: Run, tmp_path: Path) -> None:
    board = np.indices((8, 8)).sum(axis=0) % 2 * np.uint8(255)
    path = saved(tmp_path, board.astype(np.uint8))
    assert run("pool", path, "-f", "2", "--kind", "avg", "--light", "linear", "-o", tmp_path / "out.png").code == 0
    assert (opened(tmp_path / "out.png") == 188).all()
    assert run("apply", "pool:avg,k=2", path, "--light", "linear", "-o", tmp_path / "b.png").code == 0
    assert (opened(tmp_path / "b.png") == 188).all()


def test_what_changes_nothing_gives_the_same_file(run: Run, tmp_path: Path) -> None:
    for name in ("scene.png", "depth16.png", "icon.png"):
        out = tmp_path / name
        assert run("convolve", SAMPLES / name, "-k", "identity", *SAME, "-o", out).code == 0
        np.testing.assert_array_equal(opened(out), opened(SAMPLES / name))


def test_the_curve_of_the_profile_counts(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, PIXELS, icc_profile=profile(alike(curv(512))))
    outcome = run("convolve", path, "-k", "box:5", *SAME, "-o", tmp_path / "out.png")
    assert len(outcome.lines) == 1
    exact = np.sqrt(correlate((PIXELS / 255.0) ** 2, BOX[..., np.newaxis], mode="nearest")) * 255
    assert np.abs(opened(tmp_path / "out.png") - exact).max() < 0.51
    explained = run("convolve", path, "-k", "box:5", *SAME, "--explain", "0,0").text
    assert "the profile's curve done again, rounded, clipped to 0..255" in explained
    assert "values are light: the profile's curve is undone" in explained


@pytest.mark.parametrize(
    "data", [profile(alike(curv(512)) | {b"A2B0": b"mft2"}), profile(alike(curv(0, 0, 9, 65535))), profile({})]
)
def test_other_profiles_are_told_of_and_srgb_is_taken(run: Run, tmp_path: Path, data: bytes) -> None:
    path = saved(tmp_path, PIXELS, icc_profile=data)
    outcome = run("convolve", path, "-k", "box:5", *SAME, "-o", tmp_path / "out.png")
    assert outcome.code == 0
    assert "has a colour profile without a plain curve: --light linear took the curve of sRGB" in outcome.stderr
    assert np.abs(opened(tmp_path / "out.png") - filtered(PIXELS, BOX)).max() < 0.51


def test_gray_pixels_of_a_colour_profile(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, PIXELS, icc_profile=profile(alike(para(0, 2.0))))
    assert run("convolve", path, "--gray", "-k", "box:5", *SAME, "-o", tmp_path / "out.png").code == 0
    gray = np.asarray(Image.fromarray(PIXELS).convert("L"))
    exact = np.sqrt(correlate((gray / 255.0) ** 2, BOX, mode="nearest")) * 255
    assert np.abs(opened(tmp_path / "out.png") - exact).max() < 0.51


def test_padding_values_are_levels(run: Run, tmp_path: Path) -> None:
    flat = np.full((9, 9), 100, np.uint8)
    border = ["-p", "2", "--padding-value", "100", "--light", "linear"]
    assert run("convolve", saved(tmp_path, flat), "-k", "box:5", *border, "-o", tmp_path / "out.png").code == 0
    np.testing.assert_array_equal(opened(tmp_path / "out.png"), flat)


def test_regions_of_light(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, PIXELS)
    region = ["--region", "5,6,10x11", "-k", "box:5", "--light", "linear"]
    assert run("convolve", path, *region, "-o", tmp_path / "out.png").code == 0
    run("convolve", path, "-k", "box:5", *SAME, "-o", tmp_path / "whole.png")
    expected = PIXELS.copy()
    expected[5:15, 6:17] = opened(tmp_path / "whole.png")[5:15, 6:17]
    np.testing.assert_array_equal(opened(tmp_path / "out.png"), expected)


def test_the_gray_of_light(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, PIXELS)
    arguments = ["convolve", path, "-k", "box:5", *SAME, "--channels", "luma"]
    assert run(*arguments, "-o", tmp_path / "out.png").code == 0
    light = decoded(PIXELS, 255)
    gray = light @ np.array([19595, 38470, 7471]) / 65536
    exact = encoded(np.clip(light + (correlate(gray, BOX, mode="nearest") - gray)[..., np.newaxis], 0, 1)) * 255
    assert np.abs(opened(tmp_path / "out.png") - exact).max() < 0.51


def test_alpha_that_is_filtered_weighs_light(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (20, 20, 4)).astype(np.uint8)
    path = saved(tmp_path, pixels)
    assert run("convolve", path, "-k", "box:5", *SAME, "--alpha", "filter", "-o", tmp_path / "out.png").code == 0
    light, cover = decoded(pixels[..., :3], 255), pixels[..., 3:] / 255.0
    weights = BOX[..., np.newaxis]
    covered = correlate(cover, weights, mode="nearest")
    exact = encoded(np.clip(correlate(light * cover, weights, mode="nearest") / covered, 0, 1)) * 255
    assert np.abs(opened(tmp_path / "out.png")[..., :3] - exact).max() < 0.52


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--values", "offset"], 2, "--light linear goes with --values clip, abs or minmax, not offset"),
        (["--format", "npy"], 1, "--light linear makes levels of an image, and npy holds numbers; write .png"),
        (["--emit", "torch"], 2, "--emit has no script for --light linear; leave it out"),
    ],
)
def test_what_has_no_light_is_refused(
    run: Run,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    line: str,
) -> None:
    outcome = run(
        "convolve", saved(tmp_path, PIXELS), "-k", "box", "--light", "linear", *arguments, "-o", f"{tmp_path}/o/"
    )
    assert (outcome.code, len(outcome.lines)) == (code, 1)
    assert line in outcome.stderr


def test_floats_and_matrices_are_light_already(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, np.ones((9, 9), np.float32), "in.tiff")
    outcome = run("convolve", path, "-k", "box", "--light", "linear", "-o", tmp_path / "out.tiff")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "--light linear is for images of 8 or 16 bits, whose levels follow a curve; " in outcome.stderr
    outcome = run("convolve", "1,2,3;4,5,6;7,8,9", "-k", "box", "--light", "linear")
    assert (outcome.code, outcome.text) == (1, "")
    assert "holds int64 numbers" in outcome.stderr


def test_clipping_is_told_in_light(run: Run, tmp_path: Path) -> None:
    outcome = run("convolve", saved(tmp_path, PIXELS), "-k", "2", "--light", "linear", "-o", tmp_path / "out.png")
    assert "values ran from 0 to 510; " in outcome.stderr
    share = np.mean(decoded(PIXELS, 255) * 2 > 1)
    assert f"{share:.1%} fell outside" in outcome.stderr


def test_what_goes_beside_a_result_is_of_light(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, PIXELS)
    arguments = ["filter:box,p=same relu", path, "--light", "linear", "--maps", tmp_path / "maps"]
    assert run("apply", *arguments, "-o", tmp_path / "out.png").code == 0
    assert len(list((tmp_path / "maps").iterdir())) == 2
    indices = ["-f", "2", "--light", "linear", "--indices", tmp_path / "i.npy"]
    assert run("pool", path, *indices, "-o", tmp_path / "max.png").code == 0
    run("pool", path, "-f", "2", "--indices", tmp_path / "j.npy", "-o", tmp_path / "plain.png")
    np.testing.assert_array_equal(np.load(tmp_path / "i.npy"), np.load(tmp_path / "j.npy"))
    # The brightest is the brightest in light, too.
    np.testing.assert_array_equal(opened(tmp_path / "max.png"), opened(tmp_path / "plain.png"))
