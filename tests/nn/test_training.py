"""Training learns, repeats itself bit for bit, keeps its best weights and goes on where it was."""

from itertools import islice

import numpy as np
import pytest

from cnnfilt.core.engine.threads import limit_threads
from cnnfilt.errors import ParameterError
from cnnfilt.nn.classifier import for_classes
from cnnfilt.nn.examples import Examples, augmented, batches, split
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import confusion, evaluate, loss_of, probabilities
from cnnfilt.nn.training import Trainer, TrainingSettings

WORDS = "conv:4,k=3,p=same relu pool:max flatten fc:3 softmax"


def stripes(count: int = 90, classes: int = 3) -> Examples:
    """Images of upright, level and slanted stripes, with noise."""
    rng = np.random.default_rng(5)
    labels = np.arange(count) % classes
    y, x = np.indices((8, 8))
    patterns = np.stack([x % 4 < 2, y % 4 < 2, (x + y) % 4 < 2]).astype(np.float32)
    images = patterns[labels] + rng.normal(scale=0.2, size=(count, 8, 8))
    return Examples(images[..., None].astype(np.float32), labels)


NONE = stripes().at(slice(0))


def network(words: str = WORDS, seed: int = 0) -> Sequential:
    return Sequential.new(words, (8, 8, 1), np.random.default_rng(seed))


def trained(settings: TrainingSettings, epochs: int, validation: Examples = NONE, words: str = WORDS) -> Trainer:
    trainer = Trainer(network(words), settings)
    for _ in trainer.epochs(stripes(), validation, epochs):
        pass
    return trainer


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum"])
def test_stripes_are_learned(optimizer: str) -> None:
    trainer = trained(TrainingSettings(batch_size=6, optimizer=optimizer), 20)  # type: ignore[arg-type]
    assert evaluate(trainer.network, stripes())[0].accuracy == 1
    assert probabilities(trainer.network, stripes().images).argmax(axis=1).tolist() == stripes().labels.tolist()


def test_two_classes_learn_with_one_sigmoid() -> None:
    model = network("conv:4,k=3 relu flatten fc:1 sigmoid")
    examples = stripes(60, 2)
    for _ in Trainer(model, TrainingSettings(batch_size=6)).epochs(examples, NONE, 20):
        pass
    score, answers = evaluate(model, examples)
    assert score.accuracy == 1
    assert confusion(examples.labels, answers, 2).tolist() == [[30, 0], [0, 30]]
    assert np.allclose(probabilities(model, examples.images).sum(axis=1), 1)


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


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    settings = TrainingSettings(batch_size=70, optimizer="sgd")
    whole = trained(settings, 2)
    limit_threads(threads)
    try:
        assert same(trained(settings, 2).progress.state, whole.progress.state)
    finally:
        limit_threads(0)


@pytest.mark.parametrize("count", [1, 8, 31, 32, 33, 100])
def test_a_batch_in_parts_has_the_gradients_of_the_whole(count: int) -> None:
    one, other, examples = network(), network(), stripes(count)
    images, labels = np.asarray(examples.images), examples.labels
    loss, right = ParallelNetwork(one).learn(images, labels, loss_of(one))
    logits = other.logits(images)
    expected, d_logits = loss_of(other)(logits, labels)
    other.backward_from_logits(d_logits)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert right == (logits.argmax(axis=1) == labels).sum()
    np.testing.assert_allclose(ParallelNetwork(one).logits(images), logits, atol=1e-5)
    for mine, theirs in zip(one.trained, other.trained, strict=True):
        assert mine.gradients.keys() == theirs.gradients.keys() == {"kernel", "bias"}
        for name, gradient in theirs.gradients.items():
            np.testing.assert_allclose(mine.gradients[name], gradient, atol=1e-5)


def test_nothing_is_computed_below_the_lowest_layer_that_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network("filter:box:3,p=same conv:2,k=3 relu flatten fc:3 softmax")
    for layer in model.layers[:2]:
        monkeypatch.setattr(layer, "backward", lambda d_output: pytest.fail("d(input) of the first layers"))
    logits = model.logits(np.asarray(stripes().images))
    model.backward_from_logits(np.ones_like(logits))
    assert model.layers[1].gradients["kernel"].shape == (3, 3, 1, 2)


def test_integer_and_one_hot_labels_give_the_same_weights() -> None:
    assert same(
        trained(TrainingSettings(loss="sparse"), 3).progress.best,
        trained(TrainingSettings(loss="categorical"), 3).progress.best,
    )


