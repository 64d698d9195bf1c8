"""A job carried out: planned, read in strips, summed by its technique, activated."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from cnnfilt.core.engine.borders import PaddingValue
from cnnfilt.core.engine.im2col import Im2col
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.plan import TechniqueName, plan
from cnnfilt.core.engine.strips import Strip, StripReader
from cnnfilt.core.engine.taps import Taps
from cnnfilt.errors import ParameterError
from cnnfilt.terms import Activation


class Technique(Protocol):
    """One way to sum: made from a job and the type of its sums."""

    planar: bool
    row_bytes: int

    def __init__(self, job: Job, dtype: np.dtype) -> None: ...

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""


TECHNIQUES: dict[TechniqueName, type[Technique]] = {"taps": Taps, "im2col": Im2col}


class Convolution:
    """A job ready to run: `shape` (H', W', maps), `plan`, and the responses whole or strip by strip."""

    def __init__(self, job: Job, *, dtype: np.dtype | None = None) -> None:
        """Plan `job`; `dtype` is the type of its sums where another job's result has to have the same."""
        self.shape = job.shape
        self.plan = plan(job, dtype=dtype)
        self._activation = job.activation
        dtype = self.plan.dtype
        check_range(job.weights, dtype, "kernel")
        check_range(job.bias, dtype, "bias")
        self._technique = TECHNIQUES[self.plan.technique](job, dtype)
        self._reader = StripReader(
            job.image,
            job.rows,
            job.columns,
            padding_mode=job.padding_mode,
            padding_value=_padding_value(job, dtype),
            dtype=dtype,
            planar=self._technique.planar,
            row_bytes=self._technique.row_bytes,
        )
        self._height = max(stop - start for start, stop in self._reader.edges)
        self._technique.prepare(self._height)

    def write(self, out: Array) -> None:
        """Write all responses to `out` (H', W', maps)."""
        for strip in self._reader:
            rows = out[strip.start : strip.stop]
            if rows.flags.c_contiguous:
                self._respond(strip, rows.reshape(strip.height, -1))
            else:
                responses = np.empty((strip.height, self.shape[1] * self.shape[2]), self.plan.dtype)
                self._respond(strip, responses)
                rows[...] = responses.reshape(rows.shape)

    def strips(self) -> Iterator[tuple[slice, Array]]:
        """Yield (output rows, their responses (rows, W', maps)); each overwrites the one before."""
        responses = np.empty((self._height, *self.shape[1:]), self.plan.dtype)
        for strip in self._reader:
            rows = responses[: strip.height]
            self._respond(strip, rows.reshape(strip.height, -1))
            yield slice(strip.start, strip.stop), rows

    def _respond(self, strip: Strip, out: Array) -> None:
        # Infinities and NaN in the image, and sums past the float range, give what IEEE 754 says, silently.
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            self._technique.write(strip, out)
            activate(out, self._activation)


def activate(values: Array, activation: Activation) -> None:
    """Replace `values` by their activation."""
    if activation == "relu":
        np.maximum(values, 0, out=values)
    elif activation == "tanh":
        np.tanh(values, out=values)
    elif activation == "sigmoid":
        # 1 / (1 + exp(-v)) = (1 + tanh(v / 2)) / 2, which cannot overflow.
        np.tanh(np.multiply(values, 0.5, out=values), out=values)
        np.multiply(np.add(values, 1, out=values), 0.5, out=values)


def _padding_value(job: Job, dtype: np.dtype) -> PaddingValue:
    if dtype.kind == "f":
        return job.padding_value
    # Whole numbers are computed modulo the type's size: a value past its range wraps, and the sums come out right.
    return np.asarray(job.padding_value).astype(np.int64).astype(dtype)


def check_range(values: Array, dtype: np.dtype, name: str) -> None:
    """Raise ParameterError, naming the parameter, for a value that would become infinite in `dtype`."""
    if dtype.kind == "f" and np.abs(values).max() > np.finfo(dtype).max:
        raise ParameterError(f"{name} has {np.abs(values).max():g}, past the range of {dtype}", parameter=name)
