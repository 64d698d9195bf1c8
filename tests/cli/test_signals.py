"""A signal at any moment ends a run at once, with one line, its exit code, and nothing left behind."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Make, Start, assert_all_end, await_file, await_handlers, members_of, tree
from tests.holding import HELD_DECODER, UNHURRIED, endless_jpeg, held_import, held_picture, hold, let_go
from tests.patience import PATIENCE

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


def ended(process: "subprocess.Popen[bytes]") -> list[str]:
    """The lines on stderr of a process that ends, and its workers with it, without a word on stdout."""
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert stdout == b""
    assert_all_end(process)
    return stderr.decode().splitlines()


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_inside_a_decoder(pictures: Make, start: Start, tmp_path: Path, number: signal.Signals, suffix: str) -> None:
    """Also in one that is kept from complaining on stderr itself, as that of TIFF is."""
    hold(tmp_path)
    pictures(3), held_picture(tmp_path, suffix)
    process = start("edges", f"slow{suffix}", "in", "-o", "out/", environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    process.send_signal(number)
    lines = ended(process)
    assert process.returncode == CODES[number]
    assert lines[0] == f"cnnfilt: {WORDS[number]}"
    assert lines[1].startswith("0 done, 4 not begun or not finished; ")
    assert lines[1].endswith("; --skip-existing resumes")
    assert len(lines) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("option", "hint"), [("--if-newer", "; the same command resumes"), ("-y", " MB/s")])
def test_what_resumes_is_what_completes_the_run(
    pictures: Make, start: Start, tmp_path: Path, option: str, hint: str
) -> None:
    """What -y was to replace --skip-existing would leave as it was."""
    hold(tmp_path)
    pictures(3), held_picture(tmp_path)
    process = start("edges", "slow.jpg", "in", "-o", "out/", option, environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    process.terminate()
    assert ended(process)[1].endswith(hint)


def test_inside_a_real_decoder(start: Start, tmp_path: Path) -> None:
    """One that is busy for minutes, and lets Python's other threads go on meanwhile."""
    endless_jpeg(tmp_path / "endless.jpg")
    process = start("edges", "endless.jpg", "-o", "out.png", program=SAYING_THAT_IT_LOADS)
    await_file(process, tmp_path / "begun")
    process.terminate()
    assert ended(process) == ["cnnfilt: terminated"]
    assert process.returncode == 143
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".jpg"] == ["begun"]


SAYING_THAT_IT_LOADS = """
import PIL.ImageFile
from cnnfilt.__main__ import run

def load(image, *, load=PIL.ImageFile.ImageFile.load):
    open("begun", "w").close()
    return load(image)

PIL.ImageFile.ImageFile.load = load
run()
"""


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_held_decoder_costs_its_time_and_no_other_file(
    pictures: Make, start: Start, tmp_path: Path, workers: int, suffix: str
) -> None:
    hold(tmp_path)
    held_picture(pictures(9), suffix)
    process = start("edges", "in", "-o", "out/", "-j", workers, "--timeout", "0.5", environment=HELD_DECODER)
    lines = ended(process)
    assert process.returncode == 1
    assert f"edges: in/slow{suffix}: took longer than 0.5 s and was given up (--timeout changes the limit)" in lines
    assert lines[-1].startswith("9 done, 1 failed; ")
    assert set(tree(tmp_path / "out")) == {f"{number:03}.png" for number in range(9)}


def test_what_comes_after_a_held_decoder_is_still_said(start: Start, tmp_path: Path) -> None:
    hold(tmp_path)
    held_picture(tmp_path, ".tif")
    (tmp_path / "bad.png").write_text("no image")
    process = start("edges", "slow.tif", "bad.png", "-o", "out/", "--timeout", "0.5", environment=HELD_DECODER)
    lines = ended(process)
    assert process.returncode == 1
    assert [line.split(" ")[1] for line in lines[:2]] == ["slow.tif:", "bad.png"]
    assert lines[2].startswith("0 done, 2 failed; ")


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_while_a_worker_is_inside_a_decoder(
    pictures: Make, start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    hold(tmp_path)
    held_picture(pictures(9))
    process = start("edges", "in", "-o", "out/", "-j2", environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    process.send_signal(number)
    lines = ended(process)
    assert process.returncode == CODES[number]
    assert lines[0] == f"cnnfilt: {WORDS[number]}"
    assert "not begun or not finished; " in lines[1]
    assert len(lines) == 2
    assert set(tree(tmp_path / "out") if (tmp_path / "out").exists() else ()) <= {f"{n:03}.png" for n in range(9)}


@pytest.mark.parametrize("where", ["cnnfilt.cli.edges.command", "numpy", "concurrent.futures.process", "worker"])
@pytest.mark.parametrize("whole_group", [False, True], ids=["parent", "group"])
def test_while_things_are_imported_and_workers_start(
    pictures: Make, start: Start, tmp_path: Path, where: str, whole_group: bool
) -> None:
    """A terminal's Ctrl-C goes to the workers as well."""
    hold(tmp_path)
    pictures(12)
    process = start("edges", "in", "-o", "out/", "-j2", environment=held_import(where))
    await_file(process, tmp_path / "begun")
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    lines = ended(process)
    assert process.returncode == 130
    assert lines[0] == "cnnfilt: interrupted"
    assert all(line.startswith("0 done, 12 not begun or not finished; ") for line in lines[1:])
    assert len(lines) <= 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("moment", [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6], ids=str)
@pytest.mark.parametrize("whole_group", [False, True], ids=["parent", "group"])
def test_at_any_moment(pictures: Make, start: Start, tmp_path: Path, moment: float, whole_group: bool) -> None:
    """Where the run is then depends on the machine; on a very fast one it may be done."""
    pictures(12)
    process = start("edges", "in", "-o", "out/", "-j2", environment=UNHURRIED)
    await_handlers(process)
    time.sleep(moment)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    lines = ended(process)
    written = tree(tmp_path / "out") if (tmp_path / "out").exists() else {}
    assert set(written) <= {f"{number:03}.png" for number in range(12)}
    assert process.returncode == 130 or (process.returncode == 0 and len(written) == 12)
    assert lines[0].startswith("cnnfilt: interrupted" if process.returncode else "12 done; ")
    assert len(lines) <= 2


def test_an_ignored_signal_stays_ignored(pictures: Make, start: Start, tmp_path: Path) -> None:
    """As under nohup, and in the background of a shell."""
    hold(tmp_path)
    pictures(2), held_picture(tmp_path)
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from cnnfilt.__main__ import run; run()"
    process = start("edges", "slow.jpg", "in", "-o", "out/", program=program, environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    process.send_signal(signal.SIGHUP)
    let_go(tmp_path)
    assert ended(process)[0].startswith("3 done; ")
    assert process.returncode == 0
    assert len(tree(tmp_path / "out")) == 3


def test_a_killed_parent_leaves_no_orphans(pictures: Make, start: Start, tmp_path: Path) -> None:
    """Not even one that is inside a decoder."""
    hold(tmp_path)
    held_picture(pictures(9))
    process = start("edges", "in", "-o", "out/", "-j2", environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    assert len(members_of(process.pid)) >= 2
    process.kill()
    assert ended(process) == []
