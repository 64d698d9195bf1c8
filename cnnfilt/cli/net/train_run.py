"""What `net train` does: from a folder of images to a model in a file, with a line for each epoch on the way."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from cnnfilt.batch.clashes import check_output, exists
from cnnfilt.batch.naming import Target
from cnnfilt.batch.timeout import within
from cnnfilt.cli.messages import print_line, printable
from cnnfilt.datasets.decoding import DecodeOptions
from cnnfilt.datasets.labelled import Labelled, find_labelled, load_examples, usual_input
from cnnfilt.errors import InputError, ParameterError, PlanError, counted
from cnnfilt.files.model_file import Model, load_model, save_model
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen, fields
from cnnfilt.nn.classifier import for_classes
from cnnfilt.nn.examples import Examples, split
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.training import Epoch, Progress, Trainer, TrainingSettings
from cnnfilt.signals import on_exit_during, say_at_once
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

SECONDS_TO_SAVE = 30.0
"""How long a large model may take to be written when a signal has come."""

_BARS = "▁▂▃▄▅▆▇█"
_LONGEST_SPARKLINE = 60


class TrainRequest(Frozen, kw_only=True):
    """What `net train` was asked. With `resume` the model has the layers, the settings and how images are read."""

    folder: str
    layers: tuple[str, ...]
    output: str
    overwrite: bool
    resume: bool
    size: Pair | None
    gray: bool | None
    input_scale: float | None
    epochs: int
    settings: TrainingSettings
    validation: float
    decoding: DecodeOptions
    json: bool
    quiet: bool


class _TrainingRun(Frozen, eq=False):
    """A training under way: who trains, on what, and what the model file will say of it."""

    trainer: Trainer
    classes: tuple[str, ...]
    form: NetworkInput
    validation: float


def run_training(request: TrainRequest) -> int:
    """Return 0 when the model is written. What training has come to is written, too, when it is broken off."""
    _check_output(request)
    # In a thread of its own: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _train(request))


def _train(request: TrainRequest) -> int:
    run, found = _resumed(request) if request.resume else _new(request)
    examples = load_examples(found, run.form, request.decoding, print_line)
    training, held_out = split(examples, run.validation, run.trainer.settings.seed)
    _print_start(request, run, training, held_out)
    done: list[Epoch] = []
    with on_exit_during(lambda: _save_on_exit(request, run), seconds=SECONDS_TO_SAVE):
        try:
            for epoch in run.trainer.epochs(training, held_out, request.epochs):
                done.append(epoch)
                _print_epoch(epoch, request)
        finally:
            # Also of what failed: an epoch that went wrong, or a reader of our output that has left.
            if done:
                _save(request, run, run.trainer.progress)
    if not request.quiet:
        _print_end(request, run, done)
    return 0


def _check_output(request: TrainRequest) -> None:
    """Refuse what could not be written in the end: this is said before the work, not after it."""
    check_output(request.output, [request.folder], overwrite=True)
    if not (request.resume or request.overwrite) and exists(Target(Path(request.output), "npz")):
        raise PlanError(f"{request.output} exists; -y (--overwrite) replaces it, --resume goes on training it")


def _save_on_exit(request: TrainRequest, run: _TrainingRun) -> None:
    progress = run.trainer.unfinished()
    _save(request, run, progress)
    if not request.quiet:
        say_at_once(printable(f"{request.output}: {_kept(progress)}; --resume goes on"))


def _new(request: TrainRequest) -> tuple[_TrainingRun, Labelled]:
    found = find_labelled(request.folder)
    form = usual_input(found.sources, request.size, request.gray, request.input_scale)
    words = for_classes(request.layers, form.shape, len(found.classes))
    network = Sequential.new(words, form.shape, np.random.default_rng(request.settings.seed))
    return _TrainingRun(Trainer(network, request.settings), found.classes, form, request.validation), found


def _resumed(request: TrainRequest) -> tuple[_TrainingRun, Labelled]:
    model = load_model(request.output)
    try:
        named = dict(model.training["settings"])
        trainer = Trainer(model.network, TrainingSettings(**named | {"augment": tuple(named["augment"])}))
        trainer.restore(model.training, model.state)
        validation = float(model.training["validation"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{request.output}: holds no training that could go on") from None
    if trainer.progress.epochs >= request.epochs:
        raise ParameterError(
            f"{request.output} has {counted(trainer.progress.epochs, 'epochs')} already; ask for more with --epochs",
            parameter="epochs",
        )
    found = find_labelled(request.folder, model.classes)
    return _TrainingRun(trainer, model.classes, model.form, validation), found


def _save(request: TrainRequest, run: _TrainingRun, progress: Progress) -> None:
    network, settings = run.trainer.network, fields(run.trainer.settings)
    best = Sequential(network.words, network.size, progress.best)
    training = progress.history() | {"settings": settings, "validation": run.validation}
    model = Model(best, run.classes, run.form.gray, run.form.input_scale, training, progress.state)
    # A model to go on with is meant to be replaced.
    save_model(request.output, model, overwrite=request.overwrite or request.resume)


def _print_start(request: TrainRequest, run: _TrainingRun, training: Examples, validation: Examples) -> None:
    if request.quiet:
        return
    network = run.trainer.network
    size = spelled_size(network.size)
    images = counted(len(training), "images")
    print_line(f"{images} to learn from, {len(validation):,} held out; {len(run.classes)} classes; {size}")
    print_line(f"{network.words} ({sum(array.size for array in network.parameters.values()):,} parameters)")


def _print_epoch(epoch: Epoch, request: TrainRequest) -> None:
    if request.json:
        print(json.dumps(_as_json(epoch)), flush=True)
    if not request.quiet:
        held_out = epoch.validation
        more = "" if held_out is None else f"  held out: loss {held_out.loss:.4f}  accuracy {held_out.accuracy:.2%}"
        mine = f"loss {epoch.training.loss:.4f}  accuracy {epoch.training.accuracy:.2%}"
        star = "  best" if epoch.best else ""
        print_line(f"epoch {epoch.number}/{request.epochs}  {mine}{more}  {epoch.seconds:.1f} s{star}")


def _as_json(epoch: Epoch) -> dict[str, Any]:
    answer = {"epoch": epoch.number, "loss": epoch.training.loss, "accuracy": epoch.training.accuracy}
    if epoch.validation is not None:
        answer |= {"validation_loss": epoch.validation.loss, "validation_accuracy": epoch.validation.accuracy}
    return answer | {"best": epoch.best, "seconds": round(epoch.seconds, 3)}


def _print_end(request: TrainRequest, run: _TrainingRun, done: list[Epoch]) -> None:
    losses = [(epoch.validation or epoch.training).loss for epoch in done]
    if len(losses) > 1:
        print_line(f"loss {losses[0]:.4f} {sparkline(losses)} {losses[-1]:.4f}")
    print_line(f"{request.output}: {_kept(run.trainer.progress)}")


def _kept(progress: Progress) -> str:
    score = progress.best_score
    if score is None:
        return "the weights of an unfinished first epoch"
    of = f"epoch {progress.best_epoch} of {progress.epochs}"
    return f"the weights of {of} (loss {score.loss:.4f}, accuracy {score.accuracy:.2%})"


def sparkline(values: list[float]) -> str:
    """Return the values as a row of bars from the lowest to the highest, at most 60 of them."""
    count = min(len(values), _LONGEST_SPARKLINE)
    shown = [values[i * len(values) // count] for i in range(count)]
    low, high = min(shown), max(shown)
    step = (high - low) / (len(_BARS) - 1) or 1
    return "".join(_BARS[round((value - low) / step)] for value in shown)
