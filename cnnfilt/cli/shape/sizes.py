"""Sizes: read as they are typed, or from the header of an image, and written out."""

import os
import re

from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import CnnfiltError, InputError, ParameterError
from cnnfilt.files.network_files import may_hold_layers
from cnnfilt.parsing import parse_numbers, parse_size
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import DEFAULT_MAX_PIXELS


def input_size(source: str) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    """Return (height, width, channels) as written in `source`, or of the image it names, and notes on the reading.

    Raises ParameterError for what is no size, ShapeError for an absurd one, InputError without an image.
    """
    if is_size(source):
        if re.search(r"\d\s+\d", source):
            raise ParameterError(f"size {source!r} is in several words; write {'x'.join(source.split())}")
        size = parse_size(plain(source))
        check_pixels(size[:2], DEFAULT_MAX_PIXELS, "the input")
        return size, ()
    if source != "-" and not os.path.lexists(source):
        raise InputError(f"{source!r} is neither a size such as 224x224x3 nor an image that exists")
    # Pillow is for images alone: a size should be answered at once.
    from cnnfilt.files.decode.header import noted_size
    from cnnfilt.files.streams import standard_input

    name = "stdin" if source == "-" else source
    try:
        size, notes = noted_size(standard_input() if source == "-" else source)
    except CnnfiltError as error:
        meant = f"; if it holds layers, write 224x224x3 @{name}" if may_hold_layers(source) else ""
        raise type(error)(error.about(name) + meant, parameter=error.parameter) from None
    return size, tuple(f"{name}: {note}" for note in notes)


def with_channels_of(model_size: str, source: str) -> str:
    """Return `source` with the channels of a model's size where it is a size of rows and columns alone."""
    if not is_size(source) or len(parse_numbers(plain(source), "size")) > 2:
        return source
    return spelled_size((*parse_size(plain(source))[:2], parse_size(model_size)[2]))


def is_size(source: str) -> bool:
    """Return whether a size is written there, and not the name of an image."""
    return re.fullmatch(r"\d[\d\sx,+-]*", plain(source)) is not None


def plain(source: str) -> str:
    """Return a size with its sides parted by the letter x."""
    return source.lower().replace("×", "x")


def pair_text(pair: tuple[int | float, int | float] | None) -> str:
    """Return "3" for (3, 3), "3x5" for (3, 5), "0.5" for (1/2, 1/2) and "-" for None."""
    if pair is None:
        return "-"
    one, other = (str(n) if isinstance(n, int) else f"{n:.4g}" for n in pair)
    return one if one == other else f"{one}x{other}"
