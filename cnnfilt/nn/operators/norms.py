"""Normalizations: numbers brought to a mean and a deviation, or to shares of a whole."""

from typing import Any

import numpy as np

from cnnfilt.describe.graphs.value import axis
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import first, last, per_channel
from cnnfilt.nn.operators.task import Arrays, Make, Run, Task, plain


def batch_normalization(task: Task) -> Run:
    """scale (x - mean) / sqrt(variance + epsilon) + bias, by running statistics: a factor and an addend a channel."""
    known = factor_and_addend(task)

    def run(x: Array, *given: Array) -> Array:
        factor, addend = known or _factor_and_addend(task, *given)
        made = np.multiply(x, per_channel(factor, x.ndim).astype(x.dtype), out=task.out(x))
        return np.asarray(np.add(made, per_channel(addend, x.ndim).astype(x.dtype), out=made))

    return run


def factor_and_addend(task: Task) -> Arrays | None:
    """Return what a BatchNormalization multiplies each channel by, and then adds; None where they are computed."""
    if task.whole("training_mode", 0) or not task.whole("spatial", 1) or len(task.node.outputs) > 1:
        raise ShapeError("of BatchNormalization only that by running statistics is run, not what is for training")
    numbers = [task.weights[place] for place in range(1, 5)]
    known = [one for one in numbers if one is not None]
    return _factor_and_addend(task, *known) if len(known) == 4 else None


def _factor_and_addend(task: Task, scale: Array, bias: Array, mean: Array, variance: Array) -> Arrays:
    factor = scale / np.sqrt(variance.astype(np.float64) + task.number("epsilon", 1e-5))
    return factor, bias - mean * factor


def instance_normalization(task: Task, x: Array, scale: Array, bias: Array) -> Array:
    """Like batch normalization, but by the mean and variance of each image's own channels."""
    places = tuple(range(2, x.ndim))
    made, _, _ = _standard(x, places, task.number("epsilon", 1e-5))
    return np.asarray(made * per_channel(scale, x.ndim) + per_channel(bias, x.ndim))


def layer_normalization(task: Task, x: Array, scale: Array, bias: Array | None = None) -> Arrays:
    """Mean 0 and variance 1 over the last axes, then a factor and an addend for each position of these.

    What was taken off, and what was multiplied by, are the second and the third value.
    """
    places = tuple(range(axis(task.whole("axis", -1), x.ndim), x.ndim))
    made, mean, factor = _standard(x, places, task.number("epsilon", 1e-5))
    made = made * scale
    return np.asarray(made if bias is None else made + bias), mean, factor


def _standard(x: Array, places: tuple[int, ...], epsilon: float) -> Arrays:
    mean = x.mean(axis=places, keepdims=True)
    centred = x - mean
    variance = np.square(centred).mean(axis=places, keepdims=True)
    factor = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    return np.asarray(centred * factor), np.asarray(mean), np.asarray(factor)


def local_response(task: Task, x: Array) -> Array:
    """LRN: x / (bias + alpha / size * the sum of squares of the channels around)^beta. Krizhevsky et al. (2012)."""
    size, images = task.whole("size", 1), last(x)
    before = (size - 1) // 2
    channels = x.shape[1]
    squares = np.zeros((*images.shape[:-1], channels + size - 1), x.dtype)
    np.square(images, out=squares[..., before : before + channels])
    around = squares[..., :channels].copy()
    for place in range(1, size):
        around += squares[..., place : place + channels]
    around *= x.dtype.type(task.number("alpha", 1e-4) / size)
    around += x.dtype.type(task.number("bias", 1.0))
    return first(np.asarray(images / around ** x.dtype.type(task.number("beta", 0.75))))


def softmax(task: Task, x: Array) -> Array:
    """exp(x) / sum exp(x) along an axis; the largest is taken off first, so that nothing overflows."""
    made, places = _exponentials(task, x)
    shares = np.exp(made)
    shares /= shares.sum(axis=places, keepdims=True)
    return shares.reshape(x.shape)


def log_softmax(task: Task, x: Array) -> Array:
    """The logarithm of softmax."""
    made, places = _exponentials(task, x)
    return np.asarray(made - np.log(np.exp(made).sum(axis=places, keepdims=True))).reshape(x.shape)


def hardmax(task: Task, x: Array) -> Array:
    """1 at the first of the largest, 0 elsewhere."""
    made, place = _rows(task, x)
    largest = np.expand_dims(made.argmax(axis=place), place)
    shape: list[Any] = [1] * made.ndim
    shape[place] = made.shape[place]
    at = np.arange(made.shape[place]).reshape(shape)
    return np.asarray(at == largest, x.dtype).reshape(x.shape)


def _exponentials(task: Task, x: Array) -> tuple[Array, int]:
    rows, place = _rows(task, x)
    return np.asarray(rows - rows.max(axis=place, keepdims=True)), place


def _rows(task: Task, x: Array) -> tuple[Array, int]:
    """Return what sums go over: an axis; before version 13 all axes from it on, as one."""
    if task.version >= 13:
        return x, axis(task.whole("axis", -1), x.ndim)
    place = axis(task.whole("axis", 1), x.ndim)
    return x.reshape(int(np.prod(x.shape[:place])), -1), 1


OPERATORS: dict[str, Make] = {
    "BatchNormalization": batch_normalization,
    "InstanceNormalization": plain(instance_normalization),
    "LayerNormalization": plain(layer_normalization),
    "LRN": plain(local_response),
    "Softmax": plain(softmax),
    "LogSoftmax": plain(log_softmax),
    "Hardmax": plain(hardmax),
}
