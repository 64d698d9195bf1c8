"""The page of a network at work on labelled images: its curves, what it confuses, its worst mistakes, its filters."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnfilt.core.pooling import adaptive_pool
from cnnfilt.files.image import Array
from cnnfilt.frozen import Frozen
from cnnfilt.nn.scoring import confusion
from cnnfilt.page.arrays import packed, picture
from cnnfilt.page.document import Page, Section

MOST_CLASSES = 40
"""Of more classes a table of all pairs is read by no one: the pairs that are confused most often are listed."""

MOST_PAIRS = 10
MOST_MISTAKES = 24
MOST_FILTERS = 64
"""How many of each are on the page."""

_PICTURE = 128
"""How high and wide a picture of an image is at most."""


class Filter(Frozen, eq=False):
    """One filter of the first convolution: its picture, and its coefficients (height, width, in_channels)."""

    pixels: Array
    kernel: Array


def page(
    sections: Sequence[Section],
    judged: dict[str, Any] | None,
    filters: dict[str, Any] | None,
    training: dict[str, Any] | None = None,
) -> Page:
    """Return the page of what `judged_data` and `filter_data` made, and of the `training` under way or done."""
    return Page("results", {"training": training, "judged": judged, "filters": filters}, tuple(sections))


def worst_of(labels: Array, predictions: Array, chances: Array) -> Array:
    """Return the numbers of the images predicted wrong, the surest first, at most `MOST_MISTAKES`."""
    wrong = np.flatnonzero(predictions != labels)
    order = np.argsort(-chances[wrong, predictions[wrong]], kind="stable")
    return wrong[order[:MOST_MISTAKES]]


def judged_data(
    of: str,
    classes: Sequence[str],
    labels: Array,
    predictions: Array,
    mistakes: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Return what a network is right and wrong about, as the page has it; `of` says which images these are.

    `labels` and `predictions` are class numbers (N,); `mistakes` are those that `mistake` made.
    """
    counts = confusion(labels, predictions, len(classes))
    right = int(np.trace(counts))
    pairs = [(int(counts[i, j]), i, j) for i, j in np.argwhere(counts).tolist() if i != j]
    pairs.sort(key=lambda one: (-one[0], one[1], one[2]))
    return {
        "of": of,
        "classes": list(classes),
        "images": len(labels),
        "right": right,
        "accuracy": _share(right, len(labels)),
        "counts": counts.tolist() if len(classes) <= MOST_CLASSES else None,
        "each": [_of_class(counts, number) for number in range(len(classes))],
        "pairs": [{"count": count, "true": i, "predicted": j} for count, i, j in pairs[:MOST_PAIRS]],
        "pairs_in_all": len(pairs),
        "mistakes": list(mistakes),
    }


def mistake(name: str, levels: Array, true: int, predicted: int, chances: Array) -> dict[str, Any]:
    """Return one image that was predicted wrong: `chances` are how likely each class is, (classes,)."""
    return {
        "name": name,
        "picture": picture(_small(levels)),
        "true": true,
        "predicted": predicted,
        "sure": f"{chances[predicted]:.1%}",
        "for_true": f"{chances[true]:.1%}",
    }


def filter_data(layer: str, filters: Sequence[Filter], count: int) -> dict[str, Any]:
    """Return the first of `count` filters of the convolution called `layer`, as the page has them."""
    return {
        "layer": layer,
        "count": count,
        "filters": [{"picture": picture(one.pixels), "kernel": packed(one.kernel)} for one in filters[:MOST_FILTERS]],
    }


def _of_class(counts: Array, number: int) -> dict[str, Any]:
    images, predicted, right = (int(n) for n in (counts[number].sum(), counts[:, number].sum(), counts[number, number]))
    return {
        "images": images,
        "right": right,
        "predicted": predicted,
        "recall": _share(right, images),
        "precision": _share(right, predicted),
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"


def _small(levels: Array) -> Array:
    pixels = levels if levels.ndim == 3 else levels[..., np.newaxis]
    if max(pixels.shape[:2]) > _PICTURE:
        scale = _PICTURE / max(pixels.shape[:2])
        size = max(int(pixels.shape[0] * scale), 1), max(int(pixels.shape[1] * scale), 1)
        pixels = np.rint(adaptive_pool(pixels, size, kind="avg")).astype(np.uint8)
    return pixels if pixels.shape[2] == 3 else pixels[..., 0]
