"""Batches killed at random moments: nothing is corrupt, nothing lost, and the next run completes the tree."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Make, Outcome, Shell, Start, assert_all_end, await_handlers, tree
from tests.holding import UNHURRIED
from tests.patience import PATIENCE

IMAGES = 24
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}


@pytest.mark.parametrize("workers", [2, 1])
@pytest.mark.parametrize(
    ("seed", "batches"), [("quick", 2), *(pytest.param(seed, 10, marks=pytest.mark.kill) for seed in range(10))]
)
def test_a_killed_batch_is_resumed(
    pictures: Make, shell: Shell, start: Start, tmp_path: Path, seed: object, batches: int, workers: int
) -> None:
    source, out = pictures(IMAGES), tmp_path / "out"
    originals, earlier, undisturbed, seconds = prepared(shell, tmp_path)
    rng = random.Random(f"{seed} {workers}")
    for batch in range(batches):
        shutil.rmtree(out, ignore_errors=True)
        replacing = rng.random() < 0.3
        options = ["-y"] if replacing else []
        if replacing:
            shutil.copytree(tmp_path / "earlier", out)
        number = signal.SIGKILL if batch % 2 else rng.choice([signal.SIGINT, signal.SIGTERM])
        process = start("edges", "in", "-o", "out/", "-j", workers, *options, environment=UNHURRIED)
        await_moment(process, out, rng, seconds, replacing=replacing)
        kill(process, number)
        assert tree(source) == originals
        for name, content in tree(out).items() if out.exists() else ():
            if name.startswith(".cnnfilt-"):
                assert number == signal.SIGKILL
            else:
                assert content in (undisturbed[name], earlier[name] if replacing else b"no other"), name
        resumed = shell("edges", "in", "-o", "out/", "-j", workers, "-y" if replacing else "--skip-existing")
        assert resumed.code == 0, resumed
        assert tree(out) == undisturbed


def await_moment(
    process: "subprocess.Popen[bytes]", out: Path, rng: random.Random, seconds: float, *, replacing: bool
) -> None:
    """Wait for a random time, or until a random number of outputs is there."""
    # In Python's own start, before a line of ours has run, a signal ends the process in Python's own way.
    await_handlers(process)
    if replacing or rng.random() < 0.4:
        time.sleep(rng.uniform(0, seconds))
        return
    wanted = rng.randrange(IMAGES)
    while process.poll() is None and not (out.exists() and len(os.listdir(out)) >= wanted):
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.02))


def prepared(shell: Shell, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, bytes], float]:
    """The inputs, outputs of an earlier other run, those of an undisturbed run, and how long that takes."""
    checked(shell("convolve", "in", "-k", "box:3", "-p", "same", "-o", "earlier/"))
    checked(shell("edges", "in", "-o", "undisturbed/", "-j", 2))
    started = time.monotonic()
    checked(shell("edges", "in", "-o", "timed/", "-j", 2))
    seconds = time.monotonic() - started
    return tree(folder / "in"), tree(folder / "earlier"), tree(folder / "undisturbed"), seconds


def checked(outcome: Outcome) -> None:
    assert outcome.code == 0, outcome


def kill(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send the signal, and see that all that belongs to the run ends and says nothing but its one line."""
    process.send_signal(number)
    _, stderr = process.communicate(timeout=PATIENCE)
    assert_all_end(process)
    assert process.returncode in (CODES[number], 0), stderr
    assert b"Traceback" not in stderr
    assert b"leaked" not in stderr
    if process.returncode > 0:
        assert len(stderr.splitlines()) <= 2, stderr
