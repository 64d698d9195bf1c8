"""The same jobs on a Dask cluster: a real scheduler and two workers on this machine, one killed in mid-run."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT, Make, Shell, Start, tree
from tests.patience import PATIENCE, wait_until

pytest.importorskip("distributed", reason="needs the extra `cluster`")
pytestmark = pytest.mark.cluster

QUIET = {**ENVIRONMENT, "DASK_DISTRIBUTED__DASHBOARD__ENABLED": "false"}


class Machines:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = open(folder / "log", "w+b")  # noqa: SIM115 - closed at the end of the test
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        wait_until(lambda: bool(self._found(rb"Scheduler at:\s+(tcp://\S+)")), self._said)
        (self.address,) = self._found(rb"Scheduler at:\s+(tcp://\S+)")
        self.workers = [self.add_worker(number) for number in range(2)]
        wait_until(lambda: len(self._found(rb"Register worker addr: (tcp://\S+)")) == 2, self._said)

    def add_worker(self, number: int) -> "subprocess.Popen[bytes]":
        folder = self.folder / f"worker{number}"
        folder.mkdir()
        options = ("--nthreads", "1", "--host", "127.0.0.1", "--no-nanny", "--no-dashboard")
        return self._start("worker", self.address, *options, "--local-directory", folder, cwd=folder)

    def _start(self, kind: str, *arguments: object, cwd: Path | None = None) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "dask", kind, *map(str, arguments)]
        return subprocess.Popen(command, stdout=self.log, stderr=self.log, env=QUIET, cwd=cwd or self.folder)

    def _found(self, pattern: bytes) -> set[str]:
        return {name.decode() for name in re.findall(pattern, (self.folder / "log").read_bytes())}

    def _said(self) -> str:
        return (self.folder / "log").read_text()

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    cluster = Machines(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


def test_the_same_files_as_here(pictures: Make, shell: Shell, machines: Machines, tmp_path: Path) -> None:
    source = pictures(20)
    (source / "bad.png").write_bytes(b"no image")
    here = shell("edges", "in", "-o", "here/")
    there = shell("edges", "in", "-o", "there/", "--cluster", machines.address, "--json")
    assert (here.code, there.code) == (1, 1), there
    assert tree(tmp_path / "here") == tree(tmp_path / "there")
    assert len(there.stdout.splitlines()) == 21
    assert '"path": "there/000.png"' in there.stdout
    assert [line for line in there.stderr.splitlines() if "bad.png" in line] == [
        line for line in here.stderr.splitlines() if "bad.png" in line
    ]
    assert len(there.stderr.splitlines()) == 2, there.stderr


def test_a_lost_worker_s_files_are_done_by_the_other(
    pictures: Make, shell: Shell, start: Start, machines: Machines, tmp_path: Path
) -> None:
    pictures(60, size=(300, 400))
    run = start("edges", "in", "-o", "out/", "--cluster", machines.address)
    await_outputs(tmp_path / "out", 8, run)
    os.kill(machines.workers[0].pid, signal.SIGKILL)
    _, stderr = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, stderr
    assert len(stderr.splitlines()) == 1, stderr
    assert shell("edges", "in", "-o", "here/").code == 0
    out = {name: content for name, content in tree(tmp_path / "out").items() if not name.startswith(".cnnfilt-")}
    assert out == tree(tmp_path / "here")


def test_a_lost_scheduler_is_one_line_and_the_run_can_be_resumed(
    pictures: Make, shell: Shell, start: Start, machines: Machines, tmp_path: Path
) -> None:
    pictures(60, size=(300, 400))
    run = start("edges", "in", "-o", "out/", "--cluster", machines.address)
    await_outputs(tmp_path / "out", 8, run)
    machines.scheduler.kill()
    stderr = run.communicate(timeout=PATIENCE)[1].decode()
    assert run.returncode == 1, stderr
    assert "connection to the cluster was lost" in stderr
    assert "Traceback" not in stderr
    assert len(stderr.splitlines()) == 2, stderr
    assert shell("edges", "in", "-o", "out/", "--skip-existing").code == 0
    assert shell("edges", "in", "-o", "here/").code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "here")


def test_a_signal_ends_it_in_time(pictures: Make, start: Start, machines: Machines, tmp_path: Path) -> None:
    pictures(60, size=(300, 400))
    run = start("edges", "in", "-o", "out/", "--cluster", machines.address)
    await_outputs(tmp_path / "out", 3, run)
    run.terminate()
    _, stderr = run.communicate(timeout=PATIENCE)
    assert run.returncode == 143
    assert b"Traceback" not in stderr


def test_nobody_answers(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(2)
    outcome = shell("edges", "in", "-o", "out/", "--cluster", "tcp://127.0.0.1:9")
    assert outcome.code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1, outcome.stderr
    assert not (tmp_path / "out").exists()


def await_outputs(folder: Path, count: int, run: "subprocess.Popen[bytes]") -> None:
    def are_there() -> bool:
        assert run.poll() is None, run.communicate()
        return folder.exists() and len(os.listdir(folder)) >= count

    wait_until(are_there, f"no {count} outputs come")
