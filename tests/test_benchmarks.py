"""The benchmarks build their tables; what they measure no test asserts."""

import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks import report
from tests.benchmarks.images import Images
from tests.benchmarks.limits import Rates
from tests.benchmarks.measure import Process, pair, peak_bytes
from tests.benchmarks.peers import WITHOUT_FSYNC, program, version_of
from tests.benchmarks.programs import WITHOUT_FSYNC as FOLDER_WITHOUT_FSYNC
from tests.benchmarks.rows_folders import FOLDER_EDGES
from tests.benchmarks.table import section_table


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images(0.01, tmp_path)


def test_a_row_becomes_a_line_of_the_table(images: Images) -> None:
    [(section, rows)] = report.chosen("average pool 2x2")
    lines = list(section_table(section, rows, images, repeats=1, rates=Rates(1e9, 1e9, 1e9)))
    head, rule, row = lines[-3:]
    assert head.startswith("| row | cnnfilt (ms) |")
    assert row.startswith("| average pool 2x2/2 u8->u8, gray |")
    assert row.endswith(" copy |")
    assert head.count("|") == rule.count("|") == row.count("|")


def test_every_name_is_listed_once() -> None:
    names = list(report.names(""))
    assert len(names) == len(set(names))
    assert list(report.names("SHAPE 6x6")) == ["Processes: shape 6x6 -f 3"]


def test_the_ratio_is_the_median_of_neighbours() -> None:
    # The machine gets slower and slower: every turn takes twice the one before, ours 0.8 of the peer next to it.
    taken = cycle([9.0, 9.0, 0.8, 1.0, 1.6, 2.0, 3.2, 4.0])
    assert pair("ours", "peer", gauge=lambda call: next(taken), repeats=3).ratio == pytest.approx(0.8)


def test_the_peak_memory_is_that_of_the_process_alone() -> None:
    ballast = bytearray(200 << 20)
    ballast[::4096] = b"1" * len(ballast[::4096])
    assert peak_bytes(("sleep", "0")) < 100 << 20


def test_pictures_are_the_same_each_time(images: Images, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    assert (images.rgb == Images(0.01, again).rgb).all()
    assert images.rgb.shape[:2] == images.shape == images.gray.shape


def test_a_script_does_not_stand_in_for_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "gm"
    script.write_text("#!/bin/sh\necho GraphicsMagick 1.3\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    program.cache_clear()
    assert program("GraphicsMagick") is None
    program.cache_clear()


def test_a_process_that_fails_says_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="No such file"):
        Process(("ls", "/nowhere/at/all"))()


@pytest.fixture
def few(tmp_path: Path) -> Images:
    return Images(0.5, tmp_path, count=3)


def test_photographs_are_the_same_each_time_and_differ_from_each_other(few: Images, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    first, second = (
        [path.read_bytes() for path in sorted(Path(images.photographs).iterdir())]
        for images in (few, Images(0.5, again, count=3))
    )
    assert first == second
    assert len(set(first)) == 3


@pytest.mark.parametrize("peer", FOLDER_EDGES.peers)
def test_each_peer_draws_the_edges_of_each_photograph(peer: str, few: Images) -> None:
    if not version_of(peer):
        pytest.skip(f"{peer} is not installed")
    FOLDER_EDGES.ours(few)()
    [ours] = _written(few, before=[few.photographs])
    FOLDER_EDGES.peers[peer](few)()
    [theirs] = _written(few, before=[few.photographs, ours])
    names = sorted(os.listdir(few.photographs))
    assert sorted(os.listdir(ours)) == sorted(os.listdir(theirs)) == names
    drawn, likewise = (np.asarray(Image.open(Path(folder, names[0])).convert("L")) for folder in (ours, theirs))
    assert likewise.shape == drawn.shape
    # The edges are in the same places, whatever the measure of their strength.
    assert np.corrcoef(drawn.ravel(), likewise.ravel())[0, 1] > 0.4
    if peer.startswith("cv2"):
        assert np.abs(drawn.astype(int) - likewise).max() <= 1
    if peer == WITHOUT_FSYNC:
        assert all(Path(ours, name).read_bytes() == Path(theirs, name).read_bytes() for name in names)


def test_fsync_is_switched_off_for_every_python_that_is_started() -> None:
    script = "import os; os.fsync(-1)"
    again = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {script!r}]).returncode)"
    for code in (script, again):
        command = [sys.executable, "-c", code]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1
        switched_off = os.environ | {"PYTHONPATH": str(FOLDER_WITHOUT_FSYNC)}
        assert subprocess.run(command, env=switched_off, check=False).returncode == 0


def _written(images: Images, before: list[str]) -> list[str]:
    """Return the folders beside the pictures that were not there before."""
    return [str(path) for path in images.folder.iterdir() if path.is_dir() and str(path) not in before]
