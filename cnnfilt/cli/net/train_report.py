"""What `net train` prints on the way: what it learns from, a line for each epoch, and what came of it."""

import math
from collections.abc import Sequence
from typing import Any

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import counted
from cnnfilt.nn.epochs import Epoch, scores_of
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import Score
from cnnfilt.nn.training import Progress, Trainer
from cnnfilt.spelling import spelled_size

WIDTH = 80
"""Lines are no wider where their parts allow it."""

_MOST_CLASS_LINES = 4

FAR_AHEAD = 0.1
"""How far accuracy on the images learned from may run ahead of that on those held out, before it is spoken of."""

_BARS = "▁▂▃▄▅▆▇█"
_LONGEST_SPARKLINE = 60


def print_start(
    network: Sequential, classes: Sequence[str], training: int, held_out: int, notes: Sequence[str]
) -> None:
    """Say how many images there are, of which classes, and what learns from them."""
    for note in notes:
        print_line(note)
    size = spelled_size(network.size)
    print_line(f"{counted(training, 'images')} to learn from, {held_out:,} held out; {size}")
    for line in class_lines(classes):
        print_line(line)
    print_line(f"{network.words} ({sum(array.size for array in network.parameters.values()):,} parameters)")


def class_lines(classes: Sequence[str]) -> list[str]:
    """Return `2 classes: cats, dogs` in lines; of very many classes the first."""
    lines = [f"{len(classes)} classes:"]
    for number, name in enumerate(classes):
        word = f"{name}," if number < len(classes) - 1 else name
        if len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        elif len(lines) == _MOST_CLASS_LINES:
            return [*lines, f"  and {len(classes) - number:,} more"]
        else:
            lines.append(f"  {word}")
    return lines


def print_epoch(epoch: Epoch, epochs: int, *, as_json: bool, quiet: bool) -> None:
    """Print an epoch: as JSON on standard output if asked for, and as a line on stderr unless that is to be quiet."""
    if as_json:
        print(json_text(_as_json(epoch)), flush=True)
    if not quiet:
        print_line(epoch_line(epoch, epochs))


def epoch_line(epoch: Epoch, epochs: int) -> str:
    """Return `epoch 3/30  loss 0.4123  accuracy 85.31%  held out 0.5012  80.12%  1.2 s  best`.

    The seconds, then the word accuracy are left out where the line would be too long.
    """
    number, best = f"epoch {epoch.number}/{epochs}", ["best"] if epoch.best else []
    mine, theirs = f"loss {_loss(epoch.training)}", f"{epoch.training.accuracy:.2%}"
    held_out = [f"held out {_loss(epoch.validation)}  {epoch.validation.accuracy:.2%}"] if epoch.validation else []
    seconds = f"{epoch.seconds:.1f} s" if epoch.seconds < 10 else f"{epoch.seconds:,.0f} s"
    long = "  ".join([number, mine, f"accuracy {theirs}", *held_out, seconds, *best])
    shorter = "  ".join([number, mine, f"accuracy {theirs}", *held_out, *best])
    shortest = "  ".join([number, mine, theirs, *held_out, *best])
    return next((line for line in (long, shorter) if len(line) <= WIDTH), shortest)


def print_end(output: str, trainer: Trainer, done: Sequence[Epoch], held_out: int, *, guessed: tuple[int, int]) -> None:
    """Say how the loss fell, what was kept, and what helps where the network learned its images by heart, or nothing.

    `guessed` is how many of how many images learned from are of the commonest class.
    """
    losses = [(epoch.validation or epoch.training).loss for epoch in done]
    if len(losses) > 1:
        print_line(f"loss {losses[0]:.4f} {sparkline(losses)} {losses[-1]:.4f}")
    print_line(f"{output}: {kept(trainer.progress)}")
    for line in overfitting(done[-1], held_out, trainer.settings.augment) or unlearned(done[-1], *guessed):
        print_line(line)


def kept(progress: Progress) -> str:
    """Return which weights a model file has."""
    score = progress.best_score
    if score is None:
        return "the weights of an unfinished first epoch"
    of = f"epoch {progress.best_epoch} of {progress.epochs}"
    return f"the weights of {of} (loss {score.loss:.4f}, accuracy {score.accuracy:.2%})"


def overfitting(epoch: Epoch, held_out: int, augment: Sequence[str]) -> list[str]:
    """Return what to say where accuracy on the images learned from runs far ahead of that on those held out.

    Nothing where it may be chance: a difference of less than two standard errors of an accuracy over so many images.
    """
    if epoch.validation is None:
        return []
    mine, theirs = epoch.training.accuracy, epoch.validation.accuracy
    chance = 2 * math.sqrt(theirs * (1 - theirs) / held_out)
    if mine - theirs <= max(FAR_AHEAD, chance):
        return []
    missing = [way for way in ("shift", "flip") if way not in augment]
    helps = f"--augment {','.join([*augment, *missing])}" if missing else "a smaller network"
    lines = [
        f"accuracy is {mine:.1%} on the training images, but {theirs:.1%} on those held out:",
        f"it overfits (learns by heart); {helps} helps, and so do more images",
    ]
    return [*lines, "(flip only where a mirrored image stays of its class)"] if "flip" in missing else lines


def unlearned(epoch: Epoch, commonest: int, images: int) -> list[str]:
    """Return what to say where accuracy is that of always naming the class of the `commonest` images.

    It is where it is not over that by more than a standard error of an accuracy over so many images.
    """
    mine, guessed = epoch.training.accuracy, commonest / images
    if mine > guessed + math.sqrt(guessed * (1 - guessed) / images):
        return []
    return [
        f"accuracy is {mine:.1%}, and always naming the commonest class would give {guessed:.1%}:",
        "not learned yet; more --epochs, a smaller --batch-size or --learning-rate help",
    ]


def sparkline(values: Sequence[float]) -> str:
    """Return the values as a row of bars from the lowest to the highest, at most 60 of them."""
    count = min(len(values), _LONGEST_SPARKLINE)
    shown = [values[i * len(values) // count] for i in range(count)]
    low, high = min(shown), max(shown)
    step = (high - low) / (len(_BARS) - 1) or 1
    return "".join(_BARS[round((value - low) / step)] for value in shown)


def _as_json(epoch: Epoch) -> dict[str, Any]:
    return scores_of(epoch) | {"seconds": round(epoch.seconds, 3)}


def _loss(score: Score) -> str:
    """Return the loss in at most six letters where it is below 1,000."""
    return f"{score.loss:.4f}" if score.loss < 10 else f"{score.loss:.4g}"
