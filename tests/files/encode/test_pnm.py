"""A portable map holds the samples as they are, high byte first."""

import numpy as np

from cnnfilt.files.image import Image
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels


def test_a_ppm_holds_sixteen_bit_colour() -> None:
    deep = random_levels(2, 3, 3, dtype="uint16")
    data = encode(Image(deep), "ppm").data
    assert data.startswith(b"P6\n3 2\n65535\n")
    np.testing.assert_array_equal(np.frombuffer(data[-36:], ">u2"), deep.ravel())


def test_gray_is_repeated_in_a_ppm_alone() -> None:
    gray = Image(random_levels(2, 3))
    assert encode(gray, "ppm").data == b"P6\n3 2\n255\n" + gray.pixels.repeat(3).tobytes()
    assert encode(gray, "pnm").data == encode(gray, "pgm").data == b"P5\n3 2\n255\n" + gray.pixels.tobytes()
