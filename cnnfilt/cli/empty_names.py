"""Names of files that are empty: what a shell makes of "$OUT" where no such variable is set."""

import re

import click

_NAMES_A_FILE = r"(?i)FILE|DIR|FOLDER|INPUT|IMAGE|MODEL|BEFORE|PATH|PATTERN|^[ABX]$"
"""What stands in the help for a file or folder."""


def refuse_empty_names(context: click.Context) -> None:
    """Raise UsageError for an option or argument that should name a file and is empty: it would be the folder here."""
    for param in context.command.params:
        value = context.params.get(param.name or "")
        empty = "" in value if isinstance(value, tuple) else value == ""
        shown = param.metavar or param.human_readable_name
        if empty and re.search(_NAMES_A_FILE, shown):
            name = param.opts[0] if isinstance(param, click.Option) else "INPUT" if param.nargs == -1 else shown
            raise click.UsageError(f"an empty name is given for {name}; is a variable not set?", context)
