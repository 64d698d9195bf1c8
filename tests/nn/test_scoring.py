"""What a network predicts, and by which loss it is judged."""

import numpy as np
import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.nn.scoring import confusion, evaluate, probabilities
from cnnfilt.nn.training import Trainer, TrainingSettings
from tests.nn.stripes import NONE, network, same, stripes, trained


def test_two_classes_learn_with_one_sigmoid() -> None:
    model = network("conv:4,k=3 relu flatten fc:1 sigmoid")
    examples = stripes(60, 2)
    for _ in Trainer(model, TrainingSettings(batch_size=6)).epochs(examples, NONE, 20):
        pass
    score, answers = evaluate(model, examples)
    assert score.accuracy == 1
    assert confusion(examples.labels, answers, 2).tolist() == [[30, 0], [0, 30]]
    assert np.allclose(probabilities(model, examples.images).sum(axis=1), 1)


def test_integer_and_one_hot_labels_give_the_same_weights() -> None:
    assert same(
        trained(TrainingSettings(loss="sparse"), 3).progress.best,
        trained(TrainingSettings(loss="categorical"), 3).progress.best,
    )


def test_a_loss_that_does_not_suit_is_refused() -> None:
    with pytest.raises(ParameterError, match="end in sigmoid"):
        Trainer(network(), TrainingSettings(loss="binary"))
    with pytest.raises(ParameterError, match="must end in softmax or sigmoid"):
        Trainer(network("flatten fc:3"), TrainingSettings())
