"""An empty name, as a shell makes of a variable that is not set, is never the folder that one stands in."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder beside one with two pictures."""
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("L", (4, 3)).save(tmp_path / "in" / name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["edges", "../in/a.png", "../in/b.png", "-o", ""], "-o"),
        (["edges", "../in", "--output="], "-o"),
        (["edges", "../in/a.png", "", "-o", "out/"], "INPUT"),
        (["edges", "../in/a.png", "--files-from", "", "-o", "out/"], "--files-from"),
        (["edges", "../in/a.png", "-o", "e.png", "--angle", ""], "--angle"),
        (["pool", "../in/a.png", "-o", "e.png", "--indices", ""], "--indices"),
        (["apply", "relu", "../in/a.png", "--maps", ""], "--maps"),
        (["apply", "--model", "", "../in/a.png", "-o", "e.png"], "--model"),
        (["shape", ""], "SIZE|IMAGE|NETWORK"),
        (["diff", "../in/a.png", ""], "B"),
        (["learn", "../in/a.png", "", "-f", "3"], "INPUT"),
        (["kernels", "export", "box", "-o", ""], "-o"),
        (["net", "train", "", "-o", "m.npz"], "FOLDER"),
        (["net", "train", "../in", "-o", ""], "-o"),
        (["net", "predict", "", "../in/a.png"], "MODEL"),
        (["net", "backward", "1", "-k", "1", "--gradient", ""], "--gradient"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_it_is_refused_and_nothing_is_written(run: Run, here: Path, words: list[str], name: str) -> None:
    outcome = run(*words)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert f"an empty name is given for {name}; is a variable not set?" in outcome.stderr
    assert list(here.iterdir()) == []


def test_other_empty_words_mean_what_they_meant(run: Run) -> None:
    assert "the chain is empty" in run("apply", "", "../in/a.png", "-o", "e.png").stderr
    assert "kernel '' is empty" in run("convolve", "../in/a.png", "-k", "", "-o", "e.png").stderr
