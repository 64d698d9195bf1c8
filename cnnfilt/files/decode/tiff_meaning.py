"""The samples of a TIFF become an image: levels of 8 or 16 bits or the file's own numbers, colours, alpha, upright."""

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from cnnfilt.errors import InputError
from cnnfilt.files.decode.metadata import upright
from cnnfilt.files.decode.tiff_directory import Directory
from cnnfilt.files.decode.tiff_page import COLOUR_MAP, Page
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.records import Lost, Metadata, Storage
from cnnfilt.frozen import replace

_XMP, _ICC_PROFILE, _X_RESOLUTION, _Y_RESOLUTION, _UNIT = 700, 34675, 282, 283, 296
_DOTS = {2: 1.0, 3: 2.54}
"""How many of a unit make an inch; the first unit is no length."""

_LARGEST = int(np.iinfo(np.int64).max)


def as_image(samples: Array, page: Page, options: ReadOptions) -> Image:
    """Return the image that `samples`, (H, W, samples) as stored, stand for. The samples may be overwritten.

    Levels of up to 8 bits become 8-bit ones, of 9 to 16 16-bit ones, black and white what they were: v * 65535 / 4095.
    Wider and signed numbers and floats stay what they are. InputError for numbers that no type of ours holds.
    """
    notes: tuple[str, ...] = ()
    if page.colours == "palette":
        pixels, alpha = _through_palette(samples, page)
    else:
        pixels, alpha, notes = _levels_and_alpha(_numbers(samples, page), page, options.bands)
    if page.colours == "cmyk":
        pixels, note = _from_cmyk(pixels, page)
        notes += (note,)
    if pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    metadata = _metadata(page.directory)
    if options.auto_orient:
        pixels, metadata = _turned(pixels, page.orientation), upright(metadata, page.orientation)
        alpha = None if alpha is None else _turned(alpha, page.orientation)
    else:
        metadata = replace(metadata, orientation=page.orientation)
    return Image(
        np.ascontiguousarray(pixels),
        None if alpha is None else np.ascontiguousarray(alpha),
        format="tiff",
        metadata=metadata,
        stored=Storage(
            raw_mode=f"{page.bits}-bit {page.numbers}",
            maximum=2**page.bits - 1 if 8 < page.bits < 16 else 0,
            orientation=page.orientation,
            bits=page.bits,
        ),
        notes=notes,
    )


def _numbers(samples: Array, page: Page) -> Array:
    """Return the samples in a type that images have, with black at 0."""
    if page.numbers == "unsigned" and page.bits <= 16:
        levels = _stretched(samples, page.bits)
        if page.white_is_zero:
            np.subtract(top_level(levels.dtype), levels[..., :1], out=levels[..., :1])
        return levels
    if page.numbers == "float":
        return samples if page.sample_bytes == 8 else samples.astype(np.float32, copy=False)
    if page.white_is_zero and page.numbers == "unsigned":
        samples = (2**page.bits - 1) - samples
    # What fits 32 bits is computed in them, as other programs hand it over.
    highest = int(samples.max())
    if highest > _LARGEST:
        raise InputError(f"{{image}} holds {highest:,}; whole numbers are read up to {_LARGEST:,}")
    fits = highest < 2**31 and samples.dtype.itemsize <= 4
    return samples.astype(np.int32 if fits else np.int64, copy=False)


def _stretched(samples: Array, bits: int) -> Array:
    """Return levels of a few bits as ones of 8 or 16, in place: black stays 0, and white becomes their top."""
    deepest = 2**bits - 1
    top = top_level(samples.dtype)
    if deepest == top:
        return samples
    table = (np.arange(deepest + 1, dtype=np.uint64) * (2 * top) + deepest) // (2 * deepest)
    for row in samples:
        row[...] = table[row]
    return samples


