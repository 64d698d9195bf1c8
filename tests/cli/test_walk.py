"""`--explain all -o walk.gif`: the steps as an animation for slides."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from cnnfilt import convolve, pool
from cnnfilt.cli.inspect.walk_scenes import scenes_of
from cnnfilt.cli.kernel_arguments import read_kernels
from cnnfilt.describe.operations import Convolution, Pooling
from cnnfilt.files.image import Image as Picture
from cnnfilt.files.walk import Panel, Scene
from cnnfilt.files.walk_places import ROOM
from cnnfilt.operations.convolve import ConvolveImage, LabelledKernel
from cnnfilt.operations.inspect.explanation import Explain
from cnnfilt.operations.pool import PoolImage
from tests.cli.conftest import SAMPLES, Run
from tests.cli.test_explain import NOTES_SUM

WALK = ("--explain", "all", "-o")


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_each_value_is_a_frame(run: Run, worked_example: Path, tmp_path: Path, suffix: str) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", *WALK, tmp_path / f"walk.{suffix}")
    assert outcome.code == 0
    assert outcome.text == ""
    with Image.open(tmp_path / f"walk.{suffix}") as walk:
        height, width = walk.height, walk.width
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(walk)]
        assert walk.info["loop"] == 0
    assert len(frames) == 16
    assert height <= ROOM[0]
    assert width <= ROOM[1]
    assert len({frame.tobytes() for frame in frames}) == 16
    line = f"{worked_example} 6x6 -> {tmp_path}/walk.{suffix} {height}x{width}x3 (16 steps in 26 s)"
    assert outcome.lines == [line]


def test_the_text_and_other_outputs_are_what_they_were(run: Run, worked_example: Path, tmp_path: Path) -> None:
    text = run("convolve", worked_example, "-k", "vertical", "--explain", "all").text
    assert run("convolve", worked_example, "-k", "vertical", *WALK, tmp_path / "out.csv").text == text
    assert run("convolve", worked_example, "-k", "vertical", "--explain", "0,0", "-o", tmp_path / "one.png").code == 0
    with Image.open(tmp_path / "one.png") as result:
        assert result.size == (4, 4)


def _texts(panel: Panel) -> list[list[str]]:
    return [[square.text for square in row] for row in panel.rows]


def _scenes(image: np.ndarray, operation: object, kind: str = "matrix") -> list[Scene]:
    picture = Picture(pixels=image, kind=kind, format="npy")  # type: ignore[arg-type]
    results = operation(picture, "npy")  # type: ignore[operator]
    return list(scenes_of("x.npy", Explain(None)(picture, operation, results, "npy")))  # type: ignore[arg-type]


@pytest.fixture
def numbers() -> np.ndarray:
    return np.random.default_rng(3).integers(-9, 10, (5, 4))


def _convolution(**window: object) -> object:

    kernel = np.array([[1, 0, -2], [3, 1, 0]])
    return ConvolveImage(asked=Convolution(**window), kernels=(LabelledKernel("mine", kernel),))  # type: ignore[arg-type]


def test_the_last_step_has_the_whole_result(numbers: np.ndarray) -> None:
    scenes = _scenes(numbers, _convolution(padding="same", stride=(2, 1)))
    found = convolve(numbers, [[1, 0, -2], [3, 1, 0]], padding="same", stride=(2, 1))
    assert len(scenes) == found.size
    assert _texts(scenes[-1].panels[-1]) == [[str(value) for value in row] for row in found.tolist()]
    assert [scene.count for scene in scenes][:2] == ["step 1 of 12", "step 2 of 12"]
    for number, scene in enumerate(scenes):
        result = scene.panels[-1].squares
        assert [square.empty for square in result] == [place > number for place in range(found.size)]
        assert [square.lit for square in result] == [place == number for place in range(found.size)]


def test_the_window_steps_over_the_image_and_its_padding(numbers: np.ndarray) -> None:
    first, kernel, _ = _scenes(numbers, _convolution(padding="same"))[0].panels
    assert _texts(kernel) == [["1", "0", "-2"], ["3", "1", "0"]]
    assert len(first.rows) == 6
    assert len(first.rows[0]) == 6
    inside = [row[1:5] for row in first.rows[:5]]
    assert [[square.text for square in row] for row in inside] == [[str(v) for v in row] for row in numbers.tolist()]
    assert not any(square.padded for row in inside for square in row)
    assert sum(square.padded for square in first.squares) == 36 - 20
    assert first.lit == (0, 1, 0, 2)
    assert [square.weight for square in first.rows[1][:4]] == ["*3", "*1", "*0", ""]


def test_a_dilated_window_lights_its_taps_alone(numbers: np.ndarray) -> None:
    image = _scenes(numbers, _convolution(dilation=(2, 1)))[0].panels[0]
    assert [square.lit for square in image.rows[1]] == [False] * 4
    assert [square.lit for square in image.rows[2]] == [True, True, True, False]


def test_pooling_shows_what_is_kept(numbers: np.ndarray) -> None:

    scenes = _scenes(numbers, PoolImage(asked=Pooling(kernel_size=(2, 2), stride=(2, 2))))
    assert _texts(scenes[-1].panels[-1]) == [[str(v) for v in row] for row in pool(numbers, 2).tolist()]
    for scene in scenes:
        (kept,) = [square for square in scene.panels[0].squares if square.kept]
        (made,) = [square for square in scene.panels[-1].squares if square.lit]
        assert kept.text == made.text
    assert ("the largest of it", True) in [(words, square.kept) for words, square in scenes[0].legend]


def test_sums_are_written_as_in_the_notes_in_one_line(worked_example: Path) -> None:

    image = np.loadtxt(worked_example, delimiter=",", dtype=np.int64)
    kernels = read_kernels(("vertical",), None, quiet=True)
    scene = _scenes(image, ConvolveImage(asked=Convolution(), kernels=kernels))[0]
    assert scene.lines == (NOTES_SUM, "pixel = -8 (the value as it is)")


def test_pixels_have_their_brightness_and_numbers_none() -> None:
    gray = np.array([[0, 51], [102, 255]], np.uint8)

    operation = PoolImage(asked=Pooling(kernel_size=(1, 1), stride=(1, 1)))
    picture = Picture(pixels=gray)
    scenes = list(scenes_of("x.png", Explain(None)(picture, operation, operation(picture, "png"), "png")))
    assert [square.shade for square in scenes[-1].panels[0].squares] == [0, 0.2, 0.4, 1]
    assert {square.shade for square in _scenes(gray, operation)[0].panels[0].squares} == {None}


def test_a_part_of_a_photo_is_shown_alone(run: Run, tmp_path: Path) -> None:
    part = ("--region", "40,60,3x3", "--crop")
    outcome = run("convolve", SAMPLES / "scene.png", "--gray", "-k", "vertical", *part, *WALK, tmp_path / "w.gif")
    assert outcome.code == 0
    assert "(9 steps in 15 s)" in outcome.stderr


def test_channels_and_kernels_follow_each_other(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    np.save(tmp_path / "x.npy", rng.integers(0, 9, (4, 4, 2)))
    outcome = run("convolve", tmp_path / "x.npy", "-k", "vertical", "-k", "horizontal", *WALK, tmp_path / "w.gif")
    assert outcome.code == 0
    assert "(16 steps in 26 s)" in outcome.stderr
    summed = run("convolve", tmp_path / "x.npy", "-k", "vertical", "--channels", "sum", *WALK, tmp_path / "s.gif")
    assert "(4 steps in 8 s)" in summed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scene.png", "-k", "vertical"), "--explain all walks through at most 100"),
        (("wide.csv", "-k", "1 1", "-s", "50"), "a walk has room for 20x20"),
        (("worked.csv", "-k", "gaussian:2,13", "-p", "same", "-s", "6"), "have no room on a slide of 1600x900 pixels"),
    ],
)
def test_what_is_too_large_is_refused_with_its_limit(
    run: Run, tmp_path: Path, worked_example: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "worked.csv").write_text(
        "\n".join(",".join(f"{v}.1234" for v in line.split(",")) for line in worked_example.read_text().split())
    )
    (tmp_path / "wide.csv").write_text(",".join(map(str, range(101))) + "\n")
    (tmp_path / "scene.png").write_bytes((SAMPLES / "scene.png").read_bytes())
    name, *options = arguments
    outcome = run("convolve", tmp_path / name, *options, *WALK, tmp_path / "walk.gif")
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert said in outcome.lines[0]
    assert not (tmp_path / "walk.gif").exists()


def test_an_existing_file_stays_without_y(run: Run, worked_example: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.gif").write_bytes(b"mine")
    outcome = run("pool", worked_example, *WALK, tmp_path / "walk.gif")
    assert outcome.code == 2
    assert (tmp_path / "walk.gif").read_bytes() == b"mine"
    assert run("pool", worked_example, *WALK, tmp_path / "walk.gif", "-y").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--indices", "where.npy"), "write other results in another run"),
        (("--emit", "torch"), "ask for one at a time"),
        (("--frames", "all"), "take one image of a file"),
    ],
)
def test_what_has_no_place_in_a_walk_is_refused(
    run: Run, worked_example: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = run("pool", worked_example, *arguments, *WALK, tmp_path / "walk.gif")
    assert outcome.code == 2
    assert said in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_names_the_walk_and_has_its_numbers(run: Run, worked_example: Path, tmp_path: Path) -> None:
    outcome = run("pool", worked_example, "--json", *WALK, tmp_path / "walk.gif")
    data = json.loads(outcome.text)
    assert data["outputs"][0]["path"] == str(tmp_path / "walk.gif")
    assert [one["value"] for one in data["explain"]][:2] == [6, 10]
