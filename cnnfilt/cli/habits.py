"""Options whose defaults people set once, as CNNFILT_DEFAULT_<OPTION>: which there are, and which count in a run.

An option is one by its own field (`Habit`). The library does not read them.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import click
from click.core import ParameterSource

from cnnfilt.cli.messages import print_line
from cnnfilt.errors import CnnfiltError, ParameterError
from cnnfilt.frozen import Habit

PREFIX = "CNNFILT_DEFAULT_"


class HabitualOption(click.Option):
    """An option that takes its default from the environment where it is a `habit`, and no other else."""

    def __init__(self, *args: Any, habit: Habit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.habit = habit
        if habit is not None:
            self.envvar = f"{PREFIX}{(self.name or '').upper()}"

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Return the value in the environment; None where other options of this run leave no room for it."""
        habit = self.habit
        if habit is None or any(_is_given(ctx, one) for one in habit.unless):
            return None
        if habit.only_with and not any(_is_given(ctx, one) for one in habit.only_with):
            return None
        return super().value_from_envvar(ctx)

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value; what is wrong with it is said of the variable where it is from there."""
        if ctx.get_parameter_source(self.name or "") is not ParameterSource.ENVIRONMENT:
            return super().process_value(ctx, value)
        try:
            return super().process_value(ctx, value)
        except click.UsageError as error:
            raise ParameterError(f"{self.envvar}: {error.format_message()}", parameter=self.name) from None
        except ParameterError as error:
            raise ParameterError(f"{self.envvar}: {error.message}", parameter=error.parameter) from None


def of_command(command: click.Command) -> dict[str, str]:
    """Return the variables that `command` heeds, and what each is."""
    return {one.envvar: f"The default of {max(one.opts, key=len)}." for one in _options(command)}


def every_habit() -> dict[str, str]:
    """Return the variables of all commands, and what each is."""
    from cnnfilt.cli.options import FileOptions
    from cnnfilt.describe.operations import Convolution

    options = [one for kind in (Convolution, FileOptions) for one in kind.options.values() if one.habit is not None]
    return {f"{PREFIX}{one.name.upper()}": f"The default of {max(one.flags, key=len)}." for one in options}


def in_effect(ctx: click.Context) -> dict[str, str]:
    """Return what this run has from the environment: `padding same (CNNFILT_DEFAULT_PADDING)`, by the option's name."""
    return {
        one.name or "": f"{max(one.opts, key=len).lstrip('-')} {os.environ[one.envvar]} ({one.envvar})"
        for one in _options(ctx.command)
        if ctx.get_parameter_source(one.name or "") is ParameterSource.ENVIRONMENT
    }


def announce(ctx: click.Context, found: Mapping[str, str]) -> None:
    """Say with -v what is from the environment, and unless -q what looks as if it were, but is no default."""
    if ctx.params.get("quiet", False):
        return
    for line in unknown_habits(os.environ):
        print_line(line)
    if ctx.params.get("verbose", False):
        for line in found.values():
            print_line(line)


def unknown_habits(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for all variables that are named as such defaults, and are none; nothing where there are none."""
    named = sorted(name for name in environment if name.startswith(PREFIX))
    if named and (others := [name for name in named if name not in every_habit()]):
        yield f"{', '.join(others)}: no such default; there are {', '.join(every_habit())}"


def blamed(error: CnnfiltError, found: Mapping[str, str]) -> CnnfiltError:
    """Return `error`, naming the variable that its value is from where it is of one."""
    said = found.get(error.parameter or "")
    if said is None or PREFIX in error.message:
        return error
    return type(error)(f"{error.message} [{said}]", parameter=error.parameter)


def _options(command: click.Command) -> list[Any]:
    return [one for one in command.params if isinstance(one, HabitualOption) and one.habit is not None]


def _is_given(ctx: click.Context, one: str) -> bool:
    """Return whether an option, "solve", was typed, or with this value, "solve=padding"."""
    name, _, value = one.partition("=")
    typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    return typed and (not value or ctx.params.get(name) == value)
