"""A batch shared out to threads gives what the whole gives."""

import numpy as np
import pytest

from cnnfilt.core.engine.threads import limit_threads
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import loss_of
from cnnfilt.nn.training import TrainingSettings
from tests.nn.stripes import network, same, stripes, trained


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
