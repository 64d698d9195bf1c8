"""`cnnfilt diff`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run
from tests.files.decode.pngs import written

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


@pytest.fixture
def noisy(tmp_path: Path) -> tuple[Path, Path]:
    """Two pictures of 40x50 in colour, of which 30 of 2,000 pixels differ by 20 in one channel."""
    a = np.random.default_rng(5).integers(30, 200, (40, 50, 3)).astype(np.uint8)
    b = a.copy()
    b[4, :30, 1] += 20
    return save(tmp_path / "c.png", a), save(tmp_path / "d.png", b)


@pytest.mark.parametrize(
    ("demands", "code"),
    [
        (["--max-fraction", "0.015"], 0),
        (["--max-fraction", "1.5%"], 0),
        (["--max-fraction", "0.0149"], 1),
        (["--max-fraction", "0"], 1),
        (["--max-fraction", "0", "--tolerance", "20"], 0),
        (["--max-fraction", "1/100", "--tolerance", "19"], 1),
        (["--max-fraction", "2%", "--tolerance", "1"], 0),
        (["--min-ssim", "0.9"], 0),
        (["--min-ssim", "0.9999"], 1),
        (["--min-ssim", "0.9", "--tolerance", "0"], 1),
        (["--min-ssim", "0.9", "--tolerance", "20"], 0),
        (["--min-ssim", "0.9", "--max-fraction", "0.01"], 1),
        (["--min-ssim", "0.9", "--max-fraction", "0.02"], 0),
        (["--min-ssim", "0.9999", "--max-fraction", "0.02"], 1),
    ],
)
def test_all_demands_have_to_be_met(run: Run, noisy: tuple[Path, Path], demands: list[str], code: int) -> None:
    assert run("diff", *noisy, *demands, "-q").code == code
    answer = json.loads(run("diff", *noisy, *demands, "--json").text)
    assert answer["alike"] is (code == 0)
    assert run("diff", noisy[0], noisy[0], *demands, "-q").code == 0


def test_what_was_not_met_is_said(run: Run, noisy: tuple[Path, Path]) -> None:
    a, b = noisy
    lines = run("diff", a, b).text.splitlines()
    assert lines[5] == "pixels     30 of 2,000 (1.50%) differ in any channel"
    assert lines[6].startswith("SSIM       0.99")
    assert lines[6].endswith(" (of 255)")
    outcome = run("diff", a, b, "--max-fraction", "1%", "--min-ssim", "0.9999", "--tolerance", "5")
    assert outcome.text.splitlines()[5] == "pixels     30 of 2,000 (1.50%) differ by more than 5"
    ssim = outcome.text.splitlines()[6].split()[1]
    assert outcome.lines == [
        f"diff: {a} and {b} differ by more than 5 in 1.50% of the pixels, over --max-fraction 0.01, "
        f"and have an SSIM of {ssim}, below --min-ssim 0.9999"
    ]
    answer = json.loads(run("diff", a, b, "--json", "--tolerance", "20").text)
    assert (answer["pixels_over"], answer["pixels"], answer["within_tolerance"], answer["alike"]) == (
        0,
        2000,
        True,
        True,
    )
    assert str(answer["ssim"]).startswith(ssim)


def test_ssim_of_16_bits_and_of_alpha(run: Run, noisy: tuple[Path, Path], tmp_path: Path) -> None:
    with Image.open(noisy[0]) as first, Image.open(noisy[1]) as second:
        a, b = np.asarray(first), np.asarray(second)
    plain = json.loads(run("diff", *noisy, "--json").text)["ssim"]
    deep = [save(tmp_path / f"{n}.png", image[..., 1].astype(np.uint16) * 257) for n, image in enumerate((a, b))]
    gray = [save(tmp_path / f"{n}g.png", image[..., 1].copy()) for n, image in enumerate((a, b))]
    one = json.loads(run("diff", *gray, "--json").text)["ssim"]
    assert json.loads(run("diff", *deep, "--json").text)["ssim"] == pytest.approx(one, rel=1e-9)
    assert json.loads(run("diff", gray[0], deep[1], "--json").text)["ssim"] == pytest.approx(one, rel=1e-9)
    assert plain == pytest.approx((one + 2) / 3, rel=1e-9)
    clear = np.dstack([a, np.full(a.shape[:2], 200, np.uint8)])
    found = json.loads(run("diff", save(tmp_path / "clear.png", clear), noisy[1], "--json").text)
    c1 = (0.01 * 255) ** 2
    light = (2 * 200 * 255 + c1) / (200**2 + 255**2 + c1)
    assert found["ssim"] == pytest.approx((one + 2 + light) / 4, rel=1e-9)


def test_the_range_of_floats_may_be_given(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    a = rng.random((30, 30)).astype(np.float32) / 2
    for name, image in (("a", a), ("b", a + rng.normal(0, 0.02, a.shape).astype(np.float32))):
        np.save(tmp_path / f"{name}.npy", image)
    files = tmp_path / "a.npy", tmp_path / "b.npy"
    usual, given = (json.loads(run("diff", *files, "--json", *peak).text) for peak in ([], ["--peak", "1"]))
    assert usual["peak"] < 0.6
    assert given["peak"] == 1
    assert given["psnr"] == pytest.approx(20 * np.log10(1 / given["rms"]))
    assert given["ssim"] > usual["ssim"]


def test_images_smaller_than_a_window_have_no_ssim(run: Run, tmp_path: Path) -> None:
    a, b = (save(tmp_path / f"{n}.png", np.full((10, 90), n, np.uint8)) for n in (1, 2))
    outcome = run("diff", a, b, "--tolerance", "1")
    assert (outcome.code, "SSIM" in outcome.text) == (0, False)
    assert json.loads(run("diff", a, b, "--json").text)["ssim"] is None
    refused = run("diff", a, b, "--min-ssim", "0.5")
    assert refused.code == 1
    assert refused.lines == [f"diff: {a} and {b} are 10x90; SSIM looks at windows of 11x11, so use --tolerance"]


def test_a_nan_on_one_side_meets_no_demand(run: Run, tmp_path: Path) -> None:
    a = np.random.default_rng(1).random((20, 20))
    np.save(tmp_path / "a.npy", a)
    a[3, 3] = np.nan
    np.save(tmp_path / "b.npy", a)
    files = tmp_path / "a.npy", tmp_path / "b.npy"
    outcome = run("diff", *files, "--min-ssim", "-1")
    assert (outcome.code, outcome.text.splitlines()[-1].split()[:2]) == (1, ["SSIM", "nan"])
    assert "have an SSIM of nan, below --min-ssim -1" in outcome.stderr
    assert run("diff", *files, "--max-fraction", "1/400").code == 0
    assert run("diff", files[1], files[1], "--min-ssim", "1").code == 0


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
        ([FACE, FACE, "--max-fraction", "5"], 2, "is not a fraction from 0 to 1, or 0% to 100%"),
        ([FACE, FACE, "--max-fraction", "-1%"], 2, "is not a fraction"),
        ([FACE, FACE, "--max-fraction", "%"], 2, "--max-fraction"),
        ([FACE, FACE, "--min-ssim", "1.1"], 2, "above 1"),
        ([FACE, FACE, "--min-ssim", "nan"], 2, "not finite"),
        ([FACE, FACE, "--peak", "0"], 2, "above 0"),
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


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_what_is_seen_and_what_is_stored(run: Run, tmp_path: Path, dtype: str) -> None:
    """Case 55: two images that are transparent all over look the same, whatever colours they hide."""
    top = np.iinfo(dtype).max
    a = np.random.default_rng(0).integers(0, top + 1, (4, 5, 4)).astype(dtype)
    a[..., 3] = 0
    b = a.copy()
    b[1, 2, :3] //= 2
    paths = []
    for name, levels in (("a.png", a), ("b.png", b)):
        (tmp_path / name).write_bytes(written(levels, 6, levels.itemsize * 8))
        paths.append(tmp_path / name)
    stored = run("diff", *paths)
    assert stored.code == 1
    assert "colours under full transparency; --background white compares what is seen" in stored.stderr
    assert run("diff", *paths, "--alpha", "drop", "-q").code == 1
    assert run("diff", *paths, "--background", "white", "-q").code == 0
    assert "full transparency" in json.loads(run("diff", *paths, "--json").text)["notes"][0]
    b[1, 2, 3] = top // 3
    paths[1].write_bytes(written(b, 6, b.itemsize * 8))
    seen = run("diff", *paths, "--background", "white")
    assert seen.code == 1
    assert seen.text.startswith("largest    ")
    assert "row 1, column 2" in seen.text
    assert "alpha" not in seen.text
    assert "transparency" not in run("diff", *paths).stderr


def test_a_gray_and_a_colour_picture_may_look_the_same(run: Run, tmp_path: Path) -> None:
    gray = np.random.default_rng(0).integers(0, 256, (4, 5, 1))
    (tmp_path / "gray.png").write_bytes(written(gray, 0, 8))
    (tmp_path / "colour.png").write_bytes(written(np.repeat(gray, 3, axis=2), 2, 8))
    paths = tmp_path / "gray.png", tmp_path / "colour.png"
    assert "--gray compares both" in run("diff", *paths).stderr
    assert run("diff", *paths, "--background", "white", "-q").code == 0
    assert run("diff", *paths[::-1], "--background", "#ff8000", "-q").code == 0


def test_a_background_that_is_no_colour_is_a_usage_error(run: Run, pair: tuple[Path, Path]) -> None:
    outcome = run("diff", *pair, "--background", "whit")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "'whit' is not a colour" in outcome.stderr


def test_sixteen_bit_colours_are_compared_as_they_are(run: Run, tmp_path: Path) -> None:
    """Case 02: files that differ in the low bytes alone differ."""
    a = np.random.default_rng(0).integers(0, 65536, (6, 7, 3)).astype(np.uint16)
    b = a.copy()
    b[3, 4, 1] ^= 0x00EF
    for name, levels in (("a.png", a), ("b.png", b)):
        (tmp_path / name).write_bytes(written(levels, 2, 16))
    np.save(tmp_path / "a.npy", a)
    assert run("diff", tmp_path / "a.png", tmp_path / "a.npy", "-q").code == 0
    outcome = run("diff", tmp_path / "a.png", tmp_path / "b.png")
    assert outcome.code == 1
    assert "at row 3, column 4, channel 1" in outcome.text
