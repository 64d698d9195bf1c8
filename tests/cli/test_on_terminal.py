"""What a person at a terminal sees: no binary data, all that is said in whole lines, and no bar that stays."""

import fcntl
import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.cli.conftest import SAMPLES
from tests.conftest import Make, Shell, Start, await_file, tree
from tests.holding import HELD_DECODER, held_picture, hold, let_go
from tests.patience import PATIENCE
from tests.terminal import OnTerminal

FACE = SAMPLES / "face.png"
MATRIX = SAMPLES / "worked_example.csv"


def shown(*arguments: object, cwd: Path, columns: int = 200) -> tuple[int, list[str]]:
    """The exit code, and the lines that are on the terminal in the end."""
    code, screen, _ = OnTerminal(*arguments, cwd=cwd, columns=columns).end()
    assert screen.cursor_shows
    return code, [line for line in screen.lines if line]


@pytest.mark.parametrize(
    ("source", "options", "format"),
    [
        (FACE, [], "png"),
        (FACE, ["--format", "jpeg"], "jpeg"),
        (FACE, ["--format", "ppm"], "ppm"),
        (MATRIX, ["--format", "npy"], "npy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_terminal_is_spared_binary_data(tmp_path: Path, source: Path, options: list[str], format: str) -> None:
    arguments = ("pad", source, "-p", "1", "-o", "-", *options)
    refusal = f"a terminal cannot show {format} data; name a file with -o, or pipe it on"
    assert shown(*arguments, cwd=tmp_path) == (1, [f"pad: {source}: {refusal}"])
    code, screen, piped = OnTerminal(*arguments, "-q", cwd=tmp_path, stdout_piped=True).end_with_bytes()
    assert (code, [line for line in screen.lines if line]) == (0, [])
    assert len(piped) > 100


def test_numbers_are_shown(tmp_path: Path) -> None:
    code, lines = shown("pool", MATRIX, "-q", cwd=tmp_path)
    assert code == 0
    largest = np.loadtxt(MATRIX, dtype=int, delimiter=",").reshape(3, 2, 3, 2).max(axis=(1, 3))
    assert lines == [",".join(map(str, row)) for row in largest.tolist()]


@pytest.fixture
def folder(pictures: Make, tmp_path: Path) -> Path:
    """Three pictures that lose something when they are sharpened, and one with a note, of 16 bits in colour."""
    pictures(3)
    PIL.Image.fromarray(np.full((9, 9), 300, np.uint16)).save(tmp_path / "in" / "deep.png")
    return tmp_path


SHARPEN = ("convolve", "in", "-k", "sharpen", "-o", "out/")
DEEP = "in/deep.png: its 16-bit values stay under 4096; --value-range 0,4095 brings 12-bit data to full brightness"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_notes_and_losses_are_printed(folder: Path, workers: str) -> None:
    code, lines = shown(*SHARPEN, "-j", workers, cwd=folder)
    assert code == 0
    assert lines[0] == DEEP
    assert lines[1].startswith("4 done; ")
    assert lines[2].startswith("in all: values ran from -")
    assert "fell outside the levels and were clipped" in lines[2]
    assert lines[3].startswith("in/00")
    assert "mostly clipped" in lines[3]
    assert lines[3].endswith(" (and 2 more)")
    assert len(lines) == 4


def test_with_v_every_result_has_its_line_and_its_plan(folder: Path) -> None:
    _, lines = shown(*SHARPEN, "-v", "-j1", cwd=folder)
    for number in range(3):
        name = f"00{number}.png"
        (at,) = (at for at, line in enumerate(lines) if line.startswith(f"in/{name} 30x40x3 -> out/{name} 28x38x3 ("))
        assert lines[at + 1].startswith(f"in/{name}: ")


@pytest.mark.parametrize(("columns", "bar"), [(100, True), (60, True), (59, False), (20, False)])
def test_the_bar_takes_one_line_and_in_a_narrow_terminal_only_counts(
    pictures: Make, tmp_path: Path, columns: int, bar: bool
) -> None:
    hold(tmp_path)
    held_picture(pictures(1))
    arguments = ("edges", "in", "-o", "out/", "--timeout", "0")
    terminal = OnTerminal(*arguments, cwd=tmp_path, columns=columns, environment=HELD_DECODER)
    await_file(terminal.process, tmp_path / "begun")
    terminal.await_text("/2")
    (line,) = (line for line in terminal.screen().lines if line.strip())
    assert ("━" in line) == bar
    assert len(line) <= columns
    let_go(tmp_path)
    assert terminal.end()[0] == 0


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("columns", [200, 40])
def test_errors_are_whole_lines_from_the_start_of_a_line(
    pictures: Make, tmp_path: Path, workers: str, columns: int
) -> None:
    """Wherever the bar was, which is drawn before the first file is done."""
    folder = pictures(3)
    for name in ("000.png", "002.png"):
        (folder / name).write_bytes(b"")
    code, lines = shown("edges", "in", "-o", "out/", "-j", workers, cwd=tmp_path, columns=columns)
    assert code == 1
    assert sorted(lines[:2]) == ["edges: in/000.png is empty", "edges: in/002.png is empty"]
    assert lines[2].startswith("1 done, 2 failed; ")
    assert len(lines) == 3


def test_with_q_there_are_only_errors(folder: Path) -> None:
    (folder / "in" / "bad.png").write_bytes(b"")
    terminal = OnTerminal(*SHARPEN, "-q", cwd=folder)
    assert terminal.end()[0] == 1
    assert terminal.written == b"convolve: in/bad.png is empty\r\n"  # Nor was there ever a bar.


def test_of_a_single_file_the_loss_is_its_own(folder: Path) -> None:
    code, lines = shown("convolve", "in/000.png", "-k", "sharpen", "-o", "out.png", cwd=folder)
    assert code == 0
    assert lines[0].startswith("in/000.png 30x40x3 -> out.png ")
    assert lines[1].startswith("in/000.png: values ran from -")
    assert "mostly clipped" in lines[2]
    assert len(lines) == 3


def test_not_a_number_is_told_of(tmp_path: Path) -> None:
    np.save(tmp_path / "n.npy", np.array([[np.nan, 1.0], [2.0, np.nan]]))
    code, lines = shown("pad", "n.npy", "-p", "0", "-o", "n.png", "--values", "clip", cwd=tmp_path)
    assert code == 0
    assert lines[1:] == ["n.npy: NaN (not a number) became black in 2 of 4 values"]  # And none of them was clipped.


def test_json_comes_line_by_line(pictures: Make, start: Start, shell: Shell, tmp_path: Path) -> None:
    """Those of files that are skipped at once, and each of the others when it is done: one here is held."""
    hold(tmp_path)
    folder = pictures(3)
    (tmp_path / "out").mkdir()
    assert shell("edges", "in/000.png", "-o", "out/000.png").code == 0
    held_picture(folder, ".png")
    process = start("edges", "in", "-o", "out/", "--skip-existing", "--json", "-j1", environment=HELD_DECODER)
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(3)]
    await_file(process, tmp_path / "begun")
    assert [(line["input"], line["status"]) for line in lines] == [
        ("in/000.png", "skipped"),
        ("in/001.png", "done"),
        ("in/002.png", "done"),
    ]
    let_go(tmp_path)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert [json.loads(line)["input"] for line in stdout.splitlines()] == ["in/slow.png"]
    assert stderr.decode().startswith("3 done, 1 skipped (their outputs exist); ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_another_run_has_locked_stays_there(pictures: Make, shell: Shell, tmp_path: Path, workers: str) -> None:
    pictures(3)
    theirs = tmp_path / "out" / ".cnnfilt-0123abcd"
    theirs.parent.mkdir()
    theirs.write_bytes(b"half")
    (theirs.parent / ".cnnfilt-00000000").write_bytes(b"left by a killed run")
    with theirs.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert shell("edges", "in", "-o", "out/", "-j", workers).code == 0
        assert set(tree(tmp_path / "out")) == {theirs.name, "000.png", "001.png", "002.png"}
    assert shell("edges", "in", "-o", "out/", "-j", workers, "-y").code == 0
    assert set(tree(tmp_path / "out")) == {"000.png", "001.png", "002.png"}
