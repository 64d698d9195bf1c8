"""How many workers: as many as there are CPUs for us, unless they would need too much of the memory."""

import os
from collections.abc import Sequence
from contextlib import suppress

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.timeout import within
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.decode.header import image_size
from cnnfilt.machine import available_memory, granted_cpus
from cnnfilt.windows import MOST_PROCESSES, ON_WINDOWS

FEWEST_JOBS = 8
"""Below this many files a loop is done before the workers have started."""

LOOKED_AT = 16
"""Of how many of the largest files the size is looked up, to guess the memory that a worker will need."""

SECONDS_TO_LOOK = 5.0

BYTES_PER_PIXEL = 24
BYTES_PER_WORKER = 120 << 20
"""What a job takes at its peak (measured: 12 bytes a pixel from JPEG to JPEG), and the least any worker takes."""


def worker_count(jobs: Sequence[FileJob], wanted: int | None, *, bytes_per_pixel: int = 0) -> int:
    """Return how many processes to use for `jobs`: 1 means a loop in this one.

    As many as asked for (else the CPUs), fewer when their estimated peaks would pass half of the memory.
    `bytes_per_pixel` is what the operation takes where that is more than usual.
    """
    if wanted == 1 or (wanted is None and len(jobs) < FEWEST_JOBS) or _needs_our_pipes(jobs):
        return 1
    count = min(wanted or granted_cpus(), len(jobs))
    count = min(count, MOST_PROCESSES) if ON_WINDOWS else count
    memory = available_memory()
    if memory is None or count == 1:
        return count
    return max(1, min(count, memory // 2 // _estimated_peak(jobs, max(bytes_per_pixel, BYTES_PER_PIXEL))))


def _needs_our_pipes(jobs: Sequence[FileJob]) -> bool:
    """Return whether a job reads standard input or writes standard output, which only this process has."""
    return any(job.source.is_stdin or any(target.path is None for target in job.targets) for job in jobs)


def _estimated_peak(jobs: Sequence[FileJob], bytes_per_pixel: int) -> int:
    """Return the bytes the largest image may take, judged by the headers of the largest files."""
    pixels = 0
    # In a work thread: a header can hold a decoder, too.
    with suppress(TimeoutError, MemoryError):
        pixels = within(SECONDS_TO_LOOK, lambda: _most_pixels(jobs))
    return BYTES_PER_WORKER + bytes_per_pixel * pixels


def _most_pixels(jobs: Sequence[FileJob]) -> int:
    files = [(_size_of(job.source.path), job.source.path) for job in jobs]
    most = 0
    for _, path in sorted(files, reverse=True)[:LOOKED_AT]:
        with suppress(CnnfiltError, OSError):
            if os.path.isfile(path):
                height, width, _ = image_size(path)
                most = max(most, height * width)
    return most


def _size_of(path: str) -> int:
    with suppress(OSError, ValueError):
        return os.stat(path).st_size
    return 0
