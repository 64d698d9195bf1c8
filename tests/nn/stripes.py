"""Images that a small network learns in moments, and such a network."""

import numpy as np

from cnnfilt.nn.examples import Examples
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.training import Trainer, TrainingSettings

WORDS = "conv:4,k=3,p=same relu pool:max flatten fc:3 softmax"


def stripes(count: int = 90, classes: int = 3) -> Examples:
    """Images of upright, level and slanted stripes, with noise."""
    rng = np.random.default_rng(5)
    labels = np.arange(count) % classes
    y, x = np.indices((8, 8))
    patterns = np.stack([x % 4 < 2, y % 4 < 2, (x + y) % 4 < 2]).astype(np.float32)
    images = patterns[labels] + rng.normal(scale=0.2, size=(count, 8, 8))
    return Examples(images[..., None].astype(np.float32), labels)


NONE = stripes().at(slice(0))


def network(words: str = WORDS, seed: int = 0) -> Sequential:
    return Sequential.new(words, (8, 8, 1), np.random.default_rng(seed))


def trained(settings: TrainingSettings, epochs: int, validation: Examples = NONE, words: str = WORDS) -> Trainer:
    trainer = Trainer(network(words), settings)
    for _ in trainer.epochs(stripes(), validation, epochs):
        pass
    return trainer


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)
