"""The costs of the notes, each fused with the last activation: (loss, d(logits)) in one call.

Fused, the gradient is simply dZ = (y_pred - y) / N, and no logarithm ever meets a rounded 0 or 1.
"""

import numpy as np

from cnnfilt.errors import ShapeError
from cnnfilt.nn.activations import softmax
from cnnfilt.nn.layer import Array


def categorical_cross_entropy(logits: Array, one_hot: Array) -> tuple[float, Array]:
    """Return (mean of -sum(y log softmax(Z)), dZ) for logits and one-hot labels, both (N, classes)."""
    _check_labels(logits, one_hot.shape == logits.shape, f"labels of shape {one_hot.shape}")
    loss = -(one_hot * _log_softmax(logits)).sum() / len(logits)
    return float(loss), (softmax(logits) * one_hot.sum(axis=1, keepdims=True) - one_hot) / len(logits)


def sparse_categorical_cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the same for integer labels (N,), counted from 0: `categorical_cross_entropy` of their one-hot form."""
    fits = labels.shape == (len(logits),) and labels.min(initial=0) >= 0 and labels.max(initial=0) < logits.shape[1]
    _check_labels(logits, fits, f"labels {labels.min(initial=0)} to {labels.max(initial=0)} of shape {labels.shape}")
    return categorical_cross_entropy(logits, np.eye(logits.shape[1], dtype=logits.dtype)[labels])


def binary_cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return (mean of -(y log s(Z) + (1 - y) log(1 - s(Z))), dZ) with s the sigmoid; labels 0 or 1, both (N, 1).

    Written as max(Z, 0) - Z y + log(1 + exp(-|Z|)), which cannot overflow.
    """
    _check_labels(logits, labels.shape == logits.shape, f"labels of shape {labels.shape}")
    loss = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return float(loss.mean()), ((1 + np.tanh(logits / 2)) / 2 - labels) / logits.size


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _check_labels(logits: Array, fits: bool, what: str) -> None:
    if logits.ndim != 2 or not fits:
        raise ShapeError(f"{what} do not suit logits of shape {logits.shape}", parameter="labels")
