"""Rounding noise told from responses.

Where an image does not change, a kernel that sums to zero answers 0; in floating point it answers what rounding left
over, some 1e-7 of what was added up. As a number that is as good as 0, but its angle points anywhere, and a mapping
that stretches the lowest and the highest response to black and white would show nothing else. Nor does such a mapping
show anything but noise where all responses are the same, though not 0: a blurred flat image, for one.
"""

from collections.abc import Callable, Sequence

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.run import PlannedConvolution, Solver
from cnnfilt.core.engine.scale import Range, Responses
from cnnfilt.frozen import replace

NOISE = 1e-6
"""A response of at most this part of the sum of |k * x| over its window is rounding noise, as is a difference."""

_KEEPS_ZERO = ("none", "relu", "tanh")
"""The activations that make nothing more of what is nearly 0."""


class NoiseFree(Responses):
    """The responses of a convolution in strips, `edges` (first, last), with those that are rounding noise as 0."""

    def __init__(self, convolution: PlannedConvolution) -> None:
        self._convolution = convolution
        self.edges: Sequence[tuple[int, int]] = convolution.edges

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the responses (rows, W', maps) of rows first to last; each overwrites the one before."""
        respond = self._convolution.worker()
        if self._convolution.job.activation not in _KEEPS_ZERO:
            return respond
        silence = silencer(self._convolution, self.edges[0][1])

        def responses(first: int, last: int) -> Array:
            values = respond(first, last)
            silence(first, last, values)
            return values

        return responses

    def are_alike(self, found: Range) -> bool:
        """Tell whether all responses are the same but for rounding: `alike`."""
        job, dtype = self._convolution.job, self._convolution.plan.dtype
        if dtype.kind == "i":
            return False
        respond, added = self._convolution.worker(), magnitudes(self._convolution, self.edges[0][1])
        bias = np.abs(job.bias)

        def compared(first: int, last: int) -> tuple[Array, Array]:
            values = respond(first, last)
            sums = added(first, last) + bias
            return values, sums if job.activation == "none" else sums + np.abs(values)

        return alike(self.edges, compared, dtype)


def silencer(convolution: PlannedConvolution, height: int) -> Callable[[int, int, Array], None]:
    """Return what writes 0 over the noise in the responses (rows, ...) of rows first to last, of at most `height` rows.

    Sums of whole numbers have none.
    """
    if convolution.plan.dtype.kind == "i":
        return lambda first, last, values: None
    added = magnitudes(convolution, height)

    def silence(first: int, last: int, values: Array) -> None:
        bound = added(first, last).reshape(values.shape)
        # An infinity meets a bound that is infinite, and is no noise.
        values[(np.abs(values) <= NOISE * bound) & (bound < np.inf)] = 0

    return silence


def magnitudes(convolution: PlannedConvolution, height: int) -> Callable[[int, int], Array]:
    """Return what gives the sums of |k * x| (rows, W', maps) of rows first to last, of at most `height` rows."""
    return Solver(PlannedConvolution(_of_magnitudes(convolution.job)), height).responses


def alike(
    edges: Sequence[tuple[int, int]], compared: Callable[[int, int], tuple[Array, Array]], dtype: np.dtype
) -> bool:
    """Tell whether some value is as good as every response: none is further from it than half the noise of its sum.

    `compared` gives the responses of rows first to last and what was added up for each, in sums of `dtype`. Infinities
    and NaN do not count. As a rule the first rows tell already.
    """
    half = noise_of(dtype) / 2
    lowest, highest = np.inf, -np.inf
    for first, last in edges:
        values, added = (array.astype(np.float64) for array in compared(first, last))
        known = np.isfinite(values) & np.isfinite(added)
        values, doubt = values[known], half * added[known]
        lowest = min(lowest, (values + doubt).min(initial=np.inf))
        highest = max(highest, (values - doubt).max(initial=-np.inf))
        if highest > lowest:
            return False
    return True


def nearly_equal(found: Range, dtype: np.dtype) -> bool:
    """Tell whether responses of `dtype` in this range are the same but for rounding, where nothing told their sums."""
    return dtype.kind == "f" and found[1] - found[0] <= noise_of(dtype) * max(map(abs, found))


def noise_of(dtype: np.dtype) -> float:
    """Return what part of a sum may be noise in differences: of doubles they may be real where singles have none."""
    return float(NOISE * np.finfo(dtype).eps / np.finfo(np.float32).eps)


def _of_magnitudes(job: Job) -> Job:
    """Return the job whose responses are the sums of |k * x|."""
    image = job.image if job.image.dtype.kind in "bu" else np.abs(job.image.astype(np.float64))
    values = job.padding_value
    padding_value = tuple(map(abs, values)) if isinstance(values, tuple) else abs(values)
    return replace(
        job,
        image=image,
        weights=np.abs(job.weights.astype(np.float64)),
        bias=np.zeros_like(job.bias),
        padding_value=padding_value,
        activation="none",
    )
