"""A transposed convolution as the plain ones that it is: s along each axis, whose results lie interleaved.

Seen from the output, the same taps fall on every s-th place, so that these places are a convolution of stride 1 by
those taps (Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?"). Each is a `Job` of the
engine: whole numbers stay exact, and nothing is multiplied by a zero between.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.plan import sum_dtype
from cnnfilt.core.engine.run import PlannedConvolution, Solver, activate, check_range, in_strips
from cnnfilt.core.engine.scale import Responses
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.transposed import Phase, TransposedWindows
from cnnfilt.describe.window import Window
from cnnfilt.errors import counted
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Activation

_ONE = Window(1, 1)


class TransposedJob(Frozen):
    """What is to be computed of `image` (H, W, C) with `weights`, `each` and `bias` as `Job` has them."""

    image: Array
    weights: Array
    each: bool
    bias: Array
    windows: TransposedWindows
    activation: Activation = "none"

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape of the result, (H', W', maps)."""
        return (*self.windows.output_size, int(self.image.shape[2] if self.each else self.weights.shape[3]))

    @property
    def phases(self) -> Iterator[tuple[Phase, Phase]]:
        """Return (rows, columns) of the plain convolutions whose results lie interleaved."""
        return product(self.windows.rows.phases, self.windows.columns.phases)

    @property
    def sum_dtype(self) -> np.dtype:
        """Return the type of the sums: the widest that one of the convolutions needs, each as `plan.sum_dtype` has it.

        Where no tap falls there is the bias alone.
        """
        whole = Job(self.image, self.weights, self.each, self.bias, _ONE, _ONE, activation=self.activation)
        weights = [self.weights_of(rows, columns) for rows, columns in self.phases]
        nothing = np.zeros_like(self.weights[:1, :1])
        jobs = (replace(whole, weights=part if part.size else nothing) for part in weights)
        return np.result_type(*map(sum_dtype, jobs))

    def weights_of(self, rows: Phase, columns: Phase) -> Array:
        """Return the coefficients of one convolution, the kernel turned by 180 degrees."""
        down, across = (slice(phase.taps.start, None, phase.taps.step) for phase in (rows, columns))
        return self.weights[down, across][::-1, ::-1]

    def convolution(self, rows: Phase, columns: Phase) -> Job | None:
        """Return one of the convolutions; None where no tap falls, and the bias stands alone."""
        if rows.window is None or columns.window is None:
            return None
        met = self.image[rows.inputs.start : rows.inputs.stop, columns.inputs.start : columns.inputs.stop]
        weights = self.weights_of(rows, columns)
        return Job(met, weights, self.each, self.bias, rows.window, columns.window, activation=self.activation)


class PlannedTransposed(Responses):
    """A job ready to run: `shape` (H', W', maps), `dtype`, and the `edges` (first, last) of its strips."""

    def __init__(self, job: TransposedJob, *, dtype: np.dtype | None = None) -> None:
        """Plan `job`; `dtype` is the type of its sums where another job's result has to have the same."""
        self.job, self.shape = job, job.shape
        self.dtype = dtype or job.sum_dtype
        check_range(job.bias, self.dtype, "bias")
        self._phases = [(*phases, self._planned(*phases)) for phases in job.phases]
        # Whole strides, so that a strip is a strip of every convolution.
        heights = [planned.edges[0][1] for _, _, planned in self._phases if planned is not None]
        self._height = min(heights, default=1)
        step = self._height * job.windows.rows.stride
        self.edges: Sequence[tuple[int, int]] = [
            (first, min(first + step, self.shape[0])) for first in range(0, self.shape[0], step)
        ]

    @property
    def how(self) -> str:
        """Return in one line how it is computed, for people."""
        plans = {planned.plan.why for _, _, planned in self._phases if planned is not None}
        count = counted(len(self._phases), "interleaved convolutions")
        return f"{count}: {'; '.join(sorted(plans)) or 'no tap falls on the output'}, {in_strips(self.edges)}"

    def write(self, out: Array) -> None:
        """Write all responses to `out` (H', W', maps)."""

        def make_worker() -> Callable[[int, int], None]:
            respond = self._into()
            return lambda first, last: respond(first, last, out[first:last])

        run_strips(self.edges, make_worker)

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the responses (rows, W', maps) of rows first to last; each overwrites the one before."""
        respond = self._into()
        memory = np.empty((self.edges[0][1], *self.shape[1:]), self.dtype)

        def responses(first: int, last: int) -> Array:
            respond(first, last, memory[: last - first])
            return memory[: last - first]

        return responses

    def _into(self) -> Callable[[int, int, Array], None]:
        """Return what writes the responses of rows first to last to an array (rows, W', maps)."""
        stride = self.job.windows.rows.stride
        solvers = [
            (rows.outputs, columns.outputs, None if planned is None else Solver(planned, self._height))
            for rows, columns, planned in self._phases
        ]
        alone = self.job.bias.astype(self.dtype)
        activate(alone, self.job.activation)

        def respond(first: int, last: int, out: Array) -> None:
            for rows, columns, solver in solvers:
                part = out[rows.start :: stride, columns.start :: columns.step]
                if len(part):
                    part[...] = (
                        alone if solver is None else solver.responses(first // stride, first // stride + len(part))
                    )

        return respond

    def _planned(self, rows: Phase, columns: Phase) -> PlannedConvolution | None:
        job = self.job.convolution(rows, columns)
        return None if job is None else PlannedConvolution(job, dtype=self.dtype)
