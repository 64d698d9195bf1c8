"""The whole report, and the names of what is in it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import cnnfilt
from tests.benchmarks import (
    growth,
    rows_filters,
    rows_folders,
    rows_networks,
    rows_onnx,
    rows_pooling,
    rows_process,
    rows_training,
)
from tests.benchmarks.images import Images
from tests.benchmarks.limits import THREADS, measured_rates
from tests.benchmarks.peers import version_of
from tests.benchmarks.rows import Row, Section
from tests.benchmarks.table import heading, section_table

SECTIONS = (
    rows_filters.SECTION,
    rows_pooling.SECTION,
    rows_networks.SECTION,
    rows_onnx.SECTION,
    rows_training.SECTION,
    rows_process.SECTION,
    rows_process.MEMORY_SECTION,
    rows_folders.SECTION,
)


def lines(pattern: str, *, megapixels: float, repeats: int) -> Iterator[str]:
    """Yield the report on the rows and tables that match, line by line as they are measured."""
    same_threads()
    same_package()
    images, rates = Images.cached(megapixels), measured_rates()
    yield from heading(images, repeats, rates)
    for section, rows in chosen(pattern):
        yield from section_table(section, rows, images, repeats, rates)
    if matches(pattern, growth.PIXELS_TITLE):
        yield from growth.pixels_table(megapixels, repeats)
    if matches(pattern, growth.SIZES_TITLE):
        yield from growth.sizes_table(images, repeats)


def names(pattern: str) -> Iterator[str]:
    """Yield the names of the rows and tables that match."""
    for section, rows in chosen(pattern):
        yield from (f"{section.title}: {row.name}" for row in rows)
    yield from (title for title in (growth.PIXELS_TITLE, growth.SIZES_TITLE) if matches(pattern, title))


def chosen(pattern: str) -> Iterator[tuple[Section, list[Row]]]:
    """Yield each section with its rows that match, if there are any."""
    for section in SECTIONS:
        rows = [row for row in section.rows if matches(pattern, f"{section.title}: {row.name}")]
        if rows:
            yield section, rows


def matches(pattern: str, name: str) -> bool:
    """Tell whether the regular expression is found in the name, in any case."""
    return re.search(pattern, name, re.IGNORECASE) is not None


def same_package() -> None:
    """Make the processes that are started use the package that is measured here, whatever is installed.

    And use it as an installed one, whose modules have been compiled: the first run may leave them so.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    root = str(Path(cnnfilt.__file__).parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def same_threads() -> None:
    """Give this process, and all it starts, THREADS processors; OpenCV and torch are told so too."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    if version_of("cv2"):
        import cv2

        cv2.setNumThreads(THREADS)
    if version_of("torch"):
        import torch

        torch.set_num_threads(THREADS)
