"""The options of commands that filter images: those of all that have files, and what part of an image changes."""

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from cnnfilt.cli.options import FileOptions, file_options, options_of
from cnnfilt.describe.light import Light
from cnnfilt.describe.parts import Parts
from cnnfilt.errors import InputError, ParameterError
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen, fields, replace

if TYPE_CHECKING:  # NumPy is not needed for the help.
    from cnnfilt.operations.base import Operation

_AS_STORED = Light()

Asked = TypeVar("Asked", bound=Frozen)


class FilterOptions(FileOptions, kw_only=True):
    """What every command that filters images is asked: which files, and which `parts` of the images change."""

    parts: Parts
    light: Light = _AS_STORED

    def read_options(self, *, gray: bool) -> ReadOptions:
        """Return how the inputs are read: in colour where a part of them is to change, unless gray is asked for."""
        return super().read_options(gray=gray and not self.parts.pastes)

    @property
    def also_read(self) -> tuple[str, ...]:
        """Return the files, beside the inputs, that no output may replace."""
        return () if self.parts.mask is None else (self.parts.mask,)

    def around(self, operation: "Operation", *, gray: bool) -> "Operation":
        """Return `operation` on the light and the parts that were asked for; `gray` is the command's own for --gray."""
        if self.light.is_linear:
            from cnnfilt.operations.in_light import InLight

            operation = InLight(operation=operation, treatment=operation.treatment)
        if self.parts.is_all:
            return operation
        # Most runs do without.
        from cnnfilt.files.mask import read_mask
        from cnnfilt.operations.in_parts import InParts

        parts = self.parts
        if parts.mask is not None:
            parts = replace(parts, mask=os.path.abspath(parts.mask))
            try:
                read_mask(self.parts.mask or "", max_pixels=self.max_pixels)
            except InputError as error:
                raise ParameterError(f"mask {error.about(self.parts.mask or '')}") from None
        in_gray = gray and self.gray is None and parts.pastes
        return InParts(operation=operation, parts=parts, in_gray=in_gray, treatment=operation.treatment)


def filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command INPUT... and the options of all that filter images; it receives them together, as `files`."""

    @functools.wraps(function)
    def command(files: FileOptions, parts: Parts, light: Light = _AS_STORED, **parameters: Any) -> Any:
        return function(files=FilterOptions(**fields(files), parts=parts, light=light), **parameters)

    return file_options(options_of(Parts, "parts")(command))


def light_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --light, too; it stands over `filter_options`, and is a part of its `files`."""
    return options_of(Light, "light")(function)


def unless_given(asked: Asked, **others: Any) -> Asked:
    """Return `asked` with the options `others` where the command line of this run says nothing of them."""
    context = click.get_current_context()
    typed = [name for name in others if context.get_parameter_source(name) is not ParameterSource.DEFAULT]
    return replace(asked, **{name: value for name, value in others.items() if name not in typed})
