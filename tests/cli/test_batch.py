"""Folders from the shell: what is read, written, said and counted."""

import json
import os
import pty
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from cnnfilt.batch.runner import run_one_by_one
from tests.cli.conftest import Run
from tests.conftest import COMMAND, ENVIRONMENT, Make, Shell, Start, await_file, tree
from tests.holding import HELD_DECODER, held_picture, hold, let_go
from tests.patience import PATIENCE


def test_a_list_of_files_on_standard_input_is_told_from_numbers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n")
    outcome = run("pool", "-", stdin=f"{tmp_path}/a.csv\n".encode())
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert outcome.stderr.endswith("is not a number); --files-from reads names of files\n")


def test_the_same_bytes_for_any_number_of_workers(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(12)
    for jobs in (1, 2, 3):
        assert shell("convolve", "in", "-k", "gaussian:2", "-o", f"out{jobs}/", "-j", jobs).code == 0
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2") == tree(tmp_path / "out3")


def test_resuming_makes_only_what_is_missing(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(5)
    assert shell("edges", "in", "-o", "out/").code == 0
    whole = tree(tmp_path / "out")
    (tmp_path / "out" / "001.png").unlink()
    (tmp_path / "out" / "002.png").write_bytes(b"")  # all that a kill leaves where there are no links
    (tmp_path / "out" / "003.png").write_bytes(b"mine")
    refused = shell("edges", "in", "-o", "out/")
    assert refused.code == 2
    assert "4 of 5 outputs exist" in refused.stderr
    resumed = shell("edges", "in", "-o", "out/", "--skip-existing")
    assert resumed.code == 0
    assert resumed.stderr.startswith("2 done, 3 skipped (their outputs exist); ")
    assert tree(tmp_path / "out") == {**whole, "003.png": b"mine"}


def test_a_single_output_that_exists_is_said_to_be_skipped(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(1)
    (tmp_path / "out.png").write_bytes(b"mine")
    resumed = shell("edges", "in/000.png", "-o", "out.png", "--skip-existing")
    assert (resumed.code, resumed.stdout) == (0, "")
    assert resumed.stderr == "in/000.png: skipped, out.png exists\n"
    assert shell("edges", "in/000.png", "-o", "out.png", "--skip-existing", "-q").stderr == ""
    assert (tmp_path / "out.png").read_bytes() == b"mine"


def test_json_has_a_line_for_each_file(pictures: Make, shell: Shell) -> None:
    source = pictures(2)
    (source / "bad.png").write_bytes(b"bad")
    assert shell("pad", "in/000.png", "-p", "1", "-o", "out/").code == 0
    outcome = shell("pad", "in", "-p", "1", "-o", "out/", "--json", "--skip-existing")
    assert outcome.code == 1
    lines = {line["input"]: line for line in map(json.loads, outcome.stdout.splitlines())}
    assert lines["in/000.png"] == {
        "schema": 1,
        "input": "in/000.png",
        "status": "skipped",
        "outputs": [{"path": "out/000.png"}],
    }
    done, failed = lines["in/001.png"], lines["in/bad.png"]
    assert done.pop("seconds") > 0
    assert done == {
        "schema": 1,
        "input": "in/001.png",
        "status": "done",
        "size": [30, 40, 3],
        "outputs": [{"path": "out/001.png", "size": [32, 42, 3]}],
        "clipped": 0.0,
        "notes": [],
    }
    assert sorted(failed) == ["error", "input", "outputs", "schema", "seconds", "status"]
    assert failed["outputs"] == []
    assert failed["status"] == "failed"
    assert failed["error"].startswith("in/bad.png ")


def test_a_dry_run_prints_the_plan_and_writes_nothing(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(2)
    plan = shell("pad", "in", "-p", "1", "-o", "new/{stem}.bmp", "-n")
    assert (plan.code, plan.stdout) == (0, "in/000.png -> new/000.bmp\nin/001.png -> new/001.bmp\n")
    lines = [json.loads(line) for line in shell("edges", "in", "-o", "new/", "-n", "--json").stdout.splitlines()]
    outputs = [{"path": "new/000.png"}]
    assert lines[0] == {"schema": 1, "input": "in/000.png", "status": "planned", "outputs": outputs}
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_dry_run_tells_what_it_would_leave(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(2)
    assert shell("edges", "in/000.png", "-o", "out/").code == 0
    outcome = shell("edges", "in", "-o", "out/", "-n", "--skip-existing")
    lines = ["in/001.png -> out/001.png", "in/000.png: skipped, out/000.png exists"]
    assert (outcome.code, outcome.stdout.splitlines()) == (0, lines)
    as_json = shell("edges", "in", "-o", "out/", "-n", "--skip-existing", "--json")
    found = [(line["input"], line["status"]) for line in map(json.loads, as_json.stdout.splitlines())]
    assert found == [("in/001.png", "planned"), ("in/000.png", "skipped")]
    assert set(tree(tmp_path / "out")) == {"000.png"}


def test_what_is_excluded_is_counted(pictures: Make, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = pictures(3)
    shutil.copytree(source, source / "thumbs")
    options = ["-r", "--exclude", "thumbs/", "--exclude", "*1.png", "--exclude", "*.gfi"]
    notes = ["--exclude leaves out 1 file and 1 folder", "--exclude '*.gfi' matches nothing"]
    planned = run("edges", "in", "-o", "out/", "-n", *options)
    assert (planned.code, planned.text.splitlines()) == (0, ["in/000.png -> out/000.png", "in/002.png -> out/002.png"])
    assert planned.lines == notes
    outcome = run("edges", "in", "-o", "out/", *options)
    assert (outcome.code, outcome.lines[:2], set(tree(tmp_path / "out"))) == (0, notes, {"000.png", "002.png"})
    assert run("edges", "in", "-o", "out/", "-y", "-q", *options).stderr == ""
    named = run("edges", "in/000.png", "in/001.png", "-o", "new/", "--exclude", "in/*1.png", "--json")
    assert [json.loads(line)["input"] for line in named.text.splitlines()] == ["in/000.png"]
    nothing = run("edges", "in", "-o", "new/", "--exclude", "*.png")
    assert (nothing.code, nothing.lines) == (1, ["edges: in: no image is left, for --exclude leaves out 3 files"])
    unset = run("edges", "in", "-o", "new/", "--exclude", "")
    assert (unset.code, "an empty name is given for --exclude" in unset.stderr) == (2, True)


def test_only_shown_results_are_excluded_as_well(pictures: Make, run: Run) -> None:
    outcome = run("edges", pictures(2), "--explain", "0,0", "--exclude", "000*")
    assert outcome.code == 0
    assert "001.png, prewitt: row 0" in outcome.text
    assert "000.png" not in outcome.text


def test_an_image_without_a_suffix_is_done_as_when_it_is_named(pictures: Make, run: Run, tmp_path: Path) -> None:
    source = pictures(1)
    shutil.copy(source / "000.png", source / "scan")
    (source / "README").write_text("two pictures\n")
    os.mkfifo(source / "pipe")
    outcome = run("edges", source, "-o", f"{tmp_path}/out/")
    assert outcome.code == 0
    assert "README (no image, and no suffix), " in outcome.lines[0] + ", "
    assert "pipe (no regular file)" in outcome.lines[0]
    assert run("edges", source / "scan", "-o", f"{tmp_path}/named/").code == 0
    walked = tree(tmp_path / "out")
    assert {"scan.png": walked["scan.png"]} == tree(tmp_path / "named")
    assert walked["scan.png"] == walked["000.png"]


def test_fail_fast_stops_at_the_first(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    (pictures(4) / "000.png").write_bytes(b"bad")
    outcome = shell("edges", "in", "-o", "out/", "--fail-fast", "-j1")
    assert outcome.code == 1
    assert not (tmp_path / "out").exists()
    assert "0 done, 1 failed, 3 not begun or not finished" in outcome.stderr


@pytest.mark.parametrize("null", [True, False])
def test_a_list_of_names_from_find(pictures: Make, shell: Shell, tmp_path: Path, null: bool) -> None:
    source = pictures(1)
    names = ["-dash.png", "two words.png", "tab\t.png", "bell\a.png", "\u202eltr.png", "ü.png"]
    names += ["line\nfeed.png", "\udcff.png"] if null else []
    for name in names:
        shutil.copy(source / "000.png", source / name)
    end = b"\0" if null else b"\n"
    stdin = b"".join(b"in/" + os.fsencode(name) + end for name in names)
    outcome = shell("edges", "-o", "out/", "--files-from", "-", *(["-0"] if null else []), "--json", stdin=stdin)
    assert outcome.code == 0, outcome.stderr
    assert set(tree(tmp_path / "out")) == set(names)
    assert {json.loads(line)["input"] for line in outcome.stdout.splitlines()} == {f"in/{name}" for name in names}


def test_hostile_names_in_errors_are_escaped(shell: Shell) -> None:
    stdin = b"".join(
        name + b"\0" for name in (b"a\nb.png", b"c\x1b[2J.png", b"\xff.png", "\u202ed.png".encode(), b"[red]e.png")
    )
    outcome = shell("edges", "-o", "out/", "--files-from", "-", "-0", stdin=stdin)
    assert outcome.code == 1
    assert outcome.stderr.splitlines()[:5] == [
        "edges: a\\nb.png: no such file",
        "edges: c\\x1b[2J.png: no such file",
        "edges: \\udcff.png: no such file",
        "edges: \\u202ed.png: no such file",
        "edges: [red]e.png: no such file",
    ]


def test_a_name_that_no_file_can_have(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(1)
    outcome = shell("edges", "-o", "out/", "--files-from", "-", stdin=b"a\0b.png\nin/000.png\n")
    assert outcome.code == 1
    assert "edges: a\\x00b.png cannot be opened: that cannot be the name of a file" in outcome.stderr
    assert set(tree(tmp_path / "out")) == {"000.png"}


def test_names_that_start_with_a_dash(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    shutil.copy(pictures(1) / "000.png", tmp_path / "-x.png")
    assert shell("edges", "-o", "out/", "--", "-x.png").code == 0
    assert set(tree(tmp_path / "out")) == {"-x.png"}


def test_a_pipe_that_nobody_fills_costs_its_time(pictures: Make, start: Start, tmp_path: Path) -> None:
    pictures(1)
    os.mkfifo(tmp_path / "slow.png")  # The only one with a limit, see `held_decoder`.
    process = start("edges", "slow.png", "in/000.png", "-o", "out/", "--timeout", "0.5", environment=HELD_DECODER)
    lines = process.communicate(timeout=PATIENCE)[1].decode().splitlines()
    assert process.returncode == 1
    assert lines[0] == "edges: slow.png: took longer than 0.5 s and was given up (--timeout changes the limit)"
    assert lines[1].startswith("1 done, 1 failed; ")
    assert set(tree(tmp_path / "out")) == {"000.png"}


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/dev/null", 1, "edges: /dev/null is empty"),
        ("/proc/self/mem", 1, "edges: /proc/self/mem cannot be read: Input/output error"),
        ("/dev/tty", 1, "edges: /dev/tty cannot be opened: No such device or address"),
        ("in", 2, "edges: several inputs cannot all go to out.png; give a folder, such as -o out/"),
        ("a\udcff\n", 1, "edges: a\\udcff\\n: no such file"),
    ],
)
def test_special_files_are_one_line(
    pictures: Make, start: Start, tmp_path: Path, path: str, code: int, message: str
) -> None:
    """In a session of its own there is no terminal."""
    pictures(1)
    process = start("edges", path, "-o", "out.png")
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr.decode()) == (code, b"", f"{message}\n")
    assert set(tree(tmp_path)) == {"in/000.png"}


def test_the_limit_on_pixels(pictures: Make, shell: Shell, tmp_path: Path) -> None:
    pictures(2, size=(30, 41))
    refused = shell("edges", "in", "-o", "out/", "--max-pixels", "1229")
    assert refused.code == 1
    assert refused.stderr.count("has 30x41 = 1,230 pixels; the limit is 1,229") == 2
    assert shell("edges", "in", "-o", "out/", "--max-pixels", "1376").code == 0  # with its padding
    # More than Pillow's own limit, which must be lifted too.
    PIL.Image.fromarray(np.zeros((13400, 13400), np.uint8)).resize((13400, 13400)).convert("1").save(tmp_path / "l.png")
    default = shell("pool", "l.png", "-f", "100", "-o", "small.png")
    assert default.code == 1
    assert "--max-pixels changes it" in default.stderr
    assert shell("pool", "l.png", "-f", "100", "-o", "small.png", "--max-pixels", "0").code == 0


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_closed_stream_is_no_obstacle(pictures: Make, tmp_path: Path, stream: int) -> None:
    pictures(9)
    closing = ["sh", "-c", f'exec "$@" {stream}>&-', "sh"]
    done = subprocess.run([*closing, *COMMAND, "edges", "in", "-o", "out/", "-j2"], cwd=tmp_path, env=ENVIRONMENT)
    assert done.returncode == 0
    assert len(tree(tmp_path / "out")) == 9


def test_a_reader_who_leaves_is_told_nothing(pictures: Make, tmp_path: Path) -> None:
    pictures(1)
    ours, theirs = os.pipe()
    os.close(ours)
    with open(theirs, "wb") as pipe:
        done = subprocess.run(
            [*COMMAND, "edges", "in/000.png", "-o", "-"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=pipe,
            stderr=subprocess.PIPE,
        )
    assert (done.returncode, done.stderr) == (1, b"")


def test_output_that_cannot_be_printed(pictures: Make, tmp_path: Path) -> None:
    pictures(1)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "edges", "in/000.png", "-o", "-"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert done.stderr == b"edges: in/000.png: standard output cannot be written: No space left on device\n"


def test_a_terminal_sees_a_bar_and_the_summary(pictures: Make, tmp_path: Path) -> None:
    (pictures(9) / "004.png").write_bytes(b"bad")
    ours, theirs = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([*COMMAND, "edges", "in", "-o", "out/"], cwd=tmp_path, env=environment, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert process.wait(PATIENCE) == 1
    text = seen.decode()
    assert "9/9" in text
    assert "/s" in text
    assert "in/004.png is not an image" in text
    assert "8 done, 1 failed" in text
    assert text.count("\x1b[?25h") >= text.count("\x1b[?25l")
    assert "Traceback" not in text


def test_many_at_once_by_xargs(pictures: Make, tmp_path: Path) -> None:
    """Each writes into the same folder, and none takes the others' temporary files for left over."""
    pictures(24)
    command = ["xargs", "-P", "3", "-n", "4", *COMMAND, "edges", "-q", "-j1", "-o", "out/"]
    names = "".join(f"in/{n:03}.png\n" for n in range(24))
    done = subprocess.run(command, input=names.encode(), cwd=tmp_path, env=ENVIRONMENT, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(tree(tmp_path / "out")) == 24


def test_left_over_files_are_removed_and_others_kept(
    pictures: Make, start: Start, shell: Shell, tmp_path: Path
) -> None:
    pictures(2)
    out = tmp_path / "out"
    out.mkdir()
    (out / ".cnnfilt-0123abcd").write_bytes(b"left by a killed run")
    (out / ".cnnfilt-notes").write_bytes(b"the user's own")
    assert shell("edges", "in", "-o", "out/").code == 0
    assert set(tree(out)) == {".cnnfilt-notes", "000.png", "001.png"}


@pytest.mark.parametrize("left", [0, 1])
def test_a_resumed_run_tidies_up_however_little_was_left(
    pictures: Make, shell: Shell, tmp_path: Path, left: int
) -> None:
    pictures(3)
    out = tmp_path / "out"
    assert shell("edges", "in", "-o", "out/").code == 0
    finished = tree(out)
    for name in sorted(finished)[:left]:
        (out / name).unlink()
    (out / ".cnnfilt-0123abcd").write_bytes(b"left by a killed run")
    assert shell("edges", "in", "-o", "out/", "--skip-existing").code == 0
    assert tree(out) == finished


def test_the_reader_of_json_may_leave(pictures: Make, start: Start, tmp_path: Path) -> None:
    """It has the first line as soon as that is there; what comes after it ends the run, which says no word."""
    hold(tmp_path)
    held_picture(pictures(9))
    process = start("edges", "in", "-o", "out/", "--json", "-j2", "--timeout", "0", environment=HELD_DECODER)
    assert process.stdout is not None
    for _ in range(9):  # All of them are flushed: the tenth is held.
        assert json.loads(process.stdout.readline())["status"] == "done"
    await_file(process, tmp_path / "begun")
    process.stdout.close()
    let_go(tmp_path)
    assert process.wait(PATIENCE) == 1
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in", "-0"], "--files-from"),
        (["in", "--cluster", "tcp://x:1", "-j", "2"], "leave out -j"),
        (["in", "--json", "-o", "-"], "both write to standard output"),
        (["-", "--files-from", "-"], "at once"),
        (["in", "-j", "0"], "jobs"),
        (["in", "--timeout", "-1"], "timeout"),
    ],
)
def test_options_that_do_not_go_together(pictures: Make, run: Run, arguments: list[str], words: str) -> None:
    folder = str(pictures(1))
    output = [] if "-o" in arguments else ["-o", f"{folder}-out/"]
    outcome = run("edges", *[word.replace("in", folder) if word == "in" else word for word in arguments], *output)
    assert outcome.code == 2
    assert words in outcome.stderr
    assert len(outcome.lines) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_list_that_windows_wrote(pictures: Make, shell: Shell, tmp_path: Path, encoding: str) -> None:
    source = pictures(2)
    shutil.copy(source / "000.png", source / "zwei Wörter ü.png")
    names = ["# the photographs", "in/000.png", '"in/zwei Wörter ü.png"', ""]
    (tmp_path / "list.txt").write_bytes("\r\n".join(names).encode(encoding))
    outcome = shell("edges", "-o", "out/", "--files-from", "list.txt")
    assert outcome.code == 0, outcome.stderr
    assert set(tree(tmp_path / "out")) == {"000.png", "zwei Wörter ü.png"}
    assert "list.txt: skipped 1 comment: # the photographs" in outcome.stderr
    (tmp_path / "list.txt").write_bytes(b"\xff\xfea")
    outcome = shell("edges", "-o", "out/", "--files-from", "list.txt", "-y")
    assert outcome.code == 1
    assert outcome.stderr.splitlines() == ["edges: list.txt: not text in UTF-8 or UTF-16 (line 1, byte 0x61)"]


def test_a_folder_that_cannot_be_listed_fails_alone(
    run: Run, pictures: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = pictures(2)
    (source / "lost").mkdir()
    real = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("lost"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    planned = run("edges", source, "-r", "-o", f"{tmp_path}/out/", "-n")
    assert (planned.code, len(planned.text.splitlines())) == (0, 3)
    assert f"{source}/lost -> nothing, for this folder cannot be listed\n" in planned.text
    for left in ("2 done, ", "0 done, 2 skipped (their outputs exist), "):
        outcome = run("edges", source, "-r", "-o", f"{tmp_path}/out/", "--skip-existing")
        assert outcome.code == 1
        assert outcome.lines[0].startswith(f"edges: {source}/lost is a folder")
        assert outcome.lines[1].startswith(f"{left}1 failed; ")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["000.png", "001.png"]


def test_what_was_left_goes_first_and_folders_are_stored_before_it_is_said_that_all_is_done(
    pictures: Make, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    home = "cnnfilt.cli.run_operation"

    def step(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **options: Any) -> Any:
            steps.append(name)
            return call(*arguments, **options)

        return recorded

    def settle(folders: Iterable[Path]) -> None:
        steps.append(f"settle {sorted(folders)}")

    monkeypatch.setattr(f"{home}.clean_up_after", step("clean", lambda jobs: None))
    monkeypatch.setattr(f"{home}.run_one_by_one", step("run", run_one_by_one))
    monkeypatch.setattr(f"{home}.settle", settle)
    monkeypatch.setattr("cnnfilt.cli.reporter.print_line", lambda line: steps.append(line[:6]))
    folder, out = pictures(2), tmp_path / "out"
    assert run("edges", folder, "-o", f"{out}/").code == 0
    assert steps == ["clean", "run", f"settle {[out]}", "2 done"]
    steps.clear()
    assert run("edges", folder / "000.png", "-o", tmp_path / "a.png").code == 0
    assert steps[0] == "run"  # One file is soon made again, and its folder may be large.
    assert not any(step.startswith(("clean", "settle")) for step in steps)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_folders_of_a_tree_are_stored(
    pictures: Make, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    stored: list[str] = []

    def store(descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if os.path.isdir(path):
            stored.append(path)

    (pictures(8) / "deep").mkdir()
    shutil.copy(tmp_path / "in" / "000.png", tmp_path / "in" / "deep")
    monkeypatch.setattr("cnnfilt.files.atomic.os.fsync", store)
    assert run("edges", tmp_path / "in", "-r", "-o", f"{tmp_path}/out/", "-j", workers).code == 0
    assert sorted(stored) == [str(tmp_path / "out"), str(tmp_path / "out" / "deep")]
