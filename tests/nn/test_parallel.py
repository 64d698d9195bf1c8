"""A batch shared out to threads gives what the whole gives."""

import numpy as np
import pytest

from cnnfilt.core.engine.threads import limit_threads
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import loss_of
from cnnfilt.nn.training import TrainingSettings
from tests.nn.stripes import WORDS, network, same, stripes, trained

NORMALISED = "conv:4,k=3,p=1 bn relu as:in conv:4,k=3,p=1 bn dropout:0.2 add:in relu flatten dropout:0.3 fc:3 softmax"


@pytest.mark.parametrize("words", [WORDS, NORMALISED], ids=["plain", "bn and dropout"])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_number_of_threads_changes_no_bit(threads: int, words: str) -> None:
    settings = TrainingSettings(batch_size=70, optimizer="sgd")
    whole = trained(settings, 2, words=words)
    limit_threads(threads)
    try:
        assert same(trained(settings, 2, words=words).progress.state, whole.progress.state)
    finally:
        limit_threads(0)


@pytest.mark.parametrize("count", [2, 33, 100])
def test_statistics_are_those_of_the_whole_batch(count: int) -> None:
    words = NORMALISED.replace("dropout:0.2", "").replace("dropout:0.3", "")
    one, other, examples = network(words), network(words), stripes(count)
    images, labels = np.asarray(examples.images), examples.labels
    loss, _ = ParallelNetwork(one).learn(images, labels, loss_of(one))
    other.learn_with(np.random.default_rng(0))
    expected, d_logits = loss_of(other)(other.logits(images), labels)
    other.backward_from_logits(d_logits)
    other.remember()
    assert loss == pytest.approx(expected, rel=1e-5)
    for mine, theirs in zip(one.trained, other.trained, strict=True):
        for name, gradient in theirs.gradients.items():
            np.testing.assert_allclose(mine.gradients[name], gradient, atol=2e-5)
    for name, array in other.arrays.items():
        np.testing.assert_allclose(one.arrays[name], array, atol=1e-5)


def test_parts_leave_out_different_values() -> None:
    """All drew the same once, when each part had a generator of the same seed."""
    one = network("dropout:0.5 flatten fc:3 softmax")
    seen: list[np.ndarray] = []
    images, labels = np.ones((64, 8, 8, 1), np.float32), np.zeros(64, int)

    def loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(logits)
        return 0.0, np.zeros_like(logits)

    ParallelNetwork(one).learn(images, labels, loss, np.random.default_rng(0))
    assert len(np.unique(np.concatenate(seen), axis=0)) == 64


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
