"""Rounding noise told from responses.

Where an image does not change, a kernel that sums to zero answers 0; in floating point it answers what rounding left
over, some 1e-7 of what was added up. As a number that is as good as 0, but its angle points anywhere, and a mapping
that stretches the lowest and the highest response to black and white would show nothing else.
"""

from collections.abc import Callable, Sequence

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.run import PlannedConvolution, Solver
from cnnfilt.frozen import replace

NOISE = 1e-6
"""A response of at most this part of the sum of |k * x| over its window is rounding noise."""


class NoiseFree:
    """The responses of a convolution in strips, `edges` (first, last), with those that are rounding noise as 0."""

    def __init__(self, convolution: PlannedConvolution) -> None:
        self._convolution = convolution
        self.edges: Sequence[tuple[int, int]] = convolution.edges

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the responses (rows, W', maps) of rows first to last; each overwrites the one before."""
        respond, silence = self._convolution.worker(), silencer(self._convolution, self.edges[0][1])

        def responses(first: int, last: int) -> Array:
            values = respond(first, last)
            silence(first, last, values)
            return values

        return responses


def silencer(convolution: PlannedConvolution, height: int) -> Callable[[int, int, Array], None]:
    """Return what writes 0 over the noise in the responses (rows, ...) of rows first to last, of at most `height` rows.

    Sums of whole numbers have none.
    """
    if convolution.plan.dtype.kind == "i":
        return lambda first, last, values: None
    added = Solver(PlannedConvolution(_of_magnitudes(convolution.job)), height)

    def silence(first: int, last: int, values: Array) -> None:
        bound = added.responses(first, last).reshape(values.shape)
        # An infinity meets a bound that is infinite, and is no noise.
        values[(np.abs(values) <= NOISE * bound) & (bound < np.inf)] = 0

    return silence


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
