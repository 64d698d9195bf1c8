"""Words that stand among the inputs, and are no files but values of options: `pool m.csv max`, `-k gaussian 2`."""

import os
import re
from collections.abc import Sequence

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.option_types import Word
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.files.formats import format_of

MOST_PARTS = 8
"""Names of more words are not looked for."""

_NUMBER = r"-?[\d./]+"
_NUMBERS = r"\d+([,x]\d+)*"


MODEL_SUFFIXES = (".npz", ".onnx")


def refuse_stray_words(inputs: Sequence[str], context: click.Context) -> None:
    """Raise UsageError for a word that is no file, and that an option of the command takes; it says which one."""
    for word in inputs:
        if word == "-" or os.path.lexists(word) or format_of(word) is not None:
            continue
        if (name := _name_with_blanks(inputs, word)) is not None:
            from shlex import quote  # Only mistakes need it.

            raise click.UsageError(f"a name with blanks needs quotes: {quote(name)}", context)
        meant = _meant(word, context, alone=len(inputs) == 1)
        if meant is not None:
            raise click.UsageError(f"{word!r} is not a file; {meant}", context)


def refuse_model_last(model: str, others: Sequence[str], context: click.Context) -> None:
    """Raise UsageError where the model stands after what it is to look at."""
    models = [] if model.endswith(MODEL_SUFFIXES) else [word for word in others if word.endswith(MODEL_SUFFIXES)]
    if models:
        raise click.UsageError(f"the model comes first: {context.command_path} {models[0]} {model}", context)


def _name_with_blanks(words: Sequence[str], missing: str) -> str | None:
    """Return the file whose name a shell has taken apart at its blanks, with `missing` as one of the parts; or None."""
    place = words.index(missing)
    spans = ((start, end) for start in (place, max(place - 1, 0)) for end in range(place + 1, place + MOST_PARTS))
    names = (" ".join(words[start:end]) for start, end in spans if end - start > 1)
    return next((name for name in names if os.path.lexists(name)), None)


def kernel_among(words: Sequence[str]) -> str | None:
    """Return the first of `words` that is a kernel and no file, or None."""
    kernels = (word for word in words if word.partition(":")[0] in NAMED and not os.path.lexists(word))
    return next(kernels, None)


def size_among(words: Sequence[str]) -> str | None:
    """Return the first of `words` that is a size and no file, or None."""
    return next((word for word in words if re.fullmatch(_NUMBERS, word) and not os.path.lexists(word)), None)


def _meant(word: str, context: click.Context, *, alone: bool) -> str | None:
    options = [param for param in context.command.params if isinstance(param, click.Option)]
    if re.fullmatch(_NUMBERS, word):
        return _meant_by_number(word, context, options, alone=alone)
    if word == "help" and alone:
        return f"for the help write {context.command_path} --help"
    if "kernels" in context.params and kernel_among([word]):
        return f"another kernel is another -k {word}"
    for option in options:
        if isinstance(option.type, Word) and word.lower() in option.type.choices:
            return f"for the option write {max(option.opts, key=len)} {word.lower()}"
    return None


def _meant_by_number(word: str, context: click.Context, options: Sequence[click.Option], *, alone: bool) -> str | None:
    """Return what a number is for: the arguments of a kernel, or else the commonest option that takes such."""
    kernel = next(iter(reversed(context.params.get("kernels") or ())), "")
    numbers = word.replace("x", ",")
    if kernel in NAMED and numbers.count(",") < len(NAMED[kernel].arguments):
        return f"the numbers of a kernel follow its name and a colon: -k {kernel}:{numbers}"
    if alone and "," in word:
        return None  # A matrix of one row.
    if re.fullmatch(_NUMBER, kernel):
        return f'the numbers of a kernel stand together in quotes: -k "{kernel} {word} ..."'
    if alone:
        return None  # It may be a matrix of one number.
    common = context.command.common if isinstance(context.command, Command) else ()
    taking = (one for name in common for one in options if one.name == name and one.metavar in _SIZES)
    option = next(taking, None)
    return None if option is None else f"for the option write {option.opts[0]} {word}"


_SIZES = ("N|HxW", "PADDING")
"""What options that take whole numbers say that they take."""
