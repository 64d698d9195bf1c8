"""The transposed convolution: each input value stamps the kernel, times itself, and what lies on one place is summed.

    Z[y s + i d - p] += X[y] K[i]      for every input y and every tap i, along the rows; so along the columns

Seen from the output, the taps that fall on every s-th place are the same ones: so it is s plain convolutions along each
axis, of stride 1, whose results lie interleaved (Shi et al. 2016, "Is the deconvolution layer the same as a
convolutional layer?"). The engine computes each: whole numbers exactly, and nothing is multiplied by a zero between.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from cnnfilt.core.convolution import batch_of, grouped, parts
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.plan import sum_dtype
from cnnfilt.core.engine.run import PlannedConvolution, Solver, activate, check_range, in_strips
from cnnfilt.core.engine.scale import Responses
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.engine.weights import as_bias, whole_or_float
from cnnfilt.describe.transposed import Phase, TransposedSlide, TransposedWindows
from cnnfilt.describe.window import Window, as_pair
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Activation, Padding, Pair

_ONE = Window(1, 1)


def conv_transpose2d(
    x: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    output_padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> Array:
    """Return the transposed convolution of a batch, (N, H', W', out_channels), in the types of `convolve`.

    `x` is (N, H, W, in_channels), or one image (H, W, in_channels), which gives (H', W', out_channels). `weight` is
    (h, w, out_channels / groups, in_channels): the weights of the `conv2d` whose gradient this is; `bias` is one number
    per output channel. A padding in numbers takes so many rows and columns off the full result, and H' is
    (H - 1) * stride - pads + span + output_padding, as in PyTorch; "same" gives H * stride and "valid"
    H * stride + max(span - stride, 0), as in Keras. Raises KernelError, ParameterError or ShapeError.

    >>> conv_transpose2d([[[1], [2]]], [[[[1]], [[10]], [[100]]]], stride=2)[:, :, 0].tolist()
    [[1, 10, 102, 20, 200]]
    """
    kernel_size = (np.shape(weight)[0], np.shape(weight)[1]) if np.ndim(weight) == 4 else (1, 1)
    numbers = as_pair(stride, "stride"), padding, as_pair(output_padding, "output_padding")
    slide = TransposedSlide(kernel_size, *numbers, as_pair(dilation, "dilation"))
    if np.ndim(x) == 3:
        return np.asarray(transpose_batch(np.asarray(x)[np.newaxis], weight, bias, slide, groups=groups)[0])
    return transpose_batch(x, weight, bias, slide, groups=groups)


def transpose_batch(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None, slide: TransposedSlide, *, groups: int = 1
) -> Array:
    """Return what `conv_transpose2d` returns of a batch (N, H, W, C), for a `slide` of the weights' size."""
    batch, weights = batch_of(x), whole_or_float(grouped(weight, groups, transposed=True))
    if batch.shape[3] != weights.shape[3]:
        raise ShapeError(
            f"weight is made for {counted(weights.shape[3], 'channels')} but x has {batch.shape[3]}", parameter="weight"
        )
    windows = slide.over((batch.shape[1], batch.shape[2]))
    maps = weights.shape[2] * groups
    biases = as_bias(bias, maps)
    turned, apart = _turned(weights, groups)
    # The whole batch seen as one tall image settles the type: no image and no group may have one of its own.
    tall = batch.reshape(-1, *batch.shape[2:])
    dtype = TransposedJob(tall, turned, apart == 0, biases, windows).sum_dtype
    out = np.empty((len(batch), *windows.output_size, maps), dtype)
    for inputs, outputs in zip(parts(batch.shape[3], apart or 1), parts(maps, apart or 1), strict=True):
        for image, responses in zip(batch, out, strict=True):
            job = TransposedJob(image[:, :, inputs], turned[..., outputs], apart == 0, biases[outputs], windows)
            PlannedTransposed(job, dtype=dtype).write(responses[:, :, outputs])
    return out


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


def _turned(weights: Array, groups: int) -> tuple[Array, int]:
    """Return `weights` (h, w, out_channels / groups, in_channels) as `Job` has them, and how many parts are apart.

    One filter for each channel is one job for all of them, and 0 parts; other groups are taken one by one.
    """
    if groups > 1 and weights.shape[2] == 1 and weights.shape[3] == groups:
        return weights, 0
    shares = [weights[:, :, :, inputs].swapaxes(2, 3) for inputs in parts(weights.shape[3], groups)]
    return np.concatenate(shares, axis=3), groups
