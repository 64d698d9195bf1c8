"""Canny's edges: one pixel wide, kept where they are strong or hang on to something strong.

Canny 1986, "A computational approach to edge detection": smooth with a Gaussian, take the gradient (Sobel's
here), keep the pixels where it peaks along its own direction, and follow weak edges from strong ones.
"""

from collections.abc import Iterator

import numpy as np

from cnnfilt.core.convolution import convolve
from cnnfilt.core.engine.images import Array, full_step
from cnnfilt.core.engine.padded import PaddedImage
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.noise import NOISE
from cnnfilt.core.thinning import SLACK, Mask, crests, shifted
from cnnfilt.describe.edge_detection import EdgeDetection, check_thresholds
from cnnfilt.terms import Pair

WEAK, STRONG = 1, 2

VALUE_BYTES = 4
"""What is held for each value of a strip: most likely a float32 or two int16."""


def canny_mask(pixels: Array, asked: EdgeDetection) -> Mask:
    """Return where the edges of an image (H, W, C) are, (H', W', C), every channel on its own.

    Sigma is the Gaussian's, in pixels. Low and high are gradients as fractions of a full step's, from 0 to the
    image's top level (255, 65535; 1.0 for floats), after the same smoothing: an edge of at least high stays, and so
    does one of at least low that touches one that stays, also by a corner. Of two equal pixels side by side the left
    or upper one is the edge. Raises ParameterError for thresholds that no image of this type could reach.
    """
    low, high = asked.thresholds
    # A float image may well have steps of more than 1, an integer one has none.
    check_thresholds(low, high, np.inf if pixels.dtype.kind == "f" else 1)
    gradients = Gradients(pixels, asked)
    peaks = np.empty(gradients.shape, np.uint8)
    for rows, across, down in gradients.fields(halo=1):
        with np.errstate(over="ignore"):
            strength = np.hypot(across, down)
        thin = crests(strength, shifted(across, 0, 0), shifted(down, 0, 0))
        strength = shifted(strength, 0, 0)
        # False and True add up to 0, WEAK or STRONG.
        np.add(strength >= low * (1 - SLACK), strength >= high * (1 - SLACK), out=peaks[rows], dtype=np.uint8)
        peaks[rows] *= thin
    for channel in range(peaks.shape[2]):
        peaks[..., channel] = _connected(peaks[..., channel])
    return peaks.view(np.bool_)


class Gradients:
    """The gradient of a smoothed image (H, W, C), in full steps: `shape` (H', W', C), and the field in strips."""

    def __init__(self, image: Array, asked: EdgeDetection, *, noise_free: bool = False) -> None:
        """With `noise_free`, a gradient that is rounding noise is 0.

        Raises ShapeError when no window fits or the mode cannot pad so far, ParameterError for a wrong padding."""
        self._noise_free = noise_free
        # The rows whose outer products are Sobel's kernels after the Gaussian.
        bell = np.array(asked.kernels[0]).sum(axis=0)
        self._smooth, slope = np.convolve(bell, (0.25, 0.5, 0.25)), np.convolve(bell, (-1, 0, 1))
        # A step gives the sum of the taps on its bright side, at most that of the positive ones.
        self._slope = slope / (np.maximum(slope, 0).sum() * full_step(image.dtype))
        rows, columns = windows = asked.slide.over((image.shape[0], image.shape[1]))
        self._source = PaddedImage(
            image, windows.pads, padding_mode=asked.padding_mode, padding_value=asked.padding_value
        )
        self._span = rows.span
        self.shape = (rows.output_size, columns.output_size, image.shape[2])
        # These depend on the image and the windows alone.
        self._edges = strip_edges(rows, self._source.shape[1] * image.shape[2] * VALUE_BYTES)

    @property
    def kernels(self) -> tuple[Array, Array]:
        """Return the kernels of gx and gy, each (h, w)."""
        return np.outer(self._smooth, self._slope), np.outer(self._slope, self._smooth)

    def fields(self, halo: int = 0) -> Iterator[tuple[slice, Array, Array]]:
        """Yield (output rows, gx, gy): the growth to the right and downward, with `halo` more on every side.

        Around the field the halo is zero: no gradient beside the image outdoes one in it.
        """
        for first, last in self._edges:
            across, down = self._field(first, last, halo)
            yield slice(first, last), across, down

    def around(self, place: Pair) -> tuple[Array, Array]:
        """Return (gx, gy) of `place` (row, column) and its neighbours, each (3, 3, C)."""
        row, column = place
        across, down = self._field(row, row + 1, 1)
        return across[:, column : column + 3], down[:, column : column + 3]

    def _field(self, first: int, last: int, halo: int) -> tuple[Array, Array]:
        start, stop = max(first - halo, 0), min(last + halo, self.shape[0])
        block = self._padded_rows(start, stop)
        outside = ((start - first + halo, last + halo - stop), (halo, halo), (0, 0))
        across, down = (
            np.pad(self._responses(block, column, row), outside)
            for column, row in ((self._smooth, self._slope), (self._slope, self._smooth))
        )
        return across, down

    def _responses(self, block: Array, column: Array, row: Array) -> Array:
        responses = convolve(convolve(block, column[:, np.newaxis]), row[np.newaxis])
        if self._noise_free:
            magnitudes = np.abs(block.astype(np.float64))
            added = convolve(convolve(magnitudes, np.abs(column[:, np.newaxis])), np.abs(row[np.newaxis]))
            responses[(np.abs(responses) <= NOISE * added) & (added < np.inf)] = 0
        return responses

    def _padded_rows(self, first: int, last: int) -> Array:
        """Return a copy of the padded rows that output rows `first` to `last` see, an image of its own."""
        block = np.empty((last - first + self._span - 1, *self._source.shape[1:]), self._source.dtype)
        self._source.read(first, block)
        return block


def _connected(peaks: Array) -> Mask:
    """Return the pixels of `peaks` (H, W) that are strong, or connected to a strong one through weak ones."""
    from scipy.ndimage import label

    labels, count = label(peaks, structure=np.ones((3, 3)))
    kept = np.zeros(count + 1, np.bool_)
    kept[labels[peaks == STRONG]] = True
    return np.asarray(kept[labels])
