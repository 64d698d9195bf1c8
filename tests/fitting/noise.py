"""An image of noise, which tells all coefficients of a filter apart, and the two usual ways AFTER is written."""

import numpy as np

from cnnfilt.core.inverse_levels import InverseLevels

RAW = InverseLevels()
CLIPPED = InverseLevels(top=255, white=255)
RNG = np.random.default_rng(11)
NOISE = RNG.integers(0, 256, (60, 70)).astype(np.uint8)


def as_levels(responses: np.ndarray) -> np.ndarray:
    return np.rint(responses).clip(0, 255).astype(np.uint8)
