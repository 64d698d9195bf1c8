"""What to type for an option that a command does not have, or lacks. Imported only when one has been refused."""

from collections.abc import Sequence

import click

from cnnfilt.cli.stray_words import kernel_among, size_among
from cnnfilt.parsing import words_near

ELSEWHERE = {
    "--force": "overwrite",
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

_KERNEL = frozenset({"-k", "--kernel"})
_SIZE = frozenset({"-f", "--kernel-size", "--size", "--ksize"})

_KERNEL_OR_SIZE = {
    "convolve": "a kernel has its own size, as in -k box:5 or -k gaussian:2,9; -f is the window of pool and shape",
    "edges": "the kernel is that of the --method; for another one there is cnnfilt convolve -k",
    "pad": "--for-kernel says the size of the kernel that the border is for",
    "apply": "kernels and sizes stand in the chain, as in filter:sobel-x or pool:max,k=3",
    "shape": "-f is the size of the window, as in -f 3; -k is for the coefficients in convolve",
    "pool": "-f is the size of the window, as in -f 3; -k is for the coefficients in convolve",
    "learn": "-f is the size of the filter, as in -f 3; -k is for the coefficients in convolve",
}
"""What says the kernel, or its size, in the commands where one of the two is no option."""


MOST_COMMANDS = 4
"""An option of more commands is in all of a kind: a list of them would not help."""


def unknown_option(error: click.NoSuchOption) -> str:
    """Return the message for an option that the command does not have."""
    advice = None if error.ctx is None else _advice(error.option_name, error.ctx)
    return f"No such option {error.option_name!r}{f'; {advice}' if advice else ''}"


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
    if isinstance(option, click.Option) and not option.is_flag and option.metavar:
        return f"Option {error.option_name!r} needs a value: {option.metavar}"
    return error.format_message().rstrip(".")


def _advice(name: str, context: click.Context) -> str | None:
    command = context.command
    own = {param.name or "": param for param in command.params if isinstance(param, click.Option)}
    if name in ("-V", "--version"):
        return "cnnfilt --version prints the version"
    if name in _KERNEL | _SIZE and command.name in _KERNEL_OR_SIZE:
        return _KERNEL_OR_SIZE[command.name]
    if name == "--sigma" and command.name == "convolve":
        return "the sigma of a Gaussian follows its name, as in -k gaussian:1"
    if ELSEWHERE.get(name) in own:
        return f"here it is called {' or '.join(own[ELSEWHERE[name]].opts)}"
    flags = [flag for one in own.values() for flag in (*one.opts, *one.secondary_opts) if flag.startswith("--")]
    near = words_near(name.lstrip("-"), [flag.lstrip("-") for flag in flags])
    if near:
        return f"did you mean {' or '.join(f'--{flag}' for flag in near)}?"
    others = _commands_with(name, context)
    if not 0 < len(others) <= MOST_COMMANDS:
        return None
    listed = " and ".join([*([", ".join(others[:-1])] if others[1:] else []), others[-1]])
    return f"it is an option of {listed}, not of {command.name}"


def _commands_with(name: str, context: click.Context) -> Sequence[str]:
    """Return the commands beside this one that have the option."""
    group = context.find_root()
    if not isinstance(group.command, click.Group) or context is group:
        return ()
    commands = ((other, group.command.get_command(group, other)) for other in group.command.list_commands(group))
    return [other for other, command in commands if command and any(name in one.opts for one in command.params)]
