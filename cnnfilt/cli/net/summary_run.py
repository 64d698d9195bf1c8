"""What `net summary` does: the layers of a model, its classes, and how it was trained."""

import json
from typing import Any

import click

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import printable
from cnnfilt.cli.net.train_report import class_lines
from cnnfilt.cli.shape.answers import AnswerOptions
from cnnfilt.cli.shape.from_file import answer_for_file
from cnnfilt.cli.shape.report import answer
from cnnfilt.describe.chain import parse_chain
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.model_file import Model, load_model
from cnnfilt.files.network_files import is_run_from
from cnnfilt.files.onnx_network import SOMETHING, opened
from cnnfilt.spelling import spelled_size


def run_summary(path: str, *, as_json: bool) -> None:
    """Print the layers, classes and training of the model in the file `path`."""
    if is_run_from(path):
        _print_from_elsewhere(path, as_json=as_json)
        return
    model = load_model(path)
    network = model.network
    layers = answer(network.size, parse_chain([network.words]), AnswerOptions(json=as_json)).text
    if as_json:
        about = {"classes": model.classes, "gray": model.gray, "input_scale": model.input_scale}
        click.echo(json_text(json.loads(layers) | about | {"training": model.training}))
        return
    click.echo(layers)
    click.echo(f"classes   {', '.join(map(printable, model.classes))}")
    click.echo(f"pixels    {'gray' if model.gray else 'colour'}, {_scale(model)}")
    training = model.training
    if isinstance(score := training.get("best_score"), dict):
        click.echo(
            f"training  weights of epoch {training.get('best_epoch')} of {training.get('epochs')}: {_scores(score)}"
        )


def _print_from_elsewhere(path: str, *, as_json: bool) -> None:
    """Print the layers of a network from an .onnx file, what it takes, and whether it can be run."""
    network = opened(path)
    size = network.fixed or SOMETHING
    found = answer_for_file(
        path, [spelled_size(size)], AnswerOptions(json=as_json), words=False, strict=False, quiet=True
    )
    try:
        network.check(network.layer(None).value)
        why = None
    except CnnfiltError as error:
        why = error.message.removeprefix(f"{path} ")
    if as_json:
        about = {"classes": network.graph.classes, "gray": network.channels == 1, "input_scale": 1, "training": {}}
        more = {"fixed_size": network.fixed, "gives_probabilities": network.gives_chances}
        click.echo(json_text(json.loads(found.text) | about | more | {"runs": why is None, "why_not": why}))
        return
    click.echo(found.text)
    sides = spelled_size(network.fixed) if network.fixed else f"any size (the table is for {spelled_size(size)})"
    click.echo(f"takes     {sides}, {'gray' if network.channels == 1 else 'colour'}")
    if network.graph.classes:
        click.echo("\n".join(class_lines([*map(printable, network.graph.classes)])))
    click.echo(f"gives     {'probabilities' if network.gives_chances else 'values; net predict takes softmax of them'}")
    click.echo(f"runs      {'yes' if why is None else printable(f'no: {why}')}")


def _scale(model: Model) -> str:
    return "divided by the highest level" if model.input_scale is None else f"times {model.input_scale:g}"


def _scores(score: dict[str, Any]) -> str:
    return ", ".join(f"{printable(name)} {value:.4f}" for name, value in score.items() if isinstance(value, float))
