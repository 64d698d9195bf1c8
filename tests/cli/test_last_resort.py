"""What is said when all else has failed: one line, the exit code, and nothing half-written."""

import errno
import json
import os
import stat
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import PIL.Image
import pytest

from cnnfilt.cli.main import COMMANDS
from cnnfilt.errors import CnnfiltError, InputError, ParameterError, PlanError, StorageError
from cnnfilt.files.encode import encoders
from cnnfilt.files.formats import FORMATS
from tests.cli.conftest import SAMPLES, Run
from tests.conftest import COMMAND, ENVIRONMENT, Make, Start, await_file, tree
from tests.holding import HELD_DECODER, held_picture, hold, let_go
from tests.patience import PATIENCE

FACE = SAMPLES / "face.png"

IMAGES = [about for about in FORMATS.values() if about.kind == "image" and about.writable]
SEEN = (
    *(OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError, OverflowError),
    *(ZeroDivisionError, RuntimeError, NotImplementedError, RecursionError, EOFError, struct.error, zlib.error),
)
"""What encoders and decoders have been seen to raise."""

WRITERS = sorted({about.module or "" for about in IMAGES})


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


ARGUMENTS = {
    "convolve": ["-", "-k", "1"],
    "pad": ["-", "-p", "1"],
    "pool": ["-"],
    "morph": ["open", "-"],
    "edges": ["-"],
    "apply": ["relu", "-"],
}


OURS = "this is an error in cnnfilt itself (ZeroDivisionError: half of it); cnnfilt --debug {} ... shows where"
MEMORY = "not enough memory for this request; try a smaller image, padding or kernel"


@pytest.mark.parametrize("command", ARGUMENTS)
@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ZeroDivisionError("half of it"), 1, OURS),
        (MemoryError(), 1, MEMORY),
        (click.exceptions.Abort(), 130, "interrupted"),
        (OSError(errno.EIO, "Input/output error"), 1, "standard output cannot be written: Input/output error"),
        (OSError("odd"), 1, "standard output cannot be written: odd"),
        (BrokenPipeError(), 1, None),
        (InputError("no good"), 1, "no good"),
        (CnnfiltError("no good"), 1, "no good"),
        (StorageError("no room"), 1, "no room"),
        (ParameterError("no such thing"), 2, "no such thing"),
        (PlanError("no such plan"), 2, "no such plan"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_ends_a_command_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, error: BaseException, code: int, words: str | None
) -> None:
    # The first imports its own from the second, and is to find the true one there.
    for home in ("cnnfilt.cli.apply.run", "cnnfilt.cli.run_operation"):
        monkeypatch.setattr(f"{home}.run_operation", raising(error))
    outcome = run(command, *ARGUMENTS[command], stdin=b"1,2\n3,4\n")
    assert outcome.code == code
    assert outcome.stdout == b""
    assert outcome.lines == ([] if words is None else [f"{command}: {words.format(command)}"])


def test_every_command_that_reads_images_is_among_them() -> None:
    assert set(COMMANDS) - set(ARGUMENTS) == {"shape", "kernels", "diff", "learn", "net", "schema", "man"}


@pytest.mark.parametrize(
    ("arguments", "broken"),
    [
        (["shape", "6x6", "-f", "3"], "cnnfilt.cli.shape.command.{}"),
        (["kernels", "show", "box"], "cnnfilt.cli.kernels.command.{}"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_debug_shows_where(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], broken: str) -> None:
    monkeypatch.setattr("click.Command.invoke", raising(ZeroDivisionError("half of it")))
    outcome = run(*arguments)
    assert (outcome.code, outcome.lines) == (1, [f"{arguments[0]}: {OURS.format(arguments[0])}"])
    with pytest.raises(ZeroDivisionError, match="half of it"):
        run("--debug", *arguments)


def test_an_error_in_a_job_names_its_file_and_the_others_are_done(
    run: Run, monkeypatch: pytest.MonkeyPatch, pictures: Make, tmp_path: Path
) -> None:
    real = __import__("cnnfilt.batch.timeout").batch.timeout.run_on_image

    def broken(image: object, job: object, *others: object) -> object:
        if job.source.name == "001.png":  # type: ignore[attr-defined]
            raise ZeroDivisionError("half of it")
        return real(image, job, *others)

    monkeypatch.setattr("cnnfilt.batch.timeout.run_on_image", broken)
    folder = pictures(3)
    outcome = run("edges", folder, "-o", f"{tmp_path}/out/", "-j1", "--json")
    assert outcome.code == 1
    said = "an error in cnnfilt itself (ZeroDivisionError: half of it); --debug shows where"
    assert outcome.lines[0] == f"edges: {folder}/001.png: {said}"
    assert outcome.lines[1].startswith("2 done, 1 failed; ")
    records = [json.loads(line) for line in outcome.text.splitlines()]
    assert [record["status"] for record in records] == ["done", "failed", "done"]
    assert records[1]["error"] == f"{folder}/001.png: {said}"
    assert set(tree(tmp_path / "out")) == {"000.png", "002.png"}
    with pytest.raises(ZeroDivisionError):
        run("--debug", "edges", folder, "-o", f"{tmp_path}/new/", "-j1")


FAULTY_WORKERS = """
import sys
from cnnfilt.__main__ import run
from cnnfilt.operations.edges import FindEdges

def broken(*_):
    raise ZeroDivisionError("half of it")

FindEdges.__call__ = broken
if __name__ == "__main__":
    run()
"""


@pytest.mark.parametrize("debug", [False, True])
def test_debug_brings_a_traceback_out_of_the_process(pictures: Make, start: Start, tmp_path: Path, debug: bool) -> None:
    pictures(2)
    options = ["--debug"] if debug else []
    process = start(*options, "edges", "in", "-o", "out/", program=FAULTY_WORKERS)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stdout) == (1, b"")
    assert (b"Traceback" in stderr) == debug
    assert (b"in broken" in stderr) == debug
    assert not (tmp_path / "out").exists()


def test_more_memory_than_there_is_for_one_file_harms_no_other(
    run: Run, monkeypatch: pytest.MonkeyPatch, pictures: Make, tmp_path: Path
) -> None:
    monkeypatch.setattr("cnnfilt.batch.timeout.run_on_image", raising(MemoryError()))
    folder = pictures(2)
    outcome = run("edges", folder, "-o", f"{tmp_path}/out/", "-j1")
    assert outcome.code == 1
    assert outcome.lines[:2] == [f"edges: {folder}/00{n}.png: needs more memory than there is" for n in (0, 1)]


@pytest.mark.parametrize("module", WRITERS)
@pytest.mark.parametrize("error", [*SEEN, MemoryError], ids=lambda error: error.__name__)
def test_an_encoder_that_fails_is_one_line_and_leaves_the_older_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, error: type[Exception]
) -> None:
    about = next(
        one for one in FORMATS.values() if one.writable and one.kind == "image" and (one.module or "") == module
    )
    out = tmp_path / f"out{about.suffixes[0]}"
    out.write_bytes(b"older")
    broken = raising(error("that\nis how it is"))
    if module:
        monkeypatch.setattr(f"cnnfilt.files.encode.{module}.encode", broken)
    else:
        monkeypatch.setattr(encoders, "_by_pillow", broken)
    outcome = run("edges", FACE, "-o", out, "-y")
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    if error is MemoryError:
        assert outcome.lines == [f"edges: {FACE}: encoding the {about.title} needs more memory than there is"]
    else:
        assert outcome.stderr.startswith(f"edges: {FACE}: encoding the {about.title} failed (")
        assert "that" in outcome.stderr
    assert tree(tmp_path) == {out.name: b"older"}


