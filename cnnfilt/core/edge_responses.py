"""What the kernels of an edge method respond with, strip by strip, and how that becomes one magnitude."""

import math
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array, float_dtype
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.padded import PaddedImage
from cnnfilt.core.engine.run import PlannedConvolution, Solver, in_strips
from cnnfilt.core.engine.scale import NO_LOSS, Loss, Range, Responses, Scale, loss_of
from cnnfilt.core.engine.separable import Gradient
from cnnfilt.core.engine.strips import StripReader, strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.engine.weights import as_bias, as_weights
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.errors import counted

Cut = tuple[slice, slice]

WHOLE: Cut = (slice(None), slice(None))
"""All rows and columns."""


class EdgeResponses(Responses):
    """What an edge method responds to the windows of an image: `shape` (H', W', C), and the `edges` of its strips."""

    def __init__(
        self, image: Array, asked: EdgeDetection, *, gain: float | None = None, noise_free: bool = False
    ) -> None:
        """Prepare responses that are divided by the kernels' positive sum, and multiplied by `gain` (None: as asked).

        With `noise_free` those that are rounding noise are 0.

        Raises ShapeError when no window fits or the mode cannot pad so far, ParameterError for a wrong padding.
        """
        kernels = asked.kernels
        positive = math.fsum(value for row in kernels[0] for value in row if value > 0)
        self._noise_free = noise_free
        self._scale = (asked.gain if gain is None else gain) / positive
        rows, columns = windows = asked.slide.over((image.shape[0], image.shape[1]))
        # An image of whole numbers is padded with one of them, which only reading it in its own type would ask for.
        PaddedImage(image, windows.pads, padding_mode=asked.padding_mode, padding_value=asked.padding_value)
        border = asked.padding_mode, asked.padding_value
        self._convolutions = [
            PlannedConvolution(Job(image, *as_weights(kernel, 1, "each"), as_bias(None, 1), rows, columns, *border))
            for kernel in kernels
        ]
        self.shape: tuple[int, int, int] = self._convolutions[0].shape
        self._sums = np.result_type(*(one.plan.dtype for one in self._convolutions))
        self._floats = float_dtype(image.dtype)
        padded_row = columns.padded_size * image.shape[2] * self._sums.itemsize
        row_bytes = sum(one.technique.row_bytes for one in self._convolutions)
        self._gradient = Gradient.of([one.technique for one in self._convolutions])
        row_bytes = 0 if self._gradient else row_bytes + 2 * self._floats.itemsize * self._width
        self.edges = strip_edges(rows, padded_row, row_bytes)
        self._streamed = strip_edges(rows, padded_row, row_bytes, streams=self._gradient is not None)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Return the type of the magnitudes, which depends on that of the image alone."""
        whole = self._scale == 1 and len(self._convolutions) != 2
        return self._sums if whole else self._floats

    @property
    def how(self) -> str:
        """Return in one line how they are computed, for people."""
        count = len(self._convolutions)
        return f"{counted(count, 'kernels')} {self._convolutions[0].plan.why}, {in_strips(self.edges)}"

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the magnitudes of rows first to last, (rows, W', C), until it is called again.

        One kernel gives |g|, two sqrt(gx^2 + gy^2), the eight of a compass the largest of them all. Whole responses
        of one or of eight kernels stay whole if nothing scales them.
        """
        height = self.edges[0][1]
        floats = np.empty((height, self._width), self._floats)
        if self._gradient is not None:
            gradient, reader = self._gradient, self._reader()

            def respond_at_once(first: int, last: int) -> Array:
                magnitude = floats[: last - first]
                for strip in reader.parts(first, last):
                    gradient.write(strip, magnitude[strip.start - first : strip.stop - first], self._scale)
                return np.asarray(magnitude.reshape(-1, *self.shape[1:]))

            return respond_at_once
        respond = self._responder(min(len(self._convolutions), 2))

        def respond_with_magnitudes(first: int, last: int) -> Array:
            responses, count = respond(first, last), last - first
            magnitude = next(responses)
            if len(self._convolutions) == 2:
                lengths(magnitude, next(responses), floats[:count], self._scale)
                return np.asarray(floats[:count].reshape(count, *self.shape[1:]))
            if len(self._convolutions) == 1:
                np.abs(magnitude, out=magnitude)
            for other in responses:
                np.maximum(magnitude, other, out=magnitude)
            if self._scale != 1:
                with np.errstate(over="ignore"):
                    magnitude = np.multiply(magnitude, self._scale, out=floats[:count], dtype=self._floats)
            return magnitude.reshape(count, *self.shape[1:])

        return respond_with_magnitudes

    def prepare(self, scale: Scale) -> None:
        """Settle the strips for writing levels."""
        if scale.top is not None:
            self.edges = self._streamed

    def writer(self, scale: Scale) -> Callable[[int, int, Array], Loss]:
        """Return what writes the magnitudes of rows first to last as pixels by `scale`: at once, if there is a loop."""
        if self._gradient is None or scale.top is None:
            return super().writer(scale)
        gradient, reader = self._gradient, self._reader()

        def write(first: int, last: int, pixels: Array) -> Loss:
            loss = NO_LOSS
            for strip in reader.parts(first, last):
                part = pixels[strip.start - first : strip.stop - first].reshape(strip.height, -1)
                found = gradient.write(strip, part, self._scale, scale)
                assert found is not None, "levels come with what was found"
                loss += loss_of(found, part.size, self._floats)
            return loss

        return write

    def _reader(self) -> StripReader:
        return Solver(self._convolutions[0], self.edges[0][1], keeps=False).reader

    def are_alike(self, found: Range) -> bool:
        """Tell whether all magnitudes are the same but for rounding: `noise.alike`."""
        if self._sums.kind == "i":
            return False
        from cnnfilt.core.noise import alike, magnitudes  # Only what stretches asks.

        height = self.edges[0][1]
        respond, added = self.worker(), [magnitudes(one, height) for one in self._convolutions]
        joined = np.hypot if len(added) == 2 else np.maximum

        def compared(first: int, last: int) -> tuple[Array, Array]:
            sums = reduce(joined, (add(first, last) for add in added))
            return respond(first, last), sums * self._scale

        return alike(self.edges, compared, self._floats)

    def fields(self) -> Iterator[tuple[slice, Array, Array]]:
        """Yield (output rows, responses of the first kernel, of the second), not scaled."""
        respond = self._responder(2)
        for first, last in self.edges:
            across, down = (values.reshape(-1, *self.shape[1:]) for values in respond(first, last))
            yield slice(first, last), across, down

    @property
    def _width(self) -> int:
        return self.shape[1] * self.shape[2]

    def _responder(self, kept: int) -> Callable[[int, int], Iterator[Array]]:
        """Return what yields the responses (rows, W' * C) of each kernel, the last `kept` of which stay as they are.

        The first stays in any case.
        """
        height = self.edges[0][1]
        solvers = [Solver(one, height, keeps=False) for one in self._convolutions]
        silencers: list[Callable[[int, int, Array], None]] = []
        if self._noise_free:
            from cnnfilt.core.noise import silencer

            silencers = [silencer(one, height) for one in self._convolutions]
        memory = np.empty((kept, height, self._width), self._sums)

        def respond(first: int, last: int) -> Iterator[Array]:
            strip, outs = solvers[0].reader.read(first, last), memory[:, : last - first]
            for number, solver in enumerate(solvers):
                out = outs[min(number, kept - 1)]
                solver.write(strip, out)
                for silence in silencers[number : number + 1]:
                    silence(first, last, out)
                yield out

        return respond


