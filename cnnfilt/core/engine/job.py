"""What is to be computed, with nothing said yet about how."""

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Activation, PaddingMode, PaddingValue


class Job(Frozen):
    """A convolution of `image` (H, W, C) with `weights` and `bias` as made by `weights`.

    With `each`, the one filter (kernel height, kernel width, 1, 1) meets every channel, or there is one for each,
    (kernel height, kernel width, 1, C), with a bias for each; otherwise every filter of (kernel height, kernel
    width, C, N) sums over the channels. Zero taps are left out of the sum, so an infinity or NaN under one does
    not spread (0 * inf would).
    """

    image: Array
    weights: Array
    each: bool
    bias: Array
    rows: Window
    columns: Window
    padding_mode: PaddingMode = "zeros"
    padding_value: PaddingValue = 0
    activation: Activation = "none"

    @property
    def maps(self) -> int:
        """Return the number of channels of the result."""
        return int(self.image.shape[2] if self.each else self.weights.shape[3])

    @property
    def shares_filter(self) -> bool:
        """Tell whether one filter meets every channel on its own."""
        return self.each and self.weights.shape[3] == 1

    @property
    def is_depthwise(self) -> bool:
        """Tell whether every channel has a filter of its own."""
        return self.each and self.weights.shape[3] > 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape of the result, (H', W', maps)."""
        return self.rows.output_size, self.columns.output_size, self.maps

    @property
    def tap_count(self) -> int:
        """Return how many coefficients are not zero, over all filters."""
        return int(np.count_nonzero(self.weights))

    @property
    def pads_with_value(self) -> bool:
        """Tell whether any window can meet the padding value."""
        padded = any((self.rows.before, self.rows.after, self.columns.before, self.columns.after))
        return padded and self.padding_mode == "zeros"
