"""Help in two lengths: --help fits the screen and names every option it has room for, --help-all explains them all."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import cleandoc
from typing import Any

import click

from cnnfilt.cli.completion_places import complete
from cnnfilt.cli.dashes import refuse_other_dashes
from cnnfilt.cli.empty_names import refuse_empty_names
from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES
from cnnfilt.cli.habits import announce, blamed, in_effect, of_command
from cnnfilt.cli.help_screen import HelpContext, fitted, with_examples
from cnnfilt.errors import CnnfiltError

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


def help_all_option(text: Callable[[click.Context], str], *, hidden: bool = False) -> click.Option:
    """Return --help-all, which prints `text` and ends there."""

    def show(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            click.echo(text(ctx))
            ctx.exit()

    return click.Option(
        ["--help-all"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        hidden=hidden,
        callback=show,
        help="Show all options.",
    )


def write_promises(formatter: click.HelpFormatter, habits: Mapping[str, str]) -> None:
    """Write what --help-all says of every command: its exit codes, and the environment it heeds, `habits` included."""
    with formatter.section("Exit codes"):
        formatter.write_dl([(str(code), text) for code, text in EXIT_CODES.items()])
    with formatter.section("Environment"):
        formatter.write_dl([*ENVIRONMENT.items(), *habits.items()])


class Command(click.Command):
    """A command whose --help shows the options in `common`, by their Python names, and only names the others.

    What stands after a form feed, in its docstring or the help of an option, is for --help-all. `one_too_many` says
    what is meant by an argument more than it takes.
    """

    context_class = HelpContext

    def __init__(self, *args: Any, common: Sequence[str] = (), one_too_many: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.common, self.one_too_many = common, one_too_many
        self.params.append(help_all_option(self.full_help))
        for parameter in self.params:
            complete(parameter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`; a UsageError has the context from which advice is made."""
        refuse_other_dashes(args, ctx)
        ctx.allow_extra_args = bool(self.one_too_many)
        try:
            left = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if left and not ctx.resilient_parsing:  # Completion asks with the word that comes next, too.
            ctx.fail(f"{' '.join(left)}: too many arguments; {self.one_too_many}")
        if not ctx.resilient_parsing:  # The Tab key asks for completions of empty words.
            refuse_empty_names(ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it has from the environment is said with -v, and where it is at fault."""
        found = in_effect(ctx)
        announce(ctx, found)
        try:
            return super().invoke(ctx)
        except CnnfiltError as error:
            raise blamed(error, found) from error

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help that fits the screen."""
        formatter.write(fitted(lambda examples, listed: self._help(ctx, examples, listed)))

    def _help(self, ctx: click.Context, examples: int, listed: bool) -> str:
        formatter = ctx.make_formatter()
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        (_, common), *others = self.groups(ctx)
        with formatter.section("Options"):
            formatter.write_dl([(name, _RANGE.sub("", _LONGER.sub(".", text))) for name, text in _records(ctx, common)])
        rest = [one for _, group in others for one in group if "--help" not in one.opts and one.name != "help_all"]
        if rest and listed:
            with formatter.section("More, explained by --help-all"):
                formatter.write_text(" ".join(map(_shortest, rest)))
        elif rest:
            formatter.write_paragraph()
            formatter.write_text(f"{len(rest)} more options: {ctx.command_path} --help-all")
        if epilog := with_examples(self.epilog, examples):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(cleandoc(epilog))
        return formatter.getvalue()

    def full_help(self, ctx: click.Context) -> str:
        """Return the help with all options, in groups, the common ones first."""
        formatter = ctx.make_formatter()
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(cleandoc(self.help or "").replace("\f", ""))
        for title, group in self.groups(ctx):
            with formatter.section(title):
                formatter.write_dl([(name, text.replace("\f", "")) for name, text in _records(ctx, group)])
        write_promises(formatter, of_command(self))
        self.format_epilog(ctx, formatter)
        return formatter.getvalue().rstrip()

    def groups(self, ctx: click.Context) -> Iterator[tuple[str, list[click.Parameter]]]:
        """Yield the options by subject, the common ones first."""
        shown = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and not one.hidden]
        left: dict[str, click.Parameter] = {"--help" if "--help" in one.opts else one.name or "": one for one in shown}
        yield "Common options", [left.pop(name) for name in self.common]
        groups = {title: [left.pop(name) for name in names if name in left] for title, names in GROUPS.items()}
        for title, group in {OWN: list(left.values()), **groups}.items():
            if group:
                yield title, group


def _records(ctx: click.Context, group: Sequence[click.Parameter]) -> list[tuple[str, str]]:
    return [record for one in group if (record := one.get_help_record(ctx)) is not None]


def _shortest(option: click.Parameter) -> str:
    return min((*option.opts, *option.secondary_opts), key=len)


_LONGER = re.compile(r"\.?\f.*?(?=  \[|$)", re.DOTALL)
"""The text after a form feed, for which only --help-all has room."""

_RANGE = re.compile(r"  \[[\d<>=x]+\]")
"""The range of a number, [x>=0], which only --help-all says, too."""
