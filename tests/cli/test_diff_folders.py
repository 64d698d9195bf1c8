"""`cnnfilt diff` of two folders, as typed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run
from tests.conftest import Shell

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put a picture at a path: one and the same of this size, but for the first pixels, so many, which differ."""
    monkeypatch.chdir(tmp_path)

    def call(path: str, *, by: int = 0, pixels: int = 1, size: tuple[int, int] = (20, 25)) -> Path:
        levels = np.random.default_rng(8).integers(50, 150, (*size, 3), dtype=np.uint8)
        levels.reshape(-1, 3)[:pixels, 1] += by
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).save(path)
        return Path(path)

    return call


@pytest.fixture
def folders(put: Put) -> None:
    """Two folders, a and b, of five pictures each, three of which differ; and two files that are alone."""
    for name in ("same", "little", "more", "much", "few"):
        put(f"a/{name}.png")
    put("b/same.png")
    put("b/little.png", by=2, pixels=400)
    put("b/more.png", by=9, pixels=5)
    put("b/much.png", by=90, pixels=200)
    put("b/few.png", by=30, pixels=2)
    put("a/left.png")
    put("b/right.png")


def verdicts(text: str) -> list[tuple[str, str]]:
    """The first and the last column of each line under the heading."""
    lines = text.splitlines()[1:]
    return [(line.split()[0], line[line.rindex("  ") + 2 :]) for line in lines]


def test_each_pair_has_a_line_the_worst_first(run: Run, folders: None) -> None:
    outcome = run("diff", "a", "b")
    assert outcome.code == 1
    assert verdicts(outcome.text) == [
        ("alone", "a/left.png (only in a)"),
        ("alone", "b/right.png (only in b)"),
        ("differs", "much.png"),
        ("differs", "few.png"),
        ("differs", "more.png"),
        ("differs", "little.png"),
        ("alike", "same.png"),
    ]
    heading, *lines = outcome.text.splitlines()
    assert heading.split() == ["largest", "pixels", "PSNR", "SSIM"]
    assert lines[2].split()[1:3] == ["90", "40.00%"]
    assert lines[6].split()[1:] == ["0", "0.00%", "infinite", "1", "same.png"]
    assert outcome.lines == ["diff: a and b: 4 of 5 pairs differ, 1 file only in a, 1 file only in b"]


@pytest.mark.parametrize(
    ("demands", "order", "alike"),
    [
        (["--tolerance", "9"], ["much", "few", "more", "little", "same"], 3),
        (["--max-fraction", "10%"], ["little", "much", "more", "few", "same"], 3),
        (["--max-fraction", "1%", "--tolerance", "5"], ["much", "more", "few", "little", "same"], 4),
        (["--tolerance", "90"], ["much", "few", "more", "little", "same"], 5),
    ],
)
def test_what_is_demanded_sorts_and_decides(
    run: Run, folders: None, demands: list[str], order: list[str], alike: int
) -> None:
    os.unlink("a/left.png")
    os.unlink("b/right.png")
    outcome = run("diff", "a", "b", *demands)
    found = verdicts(outcome.text)
    assert [verdict for verdict, _ in found].count("alike") == alike
    assert [Path(name).stem for _, name in found] == order
    assert outcome.code == (0 if alike == 5 else 1)
    assert (outcome.stderr == "") is (alike == 5)


def test_a_demanded_similarity_sorts_by_itself(run: Run, folders: None) -> None:
    outcome = run("diff", "a", "b", "--min-ssim", "0.99", "--json")
    pairs = [line for line in map(json.loads, outcome.text.splitlines()) if line["a"] and line["b"]]
    assert [line["ssim"] for line in pairs] == sorted(line["ssim"] for line in pairs)
    assert [line["alike"] for line in pairs] == [line["ssim"] >= 0.99 for line in pairs]
    assert [pairs[0]["alike"], pairs[-1]["ssim"], outcome.code] == [False, 1, 1]


def test_json_has_a_line_for_each(run: Run, folders: None) -> None:
    outcome = run("diff", "a", "b", "--json")
    lines = [json.loads(line) for line in outcome.text.splitlines()]
    assert (outcome.code, len(lines)) == (1, 7)
    assert lines[0] == {"schema": 1, "a": "a/left.png", "b": None, "alike": False}
    assert lines[1] == {"schema": 1, "a": None, "b": "b/right.png", "alike": False}
    single = json.loads(run("diff", "a/much.png", "b/much.png", "--json").text)
    assert lines[2] == single
    assert lines[-1]["alike"] is True


def test_one_bad_file_does_not_stop_the_rest(run: Run, folders: None, put: Put) -> None:
    put("b/few.png", size=(9, 9))
    Path("b/more.png").write_bytes(Path("a/more.png").read_bytes()[:300])
    outcome = run("diff", "a", "b")
    assert outcome.code == 1
    assert verdicts(outcome.text)[:3] == [
        ("error", "few.png"),
        ("error", "more.png"),
        ("alone", "a/left.png (only in a)"),
    ]
    said = sorted(outcome.lines)
    assert said[0].startswith("diff: a and b: 2 of 5 pairs differ, 2 of 5 pairs cannot be compared, 1 file only in a")
    assert said[1].startswith("diff: a/few.png is 20x25x3 and b/few.png is 9x9x3; only images of the same size")
    assert said[2].startswith("diff: b/more.png: the PNG is truncated")
    data = [json.loads(line) for line in run("diff", "a", "b", "--json").text.splitlines()]
    assert sorted(data[0]) == ["a", "alike", "b", "error", "schema"]
    assert f"diff: {data[0]['error']}" == said[1]


