"""The figures that training prints, computed again from the networks it saves; its steps against NumPy and torch."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.nn.model import Sequential
from cnnfilt.nn.parallel import ParallelNetwork
from tests.cli.conftest import Run

Array = np.ndarray[Any, Any]
Weights = dict[str, Array]

CLASSES = ("checks", "level", "upright")
SIZE = 6
WORDS = "conv:3,k=3 relu pool:max flatten"
"""Training puts fc:3 and softmax after it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images of three classes, of unlike numbers, in train/ and val/."""
    rng = np.random.default_rng(3)
    y, x = np.indices((SIZE, SIZE))
    for part, count in (("train", 5), ("val", 3)):
        for label, name in enumerate(CLASSES):
            (tmp_path / "photos" / part / name).mkdir(parents=True)
            for number in range(count + label):
                pattern = ((x + y) % 2, y // 2 % 2, x // 2 % 2)[label]
                levels = 40 + 60 * pattern + rng.integers(0, 150, (SIZE, SIZE))
                Image.fromarray(levels.astype(np.uint8)).save(tmp_path / "photos" / part / name / f"{number}.png")
    return tmp_path / "photos"


def examples_in(folder: Path) -> tuple[Array, Array]:
    """The images (N, H, W, 1), from 0 to 1, and the numbers of their classes, in the order of their names."""
    images, labels = [], []
    for label, name in enumerate(CLASSES):
        for path in sorted((folder / name).iterdir()):
            with Image.open(path) as image:
                images.append(np.asarray(image, np.float64)[..., None] / 255)
            labels.append(label)
    return np.stack(images), np.array(labels)


def saved(path: Path, prefix: str = "") -> Weights:
    """The weights in a model file: the best ones, or those training goes on with."""
    with np.load(path) as file:
        found = {name: np.asarray(file[name], np.float64) for name in file.files}
    return {name: found[prefix + name] for name in ("conv1.kernel", "conv1.bias", "fc1.kernel", "fc1.bias")}


LAST = "training.weights."


def logits_of(weights: Weights, images: Array) -> Array:
    """WORDS and fc:3 by plain loops."""
    kernel, size = weights["conv1.kernel"], SIZE - 2
    maps = np.zeros((len(images), size, size, kernel.shape[3]))
    for row in range(size):
        for column in range(size):
            window = images[:, row : row + 3, column : column + 3, :, None]
            maps[:, row, column] = (window * kernel).sum(axis=(1, 2, 3)) + weights["conv1.bias"]
    maps = np.maximum(maps, 0)
    pooled = np.maximum.reduce([maps[:, row::2, column::2] for row in (0, 1) for column in (0, 1)])
    flat: Array = pooled.reshape(len(images), -1) @ weights["fc1.kernel"] + weights["fc1.bias"]
    return flat


def figures_of(weights: Weights, images: Array, labels: Array) -> tuple[float, float]:
    """(the mean cross-entropy, the part that is right)."""
    logits = logits_of(weights, images)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(chances[np.arange(len(labels)), labels]).mean()
    return float(loss), float((logits.argmax(axis=1) == labels).mean())


def trained(run: Run, folder: Path, path: Path, epochs: int, *options: str) -> list[dict[str, Any]]:
    """The epochs that training prints."""
    line = ("net", "train", folder, "-o", path, "--epochs", epochs, "--json", "-y", *options, *WORDS.split())
    outcome = run(*line)
    assert outcome.code == 0, outcome.stderr
    return [json.loads(line) for line in outcome.text.splitlines()]


def test_figures_of_the_held_out_images_are_those_of_the_weights_that_are_saved(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    model = tmp_path / "m.npz"
    epochs = trained(run, folder, model, 6, "--batch-size", "4", "--learning-rate", "0.02")
    best = max(epochs, key=lambda epoch: (epoch["validation_accuracy"], -epoch["validation_loss"]))
    assert [epoch["epoch"] for epoch in epochs if epoch["best"]][-1] == best["epoch"]
    images, labels = examples_in(folder / "val")
    loss, accuracy = figures_of(saved(model), images, labels)
    assert best["validation_loss"] == pytest.approx(loss, rel=1e-5)
    assert best["validation_accuracy"] == pytest.approx(accuracy)
    loss, accuracy = figures_of(saved(model, LAST), images, labels)
    assert epochs[-1]["validation_loss"] == pytest.approx(loss, rel=1e-5)
    assert epochs[-1]["validation_accuracy"] == pytest.approx(accuracy)


def test_figures_for_people_are_those_of_json(run: Run, folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    options = ("--learning-rate", "0.5", "--optimizer", "momentum", "--batch-size", "4")
    outcome = run("net", "train", folder, "-o", model, "--epochs", 3, "--json", *options, *WORDS.split())
    epochs = [json.loads(line) for line in outcome.text.splitlines()]
    lines = [line for line in outcome.lines if line.startswith("epoch ")]
    for number, (line, epoch) in enumerate(zip(lines, epochs, strict=True), 1):
        assert epoch["epoch"] == number
        assert line.startswith(
            f"epoch {number}/3  loss {epoch['loss']:.4f}  accuracy {epoch['accuracy']:.2%}  "
            f"held out {epoch['validation_loss']:.4f}  {epoch['validation_accuracy']:.2%}  "
        )
        assert line.endswith("best") == epoch["best"]
    losses = [f"{epoch['validation_loss']:.4f}" for epoch in epochs]
    assert losses != sorted(losses, reverse=True), "the last is not the lowest"
    course, kept = next(
        two for two in zip(outcome.lines, outcome.lines[1:], strict=False) if two[0].startswith("loss ")
    )
    assert re.fullmatch(rf"loss {losses[0]} \S+ {losses[-1]}", course)
    best = [epoch for epoch in epochs if epoch["best"]][-1]
    assert kept == (
        f"{model}: the weights of epoch {best['epoch']} of 3 "
        f"(loss {best['validation_loss']:.4f}, accuracy {best['validation_accuracy']:.2%})"
    )


def test_evaluate_prints_the_figures_of_the_model(run: Run, folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    trained(run, folder, model, 3, "--batch-size", "4")
    images, labels = examples_in(folder / "train")
    loss, accuracy = figures_of(saved(model), images, labels)
    found = json.loads(run("net", "evaluate", model, folder / "train", "--json").text)
    assert (found["loss"], found["accuracy"]) == (pytest.approx(loss, rel=1e-5), pytest.approx(accuracy))
    answers = logits_of(saved(model), images).argmax(axis=1)
    expected = [[int(((labels == i) & (answers == j)).sum()) for j in range(3)] for i in range(3)]
    assert found["confusion"] == expected
    assert run("net", "evaluate", model, folder / "train").lines == []
    right = int((answers == labels).sum())
    assert run("net", "evaluate", model, folder / "train").text.splitlines()[0] == (
        f"accuracy {accuracy:.2%} ({right} of {len(labels)}), loss {loss:.4f}"
    )


def first_weights(seed: int) -> Weights:
    network = Sequential.new(f"{WORDS} fc:3 softmax", (SIZE, SIZE, 1), np.random.default_rng(seed))
    return {name: array.astype(np.float64) for name, array in network.parameters.items()}


def test_the_loss_of_one_large_batch_is_that_of_the_weights_before_it(run: Run, folder: Path, tmp_path: Path) -> None:
    images, labels = examples_in(folder / "train")
    options = ("--batch-size", "1000", "--validation", "0", "--seed", "4", "--optimizer", "sgd")
    before = first_weights(4)
    for epoch in (1, 2, 3):
        printed = trained(run, folder / "train", tmp_path / "m.npz", epoch, *options)
        loss, accuracy = figures_of(before, images, labels)
        assert printed[-1].keys() == {"schema", "epoch", "loss", "accuracy", "best", "seconds"}
        assert printed[-1]["loss"] == pytest.approx(loss, rel=1e-5)
        assert printed[-1]["accuracy"] == pytest.approx(accuracy)
        before = saved(tmp_path / "m.npz", LAST)


def levels_in(image: Array) -> bytes:
    return np.rint(image * 255).astype(np.uint8).tobytes()


def test_every_epoch_sees_every_image_once_in_an_order_of_its_own(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, _ = examples_in(folder / "train")
    names = {levels_in(image): number for number, image in enumerate(images)}
    assert len(names) == len(images)
    learn, seen = ParallelNetwork.learn, []

    def watched(network: ParallelNetwork, batch: Array, *others: Any) -> Any:
        seen.append([names[levels_in(image)] for image in batch])
        return learn(network, batch, *others)

    monkeypatch.setattr(ParallelNetwork, "learn", watched)

    def orders(seed: str) -> list[list[int]]:
        seen.clear()
        trained(run, folder / "train", tmp_path / "m.npz", 4, "--validation", "0", "--batch-size", "4", "--seed", seed)
        assert [len(batch) for batch in seen] == [4, 4, 4, 4, 2] * 4
        return [[number for batch in seen[start : start + 5] for number in batch] for start in range(0, 20, 5)]

    first = orders("1")
    assert all(sorted(order) == list(range(18)) for order in first)
    assert len({tuple(order) for order in [*first, *orders("2"), list(range(18))]}) == 9
    assert orders("1") == first


def steps(optimizer: str, rate: float) -> Iterator[Any]:
    """What each step takes off the weights, as published; a generator that is sent gradients."""
    velocity, mean, square = 0.0, 0.0, 0.0
    gradient = yield
    for number in range(1, 1_000_000):
        if optimizer == "adam":
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            ahead = (mean / (1 - 0.9**number)) / (np.sqrt(square / (1 - 0.999**number)) + 1e-8)
        else:
            velocity = ahead = (0.9 if optimizer == "momentum" else 0) * velocity + gradient
        gradient = yield rate * ahead


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [("sgd", None), ("momentum", None), ("adam", None), ("sgd", "0.2"), ("momentum", "0.04"), ("adam", "0.01")],
)
def test_a_layer_learns_as_it_does_in_numpy(
    run: Run, folder: Path, tmp_path: Path, optimizer: str, rate: str | None
) -> None:
    """Softmax of one layer, whose gradient is x (y_pred - y): weights and figures of all epochs, step by step."""
    images, labels = examples_in(folder / "train")
    flat, right = images.reshape(len(images), -1), np.eye(3)[labels]
    options = ["--optimizer", optimizer, "--batch-size", "4", "--validation", "0", "--seed", "7"]
    options += ["--learning-rate", rate] if rate else []
    outcome = run(
        "net", "train", folder / "train", "-o", tmp_path / "m.npz", "--epochs", 5, "--json", *options, "flatten"
    )
    usual = {"sgd": 0.05, "momentum": 0.01, "adam": 0.002}[optimizer]
    first = Sequential.new("flatten fc:3 softmax", (SIZE, SIZE, 1), np.random.default_rng(7)).parameters
    kernel, bias = first["fc1.kernel"].astype(np.float64), first["fc1.bias"].astype(np.float64)
    of_kernel, of_bias = (steps(optimizer, float(rate) if rate else usual) for _ in range(2))
    next(of_kernel), next(of_bias)
    for epoch, line in enumerate(outcome.text.splitlines(), 1):
        order = np.random.default_rng([7, epoch]).permutation(len(flat))
        losses, hits = 0.0, 0
        for start in range(0, len(order), 4):
            rows = order[start : start + 4]
            logits = flat[rows] @ kernel + bias
            chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            losses -= np.log((chances * right[rows]).sum(axis=1)).sum()
            hits += int((logits.argmax(axis=1) == labels[rows]).sum())
            wrong = (chances - right[rows]) / len(rows)
            kernel = kernel - of_kernel.send(flat[rows].T @ wrong)
            bias = bias - of_bias.send(wrong.sum(axis=0))
        printed = json.loads(line)
        assert printed["loss"] == pytest.approx(losses / len(flat), rel=1e-4)
        assert printed["accuracy"] == pytest.approx(hits / len(flat))
    with np.load(tmp_path / "m.npz") as file:
        np.testing.assert_allclose(file[f"{LAST}fc1.kernel"], kernel, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(file[f"{LAST}fc1.bias"], bias, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_network_learns_as_it_does_in_torch(run: Run, folder: Path, tmp_path: Path, optimizer: str) -> None:
    torch: Any = pytest.importorskip("torch")
    images, labels = examples_in(folder / "train")
    options = ("--optimizer", optimizer, "--learning-rate", "0.02", "--batch-size", "5", "--validation", "0")
    epochs = trained(run, folder / "train", tmp_path / "m.npz", 6, *options, "--seed", "11")
    first = {name: torch.tensor(array, requires_grad=True) for name, array in first_weights(11).items()}
    made = {
        "sgd": lambda: torch.optim.SGD(first.values(), 0.02),
        "momentum": lambda: torch.optim.SGD(first.values(), 0.02, momentum=0.9),
        "adam": lambda: torch.optim.Adam(first.values(), 0.02),
    }
    theirs = made[optimizer]()
    functional = torch.nn.functional
    for epoch, printed in enumerate(epochs, 1):
        order = np.random.default_rng([11, epoch]).permutation(len(images))
        losses, hits = 0.0, 0
        for start in range(0, len(order), 5):
            rows = order[start : start + 5]
            x, y = torch.tensor(images[rows]).permute(0, 3, 1, 2), torch.tensor(labels[rows])
            maps = functional.conv2d(x, first["conv1.kernel"].permute(3, 2, 0, 1), first["conv1.bias"])
            flat = functional.max_pool2d(functional.relu(maps), 2).permute(0, 2, 3, 1).flatten(1)
            logits = flat @ first["fc1.kernel"] + first["fc1.bias"]
            loss = functional.cross_entropy(logits, y)
            theirs.zero_grad()
            loss.backward()
            theirs.step()
            losses, hits = losses + loss.item() * len(rows), hits + int((logits.argmax(1) == y).sum())
        assert printed["loss"] == pytest.approx(losses / len(images), rel=1e-4)
        assert printed["accuracy"] == pytest.approx(hits / len(images))
    for name, array in saved(tmp_path / "m.npz", LAST).items():
        np.testing.assert_allclose(array, first[name].detach().numpy(), rtol=2e-3, atol=2e-5, err_msg=name)