def each_strip(responses: EdgeResponses, use: Callable[[slice, Array], object]) -> None:
    """Call `use` with (output rows, their magnitudes) for each strip; several threads share them."""

    def make_worker() -> Callable[[int, int], object]:
        magnitudes = responses.worker()
        return lambda first, last: use(slice(first, last), magnitudes(first, last))

    run_strips(responses.edges, make_worker)


def magnitudes_of(pixels: Array, asked: EdgeDetection) -> Array:
    """Return the magnitudes of an image (H, W, C), as (H', W', C), neither thinned nor told apart by a threshold."""
    responses = EdgeResponses(pixels, asked)
    magnitudes = room(responses.shape, responses.dtype)
    each_strip(responses, lambda rows, strip: np.copyto(magnitudes[rows], strip))
    return magnitudes


def angle(first: Array, second: Array, *, diagonal: bool = False) -> Array:
    """Return atan2(gy, gx) of gx and gy, or of Roberts's two diagonals, as floats."""
    # Responses of 64 bits are those of images that single precision does not hold.
    dtype = np.dtype(np.float64 if first.dtype.itemsize == 8 else np.float32)
    across, down = first.astype(dtype), second.astype(dtype)
    if diagonal:
        # They fall towards the lower right and the lower left.
        across, down = down - across, -(across + down)
    # Adding 0 turns -0 into 0: to atan2 a gradient of (-1, -0) points the other way round.
    return np.asarray(np.arctan2(down + 0, across + 0))


def lengths(across: Array, down: Array, out: Array, scale: float) -> None:
    """Write scale * sqrt(across^2 + down^2) to `out`, floats, all of one shape: as `native/sums.h` does."""
    with np.errstate(over="ignore", under="ignore"):
        if across.dtype.kind == "f" or across.dtype.itemsize > 4:
            np.hypot(across, down, out=out, dtype=out.dtype)
        else:
            # Whole squares are added exactly, those of 16 bits in 64 and those of 32 in double precision.
            wide = np.int64 if across.dtype == np.int16 else np.float64
            squares = np.square(across, dtype=wide) + np.square(down, dtype=wide)
            np.sqrt(squares.astype(np.float32) if wide == np.int64 else squares, out=out, casting="same_kind")
        if scale != 1:
            np.multiply(out, scale, out=out)
