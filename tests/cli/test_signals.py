"""A signal at any moment ends a run within two seconds, with one line, its exit code, and nothing left behind."""

import io
import os
import signal
import subprocess
import time
from pathlib import Path

import PIL.Image
import pytest

from tests.conftest import ROOT, Make, Start, await_file, await_handlers, members_of, tree

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

HUNG = """
import sys, time
import cnnfilt.files.reading
from cnnfilt.__main__ import run

def hang(*_, **__):
    open("hanging", "w").close()
    while True:
        time.sleep(9)  # as a decoder that comes back to nobody

import cnnfilt.batch.inputs as inputs
inputs.read = hang
run()
"""
"""cnnfilt with a decoder that never ends."""


def assert_all_end(process: "subprocess.Popen[bytes]") -> None:
    """A process whose streams are closed already may take a moment more to be gone."""
    patience = 1000
    while members_of(process.pid) and patience:
        time.sleep(0.01)
        patience -= 1
    assert members_of(process.pid) == []


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_inside_a_decoder(pictures: Make, start: Start, tmp_path: Path, number: signal.Signals) -> None:
    pictures(3)
    process = start("edges", "in", "-o", "out/", program=HUNG)
    await_file(process, tmp_path / "hanging")
    os.kill(process.pid, number)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == CODES[number]
    assert stdout == b""
    lines = stderr.decode().splitlines()
    words = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
    assert lines[0] == f"cnnfilt: {words[number]}"
    assert "3 not begun or not finished" in lines[1]
    assert len(lines) == 2
    assert not (tmp_path / "out").exists()


def endless_jpeg(path: Path) -> None:
    """A progressive JPEG whose last scan comes 20,000 times more: it holds a decoder for minutes on any machine."""
    stream = io.BytesIO()
    PIL.Image.new("L", (6000, 6000)).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    path.write_bytes(data[:-2] + last_scan * 20_000 + data[-2:])


HELD = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parent / "held_decoder"), str(ROOT)))}
"""Where `slow.jpg` alone has a limit of time, and says when it is begun: no file fails because the machine is slow."""


@pytest.mark.parametrize("workers", [1, 2])
def test_inside_a_real_decoder(pictures: Make, start: Start, tmp_path: Path, workers: int) -> None:
    endless_jpeg(pictures(9) / "slow.jpg")
    process = start("edges", "in", "-o", "out/", "-j", workers, "--timeout", "2", environment=HELD)
    stderr = process.communicate(timeout=300)[1].decode()
    assert "in/slow.jpg: took longer than 2 seconds" in stderr
    assert "9 done, 1 failed" in stderr
    (tmp_path / "begun").unlink()
    process = start("edges", "in/slow.jpg", "in/000.png", "-o", "new/", "-j", workers, environment=HELD)
    await_file(process, tmp_path / "begun")
    process.terminate()
    process.communicate(timeout=300)
    assert process.returncode == 143
    assert not (tmp_path / "new" / "slow.jpg").exists()


@pytest.mark.parametrize("moment", [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6], ids=str)
@pytest.mark.parametrize("whole_group", [False, True], ids=["parent", "group"])
def test_while_things_start(pictures: Make, start: Start, tmp_path: Path, moment: float, whole_group: bool) -> None:
    """Also while NumPy is imported and workers start; a terminal's Ctrl-C goes to the workers as well."""
    pictures(12)
    process = start("edges", "in", "-o", "out/", "-j2")
    await_handlers(process)
    time.sleep(moment)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert_all_end(process)
    assert process.returncode in (130, 0)
    assert b"Traceback" not in stderr
    assert len(stderr.splitlines()) <= 2
    assert not [name for name in tree(tmp_path) if ".cnnfilt-" in name]


def test_an_ignored_signal_stays_ignored(pictures: Make, start: Start, tmp_path: Path) -> None:
    """As under nohup, and in the background of a shell."""
    pictures(2)
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from cnnfilt.__main__ import run; run()"
    process = start("edges", "in", "-o", "out/", program=program)
    await_handlers(process)
    os.kill(process.pid, signal.SIGHUP)
    assert process.wait() == 0
    assert len(tree(tmp_path / "out")) == 2


def test_a_killed_parent_leaves_no_orphans(pictures: Make, start: Start, tmp_path: Path) -> None:
    pictures(40, size=(200, 200))
    process = start("edges", "in", "-o", "out/", "-j2")
    await_file(process, tmp_path / "out")
    process.kill()
    _, stderr = process.communicate()
    assert_all_end(process)
    assert stderr == b""
