"""Strips shared out to threads. NumPy lets go of the interpreter inside each call, so they run side by side.

Where strips begin and end is settled beforehand, and what they give is returned in their order: nothing depends
on the number of threads.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock, Thread, local
from typing import TypeVar

from cnnfilt.machine import granted_cpus

Answer = TypeVar("Answer")
Edges = Sequence[tuple[int, int]]
Worker = Callable[[int, int], Answer]

_limit = [0]
_this_thread = local()


def thread_count() -> int:
    """Return how many threads share the strips of one image: the CPUs this process is granted, or the limit.

    In a thread that has strips to work on already it is 1.
    """
    if getattr(_this_thread, "is_working", False):
        return 1
    return _limit[0] or granted_cpus()


def limit_threads(count: int) -> None:
    """Let images be computed by `count` threads from now on; 0 for one on each CPU."""
    _limit[0] = count


def run_strips(edges: Edges, make_worker: Callable[[], Worker[Answer]]) -> list[Answer]:
    """Return a worker's answer for each strip (first, last) of `edges`, in their order.

    Every thread has a worker of its own, scratch memory and all. They are made here, one after another: Python 3.11
    now and then crashes if two threads copy one object at once, since both may get a `__dict__` of the same memory.
    What a worker raises is raised here, once all have come to rest.
    """
    answers: dict[int, Answer] = {}
    failures: list[BaseException] = []
    strips, lock = iter(range(len(edges))), Lock()

    def work(worker: Worker[Answer]) -> None:
        try:
            with _working():
                while not failures:
                    with lock:
                        strip = next(strips, None)
                    if strip is None:
                        return
                    answers[strip] = worker(*edges[strip])
        except BaseException as failure:
            failures.append(failure)

    count = thread_count()
    with _working():
        mine, *theirs = [make_worker() for _ in range(max(1, min(count, len(edges))))]
    helpers = [_helper() for _ in theirs]
    for helper, worker in zip(helpers, theirs, strict=True):
        helper.begin(partial(work, worker))
    work(mine)
    for helper in helpers:
        helper.wait()
        _idle.append(helper)
    if failures:
        raise failures[0]
    return [answers[strip] for strip in range(len(edges))]


class _Helper:
    """A thread that does what it is given, and waits for more: to wake one is quicker than to start another."""

    def __init__(self) -> None:
        self._work: Callable[[], None] | None = None
        self._begun, self._done = Lock(), Lock()
        self._begun.acquire()
        self._done.acquire()
        Thread(target=self._serve, daemon=True).start()

    def begin(self, work: Callable[[], None]) -> None:
        """Let it do `work`, which raises nothing."""
        self._work = work
        self._begun.release()

    def wait(self) -> None:
        """Return when that is done."""
        self._done.acquire()

    def _serve(self) -> None:
        while self._begun.acquire():
            if self._work:
                self._work()
            self._work = None
            self._done.release()


_idle: list[_Helper] = []
"""Threads that wait. Any thread may take one, or put one back."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # Of a process its fork has one thread alone.


def _helper() -> _Helper:
    try:
        return _idle.pop()
    except IndexError:
        return _Helper()


@contextmanager
def _working() -> Iterator[None]:
    before = getattr(_this_thread, "is_working", False)
    _this_thread.is_working = True
    try:
        yield
    finally:
        _this_thread.is_working = before
