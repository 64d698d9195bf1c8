"""Write a harder task as folders of images: `python -m tests.shapes FOLDER`.

Ten shapes, 32x32 in colour: turned, at many sizes, not quite in the middle, in many colours, under light that falls
from one side, and noise.
FOLDER/train has 4,000 of them, FOLDER/test 1,000.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

SIDE, COUNT, HELD_OUT = 32, 5_000, 5
NOISE = 12
"""The standard deviation of the noise, in levels of 255."""

Array = np.ndarray
Shape = Callable[[Array, Array], Array]
"""Tells which points (y, x), measured in the shape's own size, lie in it."""


def polygon(corners: int) -> Shape:
    """A regular polygon."""

    def inside(y: Array, x: Array) -> Array:
        angles = 2 * np.pi * np.arange(corners) / corners
        return np.all([np.sin(a) * y + np.cos(a) * x < np.cos(np.pi / corners) for a in angles], axis=0)

    return inside


def star(y: Array, x: Array) -> Array:
    """Five points: the radius falls to 0.4 between them."""
    place = np.abs((np.arctan2(y, x) / (2 * np.pi) * 5) % 1 - 0.5) * 2
    return np.hypot(y, x) < 0.4 + 0.6 * (1 - place)


SHAPES: dict[str, Shape] = {
    "bar": lambda y, x: (np.abs(y) < 0.25) & (np.abs(x) < 1),
    "bars": lambda y, x: (np.abs(np.abs(y) - 0.5) < 0.2) & (np.abs(x) < 0.9),
    "cross": lambda y, x: (np.minimum(np.abs(y), np.abs(x)) < 0.22) & (np.maximum(np.abs(y), np.abs(x)) < 0.95),
    "disc": lambda y, x: np.hypot(y, x) < 0.85,
    "half": lambda y, x: (np.hypot(y, x) < 0.95) & (y > 0),
    "ring": lambda y, x: np.abs(np.hypot(y, x) - 0.75) < 0.2,
    "square": lambda y, x: np.maximum(np.abs(y), np.abs(x)) < 0.75,
    "star": star,
    "tee": lambda y, x: ((np.abs(y + 0.7) < 0.25) & (np.abs(x) < 0.9)) | ((np.abs(x) < 0.25) & (np.abs(y) < 0.95)),
    "triangle": polygon(3),
}


def pictures(seed: int = 0) -> Iterator[tuple[str, Array]]:
    """Yield COUNT pictures, (SIDE, SIDE, 3) uint8, each with the name of its shape."""
    rng = np.random.default_rng(seed)
    names = list(SHAPES)
    for number in range(COUNT):
        name = names[number % len(names)]
        yield name, picture(SHAPES[name], rng)


def picture(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw one shape: turned by any angle, 8 to 13 pixels in radius, up to 2 pixels off the middle."""
    radius, angle = rng.uniform(8, 13), rng.uniform(0, 2 * np.pi)
    centre = rng.uniform(SIDE / 2 - 2, SIDE / 2 + 2, 2)
    # Four points for each pixel, so that edges are soft.
    y, x = (np.indices((2 * SIDE, 2 * SIDE)) / 2 + 0.25 - centre[:, None, None]) / radius
    covered = shape(np.cos(angle) * y - np.sin(angle) * x, np.sin(angle) * y + np.cos(angle) * x)
    mask = covered.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3))[..., None]
    before, behind = colours(rng)
    light = rng.uniform(-30, 30, 2) @ (np.indices((SIDE, SIDE)) / SIDE - 0.5).reshape(2, -1)
    levels = mask * before + (1 - mask) * behind + light.reshape(SIDE, SIDE, 1)
    return np.clip(np.rint(levels + rng.normal(0, NOISE, levels.shape)), 0, 255).astype(np.uint8)


def colours(rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw two colours that can be told apart."""
    while True:
        first, second = rng.uniform(20, 235, (2, 3))
        if np.abs(first - second).max() > 80:
            return first, second


def write_shapes(folder: Path) -> None:
    """Write train/star/0007.png, test/star/0017.png and so on: a fifth of each shape is held out."""
    for number, (name, levels) in enumerate(pictures()):
        part = "test" if number // len(SHAPES) % HELD_OUT == 0 else "train"
        path = folder / part / name / f"{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).save(path)


if __name__ == "__main__":
    write_shapes(Path(sys.argv[1]))
