"""What the edge methods are made of: their kernels by name, and the responses these give, block by block."""

import math
from collections.abc import Iterator
from functools import reduce
from typing import Any, get_args

import numpy as np

from cnnfilt.core.convolution import convolve
from cnnfilt.core.engine.blocks import Blocks
from cnnfilt.core.engine.images import Array
from cnnfilt.errors import KernelError, ParameterError
from cnnfilt.kernels import Rows, kernel
from cnnfilt.parsing import nearest
from cnnfilt.terms import EdgeDirection, EdgeMethod

KERNELS: dict[EdgeMethod, tuple[str, ...]] = {
    "prewitt": ("prewitt-x", "prewitt-y"),
    "sobel": ("sobel-x", "sobel-y"),
    "scharr": ("scharr-x", "scharr-y"),
    "roberts": ("roberts-1", "roberts-2"),
    "farid": ("farid-x", "farid-y"),
    "laplacian": ("laplacian4",),
    "log": ("log",),
    "kirsch": tuple(f"kirsch:{angle}" for angle in range(0, 360, 45)),
    "canny": ("gaussian",),
}
"""The kernels of each method, by name; canny takes its gradient of what its kernel has smoothed."""

DIRECTED = ("prewitt", "sobel", "scharr", "farid")
"""The methods whose first kernel answers to vertical edges alone, and their second to horizontal ones."""


def kernels_of(method: EdgeMethod, direction: EdgeDirection | None = None, sigma: float = 1.0) -> tuple[Rows, ...]:
    """Return the kernels `method` responds with; for one direction only that one's.

    Raises ParameterError for an unknown word, a direction of a method without one, and a sigma out of range.
    """
    names = KERNELS[_known("edge method", method, get_args(EdgeMethod), "method")]
    if direction is not None and _known("direction", direction, get_args(EdgeDirection), "direction") != "both":
        if method not in DIRECTED:
            raise ParameterError(
                f"edge method {method!r} has no direction {direction!r}; use both, or one of {', '.join(DIRECTED)}",
                parameter="direction",
            )
        names = names[:1] if direction == "vertical" else names[1:]
    if method not in ("log", "canny"):
        return tuple(kernel(name) for name in names)
    try:
        return tuple(kernel(f"{name}:{float(sigma)}") for name in names)
    except KernelError as error:
        raise ParameterError(error.message, parameter="sigma") from None


class Responses:
    """The responses of `kernels` to the windows of an image, in blocks of rows."""

    def __init__(self, blocks: Blocks, kernels: tuple[Rows, ...], gain: float) -> None:
        """Prepare responses that are divided by the kernels' positive sum, and multiplied by `gain`."""
        self.shape = blocks.shape
        self._blocks = blocks
        self._kernels = kernels
        self._scale = gain / math.fsum(value for row in kernels[0] for value in row if value > 0)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Return the type of the magnitudes, which depends on that of the image alone."""
        return self._magnitude(np.zeros_like(self._blocks.read(0, 1))).dtype

    def magnitudes(self) -> Iterator[tuple[slice, Array]]:
        """Yield (output rows, their magnitudes (rows, W', C)).

        One kernel gives |g|, two sqrt(gx^2 + gy^2), the eight of a compass the largest of them all. Whole responses
        of one or of eight kernels stay whole if nothing scales them.
        """
        for first, last in self._blocks.edges:
            yield slice(first, last), self._magnitude(self._blocks.read(first, last))

    def fields(self) -> Iterator[tuple[slice, Array, Array]]:
        """Yield (output rows, responses of the first kernel, of the second), not scaled."""
        for first, last in self._blocks.edges:
            block = self._blocks.read(first, last)
            across, down = (convolve(block, rows) for rows in self._kernels)
            yield slice(first, last), across, down

    def _magnitude(self, block: Array) -> Array:
        responses = [convolve(block, rows) for rows in self._kernels]
        dtype = np.dtype(np.float64 if block.dtype == np.float64 else np.float32)
        if len(responses) == 2:
            magnitude = _length(responses[0], responses[1], dtype)
        elif len(responses) == 1:
            magnitude = np.abs(responses[0], out=responses[0])
        else:
            magnitude = reduce(np.maximum, responses)
        if self._scale == 1:
            return magnitude
        with np.errstate(over="ignore"):
            return np.asarray(np.multiply(magnitude, self._scale, dtype=dtype))


def angle(first: Array, second: Array, *, diagonal: bool = False) -> Array:
    """Return atan2(gy, gx) of gx and gy, or of Roberts's two diagonals, as floats."""
    dtype = np.dtype(np.float64 if first.dtype == np.float64 else np.float32)
    across, down = first.astype(dtype), second.astype(dtype)
    if diagonal:
        # They fall towards the lower right and the lower left.
        across, down = down - across, -(across + down)
    # Adding 0 turns -0 into 0: to atan2 a gradient of (-1, -0) points the other way round.
    return np.asarray(np.arctan2(down + 0, across + 0))


def _length(across: Array, down: Array, dtype: np.dtype[Any]) -> Array:
    if across.dtype.kind == "f" or across.dtype.itemsize > 4:
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(np.hypot(across, down, dtype=dtype))
    # The squares of narrower responses cannot leave the range of floats: this is five times as fast.
    square, other = np.multiply(across, across, dtype=dtype), np.multiply(down, down, dtype=dtype)
    return np.sqrt(np.add(square, other, out=square), out=square)


def _known(thing: str, word: str, words: tuple[str, ...], parameter: str) -> Any:
    if word not in words:
        raise ParameterError(f"{thing} {word!r} is unknown; {nearest(str(word), words)}", parameter=parameter)
    return word
