"""The page of how a network judges images shows in a browser what the library computes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.net.results_page import filters_on_page, judged_on_page
from cnnfilt.cli.net.train_page import TrainingPage
from cnnfilt.cli.numbers import written
from cnnfilt.datasets.decoding import DecodeOptions
from cnnfilt.datasets.labelled import find_labelled, load_examples
from cnnfilt.files.model_file import load_model, save_model
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import replace
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import confusion, judged, probabilities
from cnnfilt.nn.training import Trainer, TrainingSettings
from cnnfilt.page.results import MOST_CLASSES, judged_data
from tests.cli.conftest import Run
from tests.page.conftest import Browser

EVIL = "<script>alert(1)<!--"
CLASSES = (EVIL, "bright", "dim")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three classes that are hard to tell apart, one with a name that is a script, its slash left out."""
    rng = np.random.default_rng(5)
    for number, name in enumerate(CLASSES):
        (tmp_path / "data" / name).mkdir(parents=True)
        for image in range(8):
            levels = np.clip(rng.normal(90 + 40 * number, 60, (6, 6, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(levels).save(tmp_path / "data" / name / f"{EVIL}{image}.png")
    return tmp_path / "data"


@pytest.fixture
def model(run: Run, folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "m.npz"
    layers = ("conv:4,k=3", "relu", "flatten")
    outcome = run("net", "train", folder, "-o", path, "--epochs", "3", "--page", tmp_path / "t.html", *layers)
    assert outcome.code == 0, outcome.stderr
    return path


def test_evaluate_shows_what_the_library_says(run: Run, browser: Browser, folder: Path, model: Path) -> None:
    page = model.parent / "e.html"
    assert run("net", "evaluate", model, folder, "--page", page).code == 0
    loaded = load_model(str(model))
    examples = load_examples(find_labelled(str(folder), loaded.classes), loaded.form, DecodeOptions(), print)
    chances = probabilities(loaded.network, np.asarray(examples.images))
    predicted = chances.argmax(axis=1)
    counts = confusion(examples.labels, predicted, 3)
    browser.open(page)
    shown = [[cell.text for cell in row.find_elements("tag name", "td")] for row in browser.all("#confusion tbody tr")]
    assert shown == [[str(count) for count in row] for row in counts.tolist()]
    heads = [cell.text for cell in browser.all("#confusion thead th")][1:]
    assert heads == [cell.text for cell in browser.all("#confusion tbody th")] == list(CLASSES)
    assert browser.text("#accuracy").startswith(f"{np.trace(counts) / 24:.2%} of the 24 images")
    wrong = np.flatnonzero(predicted != examples.labels)
    order = wrong[np.argsort(-chances[wrong, predicted[wrong]], kind="stable")]
    found = [[part.text for part in one.find_elements("tag name", "span")] for one in browser.all("#mistakes figure")]
    assert len(found) == len(order) > 0
    for number, (taken, true, name) in zip(order, found, strict=True):
        assert taken == f"taken for {CLASSES[predicted[number]]}, {chances[number, predicted[number]]:.1%}"
        assert true == f"is {CLASSES[examples.labels[number]]}, {chances[number, examples.labels[number]]:.1%}"
        assert name.startswith(str(folder / CLASSES[examples.labels[number]] / EVIL))


def test_training_shows_curves_and_their_numbers(browser: Browser, model: Path) -> None:
    browser.open(model.parent / "t.html")
    assert browser.text("#state").startswith("Training is done: 3 epochs.")
    assert browser.script("return document.querySelectorAll('polyline').length") == 4
    rows = [[cell.text for cell in row.find_elements("tag name", "td")] for row in browser.all("#epochs tbody tr")]
    browser.wait_for("#epochs summary").click()
    rows = [[cell.text for cell in row.find_elements("tag name", "td")] for row in browser.all("#epochs tbody tr")]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    browser.script("document.querySelector('.chart').focus()")
    browser.press("HOME")
    assert browser.text(".reading") == f"epoch 1: training {rows[0][1]}, held out {rows[0][3]}"
    browser.press("ARROW_RIGHT")
    assert browser.all(".reading")[1].text == f"epoch 2: training {rows[1][2]}, held out {rows[1][4]}"
    browser.press("END", "ARROW_RIGHT")
    assert browser.text(".reading").startswith("epoch 3: ")


def test_curves_hold_the_epochs_before_training_was_taken_up_again(
    run: Run, browser: Browser, folder: Path, model: Path
) -> None:
    page = model.parent / "t.html"
    assert run("net", "train", folder, "-o", model, "--epochs", "5", "--resume", "--page", page).code == 0
    browser.open(page)
    assert browser.text("#resumed") == (
        "Training was taken up again after epoch 3. The curves hold the epochs before that, too."
    )
    browser.wait_for("#epochs summary").click()
    rows = [[cell.text for cell in row.find_elements("tag name", "td")] for row in browser.all("#epochs tbody tr")]
    past = load_model(str(model)).training["past"]
    assert [row[:5] for row in rows] == [
        [
            str(one["epoch"]),
            f"{one['loss']:.4f}",
            f"{one['accuracy']:.2%}",
            f"{one['validation_loss']:.4f}",
            f"{one['validation_accuracy']:.2%}",
        ]
        for one in past
    ]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    browser.script("document.querySelector('.chart').focus()")
    browser.press("HOME")
    assert browser.text(".reading") == f"epoch 1: training {rows[0][1]}, held out {rows[0][3]}"


def test_curves_begin_where_scores_are_known(run: Run, browser: Browser, folder: Path, model: Path) -> None:
    page, old = model.parent / "t.html", load_model(str(model))
    # Of the first epoch nothing is known, and in the others nothing was held out.
    past = [{name: value for name, value in one.items() if "val" not in name} for one in old.training["past"][1:]]
    save_model(str(model), replace(old, training=dict(old.training) | {"past": past}), overwrite=True)
    assert run("net", "train", folder, "-o", model, "--epochs", "5", "--resume", "--page", page).code == 0
    browser.open(page)
    assert browser.text("#resumed") == (
        "Training was taken up again after epoch 3. "
        "The curves begin with epoch 2: the model has no scores of the first epoch."
    )
    browser.wait_for("#epochs summary").click()
    rows = [[cell.text for cell in row.find_elements("tag name", "td")] for row in browser.all("#epochs tbody tr")]
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    assert [row[3] == "-" for row in rows] == [True, True, False, False]
    points = browser.script("return [...document.querySelectorAll('polyline')].map((one) => one.points.numberOfItems)")
    assert points == [4, 2, 4, 2]
    browser.script("document.querySelector('.chart').focus()")
    browser.press("HOME")
    assert browser.text(".reading") == f"epoch 2: training {rows[0][1]}, held out -"


def test_a_filter_s_coefficients_are_the_network_s(run: Run, browser: Browser, folder: Path, model: Path) -> None:
    page = model.parent / "e.html"
    assert run("net", "evaluate", model, folder, "--page", page).code == 0
    kernel = load_model(str(model)).network.parameters["conv1.kernel"]
    browser.open(page)
    assert len(browser.all("#filters img")) == 4
    browser.script("document.querySelector('select').focus()")
    browser.press("ARROW_DOWN", "ARROW_DOWN")
    shown = [cell.text for cell in browser.all("#coefficients td")]
    assert shown == [written(value) for channel in range(3) for value in kernel[..., channel, 2].ravel().tolist()]


def test_a_page_under_way_loads_itself_until_it_is_told_not_to(browser: Browser, tmp_path: Path, folder: Path) -> None:
    found = find_labelled(str(folder))
    form = NetworkInput((6, 6), gray=False)
    examples = load_examples(found, form, DecodeOptions(), print)
    network = Sequential.new("flatten fc:3 softmax", (6, 6, 3), np.random.default_rng(1))
    trainer = Trainer(network, TrainingSettings())
    page = TrainingPage(str(tmp_path / "w.html"), "m.npz", trainer, found.classes, form, epochs=3)
    nothing = examples.at(slice(0, 0))
    epochs = page.watched(trainer.epochs(examples, nothing, 3), examples, nothing)
    next(epochs)
    browser.open(tmp_path / "w.html")
    assert browser.text("#state") == "Training: 1 of 3 epochs done."
    assert len(browser.all("polyline")) == 2  # Nothing is held out.
    browser.script("window.old = true")
    next(epochs)
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser.driver, 30).until(lambda driver: not driver.execute_script("return window.old === true"))
    browser.wait_for("#view[data-ready]")
    assert browser.text("#state") == "Training: 2 of 3 epochs done."
    browser.wait_for("#reload").click()
    assert browser.text("#reload") == "Load it again, and go on"
    epochs.close()
    browser.wait_for("#reload").click()
    browser.wait_for("#view[data-ready]")
    WebDriverWait(browser.driver, 30).until(lambda driver: not driver.find_elements("css selector", "#reload"))
    assert browser.text("#state") == "Training was broken off after 2 of 3 epochs; --resume goes on."


def test_of_very_many_classes_pairs_are_listed(tmp_path: Path) -> None:
    count = MOST_CLASSES + 1
    labels = np.repeat(np.arange(count), 3)
    predictions = (labels + 1) % count
    predictions[0] = 0
    data = judged_data("all", [str(n) for n in range(count)], labels, predictions, [])
    assert data["counts"] is None
    assert data["right"] == 1
    assert data["pairs"][0] == {"count": 3, "true": 1, "predicted": 2}
    assert data["pairs_in_all"] == count
    assert data["each"][0] == {
        "images": 3,
        "right": 1,
        "predicted": 4,
        "recall": "33.33%",
        "precision": "25.00%",
    }


def test_two_classes_may_share_one_sigmoid(folder: Path) -> None:
    found = find_labelled(str(folder))
    form = NetworkInput((6, 6), gray=True)
    examples = load_examples(found, form, DecodeOptions(), print).at(slice(0, 16))
    network = Sequential.new("conv:2,k=3 flatten fc:1 sigmoid", (6, 6, 1), np.random.default_rng(1))
    predictions, chances = judged(network, examples)
    np.testing.assert_allclose(chances, probabilities(network, np.asarray(examples.images)))
    assert set(predictions.tolist()) <= {0, 1}
    data = judged_on_page(network, examples, form, ("a", "b"), of="them")
    assert data["images"] == 16
    assert len(data["mistakes"]) == 16 - data["right"]
    filters = filters_on_page(network)
    assert filters is not None
    assert (filters["layer"], filters["count"]) == ("conv1", 2)


def test_a_network_without_convolution_has_no_filters() -> None:
    network = Sequential.new("flatten fc:2 softmax", (4, 4, 1), np.random.default_rng(1))
    assert filters_on_page(network) is None
