"""What a network says of images, and how right it is."""

from collections.abc import Callable
from typing import assert_never

import numpy as np

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.nn.activations import Sigmoid, Softmax
from cnnfilt.nn.examples import Examples, batches
from cnnfilt.nn.layer import Array
from cnnfilt.nn.losses import binary_cross_entropy, categorical_cross_entropy, sparse_categorical_cross_entropy
from cnnfilt.nn.model import Sequential
from cnnfilt.terms import LossName

Loss = Callable[[Array, Array], tuple[float, Array]]
"""(logits, class numbers) to (mean loss, dL/d(logits))."""

_BATCH = 64
"""So many images at once need little memory and waste no time."""


class Score(Frozen):
    """The mean loss, and the fraction of images whose class was predicted right."""

    loss: float
    accuracy: float


def loss_of(network: Sequential, name: LossName = "auto") -> Loss:
    """Return the loss that suits the network's last layer, as the notes have it: sigmoid for two classes, else softmax.

    ParameterError if `name` asks for one that does not.
    """
    last = _last_activation(network)
    if name != "auto" and (name == "binary") != isinstance(last, Sigmoid):
        ends = "sigmoid" if name == "binary" else "softmax"
        raise ParameterError(f"the loss {name} is for networks that end in {ends}", parameter="loss")
    match name:
        case "binary":
            return _binary
        case "categorical":
            return _categorical
        case "sparse":
            return sparse_categorical_cross_entropy
        case "auto":
            return _binary if isinstance(last, Sigmoid) else sparse_categorical_cross_entropy
        case unknown:
            assert_never(unknown)


def predicted(logits: Array) -> Array:
    """Return the number of the class that each row of logits predicts, (N,)."""
    # One value is that of the second class: the sigmoid of 0 is 1/2.
    classes = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(axis=1)
    return classes.astype(np.int64)


def probabilities(network: Sequential, images: Array) -> Array:
    """Return how likely each class is for each image, (N, classes); two classes may share one sigmoid."""
    parts = [network.forward(images[start : start + _BATCH]) for start in range(0, len(images), _BATCH)]
    chances = np.concatenate(parts)
    return np.concatenate([1 - chances, chances], axis=1) if chances.shape[1] == 1 else chances


def evaluate(
    network: Sequential,
    examples: Examples,
    name: LossName = "auto",
    *,
    logits_of: Callable[[Array], Array] | None = None,
) -> tuple[Score, Array]:
    """Return the score over all examples, and the class numbers that were predicted, (N,).

    `logits_of` a batch is the network's own unless several threads share it (`ParallelNetwork.logits`).
    """
    loss, total, parts = loss_of(network, name), 0.0, []
    for batch in batches(examples, _BATCH):
        logits = (logits_of or network.logits)(batch.images)
        total += loss(logits, batch.labels)[0] * len(batch)
        parts.append(predicted(logits))
    predictions = np.concatenate(parts)
    return Score(total / len(examples), float((predictions == examples.labels).mean())), predictions


def judged(
    network: Sequential, examples: Examples, *, logits_of: Callable[[Array], Array] | None = None
) -> tuple[Array, Array]:
    """Return the class numbers that are predicted, (N,), and how likely each class is, (N, classes).

    `logits_of` as in `evaluate`. ParameterError if the network's last layer is neither softmax nor sigmoid.
    """
    last, predictions, shares = _last_activation(network), [], []
    for batch in batches(examples, _BATCH):
        logits = (logits_of or network.logits)(batch.images)
        predictions.append(predicted(logits))
        chances = last.forward(logits)
        shares.append(np.concatenate([1 - chances, chances], axis=1) if chances.shape[1] == 1 else chances)
    return np.concatenate(predictions), np.concatenate(shares)


def confusion(labels: Array, predictions: Array, classes: int) -> Array:
    """Return how often an image of class i was predicted to be of class j, (classes, classes)."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def _last_activation(network: Sequential) -> Softmax | Sigmoid:
    last = network.layers[-1] if network.layers else None
    if not isinstance(last, Softmax | Sigmoid):
        raise ParameterError("a network that is trained must end in softmax or sigmoid", parameter="layer")
    return last


def _binary(logits: Array, labels: Array) -> tuple[float, Array]:
    return binary_cross_entropy(logits, labels[:, None].astype(logits.dtype))


def _categorical(logits: Array, labels: Array) -> tuple[float, Array]:
    return categorical_cross_entropy(logits, np.eye(logits.shape[1], dtype=logits.dtype)[labels])
