"""The notes' training loop: forward, cost, backward, K = K - alpha dL/dK; epoch after epoch, the best weights kept."""

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any, assert_never, get_args

import numpy as np

from cnnfilt.errors import CnnfiltError, ParameterError
from cnnfilt.frozen import Frozen, fields, replace
from cnnfilt.nn.epochs import Epoch, PastEpoch, past_epochs, recorded
from cnnfilt.nn.examples import Examples, augmented, batches
from cnnfilt.nn.layer import Array
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.optimizers import SGD, Adam, Optimizer, RMSprop, decay
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.schedules import share_of_rate
from cnnfilt.nn.scoring import Score, evaluate, loss_of
from cnnfilt.parsing import nearest
from cnnfilt.terms import Augmentation, LossName, OptimizerName, ScheduleName

LEARNING_RATES: dict[OptimizerName, float] = {"adam": 0.002, "sgd": 0.05, "momentum": 0.01, "rmsprop": 0.001}
"""The learning rate of each optimizer where none was asked for."""

_OPTIMIZER = "optimizer."


class TrainingSettings(Frozen):
    """How to train. A learning rate of None is the optimizer's own; ParameterError for a word that is none."""

    batch_size: int = 32
    optimizer: OptimizerName = "adam"
    learning_rate: float | None = None
    loss: LossName = "auto"
    augment: tuple[Augmentation, ...] = ()
    seed: int = 0
    schedule: ScheduleName = "constant"
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        """Refuse unknown words: settings may come from a file."""
        _refuse_unknown("optimizer", self.optimizer, get_args(OptimizerName))
        _refuse_unknown("loss", self.loss, get_args(LossName))
        _refuse_unknown("schedule", self.schedule, get_args(ScheduleName))
        for way in self.augment:
            _refuse_unknown("augment", way, get_args(Augmentation))


class Progress(Frozen, eq=False):
    """How far training has come, after a whole epoch: what a model file keeps, and all the next epoch depends on.

    `best` are the weights of the best epoch, `state` the last weights and what the optimizer remembers; `past` are the
    epochs done, as far as their scores are known.
    """

    epochs: int
    best_epoch: int
    best_score: Score | None
    best: Mapping[str, Array]
    state: Mapping[str, Array]
    past: tuple[PastEpoch, ...] = ()

    def history(self) -> dict[str, Any]:
        """Return in plain words and numbers how far training has come: see `Trainer.restore`."""
        best_score = None if self.best_score is None else fields(self.best_score)
        history = {"epochs": self.epochs, "best_epoch": self.best_epoch, "best_score": best_score}
        return history | {"past": recorded(self.past)}


