"""`net train --page` and `net evaluate --page`: when a page is written, and what it may replace."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.net import train_page
from cnnfilt.errors import OutputError
from cnnfilt.files.model_file import load_model, save_model
from cnnfilt.frozen import replace
from tests.cli.conftest import Run
from tests.conftest import Start
from tests.patience import PATIENCE

SMALL = ("conv:4,k=3", "relu", "pool:max", "flatten")


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """Two folders of small images: upright stripes and level ones, with noise, and one in the wrong folder."""
    rng = np.random.default_rng(0)
    y, x = np.indices((8, 8))
    for name, place in (("level", y), ("upright", x)):
        (tmp_path / "stripes" / name).mkdir(parents=True)
        for number in range(12):
            pixels = 60 + 120 * (place % 4 < 2) + rng.integers(0, 60, (8, 8))
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "stripes" / name / f"{number:02}.png")
    return tmp_path / "stripes"


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


def train(run: Run, stripes: Path, *arguments: object) -> Any:
    return run("net", "train", stripes, "-o", stripes.parent / "m.npz", "-q", *arguments)


def test_the_page_has_what_the_epochs_printed(run: Run, stripes: Path, tmp_path: Path) -> None:
    outcome = train(run, stripes, "--page", tmp_path / "p.html", "--epochs", "3", "--json", *SMALL)
    assert (outcome.code, outcome.stderr) == (0, "")
    training = data_of(tmp_path / "p.html")["training"]
    assert (training["state"], training["done"], training["epochs"]) == ("done", 3, 3)
    for printed, shown in zip(map(json.loads, outcome.text.splitlines()), training["history"], strict=True):
        assert shown["number"] == printed["epoch"]
        assert shown["training"]["loss"] == printed["loss"]
        assert shown["training"]["accuracy"] == printed["accuracy"]
        assert shown["held_out"]["loss"] == printed["validation_loss"]
        assert shown["held_out"]["accuracy"] == printed["validation_accuracy"]
        assert shown["best"] == printed["best"]


def test_the_page_is_written_before_and_after_each_epoch(
    run: Run, stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def write(path: str, *arguments: Any, real: Any = train_page.write_page, **options: Any) -> None:
        real(path, *arguments, **options)
        training = data_of(Path(path))["training"]
        seen.append((training["state"], len(training["history"])))

    monkeypatch.setattr(train_page, "write_page", write)
    assert train(run, stripes, "--page", tmp_path / "p.html", "--epochs", "3", *SMALL).code == 0
    assert seen == [("training", 0), ("training", 1), ("training", 2), ("done", 3)]


def test_a_training_replaces_its_own_page_and_no_other(run: Run, stripes: Path, tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    page.write_text("mine")
    outcome = train(run, stripes, "--page", page, "--epochs", "1", *SMALL)
    assert outcome.code == 2
    assert "p.html exists; -y (--overwrite) replaces it" in outcome.stderr
    assert page.read_text() == "mine"
    assert not (tmp_path / "m.npz").exists()
    assert train(run, stripes, "--page", page, "--epochs", "1", "-y", *SMALL).code == 0
    assert train(run, stripes, "--page", page, "--epochs", "2", "--resume").code == 0
    training = data_of(page)["training"]
    assert (training["resumed"], [one["number"] for one in training["history"]]) == (1, [1, 2])
    other = run("net", "train", stripes, "-o", tmp_path / "other.npz", "--page", page, "--epochs", "1", *SMALL)
    assert other.code == 2
    assert data_of(page)["training"] == training


def test_a_training_taken_up_again_shows_the_epochs_before(run: Run, stripes: Path, tmp_path: Path) -> None:
    page, model = tmp_path / "p.html", tmp_path / "m.npz"
    printed = [json.loads(line) for line in train(run, stripes, "--epochs", "3", "--json", *SMALL).text.splitlines()]
    resumed = train(run, stripes, "--epochs", "5", "--resume", "--page", page, "--json")
    printed += [json.loads(line) for line in resumed.text.splitlines()]
    training = data_of(page)["training"]
    assert (training["resumed"], training["before"], training["done"]) == (3, 0, 5)
    for line, shown in zip(printed, training["history"], strict=True):
        assert (shown["number"], shown["best"]) == (line["epoch"], line["best"])
        assert shown["training"]["loss"] == line["loss"]
        assert shown["held_out"]["accuracy"] == line["validation_accuracy"]
    assert [one["seconds"] == "-" for one in training["history"]] == [True] * 3 + [False] * 2
    # A file of an older version has no scores of its epochs.
    old = load_model(model)
    known = {name: value for name, value in old.training.items() if name != "past"}
    save_model(str(model), replace(old, training=known), overwrite=True)
    assert train(run, stripes, "--epochs", "6", "--resume", "--page", page).code == 0
    training = data_of(page)["training"]
    assert (training["resumed"], training["before"]) == (5, 5)
    assert [one["number"] for one in training["history"]] == [6]


def test_the_page_is_neither_the_model_nor_an_image(run: Run, stripes: Path, tmp_path: Path) -> None:
    assert train(run, stripes, "--page", tmp_path / "m.npz", *SMALL).code == 2
    assert train(run, stripes, "--page", tmp_path / "none" / "p.html", *SMALL).code == 2
    assert list(tmp_path.iterdir()) == [stripes]


def test_a_page_that_cannot_be_written_costs_no_training(
    run: Run, stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OutputError("no space left")

    monkeypatch.setattr(train_page, "write_page", full)
    outcome = train(run, stripes, "--page", tmp_path / "p.html", "--epochs", "2", *SMALL)
    assert outcome.code == 1
    assert outcome.lines == [f"{tmp_path}/p.html: no space left (the training goes on without it)"]
    assert json.loads(run("net", "summary", tmp_path / "m.npz", "--json").text)["training"]["epochs"] == 2


def test_what_failed_is_said_on_the_page(run: Run, stripes: Path, tmp_path: Path) -> None:
    outcome = train(run, stripes, "--page", tmp_path / "p.html", "--learning-rate", "1e30", *SMALL)
    assert outcome.code == 1
    training = data_of(tmp_path / "p.html")["training"]
    assert training["state"] == "failed"
    assert "the loss is no longer a number in epoch 1" in training["said"]


def test_a_signal_says_on_the_page_that_training_was_broken_off(start: Start, stripes: Path, tmp_path: Path) -> None:
    path, page = tmp_path / "model.npz", tmp_path / "p.html"
    process = start("net", "train", "stripes", "-o", path, "--page", page, "--epochs", "100000", *SMALL)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(b"epoch 2/"):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    training = data_of(page)["training"]
    assert training["state"] == "stopped"
    assert training["done"] >= 2
    assert not list(tmp_path.glob(".cnnfilt-*"))


def test_evaluate_keeps_an_existing_page(run: Run, stripes: Path, tmp_path: Path) -> None:
    assert train(run, stripes, "--epochs", "1", *SMALL).code == 0
    page = tmp_path / "e.html"
    page.write_text("mine")
    assert run("net", "evaluate", tmp_path / "m.npz", stripes, "--page", page).code == 2
    assert page.read_text() == "mine"
    assert run("net", "evaluate", tmp_path / "m.npz", stripes, "--page", page, "-y").code == 0
    plain = json.loads(run("net", "evaluate", tmp_path / "m.npz", stripes, "--json").text)
    judged = data_of(page)["judged"]
    assert judged["counts"] == plain["confusion"]
    assert judged["accuracy"] == f"{plain['accuracy']:.2%}"
