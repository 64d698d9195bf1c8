"""`cnnfilt schema`: what --json prints, for who writes a program that reads it."""

from typing import TYPE_CHECKING

import click

from cnnfilt.cli.command import Command

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _completed(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from cnnfilt.cli.schema.table import commands

    before = context.params.get("command") or ()
    words = [name.split() for name in commands()]
    after = {one[len(before)] for one in words if one[: len(before)] == [*before] and len(one) > len(before)}
    return [CompletionItem(word) for word in sorted(after) if word.startswith(typed)]


@click.command(
    cls=Command,
    common=("--help",),
    epilog="""\b
Examples:
  cnnfilt schema convolve
  cnnfilt schema net train
  cnnfilt schema | jq keys
""",
)
@click.argument("command", nargs=-1, metavar="[COMMAND]", shell_complete=_completed)
def schema(command: tuple[str, ...]) -> None:
    """Print what --json of a command prints, as a JSON Schema.

    It says each field's meaning and unit. Where the command prints a line for each file, it is that of a line. Every
    record has the number of its schema, "schema": 1, which grows when a field goes or means something else; fields
    may be added. Without COMMAND, all schemas in one object, by the names of the commands.
    """
    from json import dumps

    from cnnfilt.cli.schema.table import commands, schema_of

    known, name = commands(), " ".join(command)
    if not name:
        click.echo(dumps({one: schema_of(one) for one in known}, indent=2))
    elif name in known:
        click.echo(dumps(schema_of(name), indent=2))
    else:
        raise click.BadParameter(f"{name!r} has no --json; these have: {', '.join(known)}", param_hint="COMMAND")
