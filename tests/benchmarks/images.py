"""The pictures: like photographs, made from a seed, once, into a cache folder outside the project."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.benchmarks.photographs import save_photographs

SEED = 3
"""Another seed is another cache folder; change it with anything that changes the pictures."""

JPEG_QUALITY = 90
SMALL = 256
BAND = 256
"""How many rows are made at once."""

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Images:
    """The pictures of one size, 2:3, as arrays and as files; `folder` is also where outputs go.

    `count` is that of the photographs in a folder of them, each with 1/24 of the pixels of the pictures.
    """

    megapixels: float
    folder: Path
    count: int = 200

    @classmethod
    def cached(cls, megapixels: float) -> "Images":
        """Return the pictures of this size in the cache of this user."""
        folder = Path(tempfile.gettempdir()) / f"cnnfilt-benchmarks-{os.getuid()}" / f"{megapixels:g}mp-{SEED}"
        folder.mkdir(parents=True, exist_ok=True)
        return cls(megapixels, folder)

    @property
    def shape(self) -> tuple[int, int]:
        """Return (height, width), both divisible by 4."""
        return _shape_of(self.megapixels)

    @property
    def pixels(self) -> int:
        """Return how many pixels a picture has."""
        return self.shape[0] * self.shape[1]

    @cached_property
    def gray(self) -> Array:
        """Return the gray picture, (H, W) uint8."""
        return self._array("gray.npy", lambda path: np.save(path, photograph(*self.shape, 1)[..., 0]))

    @cached_property
    def rgb(self) -> Array:
        """Return the colour picture, (H, W, 3) uint8."""
        return self._array("rgb.npy", lambda path: np.save(path, photograph(*self.shape, 3)))

    def file(self, suffix: str) -> str:
        """Return the path of the colour picture as a .jpg, .png or .ppm file."""
        options: dict[str, Any] = {"quality": JPEG_QUALITY} if suffix == ".jpg" else {}
        return str(self._made(f"rgb{suffix}", lambda path: Image.fromarray(self.rgb).save(path, **options)))

    @property
    def small_png(self) -> str:
        """Return the path of a gray PNG of 256x256."""
        return str(
            self._made("small.png", lambda path: Image.fromarray(photograph(SMALL, SMALL, 1)[..., 0]).save(path))
        )

    @property
    def photographs(self) -> str:
        """Return the path of a folder of colour JPEGs."""
        shape = _shape_of(self.megapixels / 24)
        return str(
            self._made(
                f"photographs-{self.count}",
                lambda path: save_photographs(path, shape, count=self.count, quality=JPEG_QUALITY, seed=SEED),
            )
        )

    def text(self, name: str, content: str) -> str:
        """Return the path of a file with this content."""
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def output(self, name: str) -> str:
        """Return the path to write a result to."""
        return str(self.folder / name)

    def _array(self, name: str, make: Callable[[Path], object]) -> Array:
        pixels: Array = np.load(self._made(name, make))
        return pixels

    def _made(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the file of that name; made under another name first, so that nobody ever meets half of it."""
        path = self.folder / name
        if not path.exists():
            unfinished = self.folder / f"{os.getpid()}-{name}"
            make(unfinished)
            unfinished.replace(path)
        return path


def _shape_of(megapixels: float) -> tuple[int, int]:
    unit = round((megapixels * 1e6 / 96) ** 0.5)
    return 8 * unit, 12 * unit


def photograph(height: int, width: int, channels: int) -> Array:
    """Return a picture (H, W, C) of shapes, clouds, textured in places, tints and a sensor's noise, as uint8.

    What matters for time is how well it compresses: about as a photograph of that size does.
    """
    rng = np.random.default_rng(SEED)
    coarse = height + width
    light, shapes, where = (Clouds(rng, height, width, finest, coarse) for finest in (16, 64, 64))
    texture = Clouds(rng, height, width, 2, 8)
    tints = [Clouds(rng, height, width, 128, coarse) for _ in range(channels)]
    picture = np.empty((height, width, channels), np.uint8)
    for top in range(0, height, BAND):
        band = picture[top : top + BAND]
        rows = slice(top, top + len(band))
        levels = 128 + 32 * light[rows] + np.where(shapes[rows] > 0, 20, -20)
        levels += 30 * np.clip(where[rows], 0, 1) * texture[rows]
        for channel, tint in enumerate(tints):
            noise = 3 * rng.standard_normal(band.shape[:2], dtype=np.float32)
            band[..., channel] = np.clip(np.rint(levels + 10 * tint[rows] + noise), 0, 255)
    return picture


class Clouds:
    """Random values (H, W) of variance about 1, a sum of octaves from `finest` to `coarsest` pixels, equally strong.

    Photographs have the same variance in each octave, too. Rows are made when they are asked for.
    """

    def __init__(self, rng: np.random.Generator, height: int, width: int, finest: int, coarsest: int) -> None:
        self.width = width
        cells = [finest << octave for octave in range(16) if finest << octave <= coarsest]
        self.grids = [
            (cell, Image.fromarray(rng.standard_normal((height // cell + 2, width // cell + 2), dtype=np.float32)))
            for cell in cells
        ]

    def __getitem__(self, rows: slice) -> Array:
        """Return these rows."""
        size = self.width, rows.stop - rows.start
        total = np.zeros((size[1], size[0]), np.float32)
        for cell, grid in self.grids:
            box = (0, rows.start / cell, self.width / cell, rows.stop / cell)
            total += np.asarray(grid.resize(size, Image.Resampling.BICUBIC, box))
        total /= len(self.grids) ** 0.5
        return total
