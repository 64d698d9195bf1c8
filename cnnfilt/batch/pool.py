"""Worker processes: how many, how they start, and how they end when we do."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import connection, resource_tracker
from pathlib import Path

from cnnfilt.batch.jobs import Job
from cnnfilt.batch.limits import run_within_limits
from cnnfilt.batch.operations.base import Operation
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.atomic import discard_temporaries
from cnnfilt.files.header import image_size

FEWEST_JOBS = 8
"""Below this many files a loop is done before the workers have started."""

LOOKED_AT = 16
"""Of how many of the largest files the size is looked up, to guess the memory that a worker will need."""

BYTES_PER_PIXEL = 24
BYTES_PER_WORKER = 120 << 20
"""What a job takes at its peak (measured: 12 bytes a pixel from JPEG to JPEG), and the least any worker takes."""

SECONDS_TO_END = 1.0
SECONDS_TO_TELL = 0.5


def granted_cpus() -> int:
    """Return how many CPUs this process may use: its affinity and its control group's quota, at least 1."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(affinity, _quota(Path("/sys/fs/cgroup/cpu.max")) or affinity))


def worker_count(jobs: Sequence[Job], wanted: int | None) -> int:
    """Return how many processes to use for `jobs`: 1 means a loop in this one.

    As many as asked for (else the CPUs), fewer when their estimated peaks would pass half of the memory.
    """
    if wanted == 1 or (wanted is None and len(jobs) < FEWEST_JOBS):
        return 1
    count = min(wanted or granted_cpus(), len(jobs))
    memory = available_memory()
    if memory is None:
        return count
    return max(1, min(count, memory // 2 // _estimated_peak(jobs)))


def available_memory() -> int | None:
    """Return the bytes of memory that are free to use now, by the system and the control group; None if unknown."""
    free = []
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free.append(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")))
    with suppress(OSError, ValueError):
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        free.append(limit - int(Path("/sys/fs/cgroup/memory.current").read_text()))
    return max(min(free), 0) if free else None


def carry_in_worker(job: Job, operation: Operation, settings: Settings) -> Record:
    """Return the record of `job`; a worker that had to abandon a decoder ends soon after it has told."""
    record = run_within_limits(job, operation, settings)
    if record.abandoned:
        threading.Timer(SECONDS_TO_TELL, os._exit, (1,)).start()
    return record


class Pool:
    """`count` processes behind an Executor. Each ignores Ctrl-C, uses one thread, and ends when this process does."""

    carry = staticmethod(carry_in_worker)

    def __init__(self, count: int) -> None:
        self.executor: Executor = ProcessPoolExecutor(
            count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker
        )
        self._before = set(multiprocessing.active_children())
        resource_tracker.ensure_running()
        # The workers inherit what is blocked while they start: an initializer would come too late for a Ctrl-C.
        with _blocked(signal.SIGINT):
            self._started = [self.executor.submit(os.getpid) for _ in range(count)]

    def close(self) -> None:
        """Let the workers end by themselves."""
        self.executor.shutdown(wait=True)

    def end(self) -> None:
        """End the workers now, whatever they do: first asked to remove what they are writing, then killed."""
        workers = [child for child in multiprocessing.active_children() if child not in self._before]
        for worker in workers:
            worker.terminate()
        gone = connection.wait([worker.sentinel for worker in workers], timeout=SECONDS_TO_END)
        for worker in workers:
            if worker.sentinel not in gone:
                worker.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    """Prepare a worker: it ends cleanly when told to, and at once when its parent is gone."""
    signal.signal(signal.SIGTERM, _leave)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), name="follow", daemon=True).start()


def _leave(number: int, frame: object) -> None:
    discard_temporaries()
    os._exit(128 + number)


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    discard_temporaries()
    os._exit(1)


@contextmanager
def _blocked(number: signal.Signals) -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _estimated_peak(jobs: Sequence[Job]) -> int:
    """Return the bytes the largest image may take, judged by the headers of the largest files."""
    files = [job.source.path for job in jobs if not job.source.is_stdin and os.path.isfile(job.source.path)]
    files.sort(key=os.path.getsize, reverse=True)
    pixels = 0
    for path in files[:LOOKED_AT]:
        with suppress(CnnfiltError):
            height, width, _ = image_size(path)
            pixels = max(pixels, height * width)
    return BYTES_PER_WORKER + BYTES_PER_PIXEL * pixels


def _quota(file: Path) -> int | None:
    """Return the CPUs that a control group grants, rounded up; None where there is no limit."""
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = file.read_text().split()
        return -(-int(quota) // int(period))
    return None
