"""Worker processes: how they start, and how they end when we do."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import connection, resource_tracker

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.core.engine.threads import limit_threads
from cnnfilt.machine import granted_cpus
from cnnfilt.operations.base import Operation
from cnnfilt.signals import SIGNALS, exit_now
from cnnfilt.windows import ON_WINDOWS

SECONDS_TO_END = 0.8
"""How long workers may take to clean up; then they are killed."""

_STDERR = 2

Carry = Callable[[FileJob, Operation, Settings], Record]
"""What a worker does with a job; a function that can be sent to it by name."""


class WorkerPool:
    """`count` processes behind an Executor. Each ignores Ctrl-C, says nothing, and ends when this process does."""

    lost: tuple[type[Exception], ...] = ()

    def __init__(self, count: int, *, carry: Carry = run_within_limits) -> None:
        self.carry = carry
        self._before = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        # What is blocked and silenced while the workers start they inherit: an initializer would come too late for
        # a Ctrl-C, and for the traceback of a worker that is born while we are killed.
        with _signals_blocked(), _stderr_closed():
            if not ON_WINDOWS:  # There it has no such process.
                resource_tracker.ensure_running()
            self.executor: Executor = ProcessPoolExecutor(
                count, mp_context=context, initializer=_begin_worker, initargs=(max(1, granted_cpus() // count),)
            )
            for _ in range(count):
                self.executor.submit(os.getpid)

    def close(self) -> None:
        """Let the workers end by themselves."""
        self.executor.shutdown(wait=True)

    def end(self) -> None:
        """End the workers now, whatever they do."""
        self.end_workers()
        self.executor.shutdown(wait=True, cancel_futures=True)

    def end_workers(self) -> None:
        """Ask the workers to remove what they are writing and to go, and kill those that do not; takes no locks."""
        workers = [child for child in multiprocessing.active_children() if child not in self._before]
        for worker in workers:
            worker.terminate()
        waiting, deadline = {worker.sentinel for worker in workers}, time.monotonic() + SECONDS_TO_END
        while waiting and (left := deadline - time.monotonic()) > 0:
            waiting.difference_update(ready for ready in connection.wait(waiting, left) if isinstance(ready, int))
        for worker in workers:
            if worker.sentinel in waiting:
                worker.kill()


def _begin_worker(threads: int) -> None:
    """Prepare a worker: it uses so many threads, and ends cleanly when asked to, at once when its parent is gone."""
    limit_threads(threads)
    signal.signal(signal.SIGTERM, lambda number, frame: exit_now(128 + number))
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, set(SIGNALS) - {signal.SIGTERM})
    else:  # On Windows Ctrl-C goes to all processes of a console.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), name="follow", daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    exit_now(1)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set(SIGNALS))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Let what is started meanwhile write its complaints to nowhere: what a worker has to say is in its records."""
    kept = -1
    with suppress(OSError):  # There may be none.
        kept = os.dup(_STDERR)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR)
        yield
    finally:
        if kept >= 0:
            os.dup2(kept, _STDERR)
            os.close(kept)
