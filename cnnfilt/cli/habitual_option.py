"""An option that takes its default from the environment, as CNNFILT_DEFAULT_<OPTION>, where its field is a habit."""

from typing import Any

import click
from click.core import ParameterSource

from cnnfilt.errors import ParameterError
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


def _is_given(ctx: click.Context, one: str) -> bool:
    """Return whether an option, "solve", was typed, or with this value, "solve=padding"."""
    name, _, value = one.partition("=")
    typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    return typed and (not value or ctx.params.get(name) == value)
