"""Where shells complete what: the place of each kind of word on a command line (see `completion`)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cnnfilt.cli.completion import Kind

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

PLACES: "dict[Kind, tuple[str, ...]]" = {
    "files": (
        "inputs",
        "source",
        "output",
        "files_from",
        "angle",
        "indices",
        "bias",
        "mask",
        "a",
        "b",
        "model",
        "gradient",
        "page",
    ),
    "folders": ("folder", "maps"),
    "kernels": ("kernels", "spec"),
    "kernels_and_files": ("kernel",),
    "layers": ("layers",),
    "chain": ("chain",),
}
"""What can be typed, and the names of the parameters that take it."""


def complete(parameter: click.Parameter) -> None:
    """Have shells complete `parameter` by what its name says it is; words complete themselves."""
    if isinstance(parameter.type, click.Choice):
        return
    for kind, names in PLACES.items():
        if parameter.name in names:
            parameter._custom_shell_complete = _asked_later(kind)


def _asked_later(kind: "Kind") -> Complete:
    def values(context: click.Context, parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
        # Only a shell asks, and every run would pay for the import.
        from cnnfilt.cli.completion import COMPLETIONS

        return COMPLETIONS[kind](context, typed)

    return values
