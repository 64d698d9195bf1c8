"""Taking turns, and what is measured: the time of a call, the peak memory of a process."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

PATIENCE = 15.0
"""Seconds that one pair of ours and a peer may take in all; a pair that is slower than this is measured once."""

PAUSE = 0.02
"""Seconds between two measurements: some libraries' threads go on spinning for a while after their work."""

TURN = 0.1
"""Seconds that a quick call is called again and again for, in one turn."""

PEAK = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True)
class Pairing:
    """What ours and a peer took, turn by turn."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Return the median of ours divided by the peer's next to it."""
        return median(ours / peer for ours, peer in zip(self.ours, self.peer, strict=True))


class ProcessFailedError(RuntimeError):
    """A program ended with an error."""


@dataclass(frozen=True)
class Process:
    """A program's command line; calling it runs it.

    `idle` is the same program doing nothing, only starting and importing; `pixels` are those of its input.
    """

    arguments: tuple[str, ...]
    idle: tuple[str, ...] = ()
    pixels: int = 1

    def __call__(self) -> None:
        """Run it to its end; raises ProcessFailedError."""
        run_quietly(self.arguments)


def run_quietly(arguments: tuple[str, ...]) -> str:
    """Return what the command prints; raises ProcessFailedError, with its complaint, when it fails."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessFailedError(
            f"{' '.join(arguments)[:200]}: exit code {done.returncode}: {done.stderr.strip()[:300]}"
        )
    return done.stdout


def seconds(call: Callable[[], object]) -> float:
    """Return how long `call` takes; freeing its result does not count."""
    start = time.perf_counter()
    result = call()
    taken = time.perf_counter() - start
    del result
    return taken


def seconds_in_a_row(call: Callable[[], object]) -> float:
    """Return how long `call` takes in a program that calls it often: the median of a turn's calls.

    One call after a rest would measure how soon a machine wakes its second processor, more than the call.
    """
    end, taken = time.perf_counter() + TURN, [seconds(call)]
    while time.perf_counter() < end:
        taken.append(seconds(call))
    return median(taken)


def peak_bytes_per_pixel(process: Process) -> float:
    """Return the peak memory of `process` above that of its idle self, in bytes per pixel of its input."""
    return (peak_bytes(process.arguments) - peak_bytes(process.idle)) / process.pixels


def peak_bytes(arguments: tuple[str, ...]) -> int:
    """Return the largest memory the command held.

    A child counts its parent's memory as its own, as it was when it was started; so the parent has to be a small
    interpreter of its own, not this one, which holds the images.
    """
    return int(run_quietly((sys.executable, "-S", "-c", PEAK, *arguments))) * 1024


def pair(ours: Any, peer: Any, *, gauge: Callable[[Any], float], repeats: int) -> Pairing:
    """Return what both take in `repeats` turns, after one that does not count.

    Slow ones get fewer turns, and those that take all of PATIENCE only the first.
    """
    start = time.perf_counter()
    first = gauge(ours), gauge(peer)
    rounds = min(repeats, int(PATIENCE / (time.perf_counter() - start)))
    turns = [(_rested(ours, gauge), _rested(peer, gauge)) for _ in range(rounds)] or [first]
    return Pairing(tuple(a for a, _ in turns), tuple(b for _, b in turns))


def alone(ours: Any, *, gauge: Callable[[Any], float], repeats: int) -> tuple[float, ...]:
    """Return what ours takes without a peer, by the same rules as `pair`."""
    start = time.perf_counter()
    first = gauge(ours)
    rounds = min(repeats, int(PATIENCE / (time.perf_counter() - start)))
    return tuple(_rested(ours, gauge) for _ in range(rounds)) or (first,)


def _rested(call: Any, gauge: Callable[[Any], float]) -> float:
    time.sleep(PAUSE)
    return gauge(call)
