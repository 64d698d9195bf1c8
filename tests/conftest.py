"""Folders of small pictures, and the command line in a process of its own."""

import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, settings

from tests.json_records import check
from tests.patience import LONGEST_SLICE, LONGEST_TEST, PATIENCE, failing_after, wait_until

# A shared or busy machine is no fault of the code: no test judges by the clock.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "cnnfilt"]
for name in [name for name in os.environ if name.startswith("CNNFILT_DEFAULT_")]:
    del os.environ[name]  # The defaults of whoever runs the tests are not those that they are about.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
ENVIRONMENT["PYTHONPATH"] = str(ROOT)
"""That of a user: PYTHONUNBUFFERED, for one, would hide what is never flushed."""

SLICES = ("kill", "corpus", "mutation", "folder", "cluster", "slow")
"""The markers of tests that take long."""

STDERR = pytest.StashKey[int]()

Make = Callable[..., Path]


@dataclass(frozen=True)
class Outcome:
    """What a process left behind."""

    code: int
    stdout: str
    stderr: str


Shell = Callable[..., Outcome]
Start = Callable[..., "subprocess.Popen[bytes]"]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if not path.is_dir()}


def members_of(session: int) -> list[int]:
    """The processes that belong to a session and still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(its_session) == session and state != "Z":
                found.append(int(entry.name))
    return found


def await_handlers(process: "subprocess.Popen[bytes]") -> None:
    """Wait until the process catches SIGTERM, or has ended."""
    bit, status = 1 << (signal.SIGTERM - 1), Path(f"/proc/{process.pid}/status")

    def catches() -> bool:
        caught = re.search(r"SigCgt:\s+(\w+)", status.read_text())
        return process.poll() is not None or (caught is not None and int(caught[1], 16) & bit != 0)

    wait_until(catches, "the process does not catch SIGTERM")


def await_file(process: "subprocess.Popen[bytes]", path: Path) -> None:
    """Wait until `path` is there; fail when the process ends without it."""

    def is_there() -> bool:
        has_ended, there = process.poll() is not None, path.exists()
        assert there or not has_ended, f"ended without {path.name}: {process.communicate()[1].decode()}"
        return there

    wait_until(is_there, f"{path.name} does not come")


def assert_all_end(process: "subprocess.Popen[bytes]") -> None:
    """See that all of a process's session ends; it may take a moment more than its streams."""
    wait_until(lambda: not members_of(process.pid), lambda: f"still there: {members_of(process.pid)}")


def kill_session(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that leads a session, and all that it has started: these would hold on to its streams."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def heed_signals() -> None:
    """Let a new process have the signals that a shell's "&" and nohup tell all they start to ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_configure(config: pytest.Config) -> None:
    # Before each test's own output is captured: what is said of a test that has to be ended goes here.
    config.stash[STDERR] = os.dup(2)


def pytest_unconfigure(config: pytest.Config) -> None:
    # A thread that a test has left may hold up Python's own end, which waits for it.
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=config.stash[STDERR])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Let a test that hangs fail by itself."""
    seconds = LONGEST_SLICE if any(item.get_closest_marker(name) for name in SLICES) else LONGEST_TEST
    with failing_after(seconds, item.config.stash[STDERR]):
        yield


@pytest.fixture
def pictures(tmp_path: Path) -> Make:
    """Make a folder of so many small pictures, named 000.png and so on."""

    def make(count: int, name: str = "in", size: tuple[int, int] = (30, 40)) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rng = np.random.default_rng(4)
        for number in range(count):
            levels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
            PIL.Image.fromarray(levels).save(folder / f"{number:03}.png")
        return folder

    return make


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run `cnnfilt` with these arguments in a process of its own, in the test's folder."""

    def call(*arguments: object, stdin: bytes = b"") -> Outcome:
        command = [*COMMAND, *map(str, arguments)]
        settings = {"cwd": tmp_path, "env": ENVIRONMENT, "timeout": PATIENCE}
        done = subprocess.run(command, input=stdin, capture_output=True, **settings)
        check([*map(str, arguments)], done.stdout)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `cnnfilt` with these arguments in a session of its own, for signals."""
    begun: list[subprocess.Popen[bytes]] = []

    def call(
        *arguments: object, program: str | None = None, environment: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", program] if program else COMMAND
        process = subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=ENVIRONMENT | (environment or {}),
            start_new_session=True,
            preexec_fn=heed_signals,
        )
        begun.append(process)
        return process

    yield call
    for process in begun:
        kill_session(process)
        process.communicate(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def pillows_own_memory() -> Iterator[None]:
    """The command line sets how Pillow takes its memory, for the whole process; here every test begins anew."""
    yield
    PIL.Image.core.set_use_block_allocator(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that all can get to: those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)
