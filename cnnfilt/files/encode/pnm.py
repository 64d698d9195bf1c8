"""A portable map: a few words and the samples as they are."""

from collections.abc import Callable, Iterable

import numpy as np

from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array, Encoded, Image, Parts
from cnnfilt.files.metadata import KeptMetadata


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a binary PGM or PPM, with 16 bits if the pixels have them, which Pillow writes in gray only; PAM, PFM."""
    if about.name in _OTHERS:
        return Encoded(_OTHERS[about.name](image))
    pixels = image.pixels
    if about.name == "ppm" and pixels.ndim == 2:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    magic, top = ("P5" if pixels.ndim == 2 else "P6"), np.iinfo(pixels.dtype).max
    header = f"{magic}\n{pixels.shape[1]} {pixels.shape[0]}\n{top}\n"
    return Encoded([header.encode(), _high_byte_first(pixels)])


def joined_pages(pages: Iterable[bytes]) -> bytes:
    """Return the maps one after the other, which is how several stand in one file."""
    return b"".join(pages)


def _pam(image: Image) -> Parts:
    channels = image.pixels.reshape(*image.pixels.shape[:2], -1)
    samples = channels if image.alpha is None else np.dstack((channels, image.alpha))
    height, width, bands = samples.shape
    kind = _KINDS.get(channels.shape[2], "")
    if kind and image.alpha is not None:
        kind += "_ALPHA"
    kind = kind or ("BANDS" if image.alpha is None else "BANDS_ALPHA")
    sizes = f"WIDTH {width}\nHEIGHT {height}\nDEPTH {bands}\nMAXVAL {np.iinfo(samples.dtype).max}"
    return [f"P7\n{sizes}\nTUPLTYPE {kind}\nENDHDR\n".encode(), _high_byte_first(samples)]


def _pfm(image: Image) -> Parts:
    """Return floats, the lowest row first and of each the lowest byte, which a negative scale says."""
    magic = "Pf" if image.pixels.ndim == 2 else "PF"
    stored = np.ascontiguousarray(image.pixels[::-1], np.dtype("<f4"))
    header = f"{magic}\n{image.pixels.shape[1]} {image.pixels.shape[0]}\n-1.0\n"
    return [header.encode(), stored.view(np.uint8).data]


def _high_byte_first(samples: Array) -> memoryview:
    return np.ascontiguousarray(samples, samples.dtype.newbyteorder(">")).view(np.uint8).data


_OTHERS: dict[str, Callable[[Image], Parts]] = {"pam": _pam, "pfm": _pfm}
_KINDS = {1: "GRAYSCALE", 3: "RGB"}
