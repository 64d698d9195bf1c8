"""A filter on the gray of a picture in colour, whose change is added to red, green and blue alike.

Each colour keeps its distance from the others, so that what is sharpened gets no fringes in colour.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from cnnfilt.core.alpha import centres
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.run import PlannedConvolution
from cnnfilt.core.engine.scale import Responses
from cnnfilt.describe.window import Window
from cnnfilt.errors import ShapeError, counted


def check_colours(image: Array) -> None:
    """Raise ShapeError unless `image` (H, W, C) is one whose gray can be filtered for it: of 1 or 3 channels."""
    if image.shape[2] not in (1, 3):
        raise ShapeError(
            f"channels luma is for red, green and blue, or gray; {{image}} has {counted(image.shape[2], 'channels')}",
            parameter="channels",
        )
    if image.dtype.kind not in "fb" and image.dtype.itemsize > 2:
        raise ShapeError(
            f"channels luma is for levels of 8 or 16 bits and for floats; {{image}} holds {image.dtype}",
            parameter="channels",
        )


def changed_by(window: Window) -> npt.NDArray[np.intp]:
    """Return which position of the image each window changes along an axis."""
    same = window.output_size == window.size and window.stride == 1
    return np.arange(window.size, dtype=np.intp) if same else centres(window)


class ChangedColours(Responses):
    """The responses of a filter on the gray of `image` (H, W, 3), as colours + (response - gray), in strips.

    The colours, and the gray, are those of the pixel itself where the result is of the image's size, else those at
    each window's centre.
    """

    def __init__(self, convolution: PlannedConvolution, image: Array) -> None:
        self._convolution, self._image = convolution, image
        self._rows, self._columns = changed_by(convolution.job.rows), changed_by(convolution.job.columns)
        self.edges: Sequence[tuple[int, int]] = convolution.edges
        self.shape = (*convolution.shape[:2], image.shape[2])
        own = convolution.plan.dtype
        # A sum that fills its type may be passed by the difference of two levels.
        self.dtype = np.dtype(np.int32 if own == np.int16 else np.int64) if own.kind == "i" else own

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the colours of rows first to last."""
        respond, gray = self._convolution.worker(), self._convolution.job.image

        def responses(first: int, last: int) -> Array:
            place = np.ix_(self._rows[first:last], self._columns)
            change = respond(first, last).astype(self.dtype)
            change -= gray[place]
            return np.asarray(self._image[place] + change, self.dtype)

        return responses
