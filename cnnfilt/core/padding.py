"""Padding: rows and columns put around an image, made up in one of five ways."""

import numpy.typing as npt

from cnnfilt.core.engine.borders import as_padding_value
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.padded import PaddedImage
from cnnfilt.describe.operations import Pad
from cnnfilt.errors import ParameterError
from cnnfilt.terms import Padding, PaddingMode


def pad(
    image: npt.ArrayLike,
    padding: Padding,
    *,
    padding_mode: PaddingMode = "zeros",
    padding_value: npt.ArrayLike = 0,
) -> Array:
    """Return `image` with `padding` around it, in the same dtype: (top + H + bottom, left + W + right[, C]).

    `image` is (H, W) or (H, W, C). `padding` is N, (H, W) or ((top, bottom), (left, right)), each 0 or more.
    `padding_mode` zeros puts `padding_value` (one number, or one per channel) there; the others show the image:

        zeros      0 0 | a b c d | 0 0        reflect    c b | a b c d | c b   (padding < size)
        replicate  a a | a b c d | d d        symmetric  b a | a b c d | d c   (padding <= size)
                                              circular   c d | a b c d | a b   (padding <= size)

    Raises ShapeError when the image is too small for the mode, ParameterError for a negative padding, a padding
    word (there is no kernel it could refer to) or a value that does not fit the dtype.

    >>> pad([[1, 2, 3]], ((0, 0), (2, 2)), padding_mode="reflect").tolist()
    [[3, 2, 1, 2, 3, 2, 1]]
    """
    parts = padding if isinstance(padding, tuple | list) else (padding,)
    if any(isinstance(part, str) for part in parts):
        raise ParameterError(
            f"padding {padding!r} depends on a kernel; pad takes N, (H, W) or ((top, bottom), (left, right))",
            parameter="padding",
        )
    asked = Pad(padding=padding, padding_mode=padding_mode, padding_value=as_padding_value(padding_value))
    return pad_as_asked(image, asked)


def pad_as_asked(image: npt.ArrayLike, asked: Pad) -> Array:
    """Return what `pad` returns, for a whole description."""
    pixels = as_image(image)
    source = PaddedImage(
        pixels,
        asked.windows((pixels.shape[0], pixels.shape[1])).pads,
        padding_mode=asked.padding_mode,
        padding_value=asked.padding_value,
    )
    padded = room(source.shape, source.dtype)
    source.read(0, padded)
    return like_image(padded, image)
