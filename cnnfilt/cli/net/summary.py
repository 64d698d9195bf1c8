"""`cnnfilt net summary`: what is in a model file."""

from typing import Any

import click

from cnnfilt.cli.help import Command


@click.command(
    cls=Command,
    common=("json_",),
    epilog="""\b
Examples:
  cnnfilt net summary model.npz
""",
)
@click.argument("model")
@click.option("--json", "json_", is_flag=True, help="Print everything as JSON.")
def summary(**options: Any) -> int:
    """Show the layers of MODEL as `cnnfilt shape` does, its classes, and how it was trained."""
    from cnnfilt.cli.net.predict_run import run_summary

    return run_summary(**options)
