"""The k-th step of a write fails, for every k: each output is the older or the new one, and nothing else is left."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from cnnfilt.cli.main import exit_code
from cnnfilt.files import atomic
from tests.conftest import COMMAND, ENVIRONMENT, tree

FACE = Path(__file__).parents[2] / "sample_images" / "face.png"
FILES = ("a.png", "b.png", "c.png")


class Faults:
    """Counts the steps that write, and lets some of them fail."""

    def __init__(self, fails: Callable[[int], bool], number: int) -> None:
        self.fails, self.number, self.count = fails, number, 0

    def step(self) -> None:
        self.count += 1
        if self.fails(self.count):
            raise OSError(self.number, os.strerror(self.number))

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            self.step()
            return call(*arguments, **options)

        return stepping

    def stream(self, descriptor: int, mode: str) -> Any:
        stream = REAL_FDOPEN(descriptor, mode, buffering=0)
        return Halting(self, stream)


class Halting:
    """A stream whose writes may fail half-way, as on a disk that fills up."""

    def __init__(self, faults: Faults, stream: Any) -> None:
        self.faults, self.stream = faults, stream

    def __enter__(self) -> "Halting":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, data: bytes) -> int:
        half = len(data) // 2
        for part in (data[:half], data[half:]):
            self.faults.step()
            self.stream.write(part)
        return len(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            self.write(part)


REAL_FDOPEN = os.fdopen

# Python would store modules cut off where files may not grow.
UNCOMPILED = ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(FACE.read_bytes())
    return tmp_path


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, faults: Faults, *options: str) -> int:
    with monkeypatch.context() as patched:
        patched.setattr(atomic.os, "fdopen", faults.stream)
        for name in ("open", "fsync", "link", "replace"):
            real = getattr(os, name)
            # Only the calls that write: Python itself opens files all the time.
            patched.setattr(atomic.os, name, only_ours(real, faults.before(real)))
        return exit_code(["edges", str(folder / "in"), "-o", str(folder / "out"), "-j1", *options])


def only_ours(real: Callable[..., Any], stepping: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        caller = sys._getframe(1).f_globals["__name__"]
        return (stepping if caller == atomic.__name__ else real)(*arguments, **options)

    return call


@pytest.mark.parametrize("replacing", [True, False], ids=["replacing", "new"])
@pytest.mark.parametrize("persistent", [True, False], ids=["persistent", "once"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_every_step_may_fail(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    number: int,
    persistent: bool,
    replacing: bool,
) -> None:
    options = ("-y",) if replacing else ()
    clean = Faults(lambda count: False, number)
    assert run(folder, monkeypatch, clean) == 0
    whole, steps = tree(folder / "out"), clean.count
    assert steps >= 5 * len(FILES)
    for k in range(1, steps + 1):
        for path in (folder / "out").iterdir():
            path.write_bytes(b"older") if replacing else path.unlink()
        capfd.readouterr()
        faults = Faults(lambda count, k=k: count >= k if persistent else count == k, number)  # type: ignore[misc]
        code = run(folder, monkeypatch, faults, *options)
        found = tree(folder / "out")
        said = capfd.readouterr().err
        assert set(found) <= set(whole), k
        assert all(content in (whole[name], b"older" if replacing else None) for name, content in found.items()), k
        assert "Traceback" not in said
        # Where links fail the output comes by another way, so that one fault may harm nothing.
        if code == 0:
            assert found == whole, k
        else:
            assert code == 1, k
            assert os.strerror(number) in said, k
        # The last step stores the folder, after all outputs.
        last = f"edges: the folder {folder / 'out'} cannot be written: " in said
        assert found == whole or not last or (persistent and number == errno.EIO), k
        assert ("the run stops here" in said) == (code == 1 and number != errno.EIO and not last), k


def test_a_disk_that_fills_up_stops_the_batch(folder: Path) -> None:
    """With worker processes, whose own limit on the size of files stands in for a full disk."""
    for number in range(9):
        (folder / "in" / f"{number}.png").write_bytes(FACE.read_bytes())
    done = subprocess.run(
        [*COMMAND, "edges", "in", "-o", "out/", "-j2"],
        cwd=folder,
        env=UNCOMPILED,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert tree(folder / "out") == {}
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for a small disk")
def test_a_small_disk(folder: Path) -> None:
    for number in range(30):
        (folder / "in" / f"{number}.png").write_bytes(FACE.read_bytes())
    (folder / "disk").mkdir()
    script = """
        mount -t tmpfs -o size=64k none disk || exit 77
        echo older > disk/0.png
        "$@"; code=$?
        ls -A disk; cat disk/0.png | head -c 5
        exit $code
    """
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *COMMAND, "edges", "in", "-o", "disk", "-y", "-j2"],
        cwd=folder,
        env=UNCOMPILED,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no small disk can be had here")
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr
    assert "the run stops here" in done.stderr
    assert ".cnnfilt-" not in done.stdout
