"""The benchmarks build their tables; what they measure no test asserts."""

from itertools import cycle
from pathlib import Path

import pytest

from tests.benchmarks import report
from tests.benchmarks.images import Images
from tests.benchmarks.limits import Rates
from tests.benchmarks.measure import Process, pair, peak_bytes
from tests.benchmarks.peers import program
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
