"""Labelled images: split for validation, cut into batches, varied a little in each epoch."""

from collections.abc import Iterator, Sequence
from typing import Protocol, assert_never

import numpy as np

from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.terms import Augmentation

_FARTHEST = 8
"""A shift moves an image by up to its side over this."""


class Images(Protocol):
    """Images (N, H, W, C), float32: an array, or what becomes one when it is needed."""

    def __getitem__(self, rows: Array | slice) -> "Images":
        """Return those in `rows`."""

    def __array__(self) -> Array:
        """Return them as an array."""


class Examples(Frozen, eq=False):
    """Images, and the numbers of their classes (N,), counted from 0."""

    images: Images
    labels: Array

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, rows: Array | slice) -> "Examples":
        """Return those in `rows`."""
        return Examples(self.images[rows], self.labels[rows])


class Batch(Frozen, eq=False):
    """The images of one step as an array (N, H, W, C), and the numbers of their classes (N,)."""

    images: Array
    labels: Array

    def __len__(self) -> int:
        return len(self.labels)


def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Return (for training, for validation): `fraction` of each class is held out, but never all of it."""
    generator = np.random.default_rng([seed, _SPLIT])
    held_out = np.zeros(len(examples), bool)
    for label in np.unique(examples.labels):
        rows = generator.permutation(np.flatnonzero(examples.labels == label))
        held_out[rows[: min(round(fraction * len(rows)), len(rows) - 1)]] = True
    return examples.at(~held_out), examples.at(held_out)


def batches(examples: Examples, size: int, generator: np.random.Generator | None = None) -> Iterator[Batch]:
    """Yield the examples in batches of `size`, the last one smaller; in a drawn order if there is a generator."""
    order = np.arange(len(examples)) if generator is None else generator.permutation(len(examples))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        yield Batch(np.asarray(examples.images[rows]), examples.labels[rows])


def augmented(images: Array, ways: Sequence[Augmentation], generator: np.random.Generator) -> Array:
    """Return the batch with each image mirrored or not ("flip") and moved a little ("shift", its border continued)."""
    # In this order, whatever the order of the words: a seed then settles what is drawn.
    for way in sorted(set(ways)):
        match way:
            case "flip":
                mirrored = generator.random(len(images)) < 0.5
                images = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
            case "shift":
                rows, columns = (_moved(length, len(images), generator) for length in images.shape[1:3])
                images = images[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]
            case unknown:
                assert_never(unknown)
    return images


def _moved(length: int, count: int, generator: np.random.Generator) -> Array:
    """Return for each image where every row (or column) is taken from, (count, length)."""
    farthest = max(length // _FARTHEST, 1)
    steps = generator.integers(-farthest, farthest, count, endpoint=True)
    moved: Array = np.clip(np.arange(length) + steps[:, None], 0, length - 1)
    return moved


_SPLIT = 1 << 32
"""Keeps the generator of the split apart from those of the epochs, which are numbered."""
