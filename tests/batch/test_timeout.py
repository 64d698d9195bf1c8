"""A job within its time, whatever happens in it."""

import gc
import os
import threading
import weakref
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from cnnfilt.batch.timeout import run_within_limits, within
from cnnfilt.batch.work import Settings
from cnnfilt.errors import InputError, OutputError
from cnnfilt.files.atomic import write_atomically
from cnnfilt.files.image import Image
from cnnfilt.terms import WORK_THREAD
from tests.batch import operations
from tests.batch.operations import UNLUCKY, jobs_in
from tests.patience import PATIENCE


def test_what_a_function_returns_or_raises() -> None:
    assert within(9, lambda: 5) == 5
    assert within(0, lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        within(9, lambda: 1 // 0)


def test_a_job_over_its_time_costs_that_time_and_never_writes(tmp_path: Path) -> None:
    (job,) = jobs_in(tmp_path, [UNLUCKY])
    os.mkfifo(tmp_path / "pipe")
    record = run_within_limits(job, operations.Held(tmp_path / "pipe"), Settings(timeout=0.2))
    assert record.abandoned
    assert str(record.error) == "took longer than 0.2 s and was given up (--timeout changes the limit)"
    (worker,) = (thread for thread in threading.enumerate() if thread.name == WORK_THREAD)
    (tmp_path / "pipe").write_bytes(b"")
    worker.join(PATIENCE)
    assert not worker.is_alive()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_job_over_its_time_in_the_midst_of_writing_leaves_nothing(tmp_path: Path) -> None:
    begun, let_go, failed = threading.Event(), threading.Event(), threading.Event()

    def write_slowly(stream: object) -> None:
        begun.set()
        let_go.wait()

    def work() -> None:
        try:
            write_atomically(tmp_path / "a", write_slowly, overwrite=False)
        except OutputError:
            failed.set()

    with pytest.raises(TimeoutError):
        within(0.2, work)
    assert begun.wait(PATIENCE)
    let_go.set()
    assert failed.wait(PATIENCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [InputError, MemoryError, ZeroDivisionError])
def test_a_failure_keeps_no_image_alive(tmp_path: Path, kind: type[Exception]) -> None:
    """In a short run nothing looks for garbage (see `__main__`): what waited for that would fill the memory."""
    images: list[weakref.ref[Image]] = []

    def fail(*arguments: object) -> NoReturn:
        image = Image(np.zeros((2, 2), np.uint8))
        images.append(weakref.ref(image))
        raise kind("broken") from ValueError()

    (job,) = jobs_in(tmp_path, [9])
    gc.disable()
    try:
        assert run_within_limits(job, operations.Copy(), Settings(), run=fail).error is not None
        assert images[0]() is None
    finally:
        gc.enable()


def test_a_timeout_of_0_waits(tmp_path: Path) -> None:
    (job,) = jobs_in(tmp_path, [UNLUCKY])
    os.mkfifo(tmp_path / "pipe")
    letting_go = threading.Timer(0.5, (tmp_path / "pipe").write_bytes, [b""])
    letting_go.start()
    assert run_within_limits(job, operations.Held(tmp_path / "pipe"), Settings(timeout=0)).error is None
    letting_go.join()


@pytest.mark.parametrize(
    ("operation", "words"),
    [(operations.Greedy(), "more memory than there is"), (operations.Faulty(), "ZeroDivisionError: a bug")],
)
def test_whatever_is_raised_is_in_the_record(tmp_path: Path, operation: operations.Copy, words: str) -> None:
    (job,) = jobs_in(tmp_path, [UNLUCKY])
    record = run_within_limits(job, operation, Settings())
    assert words in str(record.error)
    assert record.seconds > 0
    assert record.bytes_read == Path(job.source.path).stat().st_size
    if isinstance(operation, operations.Faulty):
        with pytest.raises(ZeroDivisionError):
            run_within_limits(job, operation, Settings(debug=True))


def test_a_reader_who_has_left_is_no_record(tmp_path: Path) -> None:
    """It is no fault of the file: the whole run ends, and says nothing."""

    def print_to_nobody(*arguments: object) -> NoReturn:
        raise BrokenPipeError

    (job,) = jobs_in(tmp_path, [9])
    with pytest.raises(BrokenPipeError):
        run_within_limits(job, operations.Copy(), Settings(), run=print_to_nobody)
