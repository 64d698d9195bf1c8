"""One value of a filter on the gray taken apart: the gray's sum, and what that changes in each colour."""

import numpy.typing as npt

from cnnfilt.core.convolution import as_job
from cnnfilt.core.engine.images import as_image
from cnnfilt.core.explain.convolution import Explained, Step, as_number, explain_convolution
from cnnfilt.core.luma import changed_by
from cnnfilt.describe.operations import Convolution
from cnnfilt.frozen import replace
from cnnfilt.terms import Pair

COLOURS = ("red", "green", "blue")


def explain_luma(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    place: Pair,
    asked: Convolution,
    *,
    bias: npt.ArrayLike | None = None,
    name: str = "",
) -> tuple[Explained, ...]:
    """Return how each colour came to its value at `place` (row, column); raises what `explain_convolution` raises."""
    pixels, job = as_image(image), as_job(image, kernel, asked, bias=bias)
    (of_gray,) = explain_convolution(job.image, kernel, place, replace(asked, channels="each"), bias=bias, name=name)
    if pixels.shape[2] == 1:
        return (of_gray,)
    row, column = changed_by(job.rows)[place[0]], changed_by(job.columns)[place[1]]
    gray, found = as_number(job.image[row, column, 0]), []
    for number, colour in enumerate(COLOURS):
        level = as_number(pixels[row, column, number])
        words = f"minus gray {gray:.6g}, plus {colour} {level:.6g}"
        step = Step(words, of_gray.value - gray + level)
        found.append(replace(of_gray, map=number, steps=(*of_gray.steps, step)))
    return tuple(found)
