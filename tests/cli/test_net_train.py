"""`cnnfilt net train`, and what predict, evaluate and summary make of its model."""

import json
import re
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import Run
from tests.conftest import Start, await_file
from tests.patience import PATIENCE

NETWORKS = Path(__file__).parents[2] / "docs" / "networks.md"

SMALL = ("conv:4,k=3", "relu", "pool:max", "flatten")

HELD = """
import threading
from cnnfilt.__main__ import run
from cnnfilt.nn.optimizers import Adam

def step(*_):
    open("begun", "w").close()
    threading.Event().wait()

Adam.step = step
run()
"""
"""cnnfilt with an optimizer that never comes back."""


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """Two folders of small images: upright stripes and level ones, with noise."""
    rng = np.random.default_rng(0)
    y, x = np.indices((8, 8))
    for name, place in (("level", y), ("upright", x)):
        (tmp_path / "stripes" / name).mkdir(parents=True)
        for number in range(20):
            pixels = 60 + 120 * (place % 4 < 2) + rng.integers(0, 60, (8, 8))
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "stripes" / name / f"{number:02}.png")
    return tmp_path / "stripes"


@pytest.fixture
def model(run: Run, stripes: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    outcome = run("net", "train", stripes, "-o", path, "--epochs", "15", "--batch-size", "4", *SMALL)
    assert outcome.code == 0, outcome.stderr
    return path


def test_stripes_are_learned_and_predicted(run: Run, stripes: Path, model: Path) -> None:
    found = json.loads(run("net", "evaluate", model, stripes, "--json").text)
    assert found["accuracy"] == 1
    assert found["classes"] == ["level", "upright"]
    assert found["confusion"] == [[20, 0], [0, 20]]
    assert found["loss"] < 0.5
    assert run("net", "evaluate", model, stripes).text.splitlines() == [
        f"accuracy 100.00% (40 of 40), loss {found['loss']:.4f}",
        "true / predicted  level  upright",
        "level                20        0",
        "upright               0       20",
    ]


def test_predict_names_class_and_probability(run: Run, stripes: Path, model: Path) -> None:
    path = stripes / "upright" / "03.png"
    name, found, chance = run("net", "predict", model, path).text.strip().split("\t")
    assert (name, found) == (str(path), "upright")
    assert 0.5 < float(chance) <= 1
    line = json.loads(run("net", "predict", model, "-", "--top", "2", "--json", stdin=path.read_bytes()).text)
    assert (line["class"], [top["class"] for top in line["top"]]) == ("upright", ["upright", "level"])
    assert sum(top["probability"] for top in line["top"]) == pytest.approx(1)


def test_an_unreadable_image_does_not_stop_the_others(run: Run, stripes: Path, model: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    outcome = run("net", "predict", model, bad, stripes / "level" / "00.png")
    assert outcome.code == 1
    assert "bad.png" in outcome.stderr
    assert outcome.text.count("\n") == 1
    (stripes / "level" / "bad.png").write_bytes(b"no image")
    outcome = run("net", "train", stripes, "-o", tmp_path / "again.npz", "--epochs", "1", *SMALL)
    assert outcome.code == 0
    assert "bad.png" in outcome.lines[0]
    assert "left out" in outcome.lines[0]
    outcome = run("net", "evaluate", model, stripes, "--json")
    assert (outcome.code, json.loads(outcome.text)["images"]) == (1, 40)
    assert [line.endswith("(left out)") for line in outcome.lines] == [True]


def test_what_cannot_be_read_is_said_in_json_and_counted_in_no_figure(run: Run, stripes: Path, model: Path) -> None:
    (stripes / "level" / "bad.png").write_bytes(b"no image")
    predicted = run("net", "predict", model, stripes / "level", "--json")
    lines = [json.loads(line) for line in predicted.text.splitlines()]
    assert predicted.code == 1
    (failed,) = [line for line in lines if line["status"] == "failed"]
    assert failed["input"] == str(stripes / "level" / "bad.png")
    assert f"net: {failed['error']}" in predicted.lines
    assert sum("class" in line for line in lines) == 20
    evaluated = run("net", "evaluate", model, stripes, "--json")
    assert "bad.png" in evaluated.stderr
    assert np.sum(json.loads(evaluated.text)["confusion"]) == 40


def test_filters_of_several_channels_are_columns(run: Run, stripes: Path, tmp_path: Path) -> None:
    path, picture = tmp_path / "deep.npz", tmp_path / "filters.png"
    chain = "conv:2,k=3 relu conv:5,k=3 relu flatten"
    assert run("net", "train", stripes, chain, "-o", path, "--epochs", "1", "-q").code == 0
    drawn = run("net", "kernels", path, "--layer", "conv2", "-o", picture, "--json")
    weights = np.array(json.loads(drawn.text)["kernel"])
    assert weights.shape == (3, 3, 2, 5)
    with Image.open(picture) as opened:
        levels = np.asarray(opened)
    for number in range(5):
        one = weights[..., number]
        tiles = np.rint(128 + 127 * one / np.abs(one).max()).astype(np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        upper, lower = (tiles[..., channel] for channel in range(2))
        windows = np.lib.stride_tricks.sliding_window_view(levels, upper.shape)
        top, left = np.argwhere((windows == upper).all(axis=(2, 3)))[0]
        below = [row for row, column in np.argwhere((windows == lower).all(axis=(2, 3))) if column == left]
        assert below[0] > top + 47, "the second channel stands under the first"


def test_images_of_any_size_are_brought_to_the_model_s(run: Run, model: Path, tmp_path: Path) -> None:
    _, x = np.indices((64, 48))
    pixels = (60 + 150 * (x % 24 < 12)).astype(np.uint8)
    Image.fromarray(np.stack([pixels] * 3, axis=-1)).save(tmp_path / "large.png")
    assert "\tupright\t" in run("net", "predict", model, tmp_path / "large.png").text


def test_summary_is_the_table_of_shape(run: Run, model: Path) -> None:
    text = run("net", "summary", model).text
    table = run("shape", "8x8x1", *SMALL, "fc:1", "sigmoid").text
    assert text.startswith(table)
    assert "classes   level, upright" in text
    data = json.loads(run("net", "summary", model, "--json").text)
    assert data["classes"] == ["level", "upright"]
    assert data["params"] == 77
    assert data["training"]["epochs"] == 15


def test_epochs_are_printed_and_repeat_bit_for_bit(run: Run, stripes: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.npz" for name in "abc")
    outcome = run("net", "train", stripes, "-o", first, "--epochs", "4", "--json", "--augment", "flip,shift", *SMALL)
    lines = [json.loads(line) for line in outcome.text.splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4]
    assert {"loss", "accuracy", "validation_loss", "validation_accuracy", "best", "seconds"} < lines[0].keys()
    assert "epoch 4/4" in outcome.stderr
    run("net", "train", stripes, "-o", second, "--epochs", "2", "-q", "--augment", "flip,shift", *SMALL)
    assert first.read_bytes() != second.read_bytes()
    assert run("net", "train", stripes, "-o", second, "--epochs", "4", "-q", "--resume").code == 0
    run("net", "train", stripes, "-o", third, "--epochs", "4", "-q", "--augment", "flip,shift", *SMALL)
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()


@pytest.fixture
def divided(stripes: Path, tmp_path: Path) -> Path:
    """The same in train/ and val/: 30 images and 10."""
    for name in ("level", "upright"):
        for part in ("train", "val"):
            (tmp_path / "divided" / part / name).mkdir(parents=True)
        for number, path in enumerate(sorted((stripes / name).iterdir())):
            path.rename(tmp_path / "divided" / ("val" if number % 4 == 3 else "train") / name / path.name)
    return tmp_path / "divided"


def test_train_and_val_are_what_they_are_called(run: Run, divided: Path, tmp_path: Path) -> None:
    path, again = tmp_path / "m.npz", tmp_path / "again.npz"
    outcome = run("net", "train", divided, "-o", path, "--epochs", "2", "--json", *SMALL)
    assert outcome.code == 0, outcome.stderr
    assert outcome.lines[:3] == [
        f"learns from {divided / 'train'}, holds out {divided / 'val'}",
        "30 images to learn from, 10 held out; 8x8x1",
        "2 classes: level, upright",
    ]
    last = json.loads(outcome.text.splitlines()[-1])
    best = json.loads(run("net", "evaluate", path, divided / "val", "--json").text)
    assert best["images"] == 10
    assert best["accuracy"] in (
        last["validation_accuracy"],
        json.loads(outcome.text.splitlines()[0])["validation_accuracy"],
    )
    assert run("net", "train", divided, "-o", again, "--epochs", "1", "-q", *SMALL).code == 0
    assert run("net", "train", divided, "-o", again, "--epochs", "2", "-q", "--resume").code == 0
    assert path.read_bytes() == again.read_bytes()


def test_a_folder_that_is_divided_needs_no_fraction(run: Run, divided: Path, tmp_path: Path) -> None:
    refused = run("net", "train", divided, "-o", tmp_path / "m.npz", "--validation", "0.5", *SMALL)
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert "leave out --validation" in refused.stderr


def test_a_class_that_only_val_has_is_refused(run: Run, divided: Path, tmp_path: Path) -> None:
    (divided / "val" / "slanted").mkdir()
    refused = run("net", "train", divided, "-o", tmp_path / "m.npz", *SMALL)
    assert refused.code == 1
    assert "val: the model does not know the class 'slanted'; it knows level, upright" in refused.stderr


def test_the_folder_with_the_classes_is_named(run: Run, model: Path, divided: Path, tmp_path: Path) -> None:
    for path in (divided / "val").rglob("*.png"):
        path.rename(divided / "train" / path.parent.name / path.name)
    evaluated = run("net", "evaluate", model, divided)
    assert f"these are in {divided / 'train'}, so name that" in evaluated.stderr
    for name in ("level", "upright"):
        (divided / "val" / name).rmdir()
    (divided / "val").rmdir()
    trained = run("net", "train", divided, "-o", tmp_path / "m.npz", *SMALL)
    assert (trained.code, len(trained.lines)) == (1, 1)
    assert f"these are in {divided / 'train'}, so name that" in trained.stderr


def test_classes_with_the_same_sub_folders_get_a_note(run: Run, divided: Path, tmp_path: Path) -> None:
    (divided / "train").rename(divided / "one")
    (divided / "val").rename(divided / "two")
    outcome = run("net", "train", divided, "-o", tmp_path / "m.npz", "--epochs", "1", *SMALL)
    assert outcome.code == 0
    assert "each class has the sub-folders level, upright: if these are the classes" in outcome.lines[0]
    assert "2 classes: one, two" in outcome.lines


@pytest.mark.parametrize(
    ("name", "better"), [("m.pt", "m.npz"), ("m.h5", "m.npz"), ("m.PNG", "m.npz"), ("m.v2.onnx", "m.v2.npz")]
)
def test_a_model_of_another_suffix_is_refused(run: Run, stripes: Path, tmp_path: Path, name: str, better: str) -> None:
    outcome = run("net", "train", stripes, "-o", tmp_path / name, *SMALL)
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert f"a model is written as .npz, not {Path(name).suffix}; use -o {tmp_path / better}" in outcome.stderr
    assert not (tmp_path / name).exists()


def test_a_folder_is_no_name_of_a_model(run: Run, stripes: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for output in (f"{tmp_path}/new/", tmp_path / "old"):
        outcome = run("net", "train", stripes, "-o", output, *SMALL)
        assert (outcome.code, len(outcome.lines)) == (2, 1)
        assert f"{output} is a folder; use -o {Path(output) / 'model.npz'}" in outcome.stderr
    assert not (tmp_path / "new").exists()


def test_images_learned_by_heart_are_spoken_of_at_the_end(run: Run, stripes: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for path in stripes.rglob("*.png"):
        Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(path)
    options = ("--epochs", "60", "--batch-size", "4", "--validation", "0.5", "--learning-rate", "0.01")
    lines = run("net", "train", stripes, "-o", tmp_path / "m.npz", *options, "flatten", "fc:32", "relu").lines
    assert "it overfits (learns by heart); --augment shift,flip helps, and so do more images" in lines[-2]
    assert max(len(line) for line in lines if line.startswith("epoch")) <= 80


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_saves_what_there_is(
    run: Run, start: Start, stripes: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """And what is resumed is what was never interrupted, byte for byte."""
    path, whole = tmp_path / "model.npz", tmp_path / "whole.npz"
    process = start("net", "train", "stripes", "-o", path, "--epochs", "100000", *SMALL)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(b"epoch 2/"):
            break
    process.send_signal(number)
    rest = process.communicate(timeout=PATIENCE)[1].decode().splitlines()
    assert process.returncode == 128 + number
    assert f"cnnfilt: {'interrupted' if number == signal.SIGINT else 'terminated'}" in rest
    assert any(re.search(r"model.npz: the weights of epoch \d+ of \d+ .*; --resume goes on", line) for line in rest)
    done = json.loads(run("net", "summary", path, "--json").text)["training"]["epochs"]
    assert done >= 2
    assert run("net", "train", stripes, "-o", path, "--epochs", done + 2, "--resume", "-q").code == 0
    assert run("net", "train", stripes, "-o", whole, "--epochs", done + 2, "-q", *SMALL).code == 0
    assert path.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob(".cnnfilt-*"))


def test_ctrl_c_in_the_first_epoch(run: Run, start: Start, stripes: Path, tmp_path: Path) -> None:
    path, whole = tmp_path / "model.npz", tmp_path / "whole.npz"
    process = start("net", "train", "stripes", "-o", path, "--epochs", "2", *SMALL, program=HELD)
    await_file(process, tmp_path / "begun")
    process.send_signal(signal.SIGINT)
    stderr = process.communicate(timeout=PATIENCE)[1].decode()
    assert "the weights of an unfinished first epoch; --resume goes on" in stderr
    assert process.returncode == 130
    assert run("net", "train", stripes, "-o", path, "--epochs", "2", "--resume", "-q").code == 0
    assert run("net", "train", stripes, "-o", whole, "--epochs", "2", "-q", *SMALL).code == 0
    assert path.read_bytes() == whole.read_bytes()


HELD_AFTER_AN_EPOCH = """
import threading
from cnnfilt.__main__ import run
from cnnfilt.nn.training import Trainer

def epochs(trainer, *arguments, real=Trainer.epochs):
    yield next(real(trainer, *arguments))
    threading.Event().wait()

Trainer.epochs = epochs
run()
"""
"""cnnfilt with a second epoch that never ends."""


def test_every_epoch_is_printed_as_soon_as_it_is_over(start: Start, tmp_path: Path, stripes: Path) -> None:
    arguments = ("net", "train", stripes, "-o", tmp_path / "model.npz", "--json", *SMALL)
    process = start(*arguments, program=HELD_AFTER_AN_EPOCH)
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["epoch"] == 1
    assert any(line.startswith(b"epoch 1/") for line in iter(process.stderr.readline, b""))


def test_a_reader_that_leaves_costs_no_epoch(run: Run, start: Start, tmp_path: Path, stripes: Path) -> None:
    process = start("net", "train", stripes, "-o", tmp_path / "model.npz", "--epochs", "100000", "--json", "-q", *SMALL)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(PATIENCE) == 1
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert json.loads(run("net", "summary", tmp_path / "model.npz", "--json").text)["training"]["epochs"] >= 1


def test_steps_that_are_too_large_are_one_line(run: Run, stripes: Path, tmp_path: Path) -> None:
    outcome = run("net", "train", stripes, "-o", tmp_path / "m.npz", "--learning-rate", "1e30", "-q", *SMALL)
    assert (outcome.code, len(outcome.lines)) == (1, 1), outcome.stderr
    assert "the loss is no longer a number in epoch 1" in outcome.stderr
    assert not (tmp_path / "m.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["fc:3"], 2, "put flatten before it"),
        (["flatten", "fc:3"], 2, "2 classes need fc:1 sigmoid"),
        (["conv:4,k=9"], 1, "kernel spans 9 rows"),
        (["--augment", "flop"], 2, "flip or shift"),
        (["--optimizer", "adm"], 2, "did you mean adam?"),
        (["--schedule", "cosin"], 2, "use constant, step or cosine"),
        (["--weight-decay", "1"], 2, "--weight-decay '1' is not a number"),
        (["as:in", "add:im"], 2, "layer 2 (add:im): no value is called 'im'"),
        (["morph:open"], 2, "cannot be trained"),
        (["--resume", "--schedule", "step"], 2, "takes schedule from the model"),
        (["--loss", "categorical"], 2, "end in softmax"),
        (["--learning-rate", "0"], 2, "above 0"),
        (["--resume", "--seed", "1"], 2, "takes seed from the model"),
        (["--resume", "relu"], 2, "takes layers from the model"),
        (["--resume"], 1, "no such file"),
        (["--epochs", "0"], 2, "see cnnfilt net train --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_request_is_one_line(
    run: Run, stripes: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    outcome = run("net", "train", stripes, "-o", tmp_path / "m.npz", *arguments)
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.stderr
    assert words in outcome.stderr
    assert not (tmp_path / "m.npz").exists()


def test_folders_that_teach_nothing_are_refused(run: Run, stripes: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.npz"
    refused = run("net", "train", stripes / "level", "-o", out).stderr
    assert "0 sub-folders" in refused
    assert f"; {stripes / 'level'} itself may be one class: name the folder it is in" in refused
    (stripes / "blank").mkdir()
    assert "blank: no images" in run("net", "train", stripes, "-o", out).stderr
    (stripes / "blank" / "0.png").write_bytes(b"no image")
    outcome = run("net", "train", stripes, "-o", out)
    assert outcome.code == 1
    assert "no image of the class 'blank'" in outcome.lines[-1]
    assert "does not know the class 'blank'" in run("net", "evaluate", model, stripes).stderr


def test_an_existing_model_is_kept(run: Run, stripes: Path, model: Path) -> None:
    before = model.read_bytes()
    outcome = run("net", "train", stripes, "-o", model, "--epochs", "1", *SMALL)
    assert outcome.code == 2
    assert "--resume goes on training it" in outcome.stderr
    assert "15 epochs already" in run("net", "train", stripes, "-o", model, "--resume", "--epochs", "15").stderr
    assert model.read_bytes() == before


def test_what_divided_folders_leave_over_is_said(run: Run, divided: Path, tmp_path: Path) -> None:
    (divided / "test" / "level").mkdir(parents=True)
    (divided / "notes").mkdir()
    outcome = run("net", "train", divided, "-o", tmp_path / "m.npz", "--epochs", "1", *SMALL)
    assert outcome.code == 0, outcome.stderr
    assert outcome.lines[1] == f"not used: {divided / 'notes'}, {divided / 'test'}"


@pytest.mark.parametrize("training", [{}, {"settings": {"augment": []}}, {"settings": {"augment": [], "speed": 3}}])
def test_a_model_that_tells_nothing_of_its_training_cannot_go_on(
    run: Run, stripes: Path, tmp_path: Path, training: dict[str, object]
) -> None:
    path = tmp_path / "m.npz"
    network = Sequential.new("flatten fc:1 sigmoid", (8, 8, 1), np.random.default_rng(5))
    save_model(str(path), Model(network, ("level", "upright"), True, training=training), overwrite=False)
    before = path.read_bytes()
    outcome = run("net", "train", stripes, "-o", path, "--resume", "--epochs", "2")
    assert (outcome.code, outcome.stdout) == (1, b"")
    assert outcome.stderr == f"net: {path}: holds no training to resume\n"
    assert path.read_bytes() == before


def test_learned_filters_are_drawn_and_used(run: Run, stripes: Path, model: Path, tmp_path: Path) -> None:
    outcome = run("net", "kernels", model, "-o", tmp_path / "filters.png", "--json")
    assert outcome.code == 0, outcome.stderr
    assert "conv1: 4 filters of 3x3x1" in outcome.stderr
    weights = np.array(json.loads(outcome.text)["kernel"])
    with Image.open(tmp_path / "filters.png") as picture:
        levels = np.asarray(picture)
    for number in range(4):
        one = weights[..., 0, number]
        tile = np.rint(128 + 127 * one / np.abs(one).max()).astype(np.uint8).repeat(32, axis=0).repeat(32, axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(levels, tile.shape)
        top, left = np.argwhere((windows == tile).all(axis=(2, 3)))[0]
        assert levels[top + 97 : top + 120, left : left + 20].min() < 128, "its number stands under it"
    image = stripes / "level" / "00.png"
    arguments = ("convolve", image, "-k", f"@{model}#conv1", "--input-scale", "1/255", "-o")
    assert run(*arguments, tmp_path / "maps.npy").code == 0
    with Image.open(image) as shown:
        windows = np.lib.stride_tricks.sliding_window_view(np.asarray(shown) / 255, (3, 3))
    expected = np.einsum("yxij,ijn->yxn", windows, weights[:, :, 0])
    np.testing.assert_allclose(np.load(tmp_path / "maps.npy"), expected, atol=1e-5)
    layer = ("apply", f"conv:@{model}#conv1", image, "--input-scale", "1/255", "-o", tmp_path / "layer.npy")
    assert run(*layer).code == 0
    np.testing.assert_allclose(np.load(tmp_path / "layer.npy"), expected, atol=1e-5)
    line = re.search(r"cnnfilt (convolve photo.jpg -k @model.npz#conv1 .*) -o maps/", NETWORKS.read_text())
    assert line is not None
    words = [{"photo.jpg": image, "@model.npz#conv1": f"@{model}#conv1"}.get(word, word) for word in line[1].split()]
    shown = run(*words, "-o", f"{tmp_path}/maps/")
    assert (shown.code, "clipped" in shown.stderr, "black" in shown.stderr) == (0, False, False)
    maps = list((tmp_path / "maps").iterdir())
    assert len(maps) == 4
    for path in maps:
        with Image.open(path) as picture:
            levels = np.asarray(picture).astype(int)
        assert np.abs(levels - 128).max() >= 126
    assert "it has conv1" in run(*(f"@{model}#conv7" if "#" in str(a) else a for a in arguments), "x.npy").stderr


def test_a_kernel_file_becomes_part_of_the_model(run: Run, stripes: Path, tmp_path: Path) -> None:
    kernel, path = tmp_path / "k.csv", tmp_path / "model.npz"
    kernel.write_text("-1;0,5\n-1;0,5\n")
    layers = (f"conv:@{kernel}+roberts-1", "relu", "pool:max", "flatten")
    outcome = run("net", "train", stripes, "-o", path, "--epochs", "2", *layers)
    assert outcome.code == 0, outcome.stderr
    assert outcome.lines[0] == f"{kernel}: read its commas as decimal points: 0,5 as 0.5"
    kernel.unlink()
    summary = json.loads(run("net", "summary", path, "--json").text)
    assert summary["layers"][0]["layer"] == "conv:[[-1,0.5],[-1,0.5]]+roberts-1"
    assert run("net", "evaluate", path, stripes).code == 0
    np.save(tmp_path / "deep.npy", np.ones((2, 2, 1)))
    outcome = run("net", "train", stripes, "-o", tmp_path / "x.npz", f"conv:@{tmp_path}/deep.npy", "flatten")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "kernel deep differs by channel" in outcome.stderr
