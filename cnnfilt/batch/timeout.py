"""A job within its time: a work thread decodes while the main thread waits, because nothing can stop a decoder.

A signal reaches the waiting main thread at once, and a hung file costs its time and no more.
"""

import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from cnnfilt.batch.inputs import read_image
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.work import Record, Settings, run_on_image
from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.files.atomic import give_up
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation
from cnnfilt.terms import WORK_THREAD

Answer = TypeVar("Answer")

_SECONDS_ASLEEP = 0.1


def run_job(job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of one job, all its outputs written; a CnnfiltError is for the caller."""
    settings = settings.dated(job.source)
    if settings.frames != "first":
        # Few runs want another than the first frame.
        from cnnfilt.batch.frames import run_on_frames

        return run_on_frames(job, operation, settings)
    return run_on_image(read_image(job, settings), job, operation, settings)


def run_within_limits(
    job: FileJob,
    operation: Operation,
    settings: Settings,
    *,
    run: Callable[[FileJob, Operation, Settings], Record] = run_job,
) -> Record:
    """Return the record of `job`; errors are in it, and so is running over `settings.timeout` seconds (0: no limit).

    `run` is what is done with it.
    """
    started = time.monotonic()
    try:
        record = within(settings.timeout, lambda: run(job, operation, settings))
    except CnnfiltError as error:
        record = Record(job.source.path, error=_alone(error))
    except MemoryError:
        record = Record(job.source.path, error=InputError("needs more memory than there is"))
    except TimeoutError:
        message = f"took longer than {settings.timeout:g} s and was given up (--timeout changes the limit)"
        record = Record(job.source.path, error=InputError(message), abandoned=True)
    except BrokenPipeError:
        raise  # The reader of our output has left, and wants no word from us.
    except Exception as error:
        if settings.debug:
            raise
        what = f"{type(error).__name__}: {error}"
        record = Record(
            job.source.path, error=CnnfiltError(f"an error in cnnfilt itself ({what}); --debug shows where")
        )
    return replace(record, seconds=time.monotonic() - started, bytes_read=_size_of(job.source.path))


def within(seconds: float, function: Callable[[], Answer]) -> Answer:
    """Return what `function` returns, or raise what it raises; TimeoutError after so many seconds (0: never).

    It then goes on in its thread until its decoder returns, but writes nothing any more.
    """
    work = _Work(function)
    try:
        return work.wait(seconds)
    except TimeoutError:
        if work.thread.is_alive():
            give_up(work.thread)
        raise


def _alone(error: CnnfiltError) -> CnnfiltError:
    """Return `error` without the frames it came through: they hold the image, and one of them the error itself."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _size_of(path: str) -> int:
    with suppress(OSError, ValueError):
        return os.path.getsize(path)
    return 0


class _Work(Generic[Answer]):
    """A function running in a thread of its own."""

    def __init__(self, function: Callable[[], Answer]) -> None:
        self._function = function
        self._answer: list[Answer] = []
        self._error: BaseException | None = None
        self._done = threading.Event()
        self.thread = threading.Thread(target=self._run, name=WORK_THREAD, daemon=True)
        self.thread.start()

    def wait(self, seconds: float) -> Answer:
        """Return what the function returned, or raise what it raised; TimeoutError after so many seconds (0: never)."""
        deadline = time.monotonic() + (seconds or math.inf)
        # Again and again, for a signal may come to a thread that is just starting another one: this one sleeps on then,
        # and only when it wakes does Python act on the signal.
        while not self._done.wait(max(0.0, min(_SECONDS_ASLEEP, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                raise TimeoutError
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # One of the frames it came through holds this; they would keep each other alive.
        return self._answer[0]

    def _run(self) -> None:
        try:
            self._answer.append(self._function())
        except BaseException as error:
            self._error = error
        self._done.set()
