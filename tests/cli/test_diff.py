"""`cnnfilt diff`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run

FACE = SAMPLES / "face.png"


def save(path: Path, levels: np.ndarray) -> Path:
    Image.fromarray(levels).save(path)
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two pictures of 20x30 in colour that differ by 3 at row 4, column 7 in green, and by 1 elsewhere."""
    a = np.random.default_rng(3).integers(10, 200, (20, 30, 3)).astype(np.uint8)
    b = a.copy()
    b[4, 7, 1] += 3
    b[10, 0, 0] -= 1
    return save(tmp_path / "a.png", a), save(tmp_path / "b.png", b)


def test_the_report_names_the_largest_and_its_place(run: Run, pair: tuple[Path, Path]) -> None:
    outcome = run("diff", *pair)
    assert outcome.code == 1
    lines = outcome.text.splitlines()
    assert lines[0].startswith("largest    3 at row 4, column 7, channel 1 (from 0): ")
    assert lines[1] == f"mean       {4 / 1800:.6g}"
    assert lines[2] == f"RMS        {(10 / 1800) ** 0.5:.6g}"
    assert lines[4] == "differing  2 of 1,800 values (0.11%)"
    assert len(outcome.lines) == 1
    assert "up to 3, over --tolerance 0" in outcome.stderr


@pytest.mark.parametrize(("tolerance", "code"), [("0", 1), ("2", 1), ("2.9", 1), ("3", 0), ("300", 0)])
def test_the_tolerance_decides(run: Run, pair: tuple[Path, Path], tolerance: str, code: int) -> None:
    outcome = run("diff", *pair, "--tolerance", tolerance, "-q")
    assert (outcome.code, outcome.text, outcome.stderr) == (code, "", "")


def test_equal_files_are_equal(run: Run, worked_example: Path) -> None:
    for path in (FACE, SAMPLES / "icon.png", SAMPLES / "depth16.png", worked_example):
        outcome = run("diff", path, path)
        assert (outcome.code, outcome.stderr) == (0, "")
        assert outcome.text.splitlines()[0] == "largest    0"
        assert "infinite" in outcome.text


def test_json_holds_the_same_numbers(run: Run, pair: tuple[Path, Path]) -> None:
    answer = json.loads(run("diff", *pair, "--json").text)
    assert answer["largest"] == 3
    assert answer["where"] == {"row": 4, "column": 7, "channel": 1}
    assert answer["values"][1] - answer["values"][0] == 3
    assert answer["size"] == [20, 30, 3]
    assert answer["within_tolerance"] is False
    assert answer["psnr"] == pytest.approx(20 * np.log10(255 / answer["rms"]))
    equal = json.loads(run("diff", FACE, FACE, "--json").text)
    assert (equal["psnr"], equal["where"], equal["within_tolerance"]) == (None, None, True)