def _levels_and_alpha(
    samples: Array, page: Page, wanted: tuple[int, ...] | None
) -> tuple[Array, Array | None, tuple[str, ...]]:
    """Return colours and bands as channels, the alpha apart, and notes on the channels that are `wanted`; None: all."""
    notes: tuple[str, ...] = ()
    if page.white_is_zero and page.numbers != "unsigned":
        notes += ("its zero is white, but its numbers have no end that would be black, so they are left as they are",)
    if page.alpha is None:
        return samples, None, notes
    if not page.alpha_apart:
        channel = page.alpha + 1
        if wanted is None or channel in wanted:
            notes += (
                f"its alpha is not of 8 or 16 bits and is read as channel {channel} (--bands leaves channels out)",
            )
        return samples, None, notes
    alpha = samples[..., page.alpha]
    pixels = np.delete(samples, page.alpha, axis=2)
    if page.alpha_is_associated:
        _divide(pixels, alpha)
    return pixels, alpha, notes


def _divide(pixels: Array, alpha: Array) -> None:
    """Undo in place that colours were multiplied by their alpha: rounded, and 0 where nothing is to be seen."""
    top = top_level(pixels.dtype)
    for colours, row in zip(pixels, alpha, strict=True):
        opacity = row.astype(np.uint32)
        over = np.maximum(opacity, 1)[:, np.newaxis]
        colours[...] = np.minimum((colours * np.uint32(top) + over // 2) // over, top) * (opacity > 0)[:, np.newaxis]


def _through_palette(samples: Array, page: Page) -> tuple[Array, Array | None]:
    """Return the colours that levels stand for, in 16 bits, or in 8 where all in the palette are so small."""
    levels = 2**page.bits
    colours = page.directory.integers(COLOUR_MAP)
    if len(colours) < 3 * levels or max(colours) > 65535:
        raise InputError(f"the TIFF is damaged: its palette has {len(colours):,} levels, not {3 * levels:,}")
    stored = np.array(colours[: 3 * levels], np.uint16).reshape(3, levels).T
    # Old writers put levels of 8 bits where there is room for 16 (as libtiff's tools, too, take it).
    palette: NDArray[Any] = stored.astype(np.uint8) if max(colours) < 256 else stored
    pixels = palette[samples[..., 0]]
    if not page.extras:
        return pixels, None
    alpha = _stretched(samples[..., 1:].copy(), page.bits)[..., 0].astype(palette.dtype)
    return pixels, alpha * np.array(top_level(palette.dtype) // top_level(samples.dtype), palette.dtype)


def _from_cmyk(inks: Array, page: Page) -> tuple[Array, str]:
    """Return sRGB in 8 bits, for colour management has no more, and a note."""
    # Pillow is asked only here.
    from cnnfilt.files.decode.cmyk import cmyk_to_rgb

    deep = inks.dtype == np.uint16
    if deep:
        inks = ((inks.astype(np.uint32) + 128) // 257).astype(np.uint8)
    picture = PIL.Image.fromarray(np.ascontiguousarray(inks), "CMYK")
    profile = page.directory.block(_ICC_PROFILE)
    if profile:
        picture.info["icc_profile"] = profile
    converted, note = cmyk_to_rgb(picture)
    return np.asarray(converted), Lost(f"16-bit {note}, in 8 bits") if deep else note


def _turned(pixels: Array, orientation: int) -> Array:
    """Return pixels upright, as EXIF counts the ways in which they may lie."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _metadata(directory: Directory) -> Metadata:
    across, down = directory.rational(_X_RESOLUTION), directory.rational(_Y_RESOLUTION)
    scale = _DOTS.get(directory.integer(_UNIT, 2))
    resolution = None
    if across and down and scale and all(1 <= value * scale < 65_536 for value in (float(across), float(down))):
        resolution = (float(across) * scale, float(down) * scale)
    return Metadata(directory.block(_ICC_PROFILE), resolution, xmp=directory.block(_XMP))
