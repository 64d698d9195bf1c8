"""An image and its padding in blocks of rows: each an image of its own, to be convolved without padding.

For what needs several convolutions of the same rows (edges do) before anything is worth keeping.
"""

import numpy as np

from cnnfilt.core.engine.borders import PaddingValue
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.strips import PaddedImage, strip_edges
from cnnfilt.describe.windows import windows
from cnnfilt.terms import Padding, PaddingMode, Pair

VALUE_BYTES = 4
"""What is held for each value of a block: most likely a float32 or two int16."""


class Blocks:
    """The rows that windows of `kernel_size`, one pixel apart, see of `image` (H, W, C).

    `shape` is that of the windows, (H', W', C), `edges` the (first, last) output rows of each block. These
    depend on the image and the windows alone.
    """

    def __init__(
        self, image: Array, kernel_size: Pair, padding: Padding, padding_mode: PaddingMode, padding_value: PaddingValue
    ) -> None:
        """Raise ShapeError when no window fits or the mode cannot pad so far, ParameterError for a wrong padding."""
        rows, columns = windows((image.shape[0], image.shape[1]), kernel_size, padding=padding)
        self._source = PaddedImage(
            image,
            ((rows.before, rows.after), (columns.before, columns.after)),
            padding_mode=padding_mode,
            padding_value=padding_value,
        )
        self._span = rows.span
        self.shape = (rows.output_size, columns.output_size, image.shape[2])
        self.edges = strip_edges(rows, self._source.shape[1] * image.shape[2] * VALUE_BYTES)

    def read(self, first: int, last: int) -> Array:
        """Return a copy of the padded rows that output rows `first` to `last` see, all padded columns, all channels."""
        block = np.empty((last - first + self._span - 1, *self._source.shape[1:]), self._source.dtype)
        self._source.read(first, block)
        return block
