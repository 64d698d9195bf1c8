"""Waits that come to an end, and tests that do. No bound here is near to what a slow or busy machine takes."""

import faulthandler
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

PATIENCE = 300.0
"""Seconds after which what is waited for will never come."""

LONGEST_TEST = 900.0
"""Seconds after which a test hangs; more than two waits that are in vain."""

LONGEST_SLICE = 7200.0
"""The same for a test that is chosen by its marker: it takes minutes when all is well."""

_GRACE = 60.0


def wait_until(condition: Callable[[], bool], missing: str | Callable[[], str]) -> None:
    """Wait for `condition`; fail after `PATIENCE` seconds with what is `missing`."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(missing if isinstance(missing, str) else missing())
        time.sleep(0.005)


@contextmanager
def failing_after(seconds: float, stderr: int) -> Iterator[None]:
    """Let what takes longer fail; where not even an exception ends it, print where it hangs and end the process."""

    def fail(*_: object) -> None:
        pytest.fail(f"hangs: no end after {seconds:g} seconds")  # What catches an Exception lets this pass.

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