def test_an_encoder_s_failure_of_one_file_harms_no_other(
    run: Run, monkeypatch: pytest.MonkeyPatch, pictures: Make, tmp_path: Path
) -> None:
    from cnnfilt.files.encode import png

    real, calls = png.encode, []

    def broken(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise ValueError("encoder error -2")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(png, "encode", broken)
    folder = pictures(3)
    outcome = run("edges", folder, "-o", f"{tmp_path}/out/", "-j1")
    assert outcome.code == 1
    assert outcome.lines[0] == f"edges: {folder}/001.png: encoding the PNG failed (encoder error -2)"
    assert outcome.lines[1].startswith("2 done, 1 failed; ")
    assert set(tree(tmp_path / "out")) == {"000.png", "002.png"}


@pytest.mark.parametrize(("format", "title"), [("gif", "GIF"), ("webp", "WebP"), ("png", "PNG"), ("tiff", "TIFF")])
def test_an_encoder_of_animations_that_fails_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str, title: str
) -> None:
    for name in ("_pages", "_animation"):
        monkeypatch.setattr(f"cnnfilt.files.animation.{name}", raising(OSError("too large")))
    source = tmp_path / "moves.gif"
    frames = [PIL.Image.new("L", (9, 9), level) for level in (0, 90, 180)]
    frames[0].save(source, save_all=True, append_images=frames[1:])
    outcome = run("edges", source, "--frames", "all", "-o", tmp_path / f"out.{format}")
    assert outcome.code == 1
    assert outcome.lines == [f"edges: {source}: encoding the {title} failed (too large)"]
    assert [path.name for path in tmp_path.iterdir()] == ["moves.gif"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO], ids=errno.errorcode.get)
def test_storage_that_takes_no_more_ends_the_run_and_other_errors_do_not(
    run: Run, monkeypatch: pytest.MonkeyPatch, pictures: Make, tmp_path: Path, number: int
) -> None:
    def store(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr("cnnfilt.files.atomic.os.fsync", store)
    folder = pictures(3)
    outcome = run("edges", folder, "-o", f"{tmp_path}/out/", "-j1")
    failed = [line for line in outcome.lines if f"cannot be written: {os.strerror(number)}" in line]
    stops = "edges: the run stops here, because no other file could be written either"
    assert outcome.code == 1
    if number == errno.EIO:
        assert len(failed) == 3
        assert stops not in outcome.lines
    else:
        assert len(failed) == 1
        assert outcome.lines[1] == stops
        assert outcome.lines[2].startswith("0 done, 1 failed, 2 not begun or not finished; ")
    assert tree(tmp_path / "out") == {}


def test_a_reader_of_the_result_that_has_left_hears_nothing(start: Start, tmp_path: Path) -> None:
    hold(tmp_path)
    held_picture(tmp_path)
    process = start("edges", "slow.jpg", "-o", "-", environment=HELD_DECODER)
    await_file(process, tmp_path / "begun")
    assert process.stdout is not None
    process.stdout.close()
    let_go(tmp_path)
    assert process.wait(PATIENCE) == 1
    assert process.stderr is not None
    assert process.stderr.read() == b""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_records_that_cannot_be_written_are_one_line(pictures: Make, tmp_path: Path, workers: str) -> None:
    """Python's own end, with what is still to be flushed, adds no other, and no other exit code."""
    pictures(9)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "edges", "in", "-o", "out/", "--json", "-q", "-j", workers],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert done.stderr == b"edges: standard output cannot be written: No space left on device\n"
