"""A group of commands that imports only the one that was asked for: start-up is most of a short run."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from cnnfilt.cli.dashes import refuse_other_dashes
from cnnfilt.cli.habits import every_habit
from cnnfilt.cli.help import help_all_option, write_promises
from cnnfilt.cli.help_screen import SHORTER, HelpContext, fitted, with_examples


class LazyGroup(click.Group):
    """A group whose commands are known by `table`, names with a line of help, and live in modules of their names.

    `home` names the module of a command: "cnnfilt.cli.{}.command" for one. The command in it has its name, too.
    """

    context_class = HelpContext

    def __init__(self, *args: Any, table: Mapping[str, str], home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.home = table, home
        # A group hides no option, so it shows what --help does, and what holds of every command.
        self.params.append(help_all_option(self.full_help, hidden=True))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`; `help COMMAND` is taken for `COMMAND --help`."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        refuse_other_dashes(args, ctx)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None for an unknown name."""
        if cmd_name not in self.table:
            return None
        command: click.Command = getattr(import_module(self.home.format(cmd_name)), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command to run; an unknown name is answered with what was probably meant."""
        if args and not args[0].startswith("-") and args[0] not in self.table:
            from cnnfilt.cli.command_advice import command_advice  # Only mistakes need it.

            raise click.UsageError(command_advice(args[0], ctx.info_name or "", list(self.table)), ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help that fits the screen."""
        formatter.write(fitted(lambda examples, _: self._help(ctx, examples)))

    def full_help(self, ctx: click.Context) -> str:
        """Return the help with all that holds of every command."""
        return self._help(ctx, SHORTER[0][0], promises=True).rstrip()

    def _help(self, ctx: click.Context, examples: int, *, promises: bool = False) -> str:
        formatter = ctx.make_formatter()
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        if promises:
            write_promises(formatter, every_habit())
        if epilog := with_examples(self.epilog, examples):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(epilog)
        return formatter.getvalue()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))
