"""`cnnfilt learn`, as typed."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.cli.conftest import SAMPLES, Run

SCENE, FACE = SAMPLES / "scene.png", SAMPLES / "face.png"
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def read(path: Path) -> list[list[float]]:
    return [[float(cell) for cell in line.split(",")] for line in path.read_text().splitlines()]


def save(path: Path, levels: np.ndarray) -> Path:
    Image.fromarray(levels).save(path)
    return path


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    levels = np.random.default_rng(5).integers(0, 256, (512, 512)).astype(np.uint8)
    return save(tmp_path / "noise.png", levels)


def test_a_random_kernel_comes_back_from_one_pair_and_can_be_used(run: Run, tmp_path: Path) -> None:
    kernel = np.random.default_rng(8).uniform(-0.3, 0.4, (5, 5))
    np.savetxt(tmp_path / "true.csv", kernel, delimiter=",")
    for number, before in enumerate((FACE, SCENE)):
        after, out, again = (tmp_path / f"{number}{name}" for name in ("after.png", "kernel.csv", "again.png"))
        true = f"@{tmp_path / 'true.csv'}"
        assert run("convolve", before, "-k", true, "-p", "same", "--values", "clip", "-o", after).code == 0
        outcome = run("learn", before, after, "-f", "5", "-o", out)
        assert outcome.code == 0, outcome.stderr
        assert np.abs(np.array(read(out)) - kernel).max() < 0.01
        learned = ["-k", f"@{out}", "-p", "same", "--values", "clip"]
        assert run("convolve", before, *learned, "-o", again).code == 0
        assert np.abs(levels(again).astype(int) - levels(after)).max() <= 1


def levels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_random_kernel_comes_back_from_512x512_noise(run: Run, noise: Path, tmp_path: Path) -> None:
    kernel = np.random.default_rng(9).uniform(-0.5, 0.6, (5, 5))
    after = np.rint(ndimage.correlate(levels(noise).astype(float), kernel, mode="mirror")).clip(0, 255)
    save(tmp_path / "after.png", after.astype(np.uint8))
    outcome = run("learn", noise, tmp_path / "after.png", "-f", "5", "-o", tmp_path / "k.csv")
    assert outcome.code == 0, outcome.stderr
    assert np.abs(np.array(read(tmp_path / "k.csv")) - kernel).max() < 0.001


@pytest.mark.parametrize("image", ["face.png", "scene.jpg", "depth16.png"])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_sobel_comes_back_exactly_from_an_offset_picture(run: Run, tmp_path: Path, image: str, padding: str) -> None:
    before, after, out = SAMPLES / image, tmp_path / "after.png", tmp_path / "k.csv"
    assert run("convolve", before, "-k", "sobel-x", "-p", padding, "--values", "offset", "-o", after).code == 0
    outcome = run("learn", before, after, "-f", "3", "--values", "offset", "-o", out)
    assert outcome.code == 0, outcome.stderr
    assert out.read_text() == "-1,0,1\n-2,0,2\n-1,0,1\n"
    assert "whole numbers" in outcome.stderr


@pytest.mark.parametrize("values", ["symmetric", "minmax"])
def test_a_stretched_picture_gives_the_plainest_of_the_filters(run: Run, tmp_path: Path, values: str) -> None:
    after = tmp_path / "after.png"
    assert run("convolve", SCENE, "-k", "sobel-x", "--values", values, "-o", after).code == 0
    outcome = run("learn", SCENE, after, "--values", values)
    assert outcome.code == 0, outcome.stderr
    assert outcome.text == "-1,0,1\n-2,0,2\n-1,0,1\n"
    assert "up to a positive factor" in outcome.stderr


@pytest.mark.parametrize("image", ["face.png", "scene.png"])
@pytest.mark.parametrize("filter", [lambda x: ndimage.median_filter(x, size=3), lambda x: ndimage.maximum_filter(x, 3)])
def test_a_median_or_maximum_is_refused_and_nothing_is_written(run: Run, tmp_path: Path, image: str, filter) -> None:  # type: ignore[no-untyped-def]
    with Image.open(SAMPLES / image) as opened:
        before = np.asarray(opened.convert("L"))
    paths = save(tmp_path / "b.png", before), save(tmp_path / "a.png", filter(before))
    for size in ("3", "5"):
        outcome = run("learn", *paths, "-f", size, "-o", tmp_path / "k.csv")
        assert outcome.code == 1
        assert len(outcome.lines) == 1
        assert "no linear filter" in outcome.stderr
        assert "median" in outcome.stderr
        assert not (tmp_path / "k.csv").exists()
        biased = run("learn", *paths, "-f", size, "--bias", "-o", tmp_path / "k.csv")
        assert (biased.code, "; perhaps a median, absolute values" in biased.stderr) == (1, True)
        assert not (tmp_path / "k.csv").exists()
    # Who wants the nearest filter all the same can have it.
    assert run("learn", *paths, "-f", "3", "--max-residual", "99", "-o", tmp_path / "k.csv").code == 0


def test_absolute_values_are_refused_and_offset_is_told_by_its_bias(run: Run, tmp_path: Path) -> None:
    absolute, offset = tmp_path / "abs.png", tmp_path / "offset.png"
    run("convolve", FACE, "-k", "sobel-x", "-o", absolute)
    run("convolve", FACE, "-k", "sobel-x", "--values", "offset", "-o", offset)
    outcome = run("learn", FACE, absolute)
    assert (outcome.code, "absolute values" in outcome.stderr) == (1, True)
    outcome = run("learn", FACE, offset)
    assert (outcome.code, "give it here, too" in outcome.stderr) == (1, True)
    outcome = run("learn", FACE, absolute, "--values", "abs")
    assert (outcome.code, "cannot be undone" in outcome.stderr) == (2, True)


def test_the_worked_example_comes_back_and_is_printed(run: Run, worked_example: Path, tmp_path: Path) -> None:
    out = tmp_path / "z.csv"
    run("convolve", worked_example, "-k", "vertical", "-o", out)
    outcome = run("learn", worked_example, out)
    assert outcome.text == "1,0,-1\n" * 3
    assert run("learn", worked_example, "-", stdin=out.read_bytes()).text == outcome.text


def test_a_bias_is_learned_and_how_to_use_it_is_said(run: Run, tmp_path: Path) -> None:
    after, out = tmp_path / "after.png", tmp_path / "k.csv"
    run("convolve", FACE, "-k", "1/16 * 1,2,1; 2,4,2; 1,2,1", "--bias", "12", "-o", after)
    outcome = run("learn", FACE, after)
    assert outcome.code == 1
    assert "; one with --bias fits" in outcome.stderr
    outcome = run("learn", FACE, after, "--bias", "-o", out)
    assert "--bias 12" in outcome.stderr
    assert read(out)[0] == [0.0625, 0.125, 0.0625]


def test_one_filter_over_all_channels(run: Run, tmp_path: Path) -> None:
    kernel = np.random.default_rng(1).uniform(-0.2, 0.3, (3, 3, 3))
    np.save(tmp_path / "true.npy", kernel)
    after, out = tmp_path / "after.png", tmp_path / "k.npy"
    run("convolve", SCENE, "-k", f"@{tmp_path / 'true.npy'}", "-o", after)
    outcome = run("learn", SCENE, after)
    assert outcome.code == 1
    assert "--channels sum" in outcome.stderr
    assert run("learn", SCENE, after, "--channels", "sum", "-o", out).code == 0
    np.testing.assert_allclose(np.load(out), kernel, atol=0.01)
    outcome = run("learn", SCENE, after, "--channels", "sum", "-o", tmp_path / "k.csv")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert not (tmp_path / "k.csv").exists()


def test_several_pairs_and_two_folders(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    rng = np.random.default_rng(2)
    for number in range(3):
        save(before / f"{number}.png", rng.integers(0, 256, (20, 30 + number)).astype(np.uint8))
    after = tmp_path / "after"
    run("convolve", before, "-k", "sharpen", "--format", "bmp", "-o", after)
    save(before / "alone.png", np.zeros((9, 9), np.uint8))
    outcome = run("learn", before, after, "--json")
    assert outcome.code == 0, outcome.stderr
    answer = json.loads(outcome.text)
    assert answer["kernel"] == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert answer["pairs"] == 3
    assert "without a partner" in outcome.stderr
    assert "alone.png" in outcome.stderr
    named = [before / "0.png", after / "0.bmp", before / "1.png", after / "1.bmp"]
    assert json.loads(run("learn", *named, "--json").text)["pairs"] == 2


def test_descent_shows_how_it_comes_along(run: Run, noise: Path, tmp_path: Path) -> None:
    after = tmp_path / "after.png"
    run("convolve", noise, "-k", "vertical", "--values", "offset", "-o", after)
    asked = ["learn", noise, after, "--values", "offset", "--descend"]
    outcome = run(*asked)
    assert outcome.code == 0, outcome.stderr
    assert outcome.text == "1,0,-1\n" * 3
    assert "converged; solved directly by least squares it is off by" in outcome.stderr
    outcome = run(*asked, "--steps", "3", "-o", tmp_path / "k.csv")
    assert outcome.code == 1
    assert "allow more --steps" in outcome.stderr
    assert not (tmp_path / "k.csv").exists()
    outcome = run(*asked, "--learning-rate", "1")
    assert (outcome.code, "use one above 0 and below" in outcome.stderr) == (2, True)


def test_decimals_round_and_what_rounding_spoils_is_refused(run: Run, tmp_path: Path) -> None:
    after = tmp_path / "after.png"
    run("convolve", FACE, "-k", "gaussian:1,3", "-o", after)
    assert run("learn", FACE, after, "--decimals", "4").text.count(".") == 9
    outcome = run("learn", FACE, after, "--decimals", "0")
    assert outcome.code == 1
    assert "with --decimals 0" in outcome.stderr


def test_json_says_how_well_it_fits_also_when_refused(run: Run, tmp_path: Path) -> None:
    after = tmp_path / "after.png"
    run("convolve", FACE, "-k", "sharpen", "-o", after)
    answer = json.loads(run("learn", FACE, after, "--json", "-o", tmp_path / "k.json").text)
    assert answer["status"] == "done"
    assert answer["residual"] < 0.01
    assert answer["whole_over"] == 1
    assert json.loads((tmp_path / "k.json").read_text()) == answer["kernel"]
    flipped = save(tmp_path / "flipped.png", levels(FACE)[::-1])
    outcome = run("learn", FACE, flipped, "--json")
    refused = json.loads(outcome.text)
    assert (outcome.code, refused["status"]) == (1, "refused")
    assert refused["residual"] > 0.9
    assert f"learn: {refused['error']}\n" in outcome.stderr


def test_what_the_images_leave_uncertain_is_not_written(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    stripes = rng.integers(0, 255, (24, 1)).repeat(30, axis=1)
    stripes[::5, ::7] += 1  # All that tells the columns of a window apart.
    before = save(tmp_path / "before.png", stripes.astype(np.uint8))
    after = save(tmp_path / "after.png", rng.integers(0, 256, (24, 30)).astype(np.uint8))
    outcome = run("learn", before, after, "-f", "1x2", "-o", tmp_path / "k.csv")
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (1, b"", 1)
    said = re.fullmatch(
        r"learn: the images leave the coefficients uncertain: they may be wrong by (\d+)% of the largest; "
        r"use an image with more detail, or a smaller -f\n",
        outcome.stderr,
    )
    assert said is not None, outcome.stderr
    assert int(said[1]) > 25
    assert not (tmp_path / "k.csv").exists()


def test_a_bias_is_not_advised_where_none_can_be_learned(run: Run, tmp_path: Path) -> None:
    """Two neighbours always sum to 255: what a bias adds, a filter can add as well."""
    rng = np.random.default_rng(3)
    x = rng.integers(0, 256, (24, 1))
    before = save(tmp_path / "before.png", np.where(np.arange(30) % 2, 255 - x, x).astype(np.uint8))
    after = save(tmp_path / "after.png", rng.integers(0, 256, (24, 30)).astype(np.uint8))
    outcome = run("learn", before, after, "-f", "1x2", "-o", tmp_path / "k.csv")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert outcome.stderr.endswith(
        "; perhaps a median, absolute values, or a filter larger than -f was used; "
        "for a JPEG's losses raise --max-residual\n"
    )
    biased = run("learn", before, after, "-f", "1x2", "--bias", "-o", tmp_path / "k.csv")
    assert (biased.code, len(biased.lines)) == (1, 1)
    assert "too much alike: they settle 2 of 3 unknown numbers" in biased.stderr
    assert list(tmp_path.glob("*.csv")) == []


@pytest.fixture
def of_each_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where there are images of one size: gray, of colours, of 16 bits; and numbers, some of them no number."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(4)
    save(Path("gray.png"), rng.integers(0, 256, (20, 30)).astype(np.uint8))
    save(Path("colour.png"), rng.integers(0, 256, (20, 30, 3)).astype(np.uint8))
    save(Path("deep.png"), rng.integers(0, 65536, (20, 30)).astype(np.uint16))
    Path("numbers.csv").write_text("1,2,3\n4,5,6\n")
    Path("nan.csv").write_text("1,2,nan\n4,5,6\n")
    Path("inf.csv").write_text("1,2,inf\n4,5,6\n")


DEPTH = "their depth differs from that of the first pair; learn from each separately"
UNLEARNABLE = "holds nan or infinity, and nothing can be learned from these"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("gray.png gray.png deep.png deep.png", 1, f"deep.png, deep.png: {DEPTH}"),
        ("gray.png deep.png gray.png gray.png", 1, f"gray.png, gray.png: {DEPTH}"),
        (
            "colour.png gray.png gray.png gray.png --channels sum",
            1,
            "gray.png, gray.png: their channels differ from those of the first pair",
        ),
        (
            "gray.png gray.png gray.png gray.png --values minmax",
            2,
            "minmax and symmetric stretch each image by its own factor; learn from one pair",
        ),
        ("nan.csv numbers.csv", 1, f"nan.csv: {UNLEARNABLE}"),
        ("numbers.csv inf.csv", 1, f"inf.csv: {UNLEARNABLE}"),
    ],
)
def test_pairs_that_do_not_go_together_are_one_line(
    run: Run, of_each_kind: None, arguments: str, code: int, message: str
) -> None:
    outcome = run("learn", *arguments.split(), "-f", "1", "-o", "k.csv")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (code, b"", f"learn: {message}\n")
    assert not Path("k.csv").exists()


def test_a_flat_image_is_a_clear_error(run: Run, tmp_path: Path) -> None:
    flat = save(tmp_path / "flat.png", np.full((40, 40), 100, np.uint8))
    outcome = run("learn", flat, flat, "-f", "3", "-o", tmp_path / "k.csv")
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert "too much alike: they settle 1 of 9" in outcome.stderr
    assert not (tmp_path / "k.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "BEFORE AFTER"),
        ([FACE], 2, "not a pair"),
        ([FACE, FACE, FACE], 2, "pairs"),
        (["-", "-"], 2, "only once"),
        ([FACE, SAMPLES], 2, "a file and a folder"),
        ([FACE, "none.png"], 1, "none.png: no such file"),
        ([FACE, FACE, "-o", "k.png"], 2, "has no suffix of a format for numbers"),
        ([FACE, FACE, "-f", "0"], 2, "not the size of a filter"),
        ([FACE, FACE, "-f", "99"], 2, "the limit is 4,096"),
        ([FACE, FACE, "--steps", "4"], 2, "belong to --descend"),
        ([FACE, FACE, "--json", "-o", "-"], 2, "standard output"),
        ([FACE, FACE, "-o", "no/such/folder/k.csv"], 2, "does not exist"),
        ([FACE, SCENE], 1, "was it resized"),
        ([FACE, FACE, "--values", "clipp"], 2, "did you mean clip"),
    ],
    ids=lambda value: " ".join(Path(str(v)).name for v in value) if isinstance(value, list) else "",
)
def test_what_is_asked_wrongly_is_one_line(run: Run, arguments: list[object], code: int, words: str) -> None:
    outcome = run("learn", *arguments)
    assert outcome.code == code, outcome.stderr
    assert len(outcome.lines) == 1
    assert words in outcome.stderr


def test_an_existing_kernel_is_kept_and_an_input_never_replaced(run: Run, worked_example: Path, tmp_path: Path) -> None:
    out = tmp_path / "k.csv"
    out.write_text("1\n")
    outcome = run("learn", worked_example, worked_example, "-f", "1", "-o", out)
    assert (outcome.code, out.read_text()) == (2, "1\n")
    assert run("learn", worked_example, worked_example, "-f", "1", "-y", "-o", out).code == 0
    assert out.read_text() == "1\n"
    outcome = run("learn", worked_example, out, "-f", "1", "-y", "-o", out)
    assert (outcome.code, "never overwritten" in outcome.stderr) == (2, True)


def test_folders_without_a_pair_are_refused(run: Run, tmp_path: Path) -> None:
    for folder, name in (("before", "a.png"), ("after", "b.png")):
        (tmp_path / folder).mkdir()
        save(tmp_path / folder / name, np.zeros((9, 9), np.uint8))
    outcome = run("learn", tmp_path / "before", tmp_path / "after", "-o", tmp_path / "k.csv")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "no file in" in outcome.stderr
    assert not (tmp_path / "k.csv").exists()


def test_quiet_says_nothing_and_a_standard_output_takes_one_thing(run: Run, noise: Path, tmp_path: Path) -> None:
    after = tmp_path / "after.png"
    assert run("convolve", noise, "-k", "box:3", "-o", after, "-q").code == 0
    refused = run("learn", noise, after, "-f", "3", "-o", "-", "--json")
    assert (refused.code, refused.stdout, len(refused.lines)) == (2, b"", 1)
    assert "--json and -o - both write to standard output" in refused.stderr
    quiet = run("learn", noise, after, "-f", "3", "-o", tmp_path / "k.csv", "-q")
    assert (quiet.code, quiet.stdout, quiet.stderr) == (0, b"", "")
    assert (tmp_path / "k.csv").exists()
