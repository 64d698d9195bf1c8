"""What must come out of `cnnfilt shape`, or it exits with code 1: --want and --strict."""

from collections.abc import Sequence

from cnnfilt.cli.shape.answers import LayerWindows
from cnnfilt.describe.window import Window
from cnnfilt.errors import DemandError, ParameterError
from cnnfilt.parsing import parse_numbers
from cnnfilt.spelling import spelled_size


def parse_wanted(want: str | None) -> tuple[int, ...] | None:
    """Return the numbers of --want; ParameterError if they are no size."""
    if want is None:
        return None
    numbers = parse_numbers(want.lower(), "--want")
    if len(numbers) > 3 or min(numbers) < 1:
        raise ParameterError(f"--want {want!r} is not a size such as 112x112 or 112x112x64", parameter="want")
    return numbers


def check_wanted(wanted: tuple[int, ...], output: tuple[int, ...]) -> None:
    """Raise DemandError unless `output` is what was wanted; it is empty where it is not known."""
    if not output:
        raise DemandError(f"what comes out is unknown, not {spelled_size(wanted)}")
    # Channels are only compared when they were asked for; a flat output is one number.
    found = output[: max(len(wanted), 2)]
    if wanted != found:
        alone = len(wanted) == 1 and len(found) > 1
        meant = f"; for rows and columns write --want {wanted[0]}x{wanted[0]}" if alone else ""
        raise DemandError(f"{spelled_size(found)} comes out, not {spelled_size(wanted)}{meant}")


def check_strict(layers: Sequence[LayerWindows]) -> None:
    """Raise DemandError for windows that leave rows or columns over."""
    for layer in layers:
        for window in layer.windows:
            if window.remainder:
                raise DemandError(layer.where + _left_over(window))


def _left_over(window: Window) -> str:
    steps = f"{window.size} + {window.before} + {window.after} - {window.span} = {window.padded_size - window.span}"
    return f"stride {window.stride} does not divide {steps} {window.lines}; {window.remainder} left over"
