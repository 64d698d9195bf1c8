"""What to type for an option that a command does not have, or lacks. Imported only when one has been refused."""

from collections.abc import Iterable, Sequence
from typing import get_args

import click

from cnnfilt.cli.option_types import Word
from cnnfilt.cli.stray_words import kernel_among, size_among
from cnnfilt.parsing import words_near
from cnnfilt.terms import PaddingWord

ELSEWHERE = {
    "--force": "overwrite",
    "--resume": "skip_existing",
    "--continue": "skip_existing",
    "--output-dir": "output",
    "--outdir": "output",
    "--threads": "jobs",
    "--workers": "jobs",
    "--grayscale": "gray",
    "--greyscale": "gray",
    "--grey": "gray",
    "--mode": "padding_mode",
    "--border": "padding_mode",
    "--border-mode": "padding_mode",
    "--type": "kind",
    "--method": "kind",
    "-m": "kind",
    "--lr": "learning_rate",
    "--rate": "learning_rate",
    "--iterations": "epochs",
    "--val-split": "validation",
    "--validation-split": "validation",
    "-g": "gradient",
    "--dz": "gradient",
}
"""What others call options, and the Python name of ours where the command has it."""

_COLOUR_WORDS = ("color", "colour", "fill", "value", "border-color", "border-colour", "bordercolor", "bordercolour")
OF_PAD = dict.fromkeys((f"--{prefix}{word}" for word in _COLOUR_WORDS for prefix in ("", "padding-")), "padding_value")
OF_PAD |= dict.fromkeys(("--border", "--width", "--border-width"), "padding")
"""What others call the options of `pad`."""

WRITTEN = dict.fromkeys(("--exif", "--keep-exif", "--keep-metadata"), "--metadata all") | {"--strip": "--metadata none"}
"""What others have an option for, and one of ours with its value."""

_KERNEL = frozenset({"-k", "--kernel"})
_SIZE = frozenset({"-f", "--kernel-size", "--size", "--ksize"})

_KERNEL_OR_SIZE = {
    "convolve": "a kernel has its own size, as in -k box:5 or -k gaussian:2,9; -f is the window of pool and shape",
    "edges": "the kernel is that of the --method; for another use cnnfilt convolve -k",
    "pad": "--for-kernel says the size of the kernel that the border is for",
    "apply": "kernels and sizes stand in the chain, as in filter:sobel-x or pool:max,k=3",
    "shape": "-f is the size of the window, as in -f 3; -k is for the coefficients in convolve",
    "pool": "-f is the size of the window, as in -f 3; -k is for the coefficients in convolve",
    "learn": "-f is the size of the filter, as in -f 3; -k is for the coefficients in convolve",
}
"""What says the kernel, or its size, in the commands where one of the two is no option."""


MOST_COMMANDS = 5
"""An option of more commands is in all of a kind: a list of them would not help."""


def unknown_option(error: click.NoSuchOption) -> str:
    """Return the message for an option that the command does not have."""
    advice = None if error.ctx is None else _advice(error.option_name, error.ctx)
    return f"no such option {error.option_name!r}{f'; {advice}' if advice else ''}"


def missing_parameter(error: click.MissingParameter) -> str:
    """Return the message for an option or argument that is required."""
    said = error.format_message().rstrip(".")
    if error.param is None or error.ctx is None:
        return said
    inputs = error.ctx.params.get("inputs") or ()
    if error.param.name == "padding" and (width := size_among(inputs)):
        return f"{said}; write -p {width}"
    if error.param.name == "inputs" and "model" in error.ctx.params:
        return f"{said}; the model comes first, then what it is to look at"
    if error.param.name != "kernels":
        return said
    kernel = kernel_among(inputs)
    return f"{said}; {f'write -k {kernel}' if kernel else 'for example -k box; cnnfilt kernels lists the names'}"


def missing_value(error: click.BadOptionUsage) -> str:
    """Return the message for an option that stands without the value it takes, or with one that it does not take."""
    params = [] if error.ctx is None else error.ctx.command.params
    option = next((one for one in params if error.option_name in one.opts), None)
    if not isinstance(option, click.Option) or option.is_flag or not option.metavar:
        return error.format_message().rstrip(".")
    # To a shell an unquoted # may begin a comment.
    quotes = "; put a colour such as '#ff8000' in quotes" if option.metavar == "COLOUR" else ""
    return f"option {error.option_name!r} needs a value: {option.metavar}{quotes}"


def _advice(name: str, context: click.Context) -> str | None:
    command = context.command
    if isinstance(command, click.Group):
        return _advice_of_group(name, context)
    own = {param.name or "": param for param in command.params if isinstance(param, click.Option)}
    known = command.get_params(context)
    flags = [flag for one in known for flag in (*one.opts, *one.secondary_opts) if flag.startswith("--")]
    if len(name) > 2 and name[1] != "-":
        name = f"-{name}"  # -output of ImageMagick.
    if name in flags:
        return f"did you mean {name}?"
    if name in ("-V", "--version"):
        return "cnnfilt --version prints the version"
    if name in _KERNEL | _SIZE and command.name in _KERNEL_OR_SIZE:
        return _KERNEL_OR_SIZE[command.name]
    if name in ("--layers", "--layer") and any(param.name == "layers" for param in command.params):
        return "layers are written without an option, as in conv:8,k=3 relu pool:max"
    if name == "--sigma" and command.name == "convolve":
        return "the sigma of a Gaussian follows its name, as in -k gaussian:1"
    ours = (OF_PAD if command.name == "pad" else {}).get(name, ELSEWHERE.get(name))
    if ours in own:
        return f"here it is called {' or '.join(own[ours].opts)}"
    written = WRITTEN.get(name) or _as_word(name.lstrip("-"), own.values())
    if written and written.split()[0] in flags:
        return f"write {written}"
    near = words_near(name.lstrip("-"), [flag.lstrip("-") for flag in flags])
    if near:
        return f"did you mean {' or '.join(f'--{flag}' for flag in near)}?"
    others = _commands_with(name, context.find_root())
    if not 0 < len(others) <= MOST_COMMANDS:
        return None
    listed = " and ".join([*([", ".join(others[:-1])] if others[1:] else []), others[-1]])
    return f"it is an option of {listed}, not of {command.name}"


def _advice_of_group(name: str, context: click.Context) -> str | None:
    """Return what to type for an option before the command: one of a command, or a command with dashes."""
    word = name.lstrip("-")
    if word in context.command.list_commands(context):  # type: ignore[attr-defined]
        return f"a command has no dashes: {context.command_path} {word}"
    if name != f"--{word}" and any(f"--{word}" in one.opts for one in context.command.get_params(context)):
        return f"did you mean --{word}?"
    others = _commands_with(name, context)
    return f"it stands after a command, as in {context.command_path} {others[0]} ... {name}" if others else None


def _as_word(word: str, options: Iterable[click.Option]) -> str | None:
    """Return the option with its value for `--same` or `--canny`: a word that one option takes as its value."""
    for option in options:
        words = option.type.choices if isinstance(option.type, Word) else ()
        if word in (get_args(PaddingWord) if option.name == "padding" else words):
            return f"{max(option.opts, key=len)} {word}"
    return None


def _commands_with(name: str, context: click.Context) -> Sequence[str]:
    """Return the commands of a group that have the option."""
    group = context.command
    if not isinstance(group, click.Group):
        return ()
    commands = ((other, group.get_command(context, other)) for other in group.list_commands(context))
    return [other for other, command in commands if command and any(name in one.opts for one in command.params)]
