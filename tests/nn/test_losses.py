"""The two cross-entropies and the binary one: values, gradients, and logits no computer should fear."""

import numpy as np
import pytest

from cnnfilt.errors import ShapeError
from cnnfilt.nn.losses import binary_cross_entropy, categorical_cross_entropy, sparse_categorical_cross_entropy
from tests.nn.gradients import central_differences

LOGITS = np.random.default_rng(0).normal(size=(5, 4))
LABELS = np.array([0, 3, 1, 1, 2])
ONE_HOT = np.eye(4)[LABELS]


def test_both_cross_entropies_agree() -> None:
    sparse, one_hot = sparse_categorical_cross_entropy(LOGITS, LABELS), categorical_cross_entropy(LOGITS, ONE_HOT)
    assert sparse[0] == one_hot[0]
    assert np.array_equal(sparse[1], one_hot[1])


def test_the_gradient_is_prediction_less_label() -> None:
    _, gradient = categorical_cross_entropy(LOGITS, ONE_HOT)
    probabilities = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(gradient, (probabilities - ONE_HOT) / 5)


@pytest.mark.parametrize(
    ("loss", "labels"),
    [
        (categorical_cross_entropy, ONE_HOT),
        (sparse_categorical_cross_entropy, LABELS),
        (binary_cross_entropy, (LOGITS > 0.3).astype(float)),
    ],
)
def test_gradients_against_central_differences(loss, labels) -> None:  # type: ignore[no-untyped-def]
    logits = LOGITS.copy()
    expected = central_differences(lambda: loss(logits, labels)[0], logits)
    np.testing.assert_allclose(loss(logits, labels)[1], expected, atol=1e-8)


def test_logits_of_ten_thousand() -> None:
    logits = np.array([[1e4, -1e4]])
    assert categorical_cross_entropy(logits, np.array([[1.0, 0]]))[0] == 0
    assert categorical_cross_entropy(logits, np.array([[0.0, 1]]))[0] == 2e4
    assert binary_cross_entropy(np.array([[-1e4]]), np.array([[1.0]]))[0] == 1e4
    assert binary_cross_entropy(np.array([[1e4]]), np.array([[1.0]]))[0] == 0


@pytest.mark.parametrize("labels", [[4], [-1], [0, 1]])
def test_labels_out_of_range_are_refused(labels: list[int]) -> None:
    with pytest.raises(ShapeError, match="labels"):
        sparse_categorical_cross_entropy(LOGITS[:1], np.array(labels))
