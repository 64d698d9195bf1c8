"""Stacks of images as numbers: a .npy of four dimensions, and the matrices in a .npz."""

from collections.abc import Sequence

import numpy as np

from cnnfilt.errors import OutputError
from cnnfilt.files.capacity import check_holds
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.matrix.matrices import read_noted_matrix
from cnnfilt.files.matrix.npy import write
from cnnfilt.files.matrix.npz_matrices import read_matrices
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import check_together

_DIMENSIONS = 4


def stacked_images(data: bytes, about: Format, options: ReadOptions) -> list[Image]:
    """Return the images in a .npy, (N, H, W, C) or a single one, or in a .npz, each (H, W) or (H, W, C).

    InputError for anything else; ShapeError if all together have more than the most pixels.
    """
    if about.name == "npz":
        arrays, notes = read_matrices(data)
    else:
        array, notes = read_noted_matrix(data, about.name, most_dimensions=_DIMENSIONS, max_pixels=0)
        arrays = list(array) if array.ndim == _DIMENSIONS else [array]
    pixels = sum(array.shape[0] * array.shape[1] for array in arrays)
    check_together(pixels, arrays[0].shape[1], options.max_pixels)
    flat = [array[..., 0] if array.ndim == _DIMENSIONS - 1 and array.shape[2] == 1 else array for array in arrays]
    return [Image(array, kind="matrix", format="npy", notes=notes) for array in flat]


def encode_stack(images: Sequence[Image], about: Format) -> Encoded:
    """Return `images`, all of one size, as an array (N, H, W, C). OutputError for others, and beside transparency."""
    for image in images:
        check_holds(about.name, channels=image.channels, sample=image.sample, alpha=image.transparent)
    arrays = [image.pixels if image.pixels.ndim == _DIMENSIONS - 1 else image.pixels[..., None] for image in images]
    if len({array.shape for array in arrays}) > 1:
        raise OutputError("the images differ in size, so they cannot be stacked; use an output for each, or .tiff")
    return Encoded([write(np.stack(arrays), about)])
