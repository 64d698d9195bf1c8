"""What this process may use of the machine: CPUs and memory, by its affinity and its control groups (version 2)."""

import functools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CONTROL_GROUPS = Path("/sys/fs/cgroup")
"""Where Linux says what a container may use."""


def granted_cpus() -> int:
    """Return how many CPUs this process may use: its affinity and its control groups' quotas, at least 1."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([affinity, *_quotas()]))


def available_memory() -> int | None:
    """Return the bytes of memory that are free to use now, by the system and the control groups; None if unknown."""
    free = [bytes_left for group in _groups() for bytes_left in _memory_left(group)]
    with suppress(OSError, ValueError, IndexError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free.append(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")))
    return max(min(free), 0) if free else None


def keep_freed_memory() -> None:
    """Have the C library of GNU keep what this process frees, up to 1 GB, for what it asks for next.

    The system clears what it gives out anew: where arrays of some MB come and go, that takes a sixth of the time. Other
    libraries decide for themselves.
    """
    import ctypes  # Most commands do without.

    with suppress(OSError, AttributeError):
        settings = ctypes.CDLL(None).mallopt
        for parameter, value in _MALLOC.items():
            settings(parameter, value)


_MALLOC = {-1: 1 << 30, -3: 1 << 28}
"""M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h: what is free at the end is given back from there on, and what is
larger has a place of its own."""


@functools.cache
def _quotas() -> tuple[int, ...]:
    """Return the CPUs that each control group with a limit grants; read once, for every image asks."""
    return tuple(quota for group in _groups() for quota in _quota(group))


def _groups() -> Iterator[Path]:
    """Yield this process's control group and those above it (version 2)."""
    group = ""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        group = next(line.removeprefix("0::/") for line in lines if line.startswith("0::/"))
    folder = CONTROL_GROUPS / group
    while folder != CONTROL_GROUPS and CONTROL_GROUPS in folder.parents:
        yield folder
        folder = folder.parent
    yield CONTROL_GROUPS


def _quota(group: Path) -> Iterator[int]:
    """Yield the CPUs that a control group grants, rounded up, if it has a limit."""
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = (group / "cpu.max").read_text().split()
        yield -(-int(quota) // int(period))


def _memory_left(group: Path) -> Iterator[int]:
    """Yield the bytes a control group still grants, if it has a limit; cached files count as free."""
    with suppress(OSError, ValueError):
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
        cached = 0
        with suppress(OSError, StopIteration, IndexError):
            lines = (group / "memory.stat").read_text().splitlines()
            cached = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
        yield limit - used + cached
