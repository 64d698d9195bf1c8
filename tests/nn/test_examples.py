"""Labelled images: split, cut into batches and varied."""

import numpy as np

from cnnfilt.nn.examples import augmented, batches, split
from tests.nn.stripes import stripes


def test_a_split_holds_out_the_same_part_of_each_class() -> None:
    training, validation = split(stripes(), 0.2, seed=1)
    assert np.bincount(validation.labels).tolist() == [6, 6, 6]
    assert len(training) == 72
    assert np.array_equal(split(stripes(), 0.2, seed=1)[1].images, validation.images)
    few = split(stripes(4, 3), 0.9, seed=1)
    assert set(few[0].labels) == {0, 1, 2}, "a class is never held out whole"


def test_batches_hold_every_example_once() -> None:
    seen = np.concatenate([batch.images for batch in batches(stripes(), 32, np.random.default_rng(0))])
    assert len(seen) == 90
    assert len(np.unique(seen, axis=0)) == 90


def test_augmentation_mirrors_and_moves() -> None:
    image = np.arange(8.0)[None, None, :, None] + np.zeros((50, 8, 1, 1))
    rows = augmented(image, ("flip",), np.random.default_rng(0))[:, 0, :, 0].tolist()
    assert {tuple(row) for row in rows} == {tuple(range(8)), tuple(range(7, -1, -1))}
    moved = augmented(image, ("shift",), np.random.default_rng(0))[:, 0, :, 0].tolist()
    assert {tuple(row) for row in moved} == {
        (0, 0, 1, 2, 3, 4, 5, 6),
        (0, 1, 2, 3, 4, 5, 6, 7),
        (1, 2, 3, 4, 5, 6, 7, 7),
    }
