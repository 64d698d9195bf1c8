"""Options whose defaults people set once, as CNNFILT_DEFAULT_<OPTION>: which there are, and which count in a run.

An option is one by its own field (`Habit`), and its default comes by way of `habitual_option`. The library reads none.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import click
from click.core import ParameterSource

from cnnfilt.cli.habitual_option import PREFIX, HabitualOption
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import CnnfiltError


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
