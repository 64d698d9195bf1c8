"""--if-newer and --keep-dates from the shell: a folder that is done again and again as its photographs change."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run
from tests.conftest import Make, tree

EARLY, LATE = 1_500_000_000_123_456_789, 1_600_000_000_123_456_789


@pytest.fixture
def here(pictures: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in with three early pictures in in/."""
    for path in pictures(3).iterdir():
        set_date(path, EARLY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def set_date(path: Path | str, date: int) -> None:
    os.utime(path, ns=(date, date))


def date_of(path: Path | str) -> int:
    return os.stat(path).st_mtime_ns


def dates(folder: Path | str) -> dict[str, int]:
    return {path.name: date_of(path) for path in Path(folder).iterdir()}


def change(path: Path | str) -> None:
    """Another picture, later than all that was made before."""
    Image.fromarray(np.full((30, 40, 3), 200, np.uint8)).save(path)
    set_date(path, LATE)


def age(folder: str) -> None:
    """Let the outputs be from the time between the first pictures and their changes."""
    for path in Path(folder).rglob("*.*"):
        set_date(path, (EARLY + LATE) // 2)


def test_only_what_changed_or_is_missing_is_made(run: Run, here: Path) -> None:
    first = run("edges", "in", "-o", "out/", "--if-newer")
    assert (first.code, first.lines[0].partition(";")[0]) == (0, "3 done")
    age("out")
    before = dates("out")
    idle = run("edges", "in", "-o", "out/", "--if-newer")
    assert (idle.code, idle.lines[0].partition(";")[0], dates("out")) == (0, "0 done, 3 up to date", before)
    change("in/001.png")
    Path("out/002.png").unlink()
    again = run("edges", "in", "-o", "out/", "--if-newer", "--json")
    assert (again.code, again.lines[0].partition(";")[0]) == (0, "2 done, 1 up to date")
    found = {line["input"]: (line["status"], line.get("reason")) for line in map(json.loads, again.text.splitlines())}
    assert found == {
        "in/000.png": ("skipped", "up to date"),
        "in/001.png": ("done", None),
        "in/002.png": ("done", None),
    }
    assert [name for name, date in dates("out").items() if date == before[name]] == ["000.png"]
    assert run("edges", "in", "-o", "all/").code == 0
    assert tree(here / "out") == tree(here / "all")


def test_a_dry_run_says_why(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    age("out")
    change("in/001.png")
    Path("out/002.png").write_bytes(b"")
    planned = run("edges", "in", "-o", "out/", "--if-newer", "-n")
    assert planned.text.splitlines() == [
        "in/001.png -> out/001.png (newer)",
        "in/002.png -> out/002.png (missing)",
        "in/000.png: skipped, out/000.png is up to date",
    ]
    as_json = run("edges", "in", "-o", "out/", "--if-newer", "-n", "--json").text.splitlines()
    reasons = [(line["status"], line["reason"]) for line in map(json.loads, as_json)]
    assert reasons == [("planned", "newer"), ("planned", "missing"), ("skipped", "up to date")]


def test_of_several_outputs_each_counts(run: Run, here: Path) -> None:
    command = ("convolve", "in", "-k", "box", "-k", "sharpen", "-p", "same", "-o", "out/", "--if-newer", "-q")
    assert run(*command).code == 0
    age("out")
    set_date("out/000.box.png", EARLY - 1)
    Path("out/001.sharpen.png").unlink()
    planned = run(*command, "-n").text.splitlines()
    assert planned == [
        "in/000.png -> out/000.box.png, out/000.sharpen.png (newer)",
        "in/001.png -> out/001.box.png, out/001.sharpen.png (missing)",
        "in/002.png: skipped, out/002.box.png, out/002.sharpen.png are up to date",
    ]
    assert run(*command).code == 0
    assert all(date > LATE for name, date in dates("out").items() if not name.startswith("002"))


def test_another_format_or_pattern_is_made_beside_what_is_there(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    age("out")
    before = dates("out")
    for options in (["--format", "bmp", "-o", "out/"], ["-o", "out/{stem}-e.{ext}"]):
        assert run("edges", "in", "--if-newer", *options).lines[0].startswith("3 done;")
        assert run("edges", "in", "--if-newer", *options).lines[0].startswith("0 done, 3 up to date;")
    assert {name: date for name, date in dates("out").items() if name in before} == before


def test_other_options_are_not_seen_and_y_makes_all_again(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    before = tree(here / "out")
    assert run("edges", "in", "-o", "out/", "--if-newer", "--gain", "9", "-y").lines[0].startswith("0 done, 3 up to")
    assert tree(here / "out") == before
    assert run("edges", "in", "-o", "out/", "-y", "--gain", "9").lines[0].startswith("3 done;")
    assert tree(here / "out") != before


def test_a_kernel_and_a_chain_s_kernel_that_changed_make_all_again(run: Run, here: Path) -> None:
    kernel = Path("k.csv")
    kernel.write_text("1,2,1\n")
    set_date(kernel, EARLY)
    for command in (("convolve", "in", "-k", "@k.csv"), ("apply", "filter:@k.csv", "in")):
        assert run(*command, "-o", f"{command[0]}/", "-q").code == 0
        age(command[0])
        assert run(*command, "-o", f"{command[0]}/", "--if-newer").lines[0].startswith("0 done, 3 up to date")
    set_date(kernel, LATE)
    for command in (("convolve", "in", "-k", "@k.csv"), ("apply", "filter:@k.csv", "in")):
        assert run(*command, "-o", f"{command[0]}/", "--if-newer").lines[0].startswith("3 done;")


def test_where_dates_are_kept_a_younger_kernel_does_not_make_all_again_each_time(run: Run, here: Path) -> None:
    Path("k.csv").write_text("1,2,1\n")
    command = ("convolve", "in", "-k", "@k.csv", "-o", "out/", "--if-newer", "--keep-dates")
    assert run(*command).lines[0].startswith("3 done;")
    assert run(*command).lines[0].startswith("0 done, 3 up to date;")
    assert set(dates("out").values()) == {EARLY}


def test_a_tree_and_a_single_file(run: Run, here: Path) -> None:
    shutil.copytree("in", "in/deep/er")
    assert run("edges", "in", "-r", "-o", "out/", "--if-newer").lines[0].startswith("6 done;")
    age("out")
    change("in/deep/er/001.png")
    assert run("edges", "in", "-r", "-o", "out/", "--if-newer").lines[0].startswith("1 done, 5 up to date;")
    single = run("edges", "in/000.png", "-o", "out/000.png", "--if-newer")
    assert (single.code, single.lines) == (0, ["in/000.png: skipped, out/000.png is up to date"])


def test_what_has_no_date_is_made_each_time(run: Run, here: Path) -> None:
    for _ in range(2):
        outcome = run(
            "edges", "-", "-o", "out.png", "--if-newer", "--keep-dates", stdin=Path("in/000.png").read_bytes()
        )
        assert (outcome.code, outcome.lines) == (0, ["- 30x40 -> out.png 30x40 (prewitt)"])
    assert run("pool", "1,2; 3,4", "-o", "m.csv", "--if-newer").code == 0
    assert run("pool", "1,2; 3,5", "-o", "m.csv", "--if-newer").code == 0
    assert Path("m.csv").read_text() == "5\n"
    for _ in range(2):
        assert run("edges", "in/000.png", "-o", "/dev/null", "--format", "png", "--if-newer").code == 0


def test_a_missing_input_fails_and_its_output_stays(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    names = [f"in/{number:03}.png" for number in range(3)]
    Path(names[1]).unlink()
    before = tree(here / "out")
    outcome = run("edges", *names, "-o", "out/", "--if-newer")
    assert (outcome.code, outcome.lines[0]) == (1, "edges: in/001.png: no such file")
    assert outcome.lines[1].startswith("0 done, 2 up to date, 1 failed;")
    assert tree(here / "out") == before


def test_a_damaged_input_is_tried_each_time_and_its_output_stays_as_it_was(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/", "--keep-dates").code == 0
    Path("in/001.png").write_bytes(Path("in/001.png").read_bytes()[:200])
    set_date("in/001.png", LATE)
    before = tree(here / "out"), dates("out")
    for options in (["--if-newer"], ["--if-newer", "--keep-dates"], ["-y", "--keep-dates"]):
        assert run("edges", "in", "-o", "out/", *options).code == 1
        assert (tree(here / "out"), dates("out")) == before


def test_the_array_beside_a_result_counts(run: Run, here: Path) -> None:
    command = ("edges", "in/000.png", "-o", "out.png", "--angle", "a.npy")
    assert run(*command, "-q").code == 0
    for mode in ("--if-newer", "--skip-existing"):
        assert run(*command, mode).lines[0].startswith("in/000.png: skipped, out.png")
        Path("a.npy").unlink()
        assert run(*command, mode, "-q").code == 0
        assert Path("a.npy").exists()
    set_date("a.npy", EARLY - 9)
    assert run(*command, "--if-newer").lines == ["in/000.png 30x40 -> out.png 30x40 (prewitt)"]
    assert date_of("a.npy") > LATE


def test_pictures_of_maps_count(run: Run, here: Path) -> None:
    command = ("apply", "filter:box,p=same relu", "in", "--maps", "maps", "--if-newer")
    assert run(*command).lines[0].startswith("3 done;")
    age("maps")
    Path("maps/001/02-relu.png").unlink()
    assert run(*command).lines[0].startswith("1 done, 2 up to date;")


def test_outputs_have_the_dates_of_their_inputs(run: Run, here: Path) -> None:
    set_date("in/001.png", LATE)
    assert run("edges", "in", "-o", "out/", "--keep-dates", "-j", "2").code == 0
    assert dates("out") == dates("in") == {"000.png": EARLY, "001.png": LATE, "002.png": EARLY}
    assert run("edges", "in", "-o", "out/", "-y").code == 0
    assert min(dates("out").values()) > LATE
    assert run("edges", "in", "-o", "out/", "-y", "--keep-dates").code == 0
    assert dates("out") == dates("in")
    assert run("edges", "in", "-o", "out/", "--if-newer").lines[0].startswith("0 done, 3 up to date;")
    change("in/000.png")
    assert run("edges", "in", "-o", "out/", "--if-newer", "--keep-dates").lines[0].startswith("1 done, 2 up to date;")
    assert dates("out") == dates("in")


def test_all_that_is_made_of_a_file_gets_its_date(run: Run, here: Path) -> None:
    Path("link.png").symlink_to("in/000.png")
    command = ("edges", "link.png", "-o", "out.tiff", "--angle", "a.npy", "--values", "raw", "--keep-dates")
    assert run(*command).code == 0
    assert run("apply", "filter:box", "in/000.png", "--maps", "maps", "-o", "m.npy", "--keep-dates").code == 0
    frames = [Image.fromarray(np.full((9, 9), level, np.uint8)) for level in (1, 200)]
    frames[0].save("film.gif", save_all=True, append_images=frames[1:])
    set_date("film.gif", LATE)
    assert run("edges", "film.gif", "--frames", "all", "-o", "film.webp", "--keep-dates").code == 0
    (sheet,) = Path("maps").iterdir()
    found = [date_of(path) for path in ("out.tiff", "a.npy", "m.npy", sheet, "film.webp")]
    assert found == [EARLY] * 4 + [LATE]


def test_a_future_date_is_said_and_settled_by_keeping_it(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    set_date("in/002.png", 4_000_000_000 * 10**9)
    for _ in range(2):
        outcome = run("edges", "in", "-o", "out/", "--if-newer")
        assert outcome.lines[0].startswith("1 input has a date in the future, such as in/002.png, and is made again")
        assert outcome.lines[1].startswith("1 done, 2 up to date;")
    kept = run("edges", "in", "-o", "out/", "--if-newer", "--keep-dates")
    assert kept.lines[0].startswith("1 done, 2 up to date;")
    assert run("edges", "in", "-o", "out/", "--if-newer").lines[0].startswith("0 done, 3 up to date;")


def test_an_output_that_may_only_be_read_is_replaced_and_stays_so(run: Run, here: Path) -> None:
    assert run("edges", "in", "-o", "out/").code == 0
    age("out")
    Path("out/001.png").chmod(0o444)
    change("in/001.png")
    assert run("edges", "in", "-o", "out/", "--if-newer").lines[0].startswith("1 done, 2 up to date;")
    assert (Path("out/001.png").stat().st_mode & 0o777, date_of("out/001.png") > LATE) == (0o444, True)


def test_an_output_that_is_an_input_is_refused_all_the_same(run: Run, here: Path) -> None:
    Path("out").mkdir()
    os.link("in/001.png", "out/000.png")
    outcome = run("edges", "in", "-o", "out/", "--if-newer")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "an input is never overwritten" in outcome.stderr


def test_the_run_is_completed_by_itself(run: Run, here: Path) -> None:
    """What a run that was killed has made is newer than its inputs; a name it only took is empty."""
    change("in/000.png")
    Path("out").mkdir()
    Path("out/000.png").write_bytes(b"")
    shutil.copy(SAMPLES / "face.png", "out/001.png")
    set_date("out/001.png", LATE)
    assert run("edges", "in", "-o", "out/", "--if-newer").lines[0].startswith("2 done, 1 up to date;")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in", "-o", "out/", "--if-newer", "--skip-existing"], "give one of them"),
        (["in/000.png", "-o", "-", "--if-newer"], "--if-newer is about the dates of outputs"),
        (["in/000.png", "-o", "-", "--keep-dates"], "--keep-dates is about the dates of outputs"),
        (["in/000.png", "--explain", "0,0", "--if-newer"], "name a file or folder for them with -o"),
        (["1,2", "--keep-dates"], "name a file or folder for them with -o"),
    ],
)
def test_what_does_not_go_together(run: Run, here: Path, arguments: list[str], words: str) -> None:
    outcome = run("edges", *arguments)
    assert (outcome.code, len(outcome.lines), outcome.text) == (2, 1, "")
    assert words in outcome.stderr
    assert sorted(path.name for path in here.iterdir()) == ["in"]


def test_quiet_says_nothing(run: Run, here: Path) -> None:
    for _ in range(2):
        outcome = run("edges", "in", "-o", "out/", "--if-newer", "-q")
        assert (outcome.code, outcome.text, outcome.stderr) == (0, "", "")
