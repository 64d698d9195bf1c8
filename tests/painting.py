"""The brushes of make_sample_images.py: tables of shapes, masks, textures and words, with NumPy and Pillow only.

A canvas is an array of floats (H, W, channels) in levels 0-255; a mask (H, W) says from 0 to 1 how strongly a colour
is laid on it. A table is painted from the top down; its columns are

    what it is, shape, blur in pixels, strength, colour or texture, points "x,y"

Shapes: `box` (two corners), `oval` (centre and radii), `polygon`, `curve` (closed and smooth). `box` and `oval` may be
given several at once. With a leading 2 (`2curve`) the mirror image is painted too; `half` is the left half, from top
to bottom, of a curve that is symmetric about the middle of the picture.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

Array = NDArray[np.float64]
Size = tuple[int, int]


def paint(canvas: Array, table: str, textures: Mapping[str, Array] | None = None) -> None:
    """Paint the table's shapes on the canvas in place; a colour is `#rrggbb` or names a texture (H, W, channels)."""
    height, width, channels = canvas.shape
    for line in table.strip().splitlines():
        _, shape, blur, strength, colour, *words = line.split()
        points = np.array([word.split(",") for word in words], float)
        mask = cover((height, width), *outlines(shape, points, width), blur=float(blur))
        plain = colour.startswith("#")
        lay(canvas, mask * float(strength), ImageColor.getrgb(colour)[:channels] if plain else (textures or {})[colour])


def lay(canvas: Array, mask: Array, colour: ArrayLike) -> None:
    """Lay a colour (or a whole canvas of colours) on the canvas in place, as strongly as the mask says."""
    canvas += mask[..., None] * (np.asarray(colour) - canvas)


def cover(size: Size, *shapes: Array, blur: float = 0) -> Array:
    """Return how much of each pixel the outlines cover, 0..1: drawn four times as large, then averaged."""
    sheet = Image.new("L", (size[1] * 4, size[0] * 4))
    for outline in shapes:
        ImageDraw.Draw(sheet).polygon((outline * 4 - 0.5).ravel().tolist(), fill=255)
    sheet = sheet.reduce(4)
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(blur)) if blur else sheet) / 255.0


def outlines(shape: str, points: Array, width: int) -> list[Array]:
    """Return the outlines (N, 2) that a table's shape stands for, in a picture so many pixels wide."""
    mirrored = points * (-1, 1) + (width, 0)
    if shape == "half":
        return [curve(np.concatenate([points, mirrored[::-1][mirrored[::-1, 0] != width / 2]]))]
    if shape == "2curve":
        return [curve(points), curve(mirrored)]
    if shape == "2oval":
        return [oval(*points), oval(points[0] * (-1, 1) + (width, 0), points[1])]
    if shape in ("box", "oval"):
        brush = box if shape == "box" else oval
        return [brush(first, second) for first, second in zip(points[::2], points[1::2], strict=True)]
    return [curve(points) if shape == "curve" else points]


def box(first: Array, second: Array) -> Array:
    """Return the outline of a rectangle, from its upper left and lower right corners."""
    return np.array([first, (second[0], first[1]), second, (first[0], second[1])])


def oval(centre: ArrayLike, radii: ArrayLike, *, power: float = 1) -> Array:
    """Return the outline of an ellipse; powers below 1 swell it towards a rectangle with round corners."""
    turn = np.linspace(0, 2 * np.pi, 200)
    round_ = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ring: Array = np.asarray(centre) + np.asarray(radii) * np.sign(round_) * np.abs(round_) ** power
    return ring


def curve(here: Array) -> Array:
    """Return the outline of a smooth closed curve through the points (a Catmull-Rom spline)."""
    before, after, beyond = (np.roll(here, shift, axis=0) for shift in (1, -1, -2))
    t = np.linspace(0, 1, 12, endpoint=False)[:, None, None]
    bend = 2 * before - 5 * here + 4 * after - beyond
    twist = 3 * here - before - 3 * after + beyond
    path: Array = here + (t * (after - before) + t**2 * bend + t**3 * twist) / 2
    return path.swapaxes(0, 1).reshape(-1, 2)


def write(size: Size, centre: tuple[float, float], height: float, words: str) -> Array:
    """Return the mask of words about a centre (x, y), in Pillow's own scalable font."""
    sheet = Image.new("L", (size[1], size[0]))
    ImageDraw.Draw(sheet).text(centre, words, fill=255, font=ImageFont.load_default(height), anchor="mm")
    return np.asarray(sheet) / 255.0


def plane(size: Size) -> tuple[Array, Array]:
    """Return the row and the column of every pixel's centre."""
    rows, columns = np.indices(size) + 0.5
    return rows, columns


def noise(rng: np.random.Generator, size: Size, *grains: tuple[float, float]) -> Array:
    """Return smooth noise of mean 0, about -1..1: one octave for each grain (height, width), each half as strong."""
    total = np.zeros(size)
    for octave, (high, wide) in enumerate(grains):
        # Only rng.random is used: the stream of its bits is the part of NumPy's generators that has never changed.
        cells = rng.random((int(size[0] / high) + 2, int(size[1] / wide) + 2), dtype=np.float32) * 2 - 1
        total += np.asarray(Image.fromarray(cells).resize((size[1], size[0]), Image.Resampling.BICUBIC)) / 2**octave
    return total


def bricks(rng: np.random.Generator, size: Size, cell: tuple[int, int], colour: str, mortar: str) -> Array:
    """Return a wall of bricks (H, W, 3), a cell (height, width) each with its joint, every brick of its own shade."""
    rows, columns = plane(size)
    course = rows // cell[0]
    columns = columns + course % 2 * cell[1] / 2
    shade = 0.8 + 0.4 * rng.random(4096)[(course * 67 + columns // cell[1]).astype(int) % 4096]
    joint = (rows % cell[0] < 2) | (columns % cell[1] < 2)
    light = np.where(rows % cell[0] < 4, 1.12, 1.0) * shade
    return np.where(joint[..., None], ImageColor.getrgb(mortar), light[..., None] * ImageColor.getrgb(colour))


def picture(canvas: Array) -> Image.Image:
    """Return the canvas as an 8-bit image: gray, RGB or RGBA by its channels."""
    return Image.fromarray(np.rint(np.clip(canvas, 0, 255)).astype(np.uint8).squeeze())
