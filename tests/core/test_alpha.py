"""Transparency through windows: what stands at their centres."""

import numpy as np

from cnnfilt.core.alpha import alpha_at_centres
from cnnfilt.describe.windows import Slide


def test_alpha_kept_is_that_of_the_centres() -> None:
    alpha = np.arange(42, dtype=np.uint8).reshape(6, 7)
    windows = Slide(kernel_size=(3, 4), stride=(2, 1), padding="same").over((6, 7))
    expected = [[alpha[min(max(y, 0), 5), x] for x in range(7)] for y in (1, 3, 5)]
    np.testing.assert_array_equal(alpha_at_centres(alpha, windows), expected)
