"""Two files made comparable: the channels of one beside those of the other, in the same levels."""

import numpy as np

from cnnfilt.batch.inputs import read_input, worth_telling
from cnnfilt.core.difference import Difference, compare
from cnnfilt.core.similarity import WINDOW, has_windows, structural_similarity
from cnnfilt.errors import ShapeError
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen, replace
from cnnfilt.spelling import spelled_number, spelled_share, spelled_similarity, spelled_size


class Demands(Frozen, kw_only=True):
    """What two files have to meet to count as alike: what is None is not demanded. With nothing else, no value differs.

    So large a fraction as `max_fraction` of the pixels may differ by more than the tolerance; the SSIM is `min_ssim` or
    more.
    """

    tolerance: float | None = None
    max_fraction: float | None = None
    min_ssim: float | None = None

    @property
    def allowed(self) -> float:
        """Return by how much a value may differ."""
        return self.tolerance or 0


class Measures(Frozen):
    """The numbers of a comparison: of images of this `shape` (H, W, C), the alpha as the last channel if `has_alpha`.

    `peak` is what counts as the strongest signal: 255, 65535, or the largest magnitude where there are no levels. The
    SSIM is None where the images are smaller than its window, or it was not asked for.
    """

    shape: tuple[int, ...]
    has_alpha: bool
    difference: Difference
    peak: float
    ssim: float | None


class Comparison(Frozen):
    """How two files differ: what was compared, (H, W, C) each, its measures, and what was said on reading."""

    a: Array
    b: Array
    measures: Measures
    notes: tuple[str, ...]


def compare_files(
    a: str, b: str, options: ReadOptions, demands: Demands, *, peak: float | None = None, with_ssim: bool = True
) -> Comparison:
    """Return how the files `a` and `b` differ. Raises InputError, or ShapeError where they cannot be compared.

    A picture of 8 bits beside one of 16 counts in the levels of the latter, times 257, so that white is white. In
    matrices the numbers count as they are. A picture without transparency is opaque. `peak` stands in for the one that
    their levels have. Without `with_ssim` it is computed only where it is demanded.
    """
    first, second = read_input(a, options), read_input(b, options)
    notes = tuple(f"{path}: {note}" for path, image in ((a, first), (b, second)) for note in worth_telling(image))
    if first.kind == second.kind == "image" and {first.pixels.dtype, second.pixels.dtype} == _DEPTHS:
        first, second = _deep(first), _deep(second)
        notes += ("8-bit levels were multiplied by 257 to compare them with 16-bit ones",)
    if options.background is not None:
        first, second = _in_colour(first, second), _in_colour(second, first)
    has_alpha = first.transparent or second.transparent
    left, right = _channels(first, has_alpha), _channels(second, has_alpha)
    if left.shape != right.shape:
        raise ShapeError(_not_alike(a, b, first, second))
    peak = _peak(left, right) if peak is None else peak
    difference = compare(left, right, tolerance=demands.allowed)
    ssim = None
    if demands.min_ssim is not None or (with_ssim and has_windows(left.shape)):
        ssim = _ssim(a, b, left, right, difference, peak)
    notes += _hidden_alone(left, right) if has_alpha else ()
    return Comparison(left, right, Measures(left.shape, has_alpha, difference, peak, ssim), notes)


def unmet(measures: Measures, demands: Demands) -> list[str]:
    """Return what is not as it was demanded, in words that follow the names of the two files."""
    difference, found = measures.difference, []
    if demands.max_fraction is not None:
        if difference.fraction_over > demands.max_fraction:
            share = f"{spelled_share(difference.fraction_over)} of the pixels"
            found.append(
                f"differ by more than {demands.allowed:g} in {share}, over --max-fraction {demands.max_fraction:g}"
            )
    elif difference.largest > demands.allowed and (demands.tolerance is not None or demands.min_ssim is None):
        # Who demands a similarity alone has no single value in mind.
        found.append(f"differ by up to {spelled_number(difference.largest)}, over --tolerance {demands.allowed:g}")
    if demands.min_ssim is not None and not (measures.ssim is not None and measures.ssim >= demands.min_ssim):
        ssim = "none" if measures.ssim is None else spelled_similarity(measures.ssim)
        found.append(f"have an SSIM of {ssim}, below --min-ssim {demands.min_ssim:g}")
    return found


def _ssim(a: str, b: str, left: Array, right: Array, difference: Difference, peak: float) -> float:
    if not has_windows(left.shape):
        size = spelled_size(left.shape[:2])
        raise ShapeError(f"{a} and {b} are {size}; SSIM looks at windows of {WINDOW}x{WINDOW}, so use --tolerance")
    # Most often the files are the same, and it takes longer than all the rest.
    return structural_similarity(left, right, peak=peak) if difference.largest else 1.0


def _in_colour(image: Image, other: Image) -> Image:
    """Return `image` with three channels where it is gray and `other` is not: on a screen they may look the same."""
    if image.channels != 1 or other.channels != 3:
        return image
    return replace(image, pixels=np.repeat(image.pixels.reshape(*image.pixels.shape[:2], 1), 3, axis=2))


def _hidden_alone(left: Array, right: Array) -> tuple[str, ...]:
    """Return a hint where nothing that is seen differs: the last channel is the alpha of each."""
    differs = (left != right).any(axis=2)
    if not differs.any() or left[..., -1][differs].any() or right[..., -1][differs].any():
        return ()
    return ("they differ only in colours under full transparency; --background white compares what is seen",)


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
