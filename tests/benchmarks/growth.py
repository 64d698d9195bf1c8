"""How the cost grows: with the pixels (it should stay flat per pixel), and with the size of the kernel."""

from collections.abc import Iterator
from statistics import median

from tests.benchmarks.images import Images
from tests.benchmarks.measure import alone, seconds_in_a_row
from tests.benchmarks.rows import Make
from tests.benchmarks.rows_filters import PREWITT, edge_levels, levels, random_kernel, responses
from tests.benchmarks.rows_pooling import largest
from tests.benchmarks.table import line, rule

FACTORS = (1 / 24, 1 / 4, 1, 4)
"""The sizes of the images as parts of the photograph's: 1, 6, 24 and 96 megapixels, unless it is another."""

KERNEL_SIZES = (9, 11, 15, 19, 23, 27, 31)

GROWING: dict[str, Make] = {
    "Prewitt u8->u8 clip, gray": levels(PREWITT, "gray"),
    "edges u8->u8, gray": edge_levels,
    "random float 15x15 u8->f32, gray": responses(random_kernel(15)),
    "max pool 2x2/2 u8, gray": largest(2, 2, "gray"),
}

PIXELS_TITLE, SIZES_TITLE = "Growth with the pixels", "Growth with the kernel"


def pixels_table(megapixels: float, repeats: int) -> Iterator[str]:
    """Yield the lines of a table of nanoseconds per pixel, on images around `megapixels`."""
    sizes = [megapixels * factor for factor in FACTORS]
    yield from ("", f"## {PIXELS_TITLE}", "", "Nanoseconds per pixel.", "")
    yield line("row", *(f"{size:g} megapixels" for size in sizes))
    yield rule(len(sizes) + 1)
    images = [Images.cached(size) for size in sizes]
    for name, make in GROWING.items():
        yield line(name, *(f"{_taken(make, size, repeats) / size.pixels * 1e9:.3g}" for size in images))


def sizes_table(images: Images, repeats: int) -> Iterator[str]:
    """Yield the lines of a table of the time that float kernels of growing size take."""
    yield from ("", f"## {SIZES_TITLE}", "", "Random float kernels, u8->f32, gray.", "")
    yield line("kernel", "ms", "to 9x9")
    yield rule(3)
    first = None
    for size in KERNEL_SIZES:
        taken = _taken(responses(random_kernel(size)), images, repeats)
        first = first or taken
        yield line(f"{size}x{size}", f"{taken * 1e3:.4g}", f"{taken / first:.2f}")


def _taken(make: Make, images: Images, repeats: int) -> float:
    return median(alone(make(images), gauge=seconds_in_a_row, repeats=repeats))
