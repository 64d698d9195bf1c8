"""The page of a training: written before the first epoch, again after each, and a last time when it ends."""

import hashlib
import json
import os
import re
import time
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.inspect.page import write_page
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.net.results_page import filters_on_page, judged_on_page
from cnnfilt.cli.net.train_report import kept
from cnnfilt.errors import CnnfiltError, OutputError, PlanError, counted
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.nn.epochs import Epoch, PastEpoch
from cnnfilt.nn.examples import Examples
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import Score
from cnnfilt.nn.training import Trainer
from cnnfilt.page.document import Section
from cnnfilt.page.results import page as results_page
from cnnfilt.spelling import spelled_size

State = Literal["training", "done", "stopped", "failed"]

_SOONEST, _LATEST = 2, 60
"""A page under way is loaded again after about half an epoch, but no sooner or later than after so many seconds."""

_DATA = re.compile(rb'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def check_training_page(path: str, model: str, folder: str, *, overwrite: bool) -> None:
    """Raise PlanError where the page may not be written; that of an earlier training of `model` may be replaced."""
    check_output(path, [folder, model], overwrite=overwrite or _is_of(path, model))
    if os.path.realpath(path) == os.path.realpath(model):
        raise PlanError(f"{path} would be both the model and the page; write them to different names")


class TrainingPage:
    """The page at `path` of a training whose model goes to `model`."""

    def __init__(
        self, path: str, model: str, trainer: Trainer, classes: Sequence[str], form: NetworkInput, *, epochs: int
    ) -> None:
        self.path, self.model, self.trainer, self.classes, self.form = path, model, trainer, classes, form
        self.epochs, self.failed, self._ended = epochs, False, False
        past, self._resumed = trainer.progress.past, trainer.progress.epochs
        self._history = [_epoch_data(one, one.learning_rate) for one in past]
        self._before = self._resumed - len(past)
        self._seen: dict[str, Any] = {}
        self._writing = RLock()
        self._sections: tuple[Section, ...] = ()
        self._examples: Examples | None = None
        self._of = ""

    def watched(self, epochs: Iterable[Epoch], training: Examples, held_out: Examples) -> Generator[Epoch]:
        """Yield the epochs of training with these examples; the page is written before, after each, and in the end."""
        self._examples = held_out if len(held_out) else training
        self._of = "held out" if len(held_out) else "learned from"
        self._sections = _sections(self.trainer, self.form, training, held_out)
        self._seen = {"judged": None, "filters": filters_on_page(self.trainer.network)}
        self._write("training", _SOONEST)
        try:
            for epoch in epochs:
                self._history.append(_epoch_data(epoch, self.trainer.learning_rate))
                self._look(self.trainer.network, f"after epoch {epoch.number}")
                if epoch.number < self.epochs:
                    self._write("training", epoch.seconds / 2)
                yield epoch
        except GeneratorExit:
            self.finish("stopped")
            raise
        except CnnfiltError as error:
            self.finish("failed", str(error))
            raise
        progress, network = self.trainer.progress, self.trainer.network
        if progress.best_epoch != progress.epochs:
            best = Sequential(network.words, network.size, progress.best)
            self._look(best, f"with the weights of epoch {progress.best_epoch}, which are kept")
        self.finish("done", f"The model has {kept(progress)}.")

    def finish(self, state: State, said: str = "") -> None:
        """Write the page a last time: what became of the training, and what to say of it."""
        # A signal finds the training still at work: what that would write now, or is writing, would be older.
        self._ended = True
        self._write(state, 0, said)

    def _look(self, network: Sequential, when: str) -> None:
        """Take note of what the network says now, and of its filters."""
        assert self._examples is not None, "an epoch has begun"
        of = f"the {counted(len(self._examples), 'images')} {self._of}"
        logits_of = ParallelNetwork(network).logits
        judged = judged_on_page(network, self._examples, self.form, self.classes, of=of, when=when, logits_of=logits_of)
        self._seen = {"judged": judged, "filters": filters_on_page(network)}

    def _write(self, state: State, seconds: float, said: str = "") -> None:
        with self._writing:
            self._write_alone(state, seconds, said)

    def _write_alone(self, state: State, seconds: float, said: str) -> None:
        if self.failed or not self._seen or (self._ended and state == "training"):
            return
        training = {
            "id": _identity(self.model),
            "state": state,
            "said": said,
            "done": self.trainer.progress.epochs,
            "epochs": self.epochs,
            "before": self._before,
            "resumed": self._resumed,
            "reload": round(min(max(seconds, _SOONEST), _LATEST)),
            "written": time.strftime("%Y-%m-%d %H:%M:%S"),
            "history": self._history,
        }
        made = results_page(self._sections, self._seen["judged"], self._seen["filters"], training)
        try:
            write_page(self.path, f"net train: {self.model}", made, overwrite=True)
        except OutputError as error:
            # Hours of training are worth more than a page of them.
            self.failed = True
            print_line(f"{error.about(self.path)} (the training goes on without it)")


def _epoch_data(epoch: Epoch | PastEpoch, learning_rate: float) -> dict[str, Any]:
    return {
        "number": epoch.number,
        "training": _score(epoch.training),
        "held_out": None if epoch.validation is None else _score(epoch.validation),
        "rate": learning_rate,
        "rate_text": f"{learning_rate:.6g}",
        "seconds": f"{epoch.seconds:.1f}" if isinstance(epoch, Epoch) else "-",
        "best": epoch.best,
    }


def _score(score: Score) -> dict[str, Any]:
    """Return a score as numbers to draw, and as text to read."""
    return {
        "loss": score.loss,
        "accuracy": score.accuracy,
        "loss_text": f"{score.loss:.4f}" if score.loss < 10 else f"{score.loss:.4g}",
        "accuracy_text": f"{score.accuracy:.2%}",
    }


def _sections(trainer: Trainer, form: NetworkInput, training: Examples, held_out: Examples) -> tuple[Section, ...]:
    network, settings = trainer.network, trainer.settings
    scale = "divided by the highest level" if form.input_scale is None else f"times {form.input_scale:g}"
    return (
        Section(
            "What is trained, and how",
            (
                ("network", network.words),
                ("parameters", f"{_parameters(network):,}"),
                ("images", f"{len(training):,} to learn from, {len(held_out):,} held out"),
                ("as the network takes them", f"{spelled_size(form.shape)}, pixels {scale}"),
                ("optimizer", settings.optimizer),
                ("learning rate", f"{settings.schedule}, weight decay {settings.weight_decay:g}"),
                ("images a step", f"{settings.batch_size:,}"),
                ("augmentation", ", ".join(settings.augment) or "none"),
                ("seed", str(settings.seed)),
            ),
        ),
    )


def _parameters(network: Sequential) -> int:
    return sum(array.size for array in network.parameters.values())


def _identity(model: str) -> str:
    """Return what tells the page of one model file from that of another, without saying where it is."""
    return hashlib.sha256(os.fsencode(os.path.realpath(model))).hexdigest()[:16]


def _is_of(path: str, model: str) -> bool:
    """Tell whether the file at `path` is the page of a training whose model went to `model`."""
    try:
        found = _DATA.search(Path(path).read_bytes())
        data = json.loads(found[1]) if found else None
    except (OSError, ValueError):
        return False
    training = data.get("training") if isinstance(data, dict) else None
    return isinstance(training, dict) and training.get("id") == _identity(model)
