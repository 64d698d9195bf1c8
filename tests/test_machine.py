"""What the machine grants: CPUs by affinity and quota, memory that is free."""

import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnfilt import machine
from cnnfilt.machine import available_memory, granted_cpus, keep_freed_memory
from tests.conftest import ENVIRONMENT


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Quotas are read anew, and forgotten afterwards."""
    machine._quotas.cache_clear()
    yield
    machine._quotas.cache_clear()


@pytest.mark.parametrize(
    ("quota", "count"),
    [
        ("max 100000", 64),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("120000 100000", 2),
        ("50000 100000", 1),
        ("", 64),
        (None, 64),
    ],
)
def test_as_many_cpus_as_the_affinity_and_the_quota_grant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: str | None, count: int
) -> None:
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: set(range(64)), raising=False)
    monkeypatch.setattr(machine, "CONTROL_GROUPS", tmp_path)
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    assert granted_cpus() == count


def test_a_control_group_s_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "_groups", lambda: iter([tmp_path / "inner", tmp_path]))
    (tmp_path / "inner").mkdir()
    before = available_memory()
    assert before is not None
    (tmp_path / "inner" / "cpu.max").write_text("max 100000\n")
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert granted_cpus() == 1
    (tmp_path / "inner" / "memory.max").write_text("max\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("900000\n")
    assert available_memory() == 100_000
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 700000\n")
    assert available_memory() == 800_000


CHURN = """
import resource
import numpy as np
from cnnfilt.machine import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        arrays = [np.ones(1 << 20) for _ in range(3)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults())
keep_freed_memory()
faults()
print(faults())
"""


@pytest.mark.skipif(not platform.libc_ver()[0], reason="this is not the C library of GNU")
def test_memory_that_is_kept_is_not_cleared_again() -> None:
    run = subprocess.run([sys.executable, "-c", CHURN], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    before, after = map(int, run.stdout.split())
    assert after < before / 10


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    keep_freed_memory()
