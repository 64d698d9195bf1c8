"""Bad input: one line, the right exit code, and nothing half-written."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.main import exit_code
from tests.cli.conftest import SAMPLES, Run

FACE = SAMPLES / "face.png"


@pytest.mark.parametrize("output", ["{}.png", "{}/", "{}/x.png", "{}-{{stem}}.png"])
def test_a_name_that_is_too_long_is_not_the_fault_of_standard_output(run: Run, tmp_path: Path, output: str) -> None:
    outcome = run("edges", FACE, "-o", tmp_path / output.format("a" * 300))
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "standard output" not in outcome.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-k", "vertical", "-s", "0"], "stride is 0; it must be at least 1"),
        (["-k", "vertical", "-s", "-1"], "stride is -1"),
        (["-k", "vertical", "-d", "0"], "dilation is 0"),
        (["-k", "vertical", "-p", "-1"], "padding is -1"),
        (["-k", "vertical", "-p", "sane"], "did you mean same"),
        (["-k", "vertical", "-p", "1,2,3"], "3 numbers"),
        (["-k", "vertical", "--padding-mode", "mirror"], "padding-mode 'mirror' is unknown"),
        (["-k", "box", "-p", "mirror"], "is what a border holds (--padding-mode reflect); say how wide it is"),
        (["-k", "box", "-p", "replicate"], "is what a border holds (--padding-mode replicate); say how wide it is"),
        (["-k", "box", "--padding-mode", "same"], "'same' is how wide a border is; write --padding same"),
        (["-k", "box", "-p", "5%"], "padding '5%' is not a whole number; give pixels: N, H,W or T,B,L,R"),
        (["-k", "soble-x"], "did you mean sobel-x"),
        (["-k", "1,2;3"], "row 2"),
        (["-k", ""], "empty"),
        (["-k", "1,nan"], "not finite"),
        (["-k", "1,inf"], "not finite"),
        (["-k", "1,two"], "'two' is not a number"),
        (["-k", "[[1,2],[3]]"], "row 2"),
        (["-k", "@no-such-file.csv"], "no-such-file.csv"),
        (["-k", "vertical", "--normalize"], "sum"),
        (["-k", "vertical", "--values", "absolute"], "did you mean abs"),
        (["-k", "vertical", "--value-range", "5,5"], "LO,HI"),
        (["-k", "vertical", "--bias", "1,2"], "2 numbers for 1 filter"),
        (["-k", "vertical", "--activation", "relo"], "did you mean relu"),
        (["-k", "vertical", "--format", "pgn"], "did you mean png"),
        (["-k", "vertical", "--quality", "0"], "--quality '0' is not a whole number from 1 to 100"),
        (["-k", "vertical", "--jobs", "two"], "--jobs 'two' is not a whole number of 1 or more"),
        (["-k", "vertical", "--timeout", "-1"], "--timeout '-1' is not a number of 0 or more"),
        (["-k", "vertical", "--stride", "3xa"], "--stride '3xa' is not made of whole numbers"),
        (["-k", "vertical", "--strid", "2"], "no such option"),
        ([], "missing option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_request_exits_with_2(run: Run, tmp_path: Path, arguments: list[str], words: str) -> None:
    out = tmp_path / "out.png"
    outcome = run("convolve", FACE, *arguments, "-o", out)
    assert outcome.code == 2, outcome.stderr
    assert len(outcome.lines) == 1, outcome.stderr
    assert words in outcome.stderr
    assert outcome.stderr.startswith("convolve: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-k", "box:257"], "kernel spans 257 rows but"),
        (["-k", "box:3", "-p", "100000"], "limit"),
        (["-k", "box:3", "-p", "999999999", "-s", "999999999"], "limit"),
        (["-k", "box:999", "-p", "same", "--padding-mode", "reflect"], "reflect"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_request_that_does_not_fit_the_image_exits_with_1(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    outcome = run("convolve", FACE, *arguments, "-o", tmp_path / "out.png")
    assert outcome.code == 1, outcome.stderr
    assert len(outcome.lines) == 1, outcome.stderr
    assert words in outcome.stderr
    assert "face.png" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.png", None),
        ("empty.png", b""),
        ("text.png", b"this is no image"),
        ("garbage.jpg", bytes(range(7, 250)) * 8),
        ("truncated.png", FACE.read_bytes()[:4000]),
        ("ragged.csv", b"1,2\n3\n"),
        ("words.csv", b"a,b\nc,d\n"),
        ("empty.csv", b""),
        ("broken.json", b"[[1,2],"),
        ("pickle.npy", b"\x93NUMPY\x01\x00" + b"x" * 60),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_input_that_cannot_be_read_exits_with_1(run: Run, tmp_path: Path, name: str, content: bytes | None) -> None:
    source, out = tmp_path / name, tmp_path / "out" / "x.npy"
    out.parent.mkdir()
    if content is not None:
        source.write_bytes(content)
    outcome = run("convolve", source, "-k", "1", "-o", out)
    assert outcome.code == 1, outcome.stderr
    assert len(outcome.lines) == 1, outcome.stderr
    assert name in outcome.stderr
    assert list(out.parent.iterdir()) == []


def test_an_image_without_an_output_is_a_usage_error(run: Run) -> None:
    outcome = run("edges", FACE)
    assert outcome.code == 2
    assert "-o" in outcome.stderr


def test_a_forgotten_o_is_answered_with_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    outcome = run("edges", FACE, out)
    assert outcome.code == 2
    assert f"use -o {out}" in outcome.stderr


def test_an_existing_output_is_kept_unless_overwritten(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    refused = run("edges", FACE, "-o", out)
    assert refused.code == 2
    assert "-y" in refused.stderr
    assert out.read_bytes() == b"precious"
    assert run("edges", FACE, "-o", out, "-y").code == 0
    assert out.read_bytes() != b"precious"


def test_an_input_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    source, link = tmp_path / "a.png", tmp_path / "link.png"
    source.write_bytes(FACE.read_bytes())
    os.link(source, link)
    for target in (source, link):
        outcome = run("edges", source, "-o", target, "-y")
        assert outcome.code == 2
        assert "is an input" in outcome.stderr
    assert source.read_bytes() == FACE.read_bytes()


def test_a_folder_must_exist_for_a_file_in_it(run: Run, tmp_path: Path) -> None:
    outcome = run("edges", FACE, "-o", tmp_path / "no" / "out.png")
    assert outcome.code == 2
    assert "does not exist" in outcome.stderr


def test_one_bad_file_does_not_stop_the_rest(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("a.png", "c.png"):
        (folder / name).write_bytes(FACE.read_bytes())
    (folder / "b.png").write_bytes(b"no image at all")
    outcome = run("edges", folder, "-o", out)
    assert outcome.code == 1
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "c.png"]
    assert [line for line in outcome.lines if "b.png" in line] == [outcome.lines[0]]


def test_two_inputs_with_one_output_are_refused(run: Run, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.png").write_bytes(FACE.read_bytes())
    outcome = run("edges", tmp_path / "a" / "x.png", tmp_path / "b" / "x.png", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "both" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_is_not_its_own_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(FACE.read_bytes())
    outcome = run("edges", tmp_path, "-o", tmp_path, "--format", "jpeg")
    assert (outcome.code, "the input and the output folder" in outcome.stderr) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.png"]


def test_a_folder_without_images_exits_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    outcome = run("edges", tmp_path, "-o", tmp_path / "out")
    assert outcome.code == 1
    assert "no images" in outcome.stderr


def test_fractions_are_not_rounded_silently(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text("0.25,0.5\n0.75,1\n")
    refused = run("convolve", source, "-k", "1", "-o", tmp_path / "x.png")
    assert refused.code == 1
    assert "--value-range" in refused.stderr
    assert run("convolve", source, "-k", "1", "--value-range", "0,1", "-o", tmp_path / "x.png").code == 0
    with Image.open(tmp_path / "x.png") as image:
        assert np.asarray(image).tolist() == [[64, 128], [191, 255]]


def test_a_name_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    outcome = run("edges", tmp_path / "evil\x1b[31m.png", "-o", tmp_path / "out.png")
    assert "\x1b" not in outcome.stderr
    assert "evil\\x1b[31m.png: no such file" in outcome.stderr
    assert outcome.code == 1


def test_an_unknown_command_is_answered_in_one_line(run: Run) -> None:
    outcome = run("convolv", FACE)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert "'convolv' is unknown; did you mean convolve?" in outcome.stderr


@pytest.mark.parametrize("option", ["-k", "--bias"])
def test_a_kernel_or_bias_file_is_never_overwritten(
    run: Run, worked_example: Path, tmp_path: Path, option: str
) -> None:
    file = tmp_path / "k.csv"
    file.write_text("1\n")
    kernel = [] if option == "-k" else ["-k", "1"]
    outcome = run("convolve", worked_example, *kernel, option, f"@{file}", "-o", file, "-y")
    assert outcome.code == 2
    assert "is an input" in outcome.stderr
    assert file.read_text() == "1\n"


def test_a_full_or_closed_standard_output_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cnnfilt", "shape", "6x6", "-f", "3"]
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "standard output cannot be written" in run.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "2>/dev/full", "<&-"])
def test_closed_streams_that_are_not_needed_do_no_harm(tmp_path: Path, closed: str) -> None:
    out = tmp_path / "x.png"
    command = f"{sys.executable} -m cnnfilt edges {FACE} -o {out} {closed}"
    assert subprocess.run(["sh", "-c", command], capture_output=True).returncode == 0
    assert out.exists()


def test_an_endless_input_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnfilt.files.streams.LONGEST_PIPE", 1 << 20)
    outcome = run("edges", "/dev/zero", "-o", tmp_path / "x.png")
    assert outcome.code == 1
    assert "does not end" in outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["pad", "-p", "1", "--padding-mode", "reflect", "--padding-value", "3"],
        ["pad", "-p", "1", "--for-kernel", "4"],
        ["convolve", "-k", "box", "--padding-mode", "reflect", "--padding-value", "3"],
        ["edges", "--padding-value", "3"],
    ],
    ids=" ".join,
)
def test_an_option_that_would_be_ignored_is_refused(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    outcome = run(*arguments, FACE, "-o", tmp_path / "x.png")
    assert outcome.code == 2
    assert "leave" in outcome.stderr


def test_one_is_singular(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("row.csv").write_text("1,2\n")
    Path("photos/cats").mkdir(parents=True)
    Image.new("L", (8, 8)).save("photos/cats/a.png")
    for arguments, said in {
        (
            "pad",
            "row.csv",
            "-p",
            "1",
            "--padding-mode",
            "reflect",
        ): "padding of 1 row is too much for row.csv with its 1 row:",
        ("net", "train", "photos", "-o", "m.npz"): "has 1 sub-folder of images",
        ("learn", "a.png"): "one name alone is not a pair;",
        ("learn", "a.png", "b.png", "c.png"): "3 names do not make pairs;",
        ("convolve", "row.csv", "-k", "identity", "--bias", "1,2"): "2 numbers for 1 filter;",
        ("shape", "4x4", "conv:4,k=1,g=2"): "does not divide the 1 channel of",
        ("shape", "4x4x3", "conv:4,k=1,g=2"): "does not divide the 3 channels of",
    }.items():
        outcome = run(*arguments)
        assert outcome.code != 0
        assert said in outcome.stderr


def test_a_name_with_a_leading_dash_is_told_from_options(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-lead.png", "-qu.png"):
        Image.new("L", (8, 8)).save(name)
        refused = run("edges", name, "-o", "out.png")
        assert refused.code == 2
        assert f"'; for the file, write ./{name} (see cnnfilt edges --help)" in refused.stderr
        assert run("edges", f"./{name}", "-o", f"out{name}").code == 0
    assert (
        run("edges", "-lost.png", "-o", "out.png").stderr == "edges: no such option '-l' (see cnnfilt edges --help)\n"
    )
    late = run("edges", "--", "-lead.png", "-o", "out.png")
    assert late.code == 2
    assert late.stderr == "edges: -o is taken for an input because it comes after --; put options before --\n"
    assert run("edges", "-o", "out.png", "--", "-lead.png").code == 0


def test_an_error_of_our_own_is_one_line_but_for_debug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("cnnfilt.batch.timeout.run_on_image", broken)
    arguments = ["edges", str(FACE), "-o", str(tmp_path / "out.png")]
    assert exit_code(arguments) == 1
    assert "an error in cnnfilt itself (ZeroDivisionError: ); --debug shows where" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        exit_code(["--debug", *arguments])


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("out.heic", "out.heic: .heic names no format; use another, or --format (png, "),
        ("out", "out has no suffix that names a format; add one, or --format (png, "),
        ("{stem}_e{ext}", "face_epng has no suffix that names a format; write .{ext}, or --format (png, "),
    ],
)
def test_a_name_without_a_format_says_what_it_lacks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("edges", FACE, "-o", output)
    assert (outcome.code, len(outcome.lines), list(tmp_path.iterdir())) == (2, 1, [])
    assert words in outcome.stderr


def test_a_pattern_that_no_name_matches(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("edges", "*.jpg", "-o", "out.png")
    assert outcome.code == 1
    assert outcome.stderr == (
        "edges: *.jpg: no such file; the shell fills in * and ? only outside quotes, and only if a name matches\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["convolve", FACE, "-k", "1", "-o", "-", "--json"], 2, "--json and -o - both write to standard output"),
        (["pool", FACE, "--explain", "0,0", "-o", "-"], 2, "--explain and -o - both write to standard output"),
        (["edges", FACE, "--frames", "all", "--explain", "0,0"], 2, "choose one with --frames N"),
        (["edges", FACE, "-0", "-o", "out/"], 2, "give --files-from, too"),
        (["edges", "--files-from", "/dev/null", "-o", "out/"], 1, "/dev/null: names no files"),
        (["edges", "--files-from", "no.txt", "-o", "out/"], 1, "no.txt: cannot be read: No such file or directory"),
        (["edges", "-", "--files-from", "-", "-o", "out/"], 2, "cannot be an image and the list of files at once"),
        (["pool", FACE, "--indices", "i.txt", "-o", "a.png"], 2, "i.txt must be a .npy file"),
        (["pool", FACE, SAMPLES / "icon.png", "--indices", "i.npy", "-o", "out/"], 2, "the array of one input only"),
        (["edges", FACE, "-o", "a.png", "--format", "tiff"], 2, "a.png names the format png but --format says tiff"),
        (["pad", SAMPLES / "worked_example.csv", "-p", "1", "--format", "png"], 2, "--format png needs -o FILE"),
        (["edges", FACE, "-o", "/proc/nothing/"], 1, "the folder /proc/nothing cannot be written"),
        (["edges", FACE, "--explain", "-1,0"], 2, "ROW,COL"),
        (["edges", FACE, "--explain", "1"], 2, "ROW,COL"),
        (["diff", FACE, FACE, "-o", "d.csv", "--gain", "2"], 2, "--gain"),
        (["diff", FACE, FACE, "-o", "d.png", "--gain", "0"], 2, "--gain"),
        (["apply", "-o", "a.png"], 2, "CHAIN"),
    ],
    ids=lambda value: " ".join(map(str, value[:-2])) if isinstance(value, list) else None,
)
def test_what_cannot_be_done_is_one_line_and_nothing_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[object], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(*arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1), outcome.stderr
    assert words in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_a_folder_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "face-edges.png").mkdir()
    outcome = run("edges", FACE, "-o", f"{tmp_path}/{{stem}}-edges.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "face-edges.png is a folder; name a file in it" in outcome.stderr


def test_a_device_takes_the_format_of_the_input(run: Run, worked_example: Path) -> None:
    outcome = run("pad", worked_example, "-p", "1", "-o", "/dev/null")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert outcome.lines == [f"{worked_example} 6x6 -> /dev/null 8x8 (zeros)"]
