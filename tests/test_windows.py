"""What is otherwise on Windows, on a system that stands in for it: it lets no open file be renamed or removed."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import cnnfilt.batch.clashes
import cnnfilt.batch.processes
import cnnfilt.batch.resources
import cnnfilt.batch.sources
from cnnfilt import windows
from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.resources import worker_count
from cnnfilt.batch.sources import Source, Walk, find_sources
from cnnfilt.errors import OutputError, PlanError
from cnnfilt.files import atomic
from cnnfilt.files.atomic import remove_stale, write_atomically
from cnnfilt.windows import MOST_PROCESSES, ends_as_folder, refused_on_windows
from tests.conftest import ENVIRONMENT, ROOT


def is_open(path: str) -> bool:
    """Whether this process has the file open."""
    return any(
        os.path.samefile(f"/proc/self/fd/{one}", path)
        for one in os.listdir("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{one}")
    )


@pytest.fixture
def keeps_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not tell which files are open")
    monkeypatch.setattr(atomic, "ON_WINDOWS", True)

    def refusing(name: str) -> Any:
        call = getattr(os, name)

        def checked(path: str, *others: Any, **more: Any) -> Any:
            if os.path.exists(path) and is_open(path):
                raise PermissionError(13, "it is used by another process")
            return call(path, *others, **more)

        return checked

    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(atomic.os, name, refusing(name))


@pytest.mark.usefixtures("keeps_open_files")
@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_is_closed_before_it_gets_its_name(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "a.bin"
    write_atomically(target, lambda stream: stream.write(b"new"), overwrite=overwrite)
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    write_atomically(target, lambda stream: stream.write(b"newer"), overwrite=True)
    assert target.read_bytes() == b"newer"
    with pytest.raises(OutputError, match="exists already"):
        write_atomically(target, lambda stream: stream.write(b"no"), overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.usefixtures("keeps_open_files")
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def failing(stream: Any) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError):
        write_atomically(target, failing, overwrite=True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bin", b"old")]


@pytest.mark.usefixtures("keeps_open_files")
def test_what_is_given_up_is_not_published(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def late(stream: Any) -> None:
        atomic.give_up(threading.current_thread())
        stream.write(b"late")

    def work() -> None:
        try:
            write_atomically(tmp_path / "a.bin", late, overwrite=True)
        except OutputError as error:
            failures.append(error)

    writer = threading.Thread(target=work)
    writer.start()
    writer.join()
    assert "its time was up" in str(failures[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("keeps_open_files")
def test_only_old_temporary_files_are_removed_where_there_are_no_locks(tmp_path: Path) -> None:
    for name, age in (("00000001", 0), ("00000002", 90_000)):
        (tmp_path / f".cnnfilt-{name}").write_bytes(b"")
        os.utime(tmp_path / f".cnnfilt-{name}", (time.time() - age,) * 2)
    assert remove_stale(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == [".cnnfilt-00000001"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("con.png", "a device"),
        ("Aux.tar.gz", "a device"),
        ("LPT1 .csv", "a device"),
        ("a:b.png", "':'"),
        ('say "hi".png', "'\"'"),
        ("line\nfeed.png", r"'\n'"),
        ("end.", "a dot or a blank"),
        ("end ", "a dot or a blank"),
        ("console.png", ""),
        ("com10.png", ""),
        ("a.con.png", ""),
        ("NUL", ""),  # The device is meant.
        ("über 1.png", ""),
    ],
)
def test_names_that_no_file_has(name: str, why: str) -> None:
    said = refused_on_windows(name)
    assert why in said if why else said == ""


def test_an_output_of_such_a_name_is_refused_by_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_output("aux.png", [], overwrite=False)
    monkeypatch.setattr(cnnfilt.batch.clashes, "ON_WINDOWS", True)
    check_output("./../auxiliary-picture-that-is-not-there.png", [], overwrite=False)
    check_output(tmp_path / "a.png", [], overwrite=False)
    with pytest.raises(PlanError) as refused:
        check_output("aux.png", [], overwrite=False)
    assert str(refused.value) == (
        "aux.png cannot be written: aux.png is the name of a device on Windows; write to another name"
    )


def test_there_are_no_more_workers_than_can_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [FileJob(Source(f"{number}.png"), ()) for number in range(100)]
    monkeypatch.setattr(cnnfilt.batch.resources, "available_memory", lambda: None)
    assert worker_count(jobs, 100) == 100
    monkeypatch.setattr(cnnfilt.batch.resources, "ON_WINDOWS", True)
    assert worker_count(jobs, 100) == MOST_PROCESSES == 61


def test_patterns_that_no_shell_has_spelled_out_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.png", "a.png", "c.jpg", "[x].png"):
        (tmp_path / name).write_bytes(b"")
    monkeypatch.chdir(tmp_path)

    def found(*names: str) -> list[str]:
        return [source.path for source in find_sources(names, Walk())[0]]

    assert found("*.png") == ["*.png"]
    monkeypatch.setattr(cnnfilt.batch.sources, "ON_WINDOWS", True)
    assert found("*.png", "c.jpg") == ["[x].png", "a.png", "b.png", "c.jpg"]
    assert found("[x].png", "*.gif") == ["[x].png", "*.gif"]


def test_a_folder_may_end_in_the_systems_own_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_as_folder("out/")
    assert not ends_as_folder("out\\")
    monkeypatch.setattr(windows.os, "sep", "\\")
    assert ends_as_folder("out\\")
    assert ends_as_folder("out/")


WORKERS = """
import signal
from cnnfilt.batch import processes

for name in ("pthread_sigmask", "SIGHUP"):
    delattr(signal, name)
processes.ON_WINDOWS = True
processes._begin_worker(1)
assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
print("begun")
"""


def test_a_worker_begins_where_signals_cannot_be_blocked() -> None:
    done = subprocess.run([sys.executable, "-c", WORKERS], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "begun\n", "")


WITHOUT = """
import sys
import click, numpy, PIL.Image, scipy, os, signal, subprocess, tempfile, multiprocessing, concurrent.futures.process
sys.modules.update(dict.fromkeys(("fcntl", "resource", "termios", "pwd", "grp")))
for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "sched_getaffinity"):
    delattr(os, name)
for name in ("SIGHUP", "pthread_sigmask"):
    delattr(signal, name)
sys.platform = "win32"
import cnnfilt.cli.main, cnnfilt.batch.processes, cnnfilt.cli.run_operation, cnnfilt.files.writing
from cnnfilt.machine import granted_cpus
print(granted_cpus() > 0)
"""


def test_modules_import_without_what_only_posix_has() -> None:
    """`fcntl` is not there, and `signal` and `os` have less."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
