"""What is to be computed, with nothing said yet about how."""

from functools import cached_property

import numpy as np

from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Activation, PaddingMode, PaddingValue

EVEN = 64
"""How many times as large as the root of their mean square the largest value may be."""


_SQUARABLE = 1e15
"""From one over this up to this, the sum of squares of a block is a normal number in single precision, too."""

_BLOCK = 1 << 19
"""So many values are looked at together: they stay in the cache."""


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

    @cached_property
    def has_even_range(self) -> bool:
        """Tell whether no value dwarfs the others of its channel: none is over EVEN times their root mean square.

        Then what a technique mixes into windows that do not meet a value is within the error that is promised. Of
        whole numbers of at most 16 bits it always is. Infinities and NaN do not count: see `finite`.
        """
        if is_small(self.image.dtype):
            return True
        height, width, channels = self.image.shape
        largest = np.full(channels, np.abs(self.padding_value).max() if self.pads_with_value else 0, np.float64)
        squares = np.zeros(channels)
        rows = max(1, _BLOCK // (width * channels))
        for top in range(0, height, rows):
            peaks, powers = _peaks_and_powers(self.image[top : top + rows])
            squares += powers
            np.maximum(largest, peaks, out=largest)
        return bool((largest <= EVEN * np.sqrt(squares / (height * width))).all())

    def reads(self, dtype: np.dtype) -> bool:
        """Tell whether `dtype` holds whatever a window can meet, image and padding, as it is."""
        if not np.can_cast(self.image.dtype, dtype):
            return False
        if not self.pads_with_value:
            return True
        values = np.atleast_1d(self.padding_value)
        with np.errstate(invalid="ignore", over="ignore"):
            return dtype.kind == "f" or bool((values.astype(dtype) == values).all())

    @property
    def pads_with_value(self) -> bool:
        """Tell whether any window can meet the padding value."""
        padded = any((self.rows.before, self.rows.after, self.columns.before, self.columns.after))
        return padded and self.padding_mode == "zeros"


def _peaks_and_powers(rows: Array) -> tuple[Array, Array]:
    """Return the largest absolute value and the sum of squares of each channel; infinities and NaN count as 0."""
    if rows.dtype == np.float32:
        peaks = _peaks(rows)
        if ((peaks < _SQUARABLE) & ((peaks > 1 / _SQUARABLE) | (peaks == 0))).all():  # False where there is a NaN
            return peaks, np.einsum("ijk,ijk->k", rows, rows)
    rows = rows.astype(np.float64)
    rows[~np.isfinite(rows)] = 0
    with np.errstate(over="ignore"):
        return _peaks(rows), np.einsum("ijk,ijk->k", rows, rows)


def _peaks(rows: Array) -> Array:
    # First over the rows, which are long, then over what is left: channels alone are too few for fast loops.
    peaks: Array = np.maximum(rows.max(axis=0), -rows.min(axis=0)).max(axis=0)
    return peaks
