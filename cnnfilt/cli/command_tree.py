"""All commands with what they take, for whoever writes about them: man pages and documentation."""

from collections.abc import Iterator
from inspect import cleandoc

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.exit_codes import ENVIRONMENT
from cnnfilt.cli.habits import every_habit, of_command
from cnnfilt.cli.help import groups
from cnnfilt.cli.lazy import LazyGroup
from cnnfilt.cli.main import cli
from cnnfilt.frozen import Frozen


class Described(Frozen):
    """An option as it is typed and explained: `names` without what follows them, which is `value`, "" for none."""

    names: tuple[str, ...]
    value: str
    text: str


class Page(Frozen):
    """What there is to say of one command; the whole programme has the path ("cnnfilt",).

    `summary` is its line in the list of its group, `usage` what follows its name. In `paragraphs` and examples the
    lines of a text that starts with a line feed stand as they are. `groups` are its options by subject, `environment`
    the variables that it heeds; `commands` the names and summaries of the commands in it.
    """

    path: tuple[str, ...]
    summary: str
    usage: str
    paragraphs: tuple[str, ...]
    groups: dict[str, tuple[Described, ...]]
    environment: dict[str, str]
    examples: tuple[str, ...]
    commands: dict[str, str]

    @property
    def name(self) -> str:
        """Return the command as it is typed."""
        return " ".join(self.path)


def pages() -> Iterator[Page]:
    """Yield a page for the programme and each of its commands, groups before what is in them."""
    yield from _pages(cli, "cnnfilt", "Apply the operations of a convolutional neural network to images.", None)


def _pages(command: click.Command, name: str, summary: str, parent: click.Context | None) -> Iterator[Page]:
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    path = tuple(context.command_path.split())
    table = {inner_name: _found(command, inner_name) for inner_name in _names_in(command, context)}
    yield Page(
        path,
        summary,
        " ".join(command.collect_usage_pieces(context)),
        tuple(_paragraphs(command.help or "")),
        {title: tuple(_described(one, context) for one in group) for title, group in _groups(command, context)},
        ENVIRONMENT | (every_habit() if isinstance(command, click.Group) else of_command(command)),
        _examples(command),
        {inner_name: line for inner_name, (line, _) in table.items()},
    )
    for inner_name, (line, inner) in table.items():
        yield from _pages(inner, inner_name, line, context)


def _names_in(command: click.Command, context: click.Context) -> list[str]:
    return command.list_commands(context) if isinstance(command, click.Group) else []


def _found(group: click.Command, name: str) -> tuple[str, click.Command]:
    """Return the line that a group has for one of its commands, and the command."""
    assert isinstance(group, LazyGroup)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return group.table[name], command


def _groups(command: click.Command, context: click.Context) -> Iterator[tuple[str, list[click.Parameter]]]:
    """Yield the options by subject; a group of commands has few, which are of one."""
    if isinstance(command, Command):
        yield from groups(command, context)
        return
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and not one.hidden]
    yield "Options", [*options]


def _described(parameter: click.Parameter, context: click.Context) -> Described:
    assert isinstance(parameter, click.Option)
    _, text = parameter.get_help_record(context) or ("", "")
    names = (*parameter.opts, *parameter.secondary_opts)
    value = "" if parameter.is_flag else parameter.make_metavar(context)
    return Described(names, value, " ".join(text.replace("\f", "").split()))


def _paragraphs(help: str) -> Iterator[str]:
    r"""Yield the paragraphs of a docstring; those after a \b, whose lines stand as they are, begin with a line feed."""
    for paragraph in cleandoc(help).replace("\f", "").split("\n\n"):
        text = paragraph.strip("\n")
        if "\b\n" in text:
            before, _, kept = text.partition("\b\n")
            yield from filter(None, (" ".join(before.split()),))
            yield f"\n{kept}"
        elif text.strip():
            yield " ".join(text.split())


def _examples(command: click.Command) -> tuple[str, ...]:
    """Return the examples that the help ends in, a line each."""
    lines = (command.epilog or "").partition("Examples:\n")[2].splitlines()
    return tuple(line.strip() for line in lines if line.strip())
