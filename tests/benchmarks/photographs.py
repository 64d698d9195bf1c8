"""A folder of photographs: the sample scene, each time moved and with a sensor's noise of its own."""

from pathlib import Path

import numpy as np
from PIL import Image

SCENE = Path(__file__).parents[2] / "sample_images" / "scene.png"
NOISE = 4
"""The noise's standard deviation, in levels: with it, 1 megapixel takes about 280 kB, as a camera's would."""


def save_photographs(folder: Path, shape: tuple[int, int], *, count: int, quality: int, seed: int) -> None:
    """Make `folder`, and in it `count` colour JPEGs of (height, width), the same each time."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    with Image.open(SCENE) as scene:
        size = scene.convert("RGB").resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    levels = np.asarray(size).astype(np.float32)
    for number in range(count):
        moved = np.roll(levels, rng.integers(0, shape), (0, 1))
        moved += NOISE * rng.standard_normal(moved.shape, dtype=np.float32)
        pixels = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.jpg", quality=quality)
