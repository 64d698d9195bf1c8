"""Every option of every command, from the command line to what a user sees: two values, and different results.

The options are click's own, so that a new one without a trial fails.
"""

import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

import cnnfilt.cli.shape.command
from cnnfilt.batch import cluster, resources, timeout
from cnnfilt.batch.runner import run_one_by_one
from cnnfilt.cli.main import cli
from tests.cli.conftest import Run
from tests.cli.option_trials import TRIALS, Trial, make_files
from tests.conftest import tree


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, groups too; the whole programme is ""."""

    def walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for word in command.list_commands(context):
                found = command.get_command(context, word)
                assert found is not None
                yield from walk(found, f"{name} {word}".strip())

    return walk(cli, "")


OPTIONS = [
    (name, parameter.name or "")
    for name, command in commands()
    for parameter in command.params
    if isinstance(parameter, click.Option) and parameter.name != "help"
]

WITHOUT = {
    ("", "version"): "it has no other value",
    ("", "debug"): "it shows in an error of ours alone: test_debug_shows_where_an_error_of_ours_is",
    ("", "help_all"): "a group hides no option from --help; what else it says is in test_help",
    ("kernels", "help_all"): "a group hides no option from --help; what else it says is in test_help",
    ("net", "help_all"): "a group hides no option from --help; what else it says is in test_help",
    ("pad", "verbose"): "there is one way to compute it, so there is no more to say",
    ("pool", "verbose"): "there is one way to compute it, so there is no more to say",
    ("morph", "verbose"): "there is one way to compute it, so there is no more to say",
    ("apply", "verbose"): "each layer chooses for itself, and there is no line for each",
}
"""Options without a trial, and why."""


@dataclass(frozen=True)
class Watched:
    """What a run did; of the inside, what it would do with many files, slow ones and a cluster."""

    code: int
    output: tuple[bytes, dict[str, bytes]]
    stderr: str
    workers: list[int | None]
    limits: set[float]
    clusters: list[str]
    dates: dict[str, bool]
    """Of each picture, whether it is as old as one of those that were there before."""

    @property
    def weights(self) -> dict[str, bytes]:
        """The arrays of model files, without the header that repeats what was asked."""
        found = {}
        for path, content in self.output[1].items():
            if path.endswith(".npz"):
                with np.load(io.BytesIO(content)) as arrays:
                    found |= {f"{path}: {name}": arrays[name].tobytes() for name in arrays.files if name != "model"}
        return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        make_files(folder)
    return folder


CLOCK = re.compile(rb'"seconds": ?"?[\d.]+"?|"written":"[-\d: ]+"')
"""What the time of day and the speed of the machine leave in outputs, printed and on pages."""


class Watcher:
    """Runs command lines, each in a folder of its own."""

    def __init__(self, run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run, self.files, self.folder, self.patch = run, files, tmp_path / "here", monkeypatch
        self.workers: list[int | None] = []
        self.limits: set[float] = set()
        self.clusters: list[str] = []
        within = timeout.within

        def one_worker(jobs: Any, wanted: int | None, **_: Any) -> int:
            self.workers.append(wanted)
            return 1

        def watched_within(seconds: float, function: Any) -> Any:
            self.limits.add(seconds)
            return within(seconds, function)

        def no_cluster(address: str, jobs: Any, operation: Any, settings: Any) -> Any:
            self.clusters.append(address)
            return run_one_by_one(jobs, operation, settings)

        monkeypatch.setattr(resources, "worker_count", one_worker)
        monkeypatch.setattr(timeout, "within", watched_within)
        monkeypatch.setattr(cluster, "run_on_cluster", no_cluster)

    def __call__(self, line: str) -> Watched:
        self.workers, self.limits, self.clusters = [], set(), []
        shutil.copytree(self.files, self.folder)
        self.patch.chdir(self.folder)
        outcome = self.run(*shlex.split(line))
        before = {path.stat().st_mtime_ns for path in self.files.rglob("*.png")}
        dates = {str(path): path.stat().st_mtime_ns in before for path in self.folder.rglob("*.png")}
        files = {name: CLOCK.sub(b"", content) for name, content in tree(self.folder).items()}
        output = CLOCK.sub(b"", outcome.stdout), files
        self.patch.chdir(self.files)
        shutil.rmtree(self.folder)
        return Watched(outcome.code, output, outcome.stderr, self.workers, self.limits, self.clusters, dates)


@pytest.fixture
def watch(run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    return Watcher(run, files, tmp_path, monkeypatch)


@pytest.mark.parametrize(("command", "option"), [one for one in OPTIONS if one not in WITHOUT])
def test_two_values_of_an_option_give_different_results(watch: Watcher, command: str, option: str) -> None:
    trials = [Trial(command, "--help", "--help-all")] if option == "help_all" else TRIALS[command][option]
    assert trials
    for trial in trials:
        lines = [f"{trial.line} {end}" for end in (trial.one, trial.other)]
        one, other = map(watch, lines)
        assert (one.code, other.code) == trial.codes, f"{lines}: {one.stderr}{other.stderr}"
        assert getattr(one, trial.seen) != getattr(other, trial.seen), lines
        assert getattr(one, trial.seen) == getattr(watch(lines[0]), trial.seen), f"{lines[0]} gives this once, and that"


def test_every_trial_is_of_an_option() -> None:
    tried = {(command, option) for command, trials in TRIALS.items() for option in trials}
    assert tried.isdisjoint(WITHOUT)
    assert tried | WITHOUT.keys() <= set(OPTIONS)


def test_debug_shows_where_an_error_of_ours_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last resort: one line, and with --debug what Python has to say."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(cnnfilt.cli.shape.command, "input_size", fail)
    outcome = run("shape", "6x6")
    assert (outcome.code, outcome.stdout) == (1, b"")
    what = "this is an error in cnnfilt itself (ZeroDivisionError: by nothing)"
    assert outcome.stderr == f"shape: {what}; cnnfilt --debug shape ... shows where\n"
    with pytest.raises(ZeroDivisionError, match="by nothing"):
        run("--debug", "shape", "6x6")


@pytest.mark.parametrize(("command", "start"), [("convolve", ["-k", "box"]), ("edges", []), ("pad", ["-p", "1"])])
def test_debug_reaches_the_thread_that_works_on_a_file(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, start: list[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(timeout, "run_on_image", fail)
    line = [command, files / "gray.png", *start, "-o", tmp_path / "out.png"]
    outcome = run(*line)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "an error in cnnfilt itself (ZeroDivisionError: by nothing); --debug shows where" in outcome.stderr
    with pytest.raises(ZeroDivisionError, match="by nothing"):
        run("--debug", *line)
    assert not (tmp_path / "out.png").exists()


GIVEN = [
    ("filter:box", "filter:sharpen"),
    ("filter:box", "filter:box,s=2"),
    ("filter:box,s=1x2", "filter:box,s=2x1"),
    ("filter:box", "filter:box,p=1"),
    ("filter:box", "filter:box,p=same"),
    ("filter:box", "filter:box,d=2"),
    ("filter:@k.csv", "filter:2*@k.csv"),
    ("conv:box", "conv:box+sharpen"),
    ("conv:box+sharpen", "conv:sharpen+box"),
    ("conv:box", "conv:box,s=2"),
    ("conv:box", "conv:box,p=1"),
    ("conv:box", "conv:box,d=2"),
    ("pool:max", "pool:avg"),
    ("pool:max", "pool:min"),
    ("pool:max", "pool:median"),
    ("pool:max", "pool:range"),
    ("pool:max", "pool:max,k=3"),
    ("pool:max,k=2x3", "pool:max,k=3x2"),
    ("pool:max", "pool:max,s=1"),
    ("pool:max,k=3,s=2", "pool:max,k=3,s=2,p=1"),
    ("pool:max,k=4", "pool:max,k=4,ceil=1"),
    ("pool:max", "pool:max,k=global"),
    ("filter:vertical relu", "filter:vertical"),
    ("filter:vertical relu", "relu filter:vertical"),
    ("filter:vertical tanh", "filter:vertical sigmoid"),
    ("conv:box+sharpen", "conv:box+sharpen softmax"),
    ("filter:vertical", "filter:vertical flatten"),
]
DRAWN = [
    ("conv:2,k=3", "conv:3,k=3"),
    ("conv:2,k=3", "conv:2,k=5"),
    ("conv:2,k=3", "conv:2,k=3,s=2"),
    ("conv:2,k=3", "conv:2,k=3,p=1"),
    ("conv:2,k=3", "conv:2,k=3,d=2"),
    ("conv:3,k=3", "conv:3,k=3,g=3"),
    ("flatten fc:2", "flatten fc:3"),
]
LEARNED = [("conv:2,k=3 flatten", "conv:2,k=3,bias=0 flatten"), ("flatten fc:2", "flatten fc:2,bias=0")]


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [
        *(("apply '{}' matrix.csv -o out.npy", one, other) for one, other in GIVEN),
        *(("apply '{}' colour.png -o out.npy --seed 0", one, other) for one, other in DRAWN),
        *(("net train classes -q -o m.npz --epochs 1 {}", one, other) for one, other in LEARNED),
    ],
)
def test_every_part_of_a_layer_changes_what_comes_out(watch: Watcher, line: str, one: str, other: str) -> None:
    first, second = (watch(line.format(chain)) for chain in (one, other))
    assert (first.code, second.code) == (0, 0), first.stderr + second.stderr
    assert first.output != second.output
