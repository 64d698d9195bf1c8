"""Colour and transparency of 16 bits go through every command without loss; what a format cannot hold is said."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.files.reading import read
from tests.cli.conftest import Run
from tests.files.decode.pngs import Array, written

DEEP = {2: 3, 4: 2, 6: 4}


def samples(colour_type: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 65536, (12, 17, DEEP[colour_type]), np.uint16)


def held(path: Path) -> Array:
    image = read(path)
    layers = [image.pixels.reshape(*image.pixels.shape[:2], -1)]
    return np.concatenate(layers if image.alpha is None else [*layers, image.alpha[..., np.newaxis]], axis=2)


@pytest.fixture(params=[False, True], ids=["in order", "interlaced"])
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> dict[int, Path]:
    """A 16-bit PNG of each colour type."""
    paths = {}
    for colour_type in DEEP:
        paths[colour_type] = tmp_path / f"{colour_type}.png"
        paths[colour_type].write_bytes(
            written(samples(colour_type), colour_type, 16, interlaced=request.param, filters=np.arange(5))
        )
    return paths


@pytest.mark.parametrize("colour_type", DEEP)
@pytest.mark.parametrize(
    "command",
    [
        ["convolve", "-k", "identity", "-p", "same"],
        ["convolve", "-k", "identity", "-p", "same", "--alpha", "filter"],
        ["convolve", "-k", "0.5", "-k", "1"],
        ["pad", "-p", "0"],
        ["pool", "-f", "1"],
        ["apply", "filter:identity,p=same relu"],
    ],
)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_what_changes_nothing_changes_nothing(
    run: Run, picture: dict[int, Path], command: list[str], colour_type: int, suffix: str, tmp_path: Path
) -> None:
    several = command.count("-k") > 1
    out = tmp_path / (f"{{kernel}}{suffix}" if several else f"out{suffix}")
    asked = [command[0], *command[1:2], picture[colour_type], *command[2:]]
    if command[0] != "apply":
        asked = [command[0], picture[colour_type], *command[1:]]
    outcome = run(*asked, "-o", out)
    assert outcome.code == 0, outcome.stderr
    assert "16-bit" not in outcome.stderr
    result = tmp_path / f"k2{suffix}" if several else out
    np.testing.assert_array_equal(held(result), samples(colour_type))


@pytest.mark.parametrize("colour_type", DEEP)
def test_what_is_computed_is_computed_in_sixteen_bits(run: Run, picture: dict[int, Path], colour_type: int) -> None:
    out = picture[colour_type].with_suffix(".npy")
    colours = samples(colour_type)[..., : 3 if colour_type != 4 else 1].astype(np.int64)
    assert run("convolve", picture[colour_type], "-k", "1,2", "-o", out, "--alpha", "drop").code == 0
    expected = colours[:, :-1] + 2 * colours[:, 1:]
    np.testing.assert_array_equal(np.load(out).reshape(expected.shape), expected)
    assert run("edges", picture[colour_type], "--no-gray", "-y", "-o", out.with_suffix(".e.png")).code == 0
    assert read(out.with_suffix(".e.png")).pixels.dtype == np.uint16
    assert run("shape", picture[colour_type], "relu", "--json").code == 0
    assert run("diff", picture[colour_type], picture[colour_type], "-q").code == 0


def test_a_filter_is_learnt_from_the_levels_that_are_there(run: Run, picture: dict[int, Path], tmp_path: Path) -> None:
    out = tmp_path / "soft.npy"
    assert run("convolve", picture[2], "-k", "0,1,0;1,3,1;0,0,0", "-o", out).code == 0
    learnt = run("learn", picture[2], out, "-f", "3")
    assert learnt.text.splitlines()[:3] == ["0,1,0", "1,3,1", "0,0,0"]


def test_a_batch_gives_the_same_for_any_number_of_processes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(9):
        data = written(samples(6, number), 6, 16, interlaced=number % 2 == 1)
        (tmp_path / "in" / f"{number}.png").write_bytes(data)
    for jobs in (1, 2):
        assert run("pad", tmp_path / "in", "-p", "0", "-o", f"{tmp_path}/{jobs}/", "-j", jobs).code == 0
    for number in range(9):
        one, two = (tmp_path / str(jobs) / f"{number}.png" for jobs in (1, 2))
        assert one.read_bytes() == two.read_bytes()
        np.testing.assert_array_equal(held(one), samples(6, number))


def test_levels_that_a_format_loses_are_said_to_all(run: Run, picture: dict[int, Path], tmp_path: Path) -> None:
    lost = "2.png: 16-bit levels written as 8-bit (v / 257), because WebP holds no more here"
    for number, options in enumerate(([], ["-q"], ["--json"], ["--json", "-q"])):
        outcome = run("pad", picture[2], "-p", "0", "-o", tmp_path / f"{number}.webp", *options)
        assert outcome.code == 0
        assert next(line for line in outcome.lines if "16-bit" in line).endswith(lost)
        if "-q" in options:
            assert len(outcome.lines) == 1
        if "--json" in options:
            assert json.loads(outcome.text)["notes"] == [lost.removeprefix("2.png: ")]
    assert run("pad", picture[2], "-p", "0", "-o", tmp_path / "out.png", "-q").stderr == ""