def test_the_picture_is_drawn_also_when_they_differ(run: Run, pair: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "d.png"
    outcome = run("diff", *pair, "-o", out)
    assert outcome.code == 1
    assert "white is a difference of 3" in outcome.stderr
    with Image.open(out) as image:
        levels = np.asarray(image)
    assert image.mode == "L"
    assert (levels[4, 7], levels[10, 0], np.count_nonzero(levels)) == (255, 85, 2)
    assert run("diff", *pair, "-o", out).code == 2  # It exists.
    assert run("diff", *pair, "-y", "--gain", "10", "-o", out).code == 1
    with Image.open(out) as image:
        assert image.getpixel((7, 4)) == 30


def test_a_matrix_gets_the_signed_differences(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    (tmp_path / "b.csv").write_text("1,5\n3,2\n")
    out = tmp_path / "d.csv"
    assert run("diff", tmp_path / "a.csv", tmp_path / "b.csv", "-o", out).code == 1
    assert out.read_text() == "0,3\n0,-2\n"
    piped = run("diff", "-", tmp_path / "b.csv", stdin=b"1,5\n3,2\n")
    assert piped.code == 0


def test_8_bits_beside_16_count_in_16_bit_levels(run: Run, tmp_path: Path) -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    plain = save(tmp_path / "plain.png", levels)
    deep = levels.astype(np.uint16) * 257
    same = save(tmp_path / "same.png", deep)
    outcome = run("diff", plain, same)
    assert outcome.code == 0
    assert "multiplied by 257" in outcome.stderr
    deep[3, 3] += 5
    answer = json.loads(run("diff", plain, save(tmp_path / "off.png", deep), "--json").text)
    assert (answer["largest"], answer["peak"]) == (5, 65535)
    # In matrices the numbers count as they are.
    np.save(tmp_path / "plain.npy", levels)
    np.save(tmp_path / "wide.npy", levels.astype(np.uint16))
    assert run("diff", tmp_path / "plain.npy", tmp_path / "wide.npy").code == 0


def test_transparency_is_one_more_channel(run: Run, tmp_path: Path) -> None:
    levels = np.full((5, 6, 4), 255, np.uint8)
    opaque = save(tmp_path / "opaque.png", levels)
    plain = save(tmp_path / "plain.png", levels[:, :, :3].copy())
    levels[2, 3, 3] = 200
    clear = save(tmp_path / "clear.png", levels)
    assert run("diff", opaque, plain).code == 0
    outcome = run("diff", plain, clear)
    assert outcome.code == 1
    assert outcome.text.startswith("largest    55 at row 2, column 3, alpha (from 0): 255 against 200")
    assert run("diff", plain, clear, "--alpha", "drop").code == 0


def test_nan_equals_nan_and_is_far_from_everything_else(run: Run, tmp_path: Path) -> None:
    a = np.array([[1.0, np.nan, np.inf], [2.0, 3.0, -np.inf]])
    b = a.copy()
    np.save(tmp_path / "a.npy", a)
    assert run("diff", tmp_path / "a.npy", tmp_path / "a.npy").code == 0
    b[1, 1] = np.nan
    np.save(tmp_path / "b.npy", b)
    outcome = run("diff", tmp_path / "a.npy", tmp_path / "b.npy", "--tolerance", "1e9", "-o", tmp_path / "d.png")
    assert outcome.code == 1
    assert "largest    inf at row 1, column 1 (from 0): 3 against nan" in outcome.text
    assert "1 of them nan or infinite in one" in outcome.text
    answer = json.loads(run("diff", tmp_path / "a.npy", tmp_path / "b.npy", "--json").text)
    assert (answer["largest"], answer["not_numbers"], answer["values"]) == (None, 1, [3.0, None])


def test_sizes_and_channels_that_differ_are_one_clear_line(run: Run, pair: tuple[Path, Path]) -> None:
    outcome = run("diff", FACE, pair[0])
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "256x256 and" in outcome.stderr
    assert "20x30x3" in outcome.stderr
    gray = save(pair[0].with_name("gray.png"), np.zeros((20, 30), np.uint8))
    outcome = run("diff", gray, pair[0])
    assert (outcome.code, "--gray compares" in outcome.stderr) == (1, True)
    assert run("diff", gray, pair[0], "--gray", "--tolerance", "255").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "missing argument"),
        ([FACE], 2, "missing argument 'B'"),
        (["-", "-"], 2, "only once"),
        ([FACE, "none.png"], 1, "none.png: no such file"),
        ([FACE, SAMPLES], 1, "is a folder"),
        ([FACE, FACE, "--tolerance", "-1"], 2, "below 0"),
        ([FACE, FACE, "--tolerance", "nan"], 2, "not finite"),
        ([FACE, FACE, "--gain", "3"], 2, "-o"),
        ([FACE, FACE, "-o", "d.gif"], 2, "suffix"),
        ([FACE, FACE, "-o", FACE, "-y"], 2, "never overwritten"),
        ([FACE, FACE, "-o", "no/such/d.png"], 2, "does not exist"),
    ],
    ids=lambda value: " ".join(Path(str(v)).name for v in value) if isinstance(value, list) else "",
)
def test_what_is_asked_wrongly_is_one_line(run: Run, arguments: list[object], code: int, words: str) -> None:
    outcome = run("diff", *arguments)
    assert outcome.code == code, outcome.stderr
    assert (len(outcome.lines), outcome.text) == (1, "")
    assert words in outcome.stderr


def test_that_only_the_first_of_several_pages_is_compared_is_said(run: Run, tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((4, 5), level, np.uint8)) for level in (1, 2)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "b.tif")
    outcome = run("diff", tmp_path / "a.tif", tmp_path / "b.tif")
    assert outcome.code == 0
    assert outcome.lines == [f"{tmp_path}/a.tif: holds several images; only the first is used"]


@pytest.mark.parametrize("suffix", ["png", "npy"])
def test_rows_of_more_than_262_144_values(run: Run, tmp_path: Path, suffix: str) -> None:
    """Longer than what is compared at once."""
    rng = np.random.default_rng(2)
    levels = rng.integers(0, 200, (3, 90_000, 3), dtype=np.uint8)
    other = levels.copy()
    other[2, 89_999, 2] += 9
    other[0, 5, 1] += 4
    a, b = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path, pixels in ((a, levels), (b, other)):
        np.save(path, pixels) if suffix == "npy" else save(path, pixels)
    assert run("diff", a, a).code == 0
    outcome = run("diff", a, b, "-o", tmp_path / "d.png", "--json")
    found = json.loads(outcome.text)
    assert (outcome.code, found["largest"], found["differing"], found["total"]) == (1, 9, 2, 810_000)
    assert found["where"] == {"row": 2, "column": 89_999, "channel": 2}
    assert found["values"] == [int(levels[2, 89_999, 2]), int(other[2, 89_999, 2])]
    assert found["mean"] == pytest.approx(13 / 810_000)
    assert found["rms"] == pytest.approx((97 / 810_000) ** 0.5)
    with Image.open(tmp_path / "d.png") as picture:
        drawn = np.asarray(picture)
    assert (drawn.shape, np.count_nonzero(drawn)) == ((3, 90_000), 2)
    assert (drawn[2, 89_999], drawn[0, 5]) == (255, round(4 * 255 / 9))
