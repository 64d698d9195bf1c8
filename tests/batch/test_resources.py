"""How many workers: as many as there are CPUs, unless memory is short."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.batch import resources
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.naming import Target
from cnnfilt.batch.resources import BYTES_PER_WORKER, worker_count
from cnnfilt.batch.sources import Source

GIB = 1 << 30


def jobs(count: int, path: str = "a.png") -> list[FileJob]:
    return [FileJob(Source(path), (Target(Path("out.png"), "png"),)) for _ in range(count)]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """One with 16 CPUs and a lot of memory."""
    monkeypatch.setattr(resources, "granted_cpus", lambda: 16)
    monkeypatch.setattr(resources, "available_memory", lambda: 1000 * GIB)
    return monkeypatch


@pytest.mark.parametrize(
    ("count", "wanted", "workers"),
    [(1, None, 1), (7, None, 1), (8, None, 8), (100, None, 16), (100, 1, 1), (100, 3, 3), (3, 5, 3), (100, 40, 40)],
)
def test_as_many_as_asked_for_or_as_there_are_cpus(
    machine: pytest.MonkeyPatch, count: int, wanted: int | None, workers: int
) -> None:
    assert worker_count(jobs(count), wanted) == workers


def test_fewer_where_half_of_the_memory_would_not_do(machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.setattr(resources, "available_memory", lambda: 8 * BYTES_PER_WORKER)
    assert worker_count(jobs(100), None) == 4
    machine.setattr(resources, "available_memory", lambda: 0)
    assert worker_count(jobs(100), None) == 1
    path = tmp_path / "large.png"
    PIL.Image.fromarray(np.zeros((4000, 5000), np.uint8)).save(path)
    machine.setattr(resources, "available_memory", lambda: 4 * GIB)
    assert worker_count(jobs(100, str(path)), None) == 3


def test_as_many_where_the_memory_is_unknown(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(resources, "available_memory", lambda: None)
    assert (worker_count(jobs(100), None), worker_count(jobs(100), 3)) == (16, 3)


def test_pipes_are_for_this_process(machine: pytest.MonkeyPatch) -> None:
    assert worker_count([*jobs(20), *jobs(1, "-")], None) == 1


def test_the_estimate_minds_nothing_it_is_given(machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    for path in ("missing", str(tmp_path), str(tmp_path / "bad.png"), "a\0b", "/dev/zero"):
        assert worker_count(jobs(9, path), None) == 9
