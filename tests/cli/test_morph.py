"""`cnnfilt morph`, and windows of other shapes, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.core.morphology import morph
from tests.cli.conftest import SAMPLES, Run

SPECK = "0,9,0,0; 0,5,5,5; 0,5,5,5; 0,5,5,5"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("open", "0,0,0,0\n0,5,5,5\n0,5,5,5\n0,5,5,5\n"),
        ("tophat", "0,9,0,0\n0,0,0,0\n0,0,0,0\n0,0,0,0\n"),
        ("erode", "0,0,0,0\n0,0,0,0\n0,0,5,5\n0,0,5,5\n"),
        ("dilate -f 1x3", "9,9,9,0\n5,5,5,5\n5,5,5,5\n5,5,5,5\n"),
        ("gradient --window cross", "9,9,9,5\n5,9,5,5\n5,5,0,0\n5,5,0,0\n"),
        ("close -f 2", "0,9,0,0\n0,5,5,5\n0,5,5,5\n0,5,5,5\n"),
        ("blackhat", "9,0,5,5\n5,0,0,0\n5,0,0,0\n5,0,0,0\n"),
    ],
)
def test_a_matrix_is_printed(run: Run, arguments: str, expected: str) -> None:
    word, *options = arguments.split()
    outcome = run("morph", word, SPECK, *options)
    assert (outcome.code, outcome.text) == (0, expected)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", ["face.png", "scene.png", "depth16.png", "icon.png"])
def test_images_keep_their_size_depth_and_transparency(run: Run, tmp_path: Path, name: str) -> None:
    outcome = run("morph", "close", SAMPLES / name, "--window", "disk:2", "-o", tmp_path / name)
    assert outcome.code == 0
    assert outcome.stderr.endswith("(close disk:2)\n")
    before, after = pixels(SAMPLES / name), pixels(tmp_path / name)
    colours = before[..., :3] if name == "icon.png" else before
    np.testing.assert_array_equal(
        after[..., :3] if name == "icon.png" else after, morph(colours, "close", window="disk:2")
    )
    if name == "icon.png":
        np.testing.assert_array_equal(after[..., 3], before[..., 3])


def test_transparency_may_grow_with_the_colours(run: Run, tmp_path: Path) -> None:
    before, out = pixels(SAMPLES / "icon.png"), tmp_path / "icon.png"
    assert run("morph", "dilate", SAMPLES / "icon.png", "--alpha", "filter", "-o", out).code == 0
    np.testing.assert_array_equal(pixels(out)[..., 3], morph(before[..., 3], "dilate"))


def test_a_bilevel_image(run: Run, tmp_path: Path) -> None:
    drawn = np.zeros((9, 9), bool)
    drawn[4, 2:7] = True
    Image.fromarray(drawn).convert("1").save(tmp_path / "line.png")
    assert run("morph", "dilate", tmp_path / "line.png", "-o", tmp_path / "out.png").code == 0
    np.testing.assert_array_equal(pixels(tmp_path / "out.png"), 255 * morph(drawn, "dilate"))


def test_a_window_in_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("1,1\n1,0\n")
    outcome = run("morph", "dilate", "0,0,0; 0,9,0; 0,0,0", "--window", f"@{tmp_path / 'w.csv'}")
    assert outcome.text == "0,0,0\n0,9,9\n0,9,0\n"
    again = run(
        "morph", "open", SAMPLES / "face.png", "--window", f"@{tmp_path / 'w.csv'}", "-o", tmp_path / "w.csv", "-y"
    )
    assert (again.code, (tmp_path / "w.csv").read_text()) == (2, "1,1\n1,0\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("opening in.csv", "operation 'opening' is unknown; did you mean open?"),
        ("thicken in.csv", "operation 'thicken' is unknown; here it is called erode or dilate"),
        ("in.csv -o out.csv", "in.csv is a file; the operation comes first: cnnfilt morph open in.csv"),
        ("open", "missing argument 'INPUT...'"),
        ("open in.csv --window disk", "has no radius; write disk:3"),
        ("open in.csv --window disk:2 -f 3", "has a size of its own; leave out -f"),
        ("open in.csv --window cross -f 2", "its size is 2x2, and must be odd"),
        ("open in.csv --window @none.csv", "none.csv: no such file"),
        ("open in.csv --window @zeros.csv", "window @zeros.csv is all zeros"),
        ("open in.csv --window @deep.json", "has more than rows and columns"),
        ("gradient in.csv --alpha filter", "--alpha filter is for erode, dilate, open and close, not gradient"),
    ],
)
def test_mistakes_end_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("1,2\n3,4\n")
    Path("zeros.csv").write_text("0,0\n")
    Path("deep.json").write_text("[[[1, 0], [0, 1]]]")
    outcome = run("morph", *line.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert said in outcome.stderr
    assert not Path("out.csv").exists()


def test_a_median_is_explained_by_its_sorted_window(run: Run) -> None:
    asked = ("pool", "0,9,0; 4,5,6; 7,8,1", "--kind", "median", "-f", "3")
    assert "sorted(0, 0, 1, 4, *5, 6, 7, 8, 9) = 5" in run(*asked, "--explain", "0,0").text
    even = run(*asked, "-s", "1", "-p", "same", "--window", "cross", "--explain", "0,1").text
    assert "sorted(0, *0, 5, 9) = 0" in even
    assert "the lower of the two in the middle of 4 values, found at row 0, column 0 of the image" in even
    found = json.loads(run(*asked, "--explain", "0,0", "--json").text)["explain"][0]
    assert (found["sorted"], found["found_at"], found["value"]) == ([0, 0, 1, 4, 5, 6, 7, 8, 9], [1, 1], 5)


def test_the_steps_of_an_operation_are_explained(run: Run) -> None:
    hat = run("morph", "tophat", SPECK, "--explain", "0,1").text
    assert "window of the eroded image" in hat
    assert "image 9 - opened 0 = 9" in hat
    assert "largest 9 - smallest 0 = 9" in run("morph", "gradient", SPECK, "--explain", "0,1").text
    steps = json.loads(run("morph", "tophat", SPECK, "--explain", "0,1", "--json").text)["explain"][0]
    assert (steps["stage"], steps["steps"]) == ("eroded", [{"words": "image 9 - opened 0", "value": 9}])


def test_layers_of_medians(run: Run) -> None:
    matrix = "0,9,0; 4,5,6; 7,8,1"
    assert run("apply", "pool:median,k=3", matrix).text == "5\n"
    assert run("shape", "9x9", "pool:median,k=3,s=1,p=1").text.splitlines()[-1].startswith("total")


def test_an_erosion_is_not_trained(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(2):
            Image.new("L", (8, 8), 9).save(tmp_path / "data" / name / f"{number}.png")
    outcome = run("net", "train", tmp_path / "data", "morph:erode flatten fc:2 softmax", "-o", tmp_path / "m.npz")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "layer morph:erode cannot be trained; leave it to cnnfilt apply" in outcome.stderr


@pytest.mark.parametrize("name", ["face.png", "icon.png", "depth16.png"])
@pytest.mark.parametrize("operation", ["dilate", "open", "gradient"])
def test_layers_do_what_the_command_does(run: Run, tmp_path: Path, name: str, operation: str) -> None:
    run("morph", operation, SAMPLES / name, "-f", "2", "-o", tmp_path / "command.png")
    outcome = run("apply", f"morph:{operation},k=2", SAMPLES / name, "-o", tmp_path / "layer.png")
    assert outcome.code == 0, outcome.stderr
    np.testing.assert_array_equal(pixels(tmp_path / "layer.png"), pixels(tmp_path / "command.png"))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("morph:erode,k=5", 5),
        ("morph:dilate,k=2", 2),
        ("morph:open", 5),
        ("morph:gradient,k=2", 3),
        ("morph:tophat,k=2", 3),
    ],
)
def test_how_far_a_layer_sees(run: Run, words: str, field: int) -> None:
    table = run("shape", "20x30", words).text
    row = next(line for line in table.splitlines() if line.startswith(words))
    assert row.split()[1:] == ["20x30x1", "0", "0", str(field), "1", "0"]


@pytest.mark.parametrize(
    ("words", "said"),
    [("morph", "say which, as in morph:open"), ("morph:opn", "did you mean open?"), ("morph:open,s=2", "s")],
)
def test_layers_that_are_mistyped(run: Run, words: str, said: str) -> None:
    outcome = run("shape", "9x9", words)
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert said in outcome.stderr
