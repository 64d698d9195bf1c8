"""Strips shared out to threads: the same answers in the same order, whoever computes them."""

import os
import re
import subprocess
import sys
import threading

import numpy as np
import pytest

from cnnfilt.core.convolution import convolve
from cnnfilt.core.engine import strips, threads
from cnnfilt.core.levels import Levels
from cnnfilt.core.pooling import pool
from tests.asking import convolve_to_levels, edges_to_levels, plan_of

EDGES = [(first, first + 3) for first in range(0, 60, 3)]


@pytest.fixture(params=[1, 2, 5])
def count(request):
    threads.limit_threads(request.param)
    yield request.param
    threads.limit_threads(0)


def test_answers_come_in_the_order_of_the_strips(count):
    assert threads.run_strips(EDGES, lambda: lambda first, last: (first, last)) == EDGES
    assert threads.run_strips([], lambda: lambda first, last: None) == []


def test_every_thread_has_a_worker_of_its_own(count):
    users = {}
    together = threading.Barrier(count)

    def make_worker():
        name = len(users)
        users[name] = set()

        def work(first, last):
            if not users[name]:
                together.wait(10)
            users[name].add(threading.get_ident())

        return work

    threads.run_strips(EDGES, make_worker)
    assert len(users) == count
    assert all(len(idents) == 1 for idents in users.values())
    assert len(set.union(*users.values())) == count


def test_workers_are_made_one_after_another(count):
    # Workers copy what they share, and in Python 3.11 two threads that first ask for one object's __dict__ at once,
    # as `copy` does, may each get one of the same memory: it is freed twice, and some later collection crashes.
    makers = []

    def make_worker():
        makers.append(threading.get_ident())
        return lambda first, last: threading.Event().wait(0.001)

    threads.run_strips(EDGES, make_worker)
    assert makers == [threading.get_ident()] * count


def test_there_are_no_threads_within_threads(count):
    counts = threads.run_strips(EDGES, lambda: lambda first, last: threads.thread_count())
    assert set(counts) == {1}
    assert threads.thread_count() == count


def test_what_a_worker_raises_is_raised(count):
    def work(first, last):
        if first == 30:
            raise ValueError("strip 30")

    with pytest.raises(ValueError, match="strip 30"):
        threads.run_strips(EDGES, lambda: work)
    assert threads.thread_count() == count


def test_results_and_losses_do_not_depend_on_the_number(monkeypatch):
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 3000)
    image = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    found = []
    for number in (1, 2, 7):
        threads.limit_threads(number)
        for values in ("clip", "abs", "minmax", "offset"):
            pixels, loss = convolve_to_levels(image, [[1, 0, -1]] * 3, Levels(values, np.uint8))
            found.append((number, values, pixels.tobytes(), loss))
        pixels, loss = edges_to_levels(image, Levels("clip", np.uint8))
        found.append((number, "edges", pixels.tobytes(), loss))
    threads.limit_threads(2)
    assert re.search(r"int16 sums, 2 threads, strips of \d+ rows$", plan_of(image, [[1, 0, -1]] * 3))
    threads.limit_threads(0)
    assert len({one[1:] for one in found}) == len(found) / 3


@pytest.mark.parametrize("size", [3, 7])
def test_floats_do_not_depend_on_the_number(monkeypatch, size):
    # Not even near an infinity, whose strip some techniques compute in another way.
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 3000)
    draw = np.random.default_rng(size)
    image = draw.normal(size=(90, 70, 3)).astype(np.float32)
    image[40, 30] = np.inf
    kernels = draw.normal(size=(size, size)), np.multiply.outer(*draw.normal(size=(2, size)))
    found = []
    for number in (1, 2, 7):
        threads.limit_threads(number)
        found.append([convolve(image, kernel, padding="same").tobytes() for kernel in kernels])
        found[-1] += [convolve(image, kernels[0] * (kernels[0] > 0), padding="same").tobytes()]
        found[-1] += [pool(image, 3, kind=kind, padding=1).tobytes() for kind in ("max", "avg")]
    threads.limit_threads(0)
    assert found[0] == found[1] == found[2]


def test_threads_are_used_again():
    threads.limit_threads(3)
    together = threading.Barrier(3)

    def ident(first, last):
        together.wait(60)
        return threading.get_ident()

    def idents():
        return set(threads.run_strips(EDGES[:3], lambda: ident))

    assert idents() == idents()
    threads.limit_threads(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_has_threads_of_its_own():
    script = (
        "import os, warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        "from cnnfilt.core.engine import threads\n"
        "threads.limit_threads(3)\n"
        "run = lambda: threads.run_strips([(n, n + 1) for n in range(30)], lambda: lambda first, last: first)\n"
        "assert run() == list(range(30))\n"
        "child = os.fork()\n"
        "assert run() == list(range(30))\n"
        "os._exit(0) if not child else None\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=300)