@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_training_goes_on_as_if_it_had_not_stopped(optimizer: str) -> None:
    settings = TrainingSettings(optimizer=optimizer, augment=("shift",))  # type: ignore[arg-type]
    whole, first = trained(settings, 5, stripes(30)), trained(settings, 2, stripes(30))
    second = Trainer(Sequential(WORDS, (8, 8, 1), first.progress.best), settings)
    second.restore(first.progress.history(), first.progress.state)
    for _ in second.epochs(stripes(), stripes(30), 5):
        pass
    assert same(second.progress.best, whole.progress.best)
    assert same(second.progress.state, whole.progress.state)
    assert second.progress.history() == whole.progress.history()


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


def test_a_split_holds_out_the_same_part_of_each_class() -> None:
    training, validation = split(stripes(), 0.2, seed=1)
    assert np.bincount(validation.labels).tolist() == [6, 6, 6]
    assert len(training) == 72
    assert np.array_equal(split(stripes(), 0.2, seed=1)[1].images, validation.images)
    few = split(stripes(4, 3), 0.9, seed=1)
    assert set(few[0].labels) == {0, 1, 2}, "a class is never held out whole"


def test_batches_hold_every_example_once() -> None:
    seen = np.concatenate([batch.images for batch in batches(stripes(), 32, np.random.default_rng(0))])
    assert len(seen) == 90
    assert len(np.unique(seen, axis=0)) == 90


def test_augmentation_mirrors_and_moves() -> None:
    image = np.arange(8.0)[None, None, :, None] + np.zeros((50, 8, 1, 1))
    rows = augmented(image, ("flip",), np.random.default_rng(0))[:, 0, :, 0].tolist()
    assert {tuple(row) for row in rows} == {tuple(range(8)), tuple(range(7, -1, -1))}
    moved = augmented(image, ("shift",), np.random.default_rng(0))[:, 0, :, 0].tolist()
    assert {tuple(row) for row in moved} == {
        (0, 0, 1, 2, 3, 4, 5, 6),
        (0, 1, 2, 3, 4, 5, 6, 7),
        (1, 2, 3, 4, 5, 6, 7, 7),
    }


@pytest.mark.parametrize(
    ("words", "classes", "expected"),
    [
        ("", 10, "pool:max flatten fc:10 softmax"),
        ("", 2, "pool:max flatten fc:1 sigmoid"),
        ("conv:4,k=3", 3, "conv:4,k=3 flatten fc:3 softmax"),
        ("flatten fc:9 relu", 3, "flatten fc:9 relu fc:3 softmax"),
        ("flatten fc:3", 3, "flatten fc:3 softmax"),
        ("flatten fc:1", 2, "flatten fc:1 sigmoid"),
        ("flatten fc:2 softmax", 2, "flatten fc:2 softmax"),
    ],
)
def test_what_the_end_lacks_is_added(words: str, classes: int, expected: str) -> None:
    assert for_classes([words] if words else [], (8, 8, 1), classes).endswith(expected)


@pytest.mark.parametrize(
    ("words", "classes"),
    [("flatten fc:4", 3), ("flatten fc:1 sigmoid", 3), ("flatten fc:3 softmax", 2), ("softmax", 3)],
)
def test_an_end_for_other_classes_is_refused(words: str, classes: int) -> None:
    with pytest.raises(ParameterError, match=f"{classes} classes need"):
        for_classes([words], (8, 8, 1), classes)


def test_a_loss_that_does_not_suit_is_refused() -> None:
    with pytest.raises(ParameterError, match="end in sigmoid"):
        Trainer(network(), TrainingSettings(loss="binary"))
    with pytest.raises(ParameterError, match="must end in softmax or sigmoid"):
        Trainer(network("flatten fc:3"), TrainingSettings())


@pytest.mark.parametrize(
    "words",
    [{"optimizer": "rmsprop", "learning_rate": 0.1}, {"loss": "hinge"}, {"augment": ("flip", "turn")}],
    ids=["optimizer", "loss", "augment"],
)
def test_words_that_mean_nothing_are_refused(words: dict[str, str]) -> None:
    """They used to be taken for momentum, for the sparse loss, and for nothing at all."""
    with pytest.raises(ParameterError, match="is unknown; "):
        TrainingSettings(**words)  # type: ignore[arg-type]
