"""PNG as written here reads back the same through Pillow, and is hardly larger than Pillow's own."""

import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.files.image import Image
from cnnfilt.files.writing import encode

SAMPLES = Path(__file__).parents[2] / "sample_images"
RNG = np.random.default_rng(6)


def read_back(data: bytes) -> np.ndarray:
    with PIL.Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        image.load()
        return np.asarray(image)


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 5), (513, 257), (900, 1100)], ids=str)
@pytest.mark.parametrize("kind", ["gray", "colour", "gray alpha", "alpha", "deep"])
def test_it_reads_back_the_same(size: tuple[int, int], kind: str) -> None:
    colour = "colour" in kind or kind == "alpha"
    top, dtype = (65536, np.uint16) if kind == "deep" else (256, np.uint8)
    pixels = RNG.integers(0, top, (*size, 3) if colour else size).astype(dtype)
    alpha = RNG.integers(0, 256, size).astype(np.uint8) if "alpha" in kind else None
    back = read_back(encode(Image(pixels, alpha), "png").data)
    expected = pixels if alpha is None else np.dstack([pixels, alpha])
    np.testing.assert_array_equal(back, expected)


@pytest.mark.parametrize("name", ["scene.png", "face.png", "depth16.png", "icon.png"])
def test_the_samples_are_at_most_a_twentieth_larger_than_pillows(name: str) -> None:
    with PIL.Image.open(SAMPLES / name) as image:
        image.load()
        pillows = io.BytesIO()
        image.save(pillows, "PNG", compress_level=6)
        pixels = np.asarray(image)
    alpha = pixels[..., 3] if pixels.ndim == 3 and pixels.shape[2] == 4 else None
    ours = encode(Image(pixels if alpha is None else pixels[..., :3], alpha), "png").data
    assert len(ours) <= 1.05 * pillows.tell()
