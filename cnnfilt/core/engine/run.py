"""A job carried out: planned, read in strips by one thread or several, summed by its technique, activated."""

from collections.abc import Callable
from copy import copy
from math import prod

import numpy as np

from cnnfilt.core.engine.borders import as_padding_value
from cnnfilt.core.engine.finite import LARGE_KERNEL
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.kept_rows import KeptRows, can_keep
from cnnfilt.core.engine.plan import plan
from cnnfilt.core.engine.scale import NO_LOSS, Loss, Responses, Scale
from cnnfilt.core.engine.strips import Strip, StripReader, strip_edges
from cnnfilt.core.engine.threads import Edges, run_strips, thread_count
from cnnfilt.errors import ParameterError, counted
from cnnfilt.terms import Activation, PaddingValue


class PlannedConvolution(Responses):
    """A job ready to run: `shape` (H', W', maps), `plan`, and the `edges` (first, last) of its strips."""

    def __init__(self, job: Job, *, dtype: np.dtype | None = None) -> None:
        """Plan `job`; `dtype` is the type of its sums where another job's result has to have the same."""
        self.job, self.shape = job, job.shape
        self.plan = plan(job, dtype=dtype)
        dtype = self.plan.dtype
        check_range(job.weights, dtype, "kernel")
        check_range(job.bias, dtype, "bias")
        self.technique = self.plan.technique(job, dtype)
        self.edges = self._strips()
        self.kept: KeptRows | None = None

    def _strips(self, *, streams: bool = False) -> Edges:
        columns, technique = self.job.columns, self.technique
        row = columns.padded_size * self.job.image.shape[2] * (technique.reads or self.plan.dtype).itemsize
        multiple = technique.strip_rows
        return strip_edges(self.job.rows, row, technique.row_bytes, multiple=multiple, streams=streams)

    def overwrite(self) -> bool:
        """Prepare for a result that is written over the image, strip by strip; return whether that can be.

        Each row is to be read once, and no other convolution may read the image.
        """
        job, whole = self.job, self.job.image.dtype.kind in "bu" and self.job.image.dtype.itemsize <= 2
        # Kernels that could pass the float range are read once more, as taps.
        if not whole or float(np.abs(job.weights).sum()) >= LARGE_KERNEL or self.shape != job.image.shape:
            return False
        if not can_keep(job.rows, job.padding_mode, self.edges):
            return False
        self.kept = KeptRows(job.image, job.rows, self.edges)
        return True

    @property
    def how(self) -> str:
        """Return in one line how it is computed, for people."""
        return f"{self.plan.why}, {in_strips(self.edges)}"

    def write(self, out: Array) -> None:
        """Write all responses to `out` (H', W', maps)."""
        in_place = out.flags.c_contiguous
        if in_place:
            self._stream()

        def make_worker() -> Callable[[int, int], None]:
            solver = Solver(self, self.edges[0][1], keeps=not in_place)

            def write(first: int, last: int) -> None:
                if in_place:
                    solver.write_rows(first, last, out[first:last].reshape(last - first, -1))
                else:
                    out[first:last] = solver.responses(first, last)

            return write

        run_strips(self.edges, make_worker)

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the responses (rows, W', maps) of rows first to last; each overwrites the one before.

        For one thread: every thread makes its own.
        """
        return Solver(self, self.edges[0][1]).responses

    def prepare(self, scale: Scale) -> None:
        """Settle the strips for writing levels."""
        if scale.top is not None:
            self._stream()

    def _stream(self) -> None:
        """Have larger strips from now on, if rows are read and written where they are, and are then done with."""
        if self.technique.streams and self.job.activation == "none" and self.kept is None:
            self.edges = self._strips(streams=True)

    def writer(self, scale: Scale) -> Callable[[int, int, Array], Loss]:
        """Return what writes rows first to last by `scale` to pixels: at once, if the technique can."""
        solver = Solver(self, self.edges[0][1])
        return lambda first, last, pixels: solver.write_levels(first, last, pixels, scale)


class Solver:
    """Computes strips of a convolution in one thread: its own reader, technique and scratch memory."""

    def __init__(self, convolution: PlannedConvolution, height: int, *, keeps: bool = True) -> None:
        """Prepare for strips of up to `height` rows; `keeps` whether `responses` is wanted."""
        job, dtype = convolution.job, convolution.plan.dtype
        self._technique = copy(convolution.technique)
        reads = self._technique.reads or dtype
        self._activation = job.activation
        self.reader = StripReader(
            job.image,
            job.rows,
            job.columns,
            padding_mode=job.padding_mode,
            padding_value=_padding_value(job, reads),
            dtype=reads,
            height=height,
            sides_apart=self._technique.sides_apart,
            kept=convolution.kept,
        )
        self._technique.prepare(height)
        self._shape = convolution.shape[1:]
        self._memory = np.empty(height * prod(self._shape) if keeps else 0, dtype)
        self._is_exact = dtype.kind == "i"

    def responses(self, first: int, last: int) -> Array:
        """Return the responses of rows `first` to `last`, (rows, W', maps), until the next call."""
        rows = self._rows(last - first)
        self.write_rows(first, last, rows)
        return rows.reshape(last - first, *self._shape)

    def _rows(self, count: int) -> Array:
        """Return memory for so many rows of responses, (count, W' * maps)."""
        return self._memory[: count * prod(self._shape)].reshape(count, -1)

    def write_rows(self, first: int, last: int, out: Array) -> None:
        """Write the responses of rows `first` to `last` to `out` (rows, W' * maps)."""
        for strip in self.reader.parts(first, last):
            self.write(strip, out[strip.start - first : strip.stop - first])

    def write(self, strip: Strip, out: Array) -> None:
        """Write the responses of `strip` to `out` (rows, W' * maps)."""
        if self._is_exact:
            self._technique.write(strip, out)
            activate(out, self._activation)
            return
        # Infinities and NaN in the image, and sums past the float range, give what IEEE 754 says, silently.
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            self._technique.write(strip, out)
            activate(out, self._activation)

    def write_levels(self, first: int, last: int, pixels: Array, scale: Scale) -> Loss:
        """Write the responses of rows `first` to `last` by `scale` to `pixels` (rows, W', maps)."""
        parts = [
            self._write_levels(strip, pixels[strip.start - first : strip.stop - first], scale)
            for strip in self.reader.parts(first, last)
        ]
        return sum(parts, NO_LOSS)

    def _write_levels(self, strip: Strip, pixels: Array, scale: Scale) -> Loss:
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            loss = self._technique.write_levels(strip, pixels.reshape(strip.height, -1), scale)
        if loss is not None:
            return loss
        rows = self._rows(strip.height)
        self.write(strip, rows)
        return scale.write(rows.reshape(pixels.shape), pixels)


def in_strips(edges: Edges) -> str:
    """Return in words how the strips of an image are shared out: "2 threads, strips of 170 rows"."""
    height, threads = edges[0][1], min(thread_count(), len(edges))
    strips = "one strip" if len(edges) == 1 else f"strips of {counted(height, 'rows')}"
    return f"{counted(threads, 'threads')}, {strips}"


def activate(values: Array, activation: Activation) -> None:
    """Replace `values` by their activation."""
    if activation == "relu":
        # Of whole numbers np.maximum(values, 0) takes seven times as long as np.clip.
        np.clip(values, 0, None if values.dtype.kind == "f" else np.iinfo(values.dtype).max, out=values)
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
    return as_padding_value(np.asarray(job.padding_value).astype(np.int64).astype(dtype))


def check_range(values: Array, dtype: np.dtype, name: str) -> None:
    """Raise ParameterError, naming the parameter, for a value that would become infinite in `dtype`."""
    if dtype.kind == "f" and np.abs(values).max() > np.finfo(dtype).max:
        raise ParameterError(f"{name} has {np.abs(values).max():g}, past the range of {dtype}", parameter=name)
