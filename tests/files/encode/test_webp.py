"""A WebP loses nothing unless a quality is asked for."""

from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels

COLOUR = random_levels(9, 11, 3)


def test_a_webp_is_lossy_only_when_a_quality_is_asked() -> None:
    assert len(encode(Image(COLOUR), "webp", WriteOptions(quality=10)).data) < len(encode(Image(COLOUR), "webp").data)
