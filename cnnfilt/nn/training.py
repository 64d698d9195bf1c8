"""The notes' training loop: forward, cost, backward, K = K - alpha dL/dK; epoch after epoch, the best weights kept."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cnnfilt.nn.examples import Examples, augmented, batches
from cnnfilt.nn.layers import Array
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.optimizers import SGD, Adam, Optimizer
from cnnfilt.nn.scoring import Score, evaluate, loss_of, told
from cnnfilt.terms import Augmentation, LossName, OptimizerName

LEARNING_RATES: dict[OptimizerName, float] = {"adam": 0.002, "sgd": 0.05, "momentum": 0.01}
"""Where each optimizer starts from unless told."""


@dataclass(frozen=True)
class Settings:
    """How to train. A learning rate of None is the optimizer's own."""

    batch_size: int = 32
    optimizer: OptimizerName = "adam"
    learning_rate: float | None = None
    loss: LossName = "auto"
    augment: tuple[Augmentation, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One pass over all examples, counted from 1; `best` if no earlier one did better."""

    number: int
    training: Score
    validation: Score | None
    best: bool
    seconds: float


class Trainer:
    """Trains a network in place. The same examples, settings and first weights give the same weights, bit for bit.

    Each epoch draws from a generator of its own, made of the seed and its number, so that training interrupted and
    taken up again goes on as if nothing had been.
    """

    def __init__(self, network: Sequential, settings: Settings) -> None:
        """Take the network as it is. ParameterError if its end does not suit the loss."""
        self.network, self.settings = network, settings
        self.epochs_done = 0
        self.best_epoch = 0
        self.best_score: Score | None = None
        self.best = _copies(network.parameters)
        self._loss = loss_of(network, settings.loss)
        self._optimizer = _optimizer(settings)
        self._last = self._snapshot()

    def epochs(self, examples: Examples, validation: Examples, until: int) -> Iterator[Epoch]:
        """Yield each epoch as it is done, up to number `until`; a validation set may be empty."""
        while self.epochs_done < until:
            started = time.monotonic()
            number = self.epochs_done + 1
            training = self._pass(examples, np.random.default_rng([self.settings.seed, number]))
            held_out = evaluate(self.network, validation, self.settings.loss)[0] if len(validation) else None
            best = self._keep_if_best(held_out or training, number)
            self._last = self._snapshot()
            self.epochs_done = number
            yield Epoch(number, training, held_out, best, time.monotonic() - started)

    def keep_unfinished(self) -> None:
        """Keep the weights of an epoch that was broken off, if there are no better ones yet."""
        if not self.epochs_done:
            self.best = _copies(self.network.parameters)

    def state(self) -> dict[str, Array]:
        """Return all that the next epoch depends on, as it was after the last one: see `restore`."""
        return self._last

    def history(self) -> dict[str, Any]:
        """Return in plain words and numbers how far training has come: see `restore`."""
        best_score = None if self.best_score is None else asdict(self.best_score)
        return {"epochs": self.epochs_done, "best_epoch": self.best_epoch, "best_score": best_score}

    def restore(self, history: Mapping[str, Any], state: Mapping[str, Array]) -> None:
        """Go on from where `history` and `state` were taken; the network has the best weights now."""
        self.epochs_done, self.best_epoch = int(history["epochs"]), int(history["best_epoch"])
        score = history["best_score"]
        self.best_score = None if score is None else Score(float(score["loss"]), float(score["accuracy"]))
        for name, array in self.network.parameters.items():
            array[...] = state[f"weights.{name}"]
        prefix = "optimizer."
        self._optimizer.restore({name[len(prefix) :]: a for name, a in state.items() if name.startswith(prefix)})
        self._last = self._snapshot()

    def _pass(self, examples: Examples, generator: np.random.Generator) -> Score:
        total, right = 0.0, 0
        for batch in batches(examples, self.settings.batch_size, generator):
            images = augmented(batch.images, self.settings.augment, generator)
            logits = self.network.logits(images)
            loss, d_logits = self._loss(logits, batch.labels)
            self.network.backward_from_logits(d_logits)
            self._optimizer.step(self.network.trained)
            total += loss * len(batch)
            right += int((told(logits) == batch.labels).sum())
        return Score(total / len(examples), right / len(examples))

    def _keep_if_best(self, score: Score, number: int) -> bool:
        before = self.best_score
        if before is not None and (score.accuracy, -score.loss) <= (before.accuracy, -before.loss):
            return False
        self.best, self.best_score, self.best_epoch = _copies(self.network.parameters), score, number
        return True

    def _snapshot(self) -> dict[str, Array]:
        weights = {f"weights.{name}": array.copy() for name, array in self.network.parameters.items()}
        return weights | {f"optimizer.{name}": array for name, array in self._optimizer.state().items()}


def _optimizer(settings: Settings) -> Optimizer:
    rate = LEARNING_RATES[settings.optimizer] if settings.learning_rate is None else settings.learning_rate
    if settings.optimizer == "adam":
        return Adam(rate)
    return SGD(rate, momentum=0.9 if settings.optimizer == "momentum" else 0.0)


def _copies(parameters: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array.copy() for name, array in parameters.items()}
