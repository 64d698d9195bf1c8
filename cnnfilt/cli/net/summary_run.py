"""What `net summary` does: the layers of a model, its classes, and how it was trained."""

import json
from typing import Any

import click

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.answers import AnswerOptions
from cnnfilt.cli.shape.report import answer
from cnnfilt.describe.chain import parse_chain
from cnnfilt.files.model_file import Model, load_model


def run_summary(path: str, *, as_json: bool) -> None:
    """Print the layers, classes and training of the model in the file `path`."""
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


def _scale(model: Model) -> str:
    return "divided by the highest level" if model.input_scale is None else f"times {model.input_scale:g}"


def _scores(score: dict[str, Any]) -> str:
    return ", ".join(f"{printable(name)} {value:.4f}" for name, value in score.items() if isinstance(value, float))
