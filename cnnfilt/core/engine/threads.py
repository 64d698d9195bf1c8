"""Strips shared out to threads. NumPy lets go of the interpreter inside each call, so they run side by side."""

import os
from collections.abc import Callable, Sequence
from threading import Lock, Thread

Edges = Sequence[tuple[int, int]]
Work = Callable[[int, int], None]


def thread_count() -> int:
    """Return how many threads share the strips of one image: one for each processor this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_strips(edges: Edges, make_worker: Callable[[], Work]) -> None:
    """Call a worker for each strip (first, last); every thread makes its own, scratch memory and all.

    Where strips begin and end is settled before, so the result does not depend on the number of threads. What a
    worker raises is raised here.
    """
    strips, lock, failures = iter(edges), Lock(), []

    def work() -> None:
        try:
            worker = make_worker()
            while True:
                with lock:
                    strip = next(strips, None)
                if strip is None or failures:
                    return
                worker(*strip)
        except BaseException as failure:
            failures.append(failure)

    others = [Thread(target=work) for _ in range(min(thread_count(), len(edges)) - 1)]
    for thread in others:
        thread.start()
    work()
    for thread in others:
        thread.join()
    if failures:
        raise failures[0]
