"""One value of a transposed convolution taken apart: the stamps that fall on it, the products, and their sum."""

import numpy.typing as npt

from cnnfilt.core.convolution import as_transposed_job
from cnnfilt.core.explain.convolution import (
    MOST_CELLS,
    Explained,
    Patch,
    Response,
    after_the_sum,
    as_grid,
    as_number,
    check_inside,
)
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import replace
from cnnfilt.terms import Pair


def explain_transposed(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    place: Pair,
    asked: Convolution,
    *,
    bias: npt.ArrayLike | None = None,
    name: str = "",
) -> tuple[Explained, ...]:
    """Return how each map of a transposed convolution came to its value at `place` (row, column).

    The window are the inputs whose stamps fall there, the kernel the coefficients that each of them lays there. Raises
    what `convolve` raises, and ShapeError for a place outside the result or too many stamps to show.
    """
    job = as_transposed_job(image, kernel, replace(asked, input_scale=1), bias=bias)
    check_inside(place, job.windows.output_size)
    (ys, down), (xs, across) = (stamps_on(axis, one) for axis, one in zip(job.windows, place, strict=True))
    if len(ys) * len(xs) * job.image.shape[2] > MOST_CELLS:
        raise ShapeError(f"{len(ys)}x{len(xs)} stamps fall there, too many to be written out; explain a smaller kernel")
    padded = ((False,) * len(xs),) * len(ys)
    explained = []
    for number in range(job.shape[2]):
        channels = [number] if job.each else list(range(job.image.shape[2]))
        weights = job.weights[down][:, across][:, :, :, 0 if job.each else number]
        met = job.image[ys][:, xs]
        patches = tuple(
            Patch(
                channel, tuple(tuple(map(as_number, row)) for row in met[:, :, channel]), as_grid(weights[:, :, index])
            )
            for index, channel in enumerate(channels)
        )
        response = Response(name, patches)
        steps = after_the_sum(response.total, asked, as_number(job.bias[number % len(job.bias)]))
        found = Explained(*place, number, tuple(ys), tuple(xs), padded, (response,), steps)
        explained.append(replace(found, taps=(tuple(down), tuple(across))))
    return tuple(explained)


def stamps_on(axis: TransposedAxis, place: int) -> tuple[list[int], list[int]]:
    """Return the inputs whose stamp falls on `place` of the output, in order, and with which tap each does."""
    taps = range(axis.kernel_size - 1, -1, -1)
    met = [(divmod(place + axis.before - tap * axis.dilation, axis.stride), tap) for tap in taps]
    found = [(position, tap) for (position, rest), tap in met if rest == 0 and 0 <= position < axis.size]
    return [position for position, _ in found], [tap for _, tap in found]
