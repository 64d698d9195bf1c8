"""What `net train` does: from a folder of images to a model in a file, with a line for each epoch on the way."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnfilt.batch.clashes import check_output, exists
from cnnfilt.batch.naming import Target
from cnnfilt.batch.timeout import within
from cnnfilt.cli.chains import chain_in_full
from cnnfilt.cli.messages import print_line, printable
from cnnfilt.cli.net.train_report import kept, print_end, print_epoch, print_start
from cnnfilt.datasets.decoding import DecodeOptions
from cnnfilt.datasets.labelled import Labelled, find_labelled, load_examples, usual_input
from cnnfilt.datasets.split import classes_inside, split_folder
from cnnfilt.errors import InputError, ParameterError, PlanError, counted
from cnnfilt.files.model_file import Model, load_model, save_model
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen, fields
from cnnfilt.machine import keep_freed_memory
from cnnfilt.nn.classifier import for_classes
from cnnfilt.nn.epochs import Epoch
from cnnfilt.nn.examples import split
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.training import Progress, Trainer, TrainingSettings
from cnnfilt.signals import on_exit_during, say_at_once
from cnnfilt.terms import Pair
from cnnfilt.windows import ends_as_folder

if TYPE_CHECKING:
    from cnnfilt.cli.net.train_page import TrainingPage

SECONDS_TO_SAVE = 30.0
"""How long a large model may take to be written when a signal has come."""

VALIDATION = 0.2
"""What is held out where nothing says how much."""


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
    validation: float | None
    decoding: DecodeOptions
    page: str | None
    json: bool
    quiet: bool


class _TrainingRun(Frozen, eq=False):
    """A training under way: who trains, on what, and what the model file will say of it."""

    trainer: Trainer
    classes: tuple[str, ...]
    form: NetworkInput
    validation: float


class _Folders(Frozen):
    """Where the images are: all in one folder, or split into those to learn from and those to hold out."""

    training: Labelled
    held_out: Labelled | None
    notes: tuple[str, ...]


def run_training(request: TrainRequest) -> int:
    """Return 0 when the model is written. What training has come to is written, too, when it is broken off."""
    _check_output(request)
    # In a thread of its own: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _train(request))


def _train(request: TrainRequest) -> int:
    run, folders = _resumed(request) if request.resume else _new(request)
    examples = load_examples(folders.training, run.form, request.decoding, print_line)
    if folders.held_out is None:
        training, held_out = split(examples, run.validation, run.trainer.settings.seed)
    else:
        training, held_out = examples, load_examples(folders.held_out, run.form, request.decoding, print_line)
    if not request.quiet:
        print_start(run.trainer.network, run.classes, len(training), len(held_out), folders.notes)
    done: list[Epoch] = []
    page = _page(request, run)
    keep_freed_memory()
    epochs = run.trainer.epochs(training, held_out, request.epochs)
    with on_exit_during(lambda: _save_on_exit(request, run, page), seconds=SECONDS_TO_SAVE):
        try:
            for epoch in epochs if page is None else page.watched(epochs, training, held_out):
                done.append(epoch)
                print_epoch(epoch, request.epochs, as_json=request.json, quiet=request.quiet)
        finally:
            # Also of what failed: an epoch that went wrong, or a reader of our output that has left.
            if done:
                _save(request, run, run.trainer.progress)
    if not request.quiet:
        commonest = int(np.bincount(training.labels).max())
        print_end(request.output, run.trainer, done, len(held_out), guessed=(commonest, len(training)))
    return 1 if page is not None and page.failed else 0


def _check_output(request: TrainRequest) -> None:
    """Refuse what could not be written in the end: this is said before the work, not after it."""
    _check_suffix(request.output)
    check_output(request.output, [request.folder], overwrite=True)
    if not (request.resume or request.overwrite) and exists(Target(Path(request.output), "npz")):
        raise PlanError(f"{request.output} exists; -y (--overwrite) replaces it, --resume goes on training it")
    if request.page is not None:
        from cnnfilt.cli.net.train_page import check_training_page  # Most trainings have none.

        check_training_page(request.page, request.output, request.folder, overwrite=request.overwrite)


def _page(request: TrainRequest, run: _TrainingRun) -> "TrainingPage | None":
    if request.page is None:
        return None
    from cnnfilt.cli.net.train_page import TrainingPage

    return TrainingPage(request.page, request.output, run.trainer, run.classes, run.form, epochs=request.epochs)


def _check_suffix(output: str) -> None:
    path = Path(output)
    if ends_as_folder(output) or path.is_dir():
        raise ParameterError(f"{output} is a folder; use -o {path / 'model.npz'}", parameter="output")
    if path.suffix and path.suffix.lower() != ".npz":
        better = path.with_suffix(".npz")
        raise ParameterError(f"a model is written as .npz, not {path.suffix}; use -o {better}", parameter="output")


def _save_on_exit(request: TrainRequest, run: _TrainingRun, page: "TrainingPage | None") -> None:
    progress = run.trainer.unfinished()
    _save(request, run, progress)
    if page is not None:
        page.finish("stopped")
    if not request.quiet:
        say_at_once(printable(f"{request.output}: {kept(progress)}; --resume goes on"))


def _new(request: TrainRequest) -> tuple[_TrainingRun, _Folders]:
    folders = _folders(request)
    found = folders.training
    form = usual_input(found.sources, request.size, request.gray, request.input_scale)
    layers = chain_in_full(request.layers, quiet=request.quiet)
    words = for_classes([layers] if layers else [], form.shape, len(found.classes))
    network = Sequential.new(words, form.shape, np.random.default_rng(request.settings.seed))
    validation = VALIDATION if request.validation is None else request.validation
    return _TrainingRun(Trainer(network, request.settings), found.classes, form, validation), folders


def _resumed(request: TrainRequest) -> tuple[_TrainingRun, _Folders]:
    model = load_model(request.output)
    try:
        named = dict(model.training["settings"])
        trainer = Trainer(model.network, TrainingSettings(**named | {"augment": tuple(named["augment"])}))
        trainer.restore(model.training, model.state)
        validation = float(model.training["validation"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{request.output}: holds no training to resume") from None
    if trainer.progress.epochs >= request.epochs:
        raise ParameterError(
            f"{request.output} has {counted(trainer.progress.epochs, 'epochs')} already; ask for more with --epochs",
            parameter="epochs",
        )
    return _TrainingRun(trainer, model.classes, model.form, validation), _folders(request, model.classes)


def _folders(request: TrainRequest, classes: tuple[str, ...] | None = None) -> _Folders:
    """Return where the images are; `classes` are those a model knows."""
    folder = request.folder
    parts = split_folder(folder)
    if parts is None:
        found = find_labelled(folder, classes)
        inside = classes_inside(folder)
        note = (
            f"each class has the sub-folders {', '.join(inside)}: if these are the classes, name the folder they are in"
        )
        return _Folders(found, None, (note,) if len(inside) > 1 else ())
    if request.validation is not None:
        raise ParameterError(
            f"{parts.held_out} is held out; leave out --validation, or name {parts.training}", parameter="validation"
        )
    training = find_labelled(parts.training, classes)
    notes = [f"learns from {parts.training}, holds out {parts.held_out}"]
    if parts.others:
        notes.append(f"not used: {', '.join(os.path.join(folder, name) for name in parts.others)}")
    return _Folders(training, find_labelled(parts.held_out, training.classes), tuple(notes))


def _save(request: TrainRequest, run: _TrainingRun, progress: Progress) -> None:
    network, settings = run.trainer.network, fields(run.trainer.settings)
    best = Sequential(network.words, network.size, progress.best)
    training = progress.history() | {"settings": settings, "validation": run.validation}
    model = Model(best, run.classes, run.form.gray, run.form.input_scale, training, progress.state)
    # A model to go on with is meant to be replaced.
    save_model(request.output, model, overwrite=request.overwrite or request.resume)
