"""Training learns, repeats itself bit for bit, keeps its best weights and goes on where it was."""

from itertools import islice

import numpy as np
import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import evaluate, probabilities
from cnnfilt.nn.training import Trainer, TrainingSettings
from tests.nn.stripes import NONE, WORDS, network, same, stripes, trained


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum", "rmsprop"])
def test_stripes_are_learned(optimizer: str) -> None:
    trainer = trained(TrainingSettings(batch_size=6, optimizer=optimizer), 20)  # type: ignore[arg-type]
    assert evaluate(trainer.network, stripes())[0].accuracy == 1
    assert probabilities(trainer.network, stripes().images).argmax(axis=1).tolist() == stripes().labels.tolist()


def test_the_same_seed_gives_the_same_bits() -> None:
    settings = TrainingSettings(augment=("flip", "shift"), seed=3)
    assert same(trained(settings, 3).progress.best, trained(settings, 3).progress.best)
    assert not same(
        trained(settings, 3).progress.best,
        trained(TrainingSettings(augment=("flip", "shift"), seed=4), 3).progress.best,
    )


@pytest.mark.parametrize("name", ["weights.conv1.bias", "optimizer.mean.0.kernel", "optimizer.steps"])
def test_a_state_of_another_shape_is_refused(name: str) -> None:
    """Also one that NumPy would stretch to fit."""
    progress = trained(TrainingSettings(), 1).progress
    with pytest.raises(ValueError, match="of shape"):
        Trainer(network(), TrainingSettings()).restore(progress.history(), {**progress.state, name: np.zeros((1, 1))})


def test_nothing_is_computed_below_the_lowest_layer_that_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network("filter:box:3,p=same conv:2,k=3 relu flatten fc:3 softmax")
    for layer in model.layers[:2]:
        monkeypatch.setattr(layer, "backward", lambda d_output: pytest.fail("d(input) of the first layers"))
    logits = model.logits(np.asarray(stripes().images))
    model.backward_from_logits(np.ones_like(logits))
    assert model.layers[1].gradients["kernel"].shape == (3, 3, 1, 2)


NORMALISED = "conv:4,k=3,p=1 bn relu as:in conv:4,k=3,p=1 bn add:in relu dropout:0.3 pool:global flatten fc:3 softmax"


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (WORDS, TrainingSettings(optimizer="adam", augment=("shift",))),
        (WORDS, TrainingSettings(optimizer="momentum", augment=("shift",))),
        (NORMALISED, TrainingSettings(optimizer="rmsprop", schedule="cosine", weight_decay=0.01)),
        (NORMALISED, TrainingSettings(optimizer="adam", schedule="step", augment=("flip",))),
    ],
)
def test_training_goes_on_as_if_it_had_not_stopped(words: str, settings: TrainingSettings) -> None:
    whole, first = trained(settings, 5, stripes(30), words), Trainer(network(words), settings)
    list(islice(first.epochs(stripes(), stripes(30), 5), 2))
    second = Trainer(Sequential(words, (8, 8, 1), first.progress.best), settings)
    second.restore(first.progress.history(), first.progress.state)
    for _ in second.epochs(stripes(), stripes(30), 5):
        pass
    assert same(second.progress.best, whole.progress.best)
    assert same(second.progress.state, whole.progress.state)
    assert second.progress.history() == whole.progress.history()


def test_schedules_and_decay_change_what_is_learned() -> None:
    plain = trained(TrainingSettings(), 4).progress.best
    assert not same(trained(TrainingSettings(schedule="step"), 4).progress.best, plain)
    assert not same(trained(TrainingSettings(schedule="cosine"), 4).progress.best, plain)
    decayed = trained(TrainingSettings(weight_decay=0.9), 4).progress.best
    assert np.abs(decayed["conv1.kernel"]).sum() < np.abs(plain["conv1.kernel"]).sum()


def test_the_best_weights_are_kept() -> None:
    trainer = Trainer(network(), TrainingSettings(learning_rate=0.3))
    epochs = list(trainer.epochs(stripes(), stripes(30), 8))
    scores = [(epoch.validation.accuracy, -epoch.validation.loss) for epoch in epochs if epoch.validation]
    assert trainer.progress.best_epoch == scores.index(max(scores)) + 1
    best = Sequential(WORDS, (8, 8, 1), trainer.progress.best)
    assert evaluate(best, stripes(30))[0] == trainer.progress.best_score


def test_an_epoch_broken_off_changes_nothing_that_was_kept() -> None:
    trainer = Trainer(network(), TrainingSettings())
    list(islice(trainer.epochs(stripes(), NONE, 9), 2))
    before = trainer.progress
    trainer.network.parameters["conv1.kernel"][...] = 0
    assert trainer.unfinished() is before
    assert before.best["conv1.kernel"].any()
    assert before.state["weights.conv1.kernel"].any()


@pytest.mark.parametrize(
    "words",
    [
        {"optimizer": "adagrad", "learning_rate": 0.1},
        {"loss": "hinge"},
        {"schedule": "steps"},
        {"augment": ("flip", "turn")},
    ],
    ids=["optimizer", "loss", "schedule", "augment"],
)
def test_words_that_mean_nothing_are_refused(words: dict[str, str]) -> None:
    """They used to be taken for momentum, for the sparse loss, and for nothing at all."""
    with pytest.raises(ParameterError, match="is unknown; "):
        TrainingSettings(**words)  # type: ignore[arg-type]
