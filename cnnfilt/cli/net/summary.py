"""`cnnfilt net summary`: what is in a model file."""

import click

from cnnfilt.cli.command import Command


@click.command(
    cls=Command,
    common=("json_",),
    epilog="""\b
Examples:
  cnnfilt net summary model.npz
  cnnfilt net summary net.onnx
""",
)
@click.argument("model")
@click.option("--json", "json_", is_flag=True, help="Print everything as JSON.")
def summary(model: str, json_: bool) -> None:
    """Show the layers of MODEL as `cnnfilt shape` does, its classes, and how it was trained.

    Of a .onnx it shows what images it takes, what comes out, and whether it can be run.
    """
    from cnnfilt.cli.net.summary_run import run_summary

    run_summary(model, as_json=json_)
