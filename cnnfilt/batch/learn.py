"""From pairs of images to the filter that turns one into the other, and whether there is one."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from cnnfilt.batch.inputs import read_input, worth_telling
from cnnfilt.batch.pairs import ImagePair
from cnnfilt.core.inverse_levels import InverseLevels, inverse_levels
from cnnfilt.core.levels import Range
from cnnfilt.errors import CnnfiltError, DemandError, InputError, ParameterError, ShapeError
from cnnfilt.files.image import Array, Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.fitting.descent import Descent, descend
from cnnfilt.fitting.equations import Equations, equations_of
from cnnfilt.fitting.least_squares import (
    Learned,
    as_learned,
    inverse_diagonal,
    levels_off,
    rounded,
    simplified,
    solve,
    with_plain_factor,
)
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import LearnedChannels, Pair, ValueMapping

MOST_UNKNOWNS = 4096
"""So many numbers are solved for at most: their products alone take 128 MiB."""

MOST_UNSURE = 0.25
"""A filter whose coefficients may be wrong by a greater part of the largest is none to be used."""

DEFAULT_SIZE = 5


class LearnRequest(Frozen, kw_only=True):
    """What is sought, and how the images are read. Without a size, it follows from a smaller AFTER; else it is 5x5."""

    kernel_size: Pair | None = None
    channels: LearnedChannels = "each"
    bias: bool = False
    values: ValueMapping | Literal["auto"] = "auto"
    value_range: Range | None = None
    decimals: int | None = None
    learning_rate: float | None = None
    steps: int | None = None
    """So many steps of descent at most; None: solved at once."""
    read: ReadOptions = ReadOptions(alpha="drop")
    """How the images are read: transparency has no part in a filter."""


class Collected(Frozen):
    """The equations of all pairs, how AFTER's pixels became responses, and what was said on reading."""

    equations: Equations
    inverse: InverseLevels
    kernel_size: Pair
    channels: int
    notes: tuple[str, ...]


class Found(Frozen):
    """The filter to write: `kernel` (h, w), (h, w, C) or (h, w, C, N), and by how many levels of 255 it is off."""

    kernel: Array
    learned: Learned
    levels_off: float
    best: float
    """By how much the best filter is off, before any rounding."""
    descent: Descent | None = None


def collect(pairs: Sequence[ImagePair], request: LearnRequest) -> Collected:
    """Return the equations of all pairs, each read, summed up and forgotten. Raises a CnnfiltError that names it."""
    total: Collected | None = None
    for pair in pairs:
        one = _collected(pair, request if total is None else replace(request, kernel_size=total.kernel_size))
        if total is None:
            total = one
            continue
        _check_alike(pair, one, total)
        total = replace(total, equations=total.equations + one.equations, notes=total.notes + one.notes)
    assert total is not None, "there is a pair"
    return total


def find_filter(collected: Collected, request: LearnRequest) -> Found:
    """Return the filter that misses AFTER least. Raises DemandError where the images do not settle one."""
    bias = request.bias or collected.inverse.shifted
    best = solve(collected.equations, bias=bias)
    least = levels_off(best, collected.inverse)
    if best.unsure > MOST_UNSURE and least:
        raise DemandError(
            f"the images leave the coefficients uncertain: they may be wrong by {best.unsure:.0%} of the largest; "
            "use an image with more detail, or a smaller -f"
        )
    descent = None
    if request.steps is not None:
        descent = descend(best.equations, learning_rate=request.learning_rate, steps=request.steps)
        diagonal = inverse_diagonal(collected.equations, bias=bias)
        best = as_learned(collected.equations, descent.unknowns, diagonal, bias=bias)
    if request.decimals is not None:
        best = rounded(best, request.decimals)
    elif collected.inverse.stretched:
        best = with_plain_factor(best)
    else:
        best = simplified(best)
    kernel = _shaped(best.coefficients + 0.0, collected, request.channels)  # The zeros of rounding may be negative.
    if (kernel == np.rint(kernel)).all() and np.abs(kernel).max() < 2**53:
        kernel = kernel.astype(np.int64)
    return Found(kernel, best, levels_off(best, collected.inverse), least, descent)


