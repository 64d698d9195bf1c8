"""What `net evaluate` does: how often a model is right about images whose classes are known, and what it confuses."""

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.timeout import within
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_line, printable
from cnnfilt.cli.tables import aligned
from cnnfilt.datasets.decoding import DecodeOptions
from cnnfilt.datasets.labelled import find_labelled, load_examples
from cnnfilt.errors import counted
from cnnfilt.files.model_file import Model, load_model
from cnnfilt.frozen import Frozen
from cnnfilt.nn.examples import Examples
from cnnfilt.nn.layer import Array
from cnnfilt.nn.parallel import ParallelNetwork
from cnnfilt.nn.scoring import Score, confusion, evaluate

_CORNER = "true / predicted"
"""Heads the column of true classes in the confusion table."""


class EvaluateRequest(Frozen):
    """What `net evaluate` was asked."""

    model: str
    folder: str
    json: bool
    decoding: DecodeOptions
    page: str | None = None
    overwrite: bool = False


def run_evaluate(request: EvaluateRequest) -> int:
    """Print the accuracy and the confusion table over a folder's images; return 0, or 1 if some could not be read."""
    # In a thread of its own: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _evaluate(request))


def _evaluate(request: EvaluateRequest) -> int:
    if request.page is not None:
        check_output(request.page, [request.model, request.folder], overwrite=request.overwrite)
    model = load_model(request.model)
    unread: list[str] = []

    def note(line: str) -> None:
        unread.append(line)
        print_line(line)

    examples = load_examples(find_labelled(request.folder, model.classes), model.form, request.decoding, note)
    score, predictions = evaluate(model.network, examples, logits_of=ParallelNetwork(model.network).logits)
    counts = confusion(examples.labels, predictions, len(model.classes))
    if request.page is not None:
        _write_page(request, model, examples, score)
    if request.json:
        data = {"accuracy": score.accuracy, "loss": score.loss, "images": len(examples)}
        click.echo(json_text(data | {"confusion": counts.tolist(), "classes": model.classes}))
    else:
        right = int(np.trace(counts))
        click.echo(f"accuracy {score.accuracy:.2%} ({right:,} of {len(examples):,}), loss {score.loss:.4f}")
        click.echo("\n".join(_table(model.classes, counts)))
    return 1 if unread else 0


def _write_page(request: EvaluateRequest, model: Model, examples: Examples, score: Score) -> None:
    # Most evaluations have none.
    from cnnfilt.cli.inspect.page import write_page
    from cnnfilt.cli.net.results_page import filters_on_page, judged_on_page
    from cnnfilt.page.document import Section
    from cnnfilt.page.results import page as results_page

    network = model.network
    judged = judged_on_page(
        network,
        examples,
        model.form,
        model.classes,
        of=f"the {counted(len(examples), 'images')} in {printable(request.folder)}",
        logits_of=ParallelNetwork(network).logits,
    )
    facts = (("model", printable(request.model)), ("network", network.words), ("loss", f"{score.loss:.4f}"))
    page = results_page((Section("What was asked", facts),), judged, filters_on_page(network))
    write_page(
        request.page or "", f"net evaluate: {request.model}, {request.folder}", page, overwrite=request.overwrite
    )


def _table(classes: tuple[str, ...], counts: Array) -> list[str]:
    """Return the confusion table: a row for each true class, a column for each class that was predicted."""
    names = [printable(name) for name in classes]
    rows = [[name, *map(str, row)] for name, row in zip(names, counts.tolist(), strict=True)]
    return aligned([[_CORNER, *names], *rows], "l" + "r" * len(names))
