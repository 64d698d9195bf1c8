"""Two files made comparable: the channels of one beside those of the other, in the same levels."""

import numpy as np

from cnnfilt.batch.inputs import read_input, worth_telling
from cnnfilt.core.difference import Difference, compare
from cnnfilt.errors import ShapeError
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen, replace
from cnnfilt.spelling import spelled_size


class Comparison(Frozen):
    """How two files differ: what was compared, (H, W, C) each, the alpha as the last channel where `has_alpha`.

    `peak` is what counts as the strongest signal: 255, 65535, or the largest magnitude where there are no levels.
    """

    a: Array
    b: Array
    difference: Difference
    peak: float
    has_alpha: bool
    notes: tuple[str, ...]


def compare_files(a: str, b: str, options: ReadOptions) -> Comparison:
    """Return how the files `a` and `b` differ. Raises InputError, or ShapeError where they cannot be compared.

    A picture of 8 bits beside one of 16 counts in the levels of the latter, times 257, so that white is white. In
    matrices the numbers count as they are. A picture without transparency is opaque.
    """
    first, second = read_input(a, options), read_input(b, options)
    notes = tuple(f"{path}: {note}" for path, image in ((a, first), (b, second)) for note in worth_telling(image))
    if first.kind == second.kind == "image" and {first.pixels.dtype, second.pixels.dtype} == _DEPTHS:
        first, second = _deep(first), _deep(second)
        notes += ("8-bit levels were multiplied by 257 to compare them with 16-bit ones",)
    has_alpha = first.transparent or second.transparent
    left, right = _channels(first, has_alpha), _channels(second, has_alpha)
    if left.shape != right.shape:
        raise ShapeError(_not_alike(a, b, first, second))
    return Comparison(left, right, compare(left, right), _peak(left, right), has_alpha, notes)


_DEPTHS = {np.dtype(np.uint8), np.dtype(np.uint16)}


def _deep(image: Image) -> Image:
    """Return `image` with 16 bits."""
    if image.pixels.dtype == np.uint16:
        return image
    alpha = None if image.alpha is None else image.alpha * np.uint16(257)
    return replace(image, pixels=image.pixels * np.uint16(257), alpha=alpha)


def _channels(image: Image, with_alpha: bool) -> Array:
    pixels = image.pixels[:, :, np.newaxis] if image.pixels.ndim == 2 else image.pixels
    if not with_alpha:
        return pixels
    full = np.full(pixels.shape[:2], top_level(pixels.dtype), pixels.dtype)
    return np.dstack([pixels, full if image.alpha is None else image.alpha])


def _peak(a: Array, b: Array) -> float:
    if a.dtype == b.dtype and a.dtype in _DEPTHS:
        return top_level(a.dtype)
    return max(_largest(a), _largest(b))


def _largest(array: Array) -> float:
    """Return the largest finite magnitude."""
    if array.dtype.kind != "f":
        return max(abs(int(array.min())), abs(int(array.max())))
    return float(np.max(np.abs(array), where=np.isfinite(array), initial=0))


def _not_alike(a: str, b: str, first: Image, second: Image) -> str:
    sizes = [(*image.pixels.shape[:2], image.channels) for image in (first, second)]
    spelled = [spelled_size(size[:2] if size[2] == 1 else size) for size in sizes]
    if sizes[0][:2] != sizes[1][:2]:
        return f"{a} is {spelled[0]} and {b} is {spelled[1]}; only images of the same size can be compared"
    return f"{a} is {spelled[0]} and {b} is {spelled[1]}; --gray compares both in shades of gray"
