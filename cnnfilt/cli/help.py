"""Help in two lengths: --help fits the screen and names every option it has room for, --help-all explains them all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES
from cnnfilt.cli.habits import every_habit, of_command
from cnnfilt.cli.help_screen import SHORTER, WholeWords, fitted, with_examples

if TYPE_CHECKING:  # They import this, once help is asked for.
    from cnnfilt.cli.command import Command
    from cnnfilt.cli.lazy import LazyGroup

GROUPS = {
    "A part of the image": ("regions", "crop", "mask", "feather"),
    "Values": ("values", "value_range", "light", "gray", "alpha", "background"),
    "Files": (
        "output",
        "overwrite",
        "format",
        "quality",
        "metadata",
        "keep_dates",
        "no_auto_orient",
        "frames",
        "max_pixels",
    ),
    "Many files": (
        "recursive",
        "exclude",
        "files_from",
        "null",
        "skip_existing",
        "if_newer",
        "dry_run",
        "fail_fast",
        "jobs",
        "timeout",
        "cluster",
    ),
    "What is printed": (
        "explain",
        "preview",
        "emit",
        "page",
        "json",
        "json_",
        "quiet",
        "verbose",
        "--help",
        "help_all",
    ),
}
"""The shared options by subject; all others are the command's own."""

OWN = "Of this command"


def help_for_screen(command: "Command", ctx: click.Context) -> str:
    """Return the help of a command that fits the screen."""
    return fitted(lambda examples, listed: _short_help(command, ctx, examples, listed))


def full_help(command: "Command", ctx: click.Context) -> str:
    """Return the help with all options, in groups, the common ones first."""
    formatter = WholeWords.of(ctx)
    command.format_usage(ctx, formatter)
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(cleandoc(command.help or "").replace("\f", ""))
    for title, group in groups(command, ctx):
        with formatter.section(title):
            formatter.write_dl([(name, text.replace("\f", "")) for name, text in _records(ctx, group)])
    write_promises(formatter, of_command(command))
    command.format_epilog(ctx, formatter)
    return formatter.getvalue().rstrip()


def groups(command: "Command", ctx: click.Context) -> Iterator[tuple[str, list[click.Parameter]]]:
    """Yield the options by subject, the common ones first."""
    shown = [one for one in command.get_params(ctx) if isinstance(one, click.Option) and not one.hidden]
    left: dict[str, click.Parameter] = {"--help" if "--help" in one.opts else one.name or "": one for one in shown}
    yield "Common options", [left.pop(name) for name in command.common]
    groups = {title: [left.pop(name) for name in names if name in left] for title, names in GROUPS.items()}
    for title, group in {OWN: list(left.values()), **groups}.items():
        if group:
            yield title, group


def group_help_for_screen(group: "LazyGroup", ctx: click.Context) -> str:
    """Return the help of a group of commands that fits the screen."""
    return fitted(lambda examples, _: _group_help(group, ctx, examples))


def full_group_help(group: "LazyGroup", ctx: click.Context) -> str:
    """Return the help of a group of commands, with all that holds of every command."""
    return _group_help(group, ctx, SHORTER[0][0], promises=True).rstrip()


def _group_help(group: "LazyGroup", ctx: click.Context, examples: int, *, promises: bool = False) -> str:
    formatter = WholeWords.of(ctx)
    group.format_usage(ctx, formatter)
    group.format_help_text(ctx, formatter)
    group.format_options(ctx, formatter)
    if promises:
        write_promises(formatter, every_habit())
    if epilog := with_examples(group.epilog, examples):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(epilog)
    return formatter.getvalue()


def write_promises(formatter: click.HelpFormatter, habits: Mapping[str, str]) -> None:
    """Write what --help-all says of every command: its exit codes, and the environment it heeds, `habits` included."""
    with formatter.section("Exit codes"):
        formatter.write_dl([(str(code), text) for code, text in EXIT_CODES.items()])
    with formatter.section("Environment"):
        formatter.write_dl([*ENVIRONMENT.items(), *habits.items()])


def _short_help(command: "Command", ctx: click.Context, examples: int, listed: bool) -> str:
    formatter = WholeWords.of(ctx)
    command.format_usage(ctx, formatter)
    command.format_help_text(ctx, formatter)
    (_, common), *others = groups(command, ctx)
    with formatter.section("Options"):
        formatter.write_dl([(name, _RANGE.sub("", _LONGER.sub(".", text))) for name, text in _records(ctx, common)])
    rest = [one for _, group in others for one in group if "--help" not in one.opts and one.name != "help_all"]
    if rest and listed:
        with formatter.section("More, explained by --help-all"):
            formatter.write_text(" ".join(map(_shortest, rest)))
    elif rest:
        formatter.write_paragraph()
        formatter.write_text(f"{len(rest)} more options: {ctx.command_path} --help-all")
    if epilog := with_examples(command.epilog, examples):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(cleandoc(epilog))
    return formatter.getvalue()


def _records(ctx: click.Context, group: Sequence[click.Parameter]) -> list[tuple[str, str]]:
    return [record for one in group if (record := one.get_help_record(ctx)) is not None]


def _shortest(option: click.Parameter) -> str:
    return min((*option.opts, *option.secondary_opts), key=len)


_LONGER = re.compile(r"\.?\f.*?(?=  \[|$)", re.DOTALL)
"""The text after a form feed, for which only --help-all has room."""

_RANGE = re.compile(r"  \[[\d<>=x]+\]")
"""The range of a number, [x>=0], which only --help-all says, too."""