class Trainer:
    """Trains a network in place. The same examples, settings and first weights give the same weights, bit for bit.

    Each epoch draws from a generator of its own, made of the seed and its number, so that training interrupted and
    taken up again goes on as if nothing had been. `progress` is replaced as a whole when an epoch is done, so that
    it can be looked at from another thread at any moment.
    """

    def __init__(self, network: Sequential, settings: TrainingSettings) -> None:
        """Take the network as it is. ParameterError if its end does not suit the loss."""
        self.network, self.settings = network, settings
        self._loss = loss_of(network, settings.loss)
        self._parallel = ParallelNetwork(network)
        self._optimizer = _optimizer(settings)
        self._rate = self._optimizer.learning_rate
        self.progress = Progress(0, 0, None, _copies(network.arrays), self._state())

    def epochs(self, examples: Examples, validation: Examples, until: int) -> Iterator[Epoch]:
        """Yield each epoch as it is done, up to number `until`; a validation set may be empty.

        Of `until` depends where in its schedule the learning rate is.
        CnnfiltError when the loss is no number any more; the progress is that of the epoch before.
        """
        while self.progress.epochs < until:
            started = time.monotonic()
            number = self.progress.epochs + 1
            self._optimizer.learning_rate = self._rate * share_of_rate(self.settings.schedule, number, until)
            # A number that grows over all bounds is refused below, in one line.
            with np.errstate(all="ignore"):
                training = self._pass(examples, np.random.default_rng([self.settings.seed, number]))
                held_out = self._validated(validation) if len(validation) else None
            self._check_finite(number, training, held_out)
            best = self._keep(number, training, held_out)
            yield Epoch(number, training, held_out, best, time.monotonic() - started)

    @property
    def learning_rate(self) -> float:
        """Return the size of the steps, as it is now."""
        return self._optimizer.learning_rate

    def unfinished(self) -> Progress:
        """Return the progress; before the first epoch is done, with the weights as they are at this moment."""
        if self.progress.epochs:
            return self.progress
        return replace(self.progress, best=_copies(self.network.arrays))

    def restore(self, history: Mapping[str, Any], state: Mapping[str, Array]) -> None:
        """Go on from where `history` and `state` of a progress were taken; the network has the best weights now.

        KeyError, TypeError or ValueError if they are not of such a network.
        """
        score = history["best_score"]
        best_score = None if score is None else Score(float(score["loss"]), float(score["accuracy"]))
        best = _copies(self.network.arrays)
        for name, array in self.network.arrays.items():
            array[...] = _shaped(state[f"weights.{name}"], array.shape)
        self._optimizer.restore(self._remembered(state))
        done = int(history["epochs"])
        # Older files tell of the best epoch alone.
        past = past_epochs(history.get("past", ()), done)
        self.progress = Progress(done, int(history["best_epoch"]), best_score, best, self._state(), past)

    def _pass(self, examples: Examples, generator: np.random.Generator) -> Score:
        total, right = 0.0, 0
        for batch in batches(examples, self.settings.batch_size, generator):
            images = augmented(batch.images, self.settings.augment, generator)
            loss, right_ones = self._parallel.learn(images, batch.labels, self._loss, generator)
            decay(self.network.trained, self._optimizer.learning_rate * self.settings.weight_decay)
            self._optimizer.step(self.network.trained)
            total, right = total + loss * len(batch), right + right_ones
        return Score(total / len(examples), right / len(examples))

    def _validated(self, validation: Examples) -> Score:
        return evaluate(self.network, validation, self.settings.loss, logits_of=self._parallel.logits)[0]

    def _check_finite(self, number: int, *scores: Score | None) -> None:
        arrays = self.network.arrays.values()
        if not all(math.isfinite(score.loss) for score in scores if score) or not all(
            np.isfinite(array).all() for array in arrays
        ):
            raise CnnfiltError(
                f"the loss is no longer a number in epoch {number}: the steps are too large; "
                "try a smaller --learning-rate, or another --input-scale"
            )

    def _keep(self, number: int, training: Score, held_out: Score | None) -> bool:
        """Take note of an epoch, and return whether it is the best so far."""
        before, score = self.progress, held_out or training
        old = before.best_score
        is_best = old is None or (score.accuracy, -score.loss) > (old.accuracy, -old.loss)
        past = (*before.past, PastEpoch(number, training, held_out, is_best, self.learning_rate))
        now = replace(before, epochs=number, state=self._state(), past=past)
        if is_best:
            now = replace(now, best_epoch=number, best_score=score, best=_copies(self.network.arrays))
        self.progress = now
        return is_best

    def _state(self) -> dict[str, Array]:
        weights = {f"weights.{name}": array.copy() for name, array in self.network.arrays.items()}
        return weights | {f"{_OPTIMIZER}{name}": array for name, array in self._optimizer.state().items()}

    def _remembered(self, state: Mapping[str, Array]) -> dict[str, Array]:
        """Return the optimizer's part of `state`; ValueError where an array is not of its parameter's shape."""
        shapes = {
            f"{number}.{part}": array.shape
            for number, layer in enumerate(self.network.trained)
            for part, array in layer.parameters.items()
        }
        found = {name.removeprefix(_OPTIMIZER): array for name, array in state.items() if name.startswith(_OPTIMIZER)}
        for name, array in found.items():
            place = ".".join(name.split(".")[-2:])
            _shaped(array, shapes.get(place, ()))
        return found


def _optimizer(settings: TrainingSettings) -> Optimizer:
    rate = LEARNING_RATES[settings.optimizer] if settings.learning_rate is None else settings.learning_rate
    match settings.optimizer:
        case "adam":
            return Adam(rate)
        case "sgd":
            return SGD(rate)
        case "momentum":
            return SGD(rate, momentum=0.9)
        case "rmsprop":
            return RMSprop(rate)
        case unknown:
            assert_never(unknown)


def _refuse_unknown(name: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ParameterError(f"{name} {word!r} is unknown; {nearest(str(word), known)}", parameter=name)


def _shaped(array: Array, shape: tuple[int, ...]) -> Array:
    if array.shape != shape:
        raise ValueError(f"an array of shape {array.shape}, not {shape}")
    return array


def _copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array.copy() for name, array in arrays.items()}
