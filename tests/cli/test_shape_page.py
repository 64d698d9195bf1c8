"""`shape --page`: what is refused, and what is printed beside the page."""

from pathlib import Path

import numpy as np
import pytest

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import Run
from tests.cli.test_startup import imported_by
from tests.files import onnx_files as onnx

WORDS = (
    "as:in conv:4,k=3,p=1,s=2 relu tconv:2,k=3,s=2,p=1,op=1 as:up from:in conv:2,k=1x3,p=0x0x1x1 add:up pool:max,k=3"
)


def test_the_page_is_the_whole_answer(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    outcome = run("shape", "12x14x3", WORDS, "--page", page)
    assert (outcome.code, outcome.text) == (0, "")
    assert outcome.stderr == f"12x14x3 -> 4x4x2, shown in {page}\n"
    assert page.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("asked", [["--json"], ["--table", "csv"], ["--explain"], ["--memory"], ["--emit", "torch"]])
def test_what_else_is_asked_for_is_printed(run: Run, tmp_path: Path, asked: list[str]) -> None:
    chain = ["shape", "12x14x3", "conv:4,k=3 relu"]
    outcome = run(*chain, *asked, "--page", tmp_path / "a.html", "-q")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.text == run(*chain, *asked).text
    assert (tmp_path / "a.html").exists()


def test_a_page_that_exists_needs_a_yes(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("mine")
    outcome = run("shape", "6x6", "-f", "3", "--page", page)
    assert outcome.code == 2
    assert outcome.stderr == f"shape: {page} exists; -y (--overwrite) replaces it\n"
    assert page.read_text() == "mine"
    assert run("shape", "6x6", "-f", "3", "--page", page, "-y").code == 0
    assert page.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["6x6", "--page", "{}"], "--page needs a window (-f) or layers"),
        (["6x6", "-f", "3", "-y"], "-y replaces a page; give --page, too"),
        (["6x6", "-f", "3", "--page", "a.png"], "it must end in .html"),
        (["6x6", "--solve", "stride", "-f", "3", "--want", "2x2", "--page", "{}"], "--solve is for one window"),
        (["{net}", "--words", "--page", "{}"], "--words and --page cannot be combined"),
        (["6x6", "conv:4,k=9", "--page", "{}"], "layer 1 (conv:4,k=9): kernel spans 9 rows"),
    ],
)
def test_mistakes_have_one_line_and_leave_no_page(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    net = tmp_path / "net.onnx"
    net.write_bytes(onnx.small_network())
    page = tmp_path / "a.html"
    outcome = run("shape", *(str(one).replace("{net}", str(net)).replace("{}", str(page)) for one in arguments))
    assert outcome.code in (1, 2)
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not page.exists()


def test_demands_are_still_made(run: Run, tmp_path: Path) -> None:
    outcome = run("shape", "6x6", "-f", "3", "--want", "9x9", "--page", tmp_path / "a.html")
    assert outcome.code == 1
    assert outcome.stderr.splitlines()[1:] == ["shape: 4x4 comes out, not 9x9"]


def test_a_page_of_sizes_needs_no_numpy(tmp_path: Path) -> None:
    modules = imported_by(tmp_path, "shape", "--model", "vgg16", "--page", str(tmp_path / "a.html"))
    assert not modules & {"numpy", "PIL", "scipy", "rich"}


def test_a_trained_network_is_drawn(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    network = Sequential.new("conv:4,k=3 relu flatten fc:2", (8, 8, 1), np.random.default_rng(0))
    save_model(str(model), Model(network, ("a", "b"), True), overwrite=False)
    outcome = run("shape", model, "--page", tmp_path / "a.html")
    assert (outcome.code, outcome.text) == (0, "")
    assert outcome.stderr == f"{model} -> 2, shown in {tmp_path / 'a.html'}\n"
