"""One pass of training over all examples: what is known of it when it is done, and what is kept of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnnfilt.frozen import Frozen
from cnnfilt.nn.scoring import Score

MOST_KEPT = 1_000
"""Of more epochs the last are kept: a model file is read with a header of so many."""


class Epoch(Frozen):
    """One pass over all examples, counted from 1; `best` if no earlier one did better."""

    number: int
    training: Score
    validation: Score | None
    best: bool
    seconds: float


class PastEpoch(Frozen):
    """What a model file keeps of an epoch: all but how long it took, so that the same training gives the same file."""

    number: int
    training: Score
    validation: Score | None
    best: bool
    learning_rate: float


def scores_of(epoch: Epoch | PastEpoch) -> dict[str, Any]:
    """Return the number and the scores of an epoch by their names, those of images held out where there are any."""
    found = {"epoch": epoch.number, "loss": epoch.training.loss, "accuracy": epoch.training.accuracy}
    if epoch.validation is not None:
        found |= {"validation_loss": epoch.validation.loss, "validation_accuracy": epoch.validation.accuracy}
    return found | {"best": epoch.best}


def recorded(past: Sequence[PastEpoch]) -> list[dict[str, Any]]:
    """Return the last of the epochs as JSON has them, for `past_epochs`."""
    return [scores_of(one) | {"learning_rate": one.learning_rate} for one in past[-MOST_KEPT:]]


def past_epochs(records: Iterable[Mapping[str, Any]], done: int) -> tuple[PastEpoch, ...]:
    """Return what `recorded` wrote down of the last of `done` epochs; there may be none.

    KeyError, TypeError or ValueError for anything else: a file may hold it.
    """
    found = tuple(map(_past_epoch, records))
    if any(epoch.number != number for number, epoch in enumerate(found, done - len(found) + 1)):
        raise ValueError("the epochs are not those before the next")
    return found


def _past_epoch(record: Mapping[str, Any]) -> PastEpoch:
    held_out = "validation_loss" in record
    return PastEpoch(
        int(record["epoch"]),
        Score(_finite(record["loss"]), _finite(record["accuracy"])),
        Score(_finite(record["validation_loss"]), _finite(record["validation_accuracy"])) if held_out else None,
        bool(record["best"]),
        _finite(record["learning_rate"]),
    )


def _finite(value: Any) -> float:
    if not math.isfinite(number := float(value)):
        raise ValueError(f"{value} is no score")
    return number
