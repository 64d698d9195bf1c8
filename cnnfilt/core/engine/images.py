"""What counts as an image: the one check every function of the core starts with."""

from typing import Any

import numpy as np
import numpy.typing as npt

from cnnfilt.errors import ParameterError, ShapeError

Array = npt.NDArray[Any]


def as_image(image: npt.ArrayLike) -> Array:
    """Return `image` as a view of shape (H, W, C), whatever its strides or byte order; (H, W) gets C = 1.

    Raises ShapeError unless it is (H, W) or (H, W, C) with something in it, ParameterError unless it holds
    booleans, integers or floats of at most 64 bits.
    """
    array = as_numbers(image, "image")
    if array.ndim not in (2, 3):
        raise ShapeError(f"{{image}} has shape {array.shape}; an image is (H, W) or (H, W, C)", parameter="image")
    if array.size == 0:
        raise ShapeError(f"{{image}} is empty: its shape is {array.shape}", parameter="image")
    return array[:, :, np.newaxis] if array.ndim == 2 else array


def as_numbers(values: npt.ArrayLike, name: str) -> Array:
    """Return `values` as an array of booleans, integers or floats; ParameterError naming `name` otherwise."""
    word = name.replace("_", " ")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ParameterError(f"{word} is ragged: its rows differ in length", parameter=name) from None
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise ParameterError(
            f"{word} holds {array.dtype} values; it must hold booleans, integers or floats of at most 64 bits",
            parameter=name,
        )
    return array


def float_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type of floats computed from values of `dtype`, by type and never by value.

    Float64 stays, and integers of more than 16 bits, which single precision does not hold, become it; else float32.
    """
    wide = dtype.kind in "iu" and dtype.itemsize > 2
    return np.dtype(np.float64 if wide or (dtype.kind == "f" and dtype.itemsize == 8) else np.float32)


def is_small(dtype: np.dtype[Any]) -> bool:
    """Tell whether values of `dtype` are whole numbers of at most 16 bits: finite, and within a range that is known."""
    return dtype.kind in "biu" and dtype.itemsize <= 2


def like_image(values: Array, image: npt.ArrayLike) -> Array:
    """Return `values` of shape (H, W, C) without the channel axis if `image` itself has none."""
    return values[:, :, 0] if np.ndim(image) == 2 else values


def full_step(dtype: np.dtype) -> int:
    """Return the top level of an image of `dtype`: 255, 65535, 1 for floats and booleans."""
    if dtype.kind in "fb":
        return 1
    if dtype.kind == "u" and dtype.itemsize == 2:
        return 65535
    # Other integers (a matrix, say) hold levels of 8 bits, a signed byte only half of them.
    return min(255, int(np.iinfo(dtype).max))