def advice(collected: Collected, request: LearnRequest, most: float) -> str:
    """Return what would explain the images after all, or what no filter does."""
    if not request.bias and not collected.inverse.shifted:
        try:
            biased = solve(collected.equations, bias=True)
        except DemandError:
            biased = None
        if biased is not None and levels_off(biased, collected.inverse) <= most:
            middle = ((collected.inverse.white or 0) + 1) // 2
            if middle and abs(float(biased.biases[0]) * collected.inverse.gain - middle) < 2:
                return f"one that adds {middle} fits: if AFTER was written with --values offset, give it here, too"
            return "one with --bias fits"
    return (
        "perhaps a median, absolute values, or a filter larger than -f was used; "
        "for a JPEG's losses raise --max-residual"
    )


def _collected(pair: ImagePair, request: LearnRequest) -> Collected:
    images = [_numbers(read_input(path, request.read), path) for path in (pair.before, pair.after)]
    before, after = (image.pixels for image in images)
    channels = 1 if before.ndim == 2 else before.shape[2]
    size = request.kernel_size or _size_from(before, after)
    if min(size) < 1:
        raise ParameterError(f"-f {size[0]}x{size[1]} is not the size of a filter; give whole numbers of 1 or more")
    unknowns = size[0] * size[1] * (channels if request.channels == "sum" else 1)
    if unknowns > MOST_UNKNOWNS:
        raise ParameterError(f"-f {size[0]}x{size[1]} has {unknowns:,} coefficients; the limit is {MOST_UNKNOWNS:,}")
    inverse = inverse_levels(request.values, after.dtype, value_range=request.value_range, source=before.dtype)
    try:
        equations = equations_of(before, after, size, channels=request.channels, inverse=inverse)
    except ShapeError as error:
        raise ShapeError(f"{pair.before}, {pair.after}: {error.message}") from None
    paths = (pair.before, pair.after)
    notes = (f"{path}: {note}" for path, image in zip(paths, images, strict=True) for note in worth_telling(image))
    return Collected(equations, inverse, size, channels, tuple(notes))


def _numbers(image: Image, path: str) -> Image:
    """Return `image`, if all its numbers are finite."""
    if image.pixels.dtype.kind == "f" and not np.isfinite(image.pixels).all():
        raise InputError(f"{path}: holds nan or infinity, and nothing can be learned from these")
    return image


def _size_from(before: Array, after: Array) -> Pair:
    """Return the kernel size of a valid convolution from one to the other, 5x5 for images of one size."""
    rows, columns = before.shape[0] - after.shape[0], before.shape[1] - after.shape[1]
    valid = min(rows, columns) >= 0 and max(rows, columns) > 0 and (rows + 1) * (columns + 1) <= MOST_UNKNOWNS
    return (rows + 1, columns + 1) if valid else (DEFAULT_SIZE, DEFAULT_SIZE)


def _check_alike(pair: ImagePair, one: Collected, total: Collected) -> None:
    if one.equations.gram.shape != total.equations.gram.shape or one.equations.maps != total.equations.maps:
        raise ShapeError(f"{pair.before}, {pair.after}: their channels differ from those of the first pair")
    if one.inverse != total.inverse:
        raise CnnfiltError(
            f"{pair.before}, {pair.after}: their depth differs from that of the first pair; learn from each separately"
        )
    if one.inverse.stretched:
        raise ParameterError("minmax and symmetric stretch each image by its own factor; learn from one pair")


def _shaped(coefficients: Array, collected: Collected, channels: LearnedChannels) -> Array:
    height, width = collected.kernel_size
    if channels == "each" or (collected.channels == 1 and coefficients.shape[1] == 1):
        return coefficients.reshape(height, width)
    kernel = coefficients.reshape(height, width, collected.channels, -1)
    return kernel[..., 0] if kernel.shape[3] == 1 else kernel
