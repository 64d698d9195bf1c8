"""Operations that misbehave on the images that are 13 rows high, in a module that a worker can import."""

import os
import signal
from pathlib import Path

import numpy as np
import PIL.Image

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import ParameterError, StorageError
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation, Result, Treatment

UNLUCKY = 13


class Copy:
    """Gives every image back as it is, after a look at it."""

    treatment = Treatment()

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        if image.pixels.shape[0] == UNLUCKY:
            self.misbehave()
        return [Result(image.pixels, image.alpha, "copied")]

    def spend(self, image: Image, format_name: str) -> list[Result]:
        """Do what a call does."""
        return self(image, format_name)

    def misbehave(self) -> None:
        """Do nothing, here."""


class Deadly(Copy):
    """Kills its process."""

    def misbehave(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Held(Copy):
    """Waits until the test lets go of a pipe: it opens it for writing."""

    def __init__(self, pipe: Path) -> None:
        self.pipe = pipe

    def misbehave(self) -> None:
        self.pipe.read_bytes()


class Wrong(Copy):
    """Finds the request wrong."""

    def misbehave(self) -> None:
        raise ParameterError("wrong whatever the image")


class Full(Copy):
    """Finds the disk full."""

    def misbehave(self) -> None:
        raise StorageError("no space")


class Faulty(Copy):
    """Has an error in it."""

    def misbehave(self) -> None:
        raise ZeroDivisionError("a bug")


class Greedy(Copy):
    """Needs too much memory."""

    def misbehave(self) -> None:
        raise MemoryError


def carry_patiently(job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Carry out a job whose limit of time counts only where the operation misbehaves: the others may be slow."""
    with PIL.Image.open(job.source.path) as image:
        unlucky = image.height == UNLUCKY
    return run_within_limits(job, operation, settings if unlucky else replace(settings, timeout=0))


def jobs_in(folder: Path, heights: list[int]) -> list[FileJob]:
    """Pictures of these heights, to be written to `out` beside their folder."""
    source = folder / "in"
    source.mkdir()
    jobs = []
    for number, height in enumerate(heights):
        path = source / f"{number:02}.png"
        levels = np.random.default_rng(number).integers(0, 256, (height, 20, 3), dtype=np.uint8)
        PIL.Image.fromarray(levels).save(path)
        jobs.append(FileJob(Source(str(path)), (Target(folder / "out" / path.name, "png", make_folder=True),)))
    return jobs
