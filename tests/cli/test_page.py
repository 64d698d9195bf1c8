"""The option --page: where a page may go, what is said of it, and what it leaves when something goes wrong.

What pages show is tested in a browser, in tests/page.
"""

import json
import os
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.cli.conftest import Run

MATRIX = "1,2,3; 4,5,6; 7,8,9"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_o_the_page_is_all_that_is_written(run: Run, tmp_path: Path) -> None:
    done = run("convolve", MATRIX, "-k", "1,0;0,1", "--page", "a.html")
    assert done.code == 0
    assert done.stdout == b""
    assert "3x3 -> 2x2 (valid; -p same keeps 3x3), shown in a.html" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")


def test_one_line_is_for_all_the_maps_that_a_page_shows(run: Run) -> None:
    done = run("apply", "conv:4,k=2", MATRIX, "--seed", "1", "--page", "a.html")
    assert done.stderr.splitlines() == [f"{MATRIX} 3x3 -> 2x2 (1 layer), shown in a.html"]


def test_with_o_there_are_both(run: Run) -> None:
    done = run("pool", MATRIX, "-o", "b.csv", "--page", "a.html")
    assert done.code == 0
    assert Path("b.csv").read_text() == "5\n"
    assert Path("a.html").exists()


def test_with_explain_there_are_both(run: Run) -> None:
    done = run("pool", MATRIX, "--explain", "0,0", "--page", "a.html", "--preview")
    assert done.code == 0
    assert "max(1, 2, 4, 5) = 5" in done.text
    assert Path("a.html").exists()


def test_with_emit_there_are_both(run: Run) -> None:
    PIL.Image.fromarray(np.zeros((4, 4), np.uint8)).save("a.png")
    done = run("pool", "a.png", "--emit", "torch", "--page", "a.html")
    assert done.code == 0
    assert "import torch" in done.text
    assert Path("a.html").exists()


def test_an_existing_page_needs_y(run: Run) -> None:
    Path("a.html").write_text("mine")
    done = run("pool", MATRIX, "--page", "a.html")
    assert done.code == 2
    assert done.stderr == "pool: a.html exists; -y (--overwrite) replaces it\n"
    assert Path("a.html").read_text() == "mine"
    assert run("pool", MATRIX, "--page", "a.html", "-y").code == 0
    assert Path("a.html").read_text() != "mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("-", "--page - is standard output, and a page is for a browser; name a file, as in --page a.html"),
        ("a.png", "--page 'a.png' is not the name of a page; it must end in .html"),
        ("", "an empty name is given for --page; is a variable not set?"),
        ("no/a.html", "the folder no does not exist; make it first"),
        ("folder.html", "folder.html is a folder; name a file in it"),
    ],
)
def test_a_place_that_cannot_be_is_refused(run: Run, name: str, said: str) -> None:
    Path("folder.html").mkdir()
    done = run("pool", MATRIX, "-o", "b.csv", "--page", name)
    assert done.code == 2
    assert done.stderr.removesuffix(" (see cnnfilt pool --help)\n").removesuffix("\n") == f"pool: {said}"
    assert not Path("b.csv").exists()


def test_neither_an_input_nor_a_result_is_the_page(run: Run) -> None:
    PIL.Image.fromarray(np.zeros((4, 4), np.uint8)).save("a.png")
    os.link("a.png", "a.html")
    before = Path("a.png").read_bytes()
    done = run("pool", "a.png", "--page", "a.html", "-y")
    assert done.code == 2
    assert "is an input" in done.stderr
    assert Path("a.png").read_bytes() == before
    done = run("pool", "a.png", "-o", "b.html", "--format", "png", "--page", "./b.html")
    assert done.code == 2
    assert "b.html would be both a result and the page; write them to different names" in done.stderr
    assert not Path("b.html").exists()


def test_a_dry_run_names_it_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    assert run("pool", MATRIX, "--page", "a.html", "-n").text == f"{MATRIX} -> a.html\n"
    assert run("pool", MATRIX, "-o", "b.csv", "--page", "a.html", "-n").text == f"{MATRIX} -> b.csv, a.html\n"
    data = json.loads(run("pool", MATRIX, "--page", "a.html", "-n", "--json").text)
    assert data["page"] == "a.html"
    assert not list(tmp_path.iterdir())


def test_json_names_it(run: Run) -> None:
    data = json.loads(run("pool", MATRIX, "--page", "a.html", "--json").text)
    assert (data["status"], data["page"]) == ("done", "a.html")


def test_a_page_that_cannot_be_written_is_an_error_of_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnfilt.cli.inspect import page
    from cnnfilt.errors import OutputError

    def full(*arguments: object, **named: object) -> None:
        raise OutputError("a.html cannot be written: no space")

    monkeypatch.setattr(page, "write_atomically", full)
    done = run("pool", MATRIX, "--page", "a.html", "--json")
    assert done.code == 1
    assert json.loads(done.text)["status"] == "failed"
    assert done.stderr.count("\n") == 1
    assert "no space" in done.stderr


def test_a_failing_run_leaves_no_page(run: Run, tmp_path: Path) -> None:
    done = run("convolve", MATRIX, "-k", "box:5", "--page", "a.html")
    assert done.code == 1
    assert not list(tmp_path.iterdir())


def test_what_has_no_page_says_so(run: Run) -> None:
    PIL.Image.fromarray(np.zeros((4, 4), np.uint8)).save("a.png")
    for options, said in (
        (["--region", "0,0,2x2"], "--page shows whole images; leave out --region, --crop and --mask"),
        (["--light", "linear"], "--page shows levels as they are; leave out --light linear"),
        (["--frames", "all"], "--explain, --preview, --emit and --page take one image of a file"),
    ):
        done = run("convolve", "a.png", "-k", "box", "--page", "a.html", *options)
        assert done.code == 2, options
        assert said in done.stderr
        assert not Path("a.html").exists()


def test_a_name_that_is_no_text_is_escaped_in_the_title(run: Run) -> None:
    name = os.fsdecode(b"\xff<b>\xe2\x80\xae.csv")
    Path(name).write_text("1,2\n3,4\n")
    assert run("pool", name, "--page", "a.html").code == 0
    assert r"<title>pool: \udcff&lt;b&gt;\u202e.csv</title>" in Path("a.html").read_text()
