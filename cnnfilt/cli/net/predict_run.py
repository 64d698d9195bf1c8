"""What `net predict`, `net evaluate` and `net summary` do with a model."""

import json
import sys
from typing import Any

import click
import numpy as np

from cnnfilt.batch.sources import Walk, find_sources, refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.messages import print_error, print_line, printable
from cnnfilt.cli.shape.command import Answers
from cnnfilt.cli.shape.report import answer
from cnnfilt.datasets.decoding import DecodeOptions, decode_in_order
from cnnfilt.datasets.labelled import find_labelled, load_examples
from cnnfilt.files.model_file import Model, load_model
from cnnfilt.nn.layer import Array
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import confusion, evaluate, probabilities

_CORNER = "true / predicted"
"""Heads the column of true classes in the confusion table."""


def run_predict(
    model: str, inputs: tuple[str, ...], *, top: int, recursive: bool, json_: bool, reading: DecodeOptions
) -> int:
    """Print the likeliest classes of each input, in their order; return 1 if one could not be read."""
    # In a thread of its own, here and below: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _predicted(model, inputs, reading, top=top, recursive=recursive, json_=json_))


def run_evaluate(model: str, folder: str, *, json_: bool, reading: DecodeOptions) -> int:
    """Print the accuracy and the confusion table over a folder's images; return 0, or 1 if some could not be read."""
    return within(0, lambda: _evaluated(model, folder, reading, json_=json_))


def _predicted(
    model: str, inputs: tuple[str, ...], reading: DecodeOptions, *, top: int, recursive: bool, json_: bool
) -> int:
    loaded = load_model(model)
    refuse_stdin_twice(inputs)
    sources, _ = find_sources(inputs, Walk(recursive=recursive))
    failed = False
    for decoded in decode_in_order(sources, loaded.form, reading):
        path = sources[decoded.number].path
        if decoded.levels is not None:
            image = loaded.form.scaled(decoded.levels)
            _tell(path, loaded, probabilities(loaded.network, image[None])[0], top=top, json_=json_)
        elif decoded.error is not None:
            failed = True
            print_error("net", decoded.error.about(path))
            if json_:
                _print(json.dumps({"input": path, "status": "failed", "error": decoded.error.about(path)}))
    return 1 if failed else 0


def _evaluated(model: str, folder: str, reading: DecodeOptions, *, json_: bool) -> int:
    loaded = load_model(model)
    bad: list[str] = []

    def tell(line: str) -> None:
        bad.append(line)
        print_line(line)

    examples = load_examples(find_labelled(folder, loaded.classes), loaded.form, reading, tell)
    score, predictions = evaluate(loaded.network, examples, logits_of=ParallelNetwork(loaded.network).logits)
    counts = confusion(examples.labels, predictions, len(loaded.classes))
    if json_:
        data = {"accuracy": score.accuracy, "loss": score.loss, "images": len(examples)}
        click.echo(json.dumps(data | {"confusion": counts.tolist(), "classes": loaded.classes}))
        return 1 if bad else 0
    right = int(np.trace(counts))
    click.echo(f"accuracy {score.accuracy:.2%} ({right:,} of {len(examples):,}), loss {score.loss:.4f}")
    click.echo("\n".join(_table(loaded.classes, counts)))
    return 1 if bad else 0


def run_summary(model: str, *, json_: bool) -> int:
    """Print the model's layers, classes and training."""
    loaded = load_model(model)
    text, _, _ = answer(
        loaded.network.size, None, [loaded.network.words], Answers(explain=False, coverage=False, json_=json_)
    )
    scale = "divided by their depth's top" if loaded.input_scale is None else f"times {loaded.input_scale:g}"
    if json_:
        about = {"classes": loaded.classes, "gray": loaded.gray, "input_scale": loaded.input_scale}
        click.echo(json.dumps(json.loads(text) | about | {"training": loaded.training}))
        return 0
    click.echo(text)
    click.echo(f"classes   {', '.join(printable(name) for name in loaded.classes)}")
    click.echo(f"pixels    {'gray' if loaded.gray else 'colour'}, {scale}")
    training = loaded.training
    if isinstance(score := training.get("best_score"), dict):
        click.echo(f"training  epoch {training.get('best_epoch')} of {training.get('epochs')}: {_spelled(score)}")
    return 0


def _spelled(score: dict[str, Any]) -> str:
    return ", ".join(f"{printable(name)} {value:.4f}" for name, value in score.items() if isinstance(value, float))


def _tell(path: str, model: Model, chances: Array, *, top: int, json_: bool) -> None:
    # Of equal ones the first class, whatever the sorting does.
    order = np.argsort(-chances, kind="stable")[:top]
    ranked = [(model.classes[place], float(chances[place])) for place in order]
    if json_:
        tops = [{"class": name, "probability": chance} for name, chance in ranked]
        _print(json.dumps({"input": path, "status": "done", **tops[0], "top": tops}))
        return
    classes = "\t".join(f"{printable(name)}\t{chance:.4f}" for name, chance in ranked)
    _print(f"{printable(path)}\t{classes}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _table(classes: tuple[str, ...], counts: Array) -> list[str]:
    """Return the confusion table: a row for each true class, a column for each class that was predicted."""
    names = [printable(name) for name in classes]
    widths = [max(len(name), len(str(column.max()))) for name, column in zip(names, counts.T, strict=True)]
    first = max(map(len, [*names, _CORNER]))
    heads = (name.rjust(width) for name, width in zip(names, widths, strict=True))
    lines = [f"{_CORNER.ljust(first)}  {'  '.join(heads)}"]
    for name, row in zip(names, counts, strict=True):
        cells = (str(count).rjust(width) for count, width in zip(row, widths, strict=True))
        lines.append(f"{name.ljust(first)}  {'  '.join(cells)}")
    return lines
