"""A group of commands that imports only the one that was asked for: start-up is most of a short run."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from cnnfilt.cli.command import help_options
from cnnfilt.cli.dashes import refuse_other_dashes


class LazyGroup(click.Group):
    """A group whose commands are known by `table`, names with a line of help, and live in modules of their names.

    `home` names the module of a command: "cnnfilt.cli.{}.command" for one. The command in it has its name, too.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.home = table, home
        self.add_help_option = False
        # A group hides no option, so it shows what --help does, and what holds of every command.
        self.params += help_options(self.full_help, hides_all=True)

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
        from cnnfilt.cli.help import group_help_for_screen

        formatter.write(group_help_for_screen(self, ctx))

    def full_help(self, ctx: click.Context) -> str:
        """Return the help with all that holds of every command."""
        from cnnfilt.cli.help import full_group_help

        return full_group_help(self, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))
