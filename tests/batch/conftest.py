"""Workers that a failed test leaves would hold up Python's own end."""

import multiprocessing
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_workers_left() -> Iterator[None]:
    yield
    for child in multiprocessing.active_children():
        child.kill()