def test_folders_in_folders_and_what_is_excluded(run: Run, put: Put) -> None:
    for path in ("a/x.png", "a/deep/er/y.png", "a/deep/old.png", "b/x.png"):
        put(path)
    put("b/deep/er/y.png", by=3)
    flat = run("diff", "a", "b")
    assert (flat.code, verdicts(flat.text)) == (0, [("alike", "x.png")])
    assert flat.lines == ["skipped a/deep (a folder; -r opens it), b/deep (a folder; -r opens it)"]
    whole = run("diff", "a/", "b/", "-r")
    assert verdicts(whole.text) == [
        ("alone", "a/deep/old.png (only in a/)"),
        ("differs", "deep/er/y.png"),
        ("alike", "x.png"),
    ]
    part = run("diff", "a", "b", "-r", "--exclude", "old*", "--exclude", "er/")
    assert (part.code, verdicts(part.text)) == (0, [("alike", "x.png")])
    assert part.lines == ["--exclude leaves out 1 file and 2 folders"]


def test_matrices_are_compared_too_and_another_suffix_is_no_other_file(run: Run, put: Put) -> None:
    put("a/x.png"), put("b/x.bmp")
    for folder, number in (("a", 1), ("b", 2)):
        Path(folder, "m.csv").write_text(f"1,{number}\n")
        np.save(Path(folder, "n.npy"), np.ones((3, 3)))
        Path(folder, "readme.md").write_text("two folders")
    outcome = run("diff", "a", "b")
    assert verdicts(outcome.text) == [("differs", "m.csv"), ("alike", "n.npy"), ("alike", "x.png, x.bmp")]
    assert outcome.lines[0] == "skipped a/readme.md (no image suffix), b/readme.md (no image suffix)"
    assert run("diff", "a", "b", "--tolerance", "1").code == 0


def test_names_cannot_steer_the_terminal(run: Run, put: Put) -> None:
    for folder in "ab":
        put(f"{folder}/bell\a.png")
    assert verdicts(run("diff", "a", "b").text) == [("alike", "bell\\x07.png")]


def test_quiet_leaves_the_answer_to_the_exit_code(run: Run, folders: None) -> None:
    outcome = run("diff", "a", "b", "-q")
    assert (outcome.code, outcome.text, outcome.stderr) == (1, "", "")
    assert run("diff", "a", "a", "-q").code == 0


def test_what_is_not_shown_is_not_computed(run: Run, folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Any] = []
    monkeypatch.setattr("cnnfilt.batch.diff.structural_similarity", lambda a, b, *, peak: looked_at.append(a) or 0.5)
    assert (run("diff", "a", "b", "-q", "-j", "1").code, len(looked_at)) == (1, 0)
    run("diff", "a", "b", "-q", "-j", "1", "--min-ssim", "0.4"), run("diff", "a", "b", "-q", "-j", "1", "--json")
    assert len(looked_at) == 2 * 4


def test_worker_processes_give_the_same(shell: Shell, put: Put) -> None:
    for number in range(12):
        put(f"a/{number}.png"), put(f"b/{number}.png", by=number)
    Path("b/7.png").write_bytes(b"no image")
    one, two = (shell("diff", "a", "b", "-j", jobs) for jobs in (1, 2))
    assert (one.code, one.stdout, sorted(one.stderr.splitlines())) == (
        two.code,
        two.stdout,
        sorted(two.stderr.splitlines()),
    )
    assert [name for _, name in verdicts(one.stdout)][:3] == ["7.png", "11.png", "10.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["a", "b", "-o", "d.png"], 2, "-o draws the differences of two files"),
        (["a", "empty"], 1, "empty: no images in this folder"),
        (["a", "other"], 1, "no file in a has the same name as one in other"),
        (["a", "b/x.png"], 1, "a is a folder, not a file"),
        (["-", "b"], 1, "is a folder, not a file"),
        (["a", "b", "--exclude", "*.png"], 1, "no image is left, for --exclude leaves out 1 file"),
        (["a", "b", "--exclude", ""], 2, "an empty name is given for --exclude"),
        (["a", "b", "-j", "0"], 2, "--jobs"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(
    run: Run, put: Put, arguments: list[Any], code: int, words: str, tmp_path: Path
) -> None:
    put("a/x.png"), put("b/x.png"), put("other/y.png")
    Path("empty").mkdir()
    outcome = run("diff", *arguments, stdin=Path("a/x.png").read_bytes())
    assert (outcome.code, len(outcome.lines), outcome.text) == (code, 1, ""), outcome.stderr
    assert words in outcome.stderr


def test_a_pair_of_files_has_its_time_too(run: Run, put: Put) -> None:
    put("a.png"), os.mkfifo("pipe.png")
    outcome = run("diff", "a.png", "pipe.png", "--timeout", "0.2")
    assert outcome.code == 1
    assert outcome.lines == [
        "diff: a.png and pipe.png took longer than 0.2 s and were given up (--timeout changes the limit)"
    ]
