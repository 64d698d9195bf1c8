"""Who reads an image of a TIFF rightly: Pillow, we, or tifffile. No NumPy, no Pillow.

A file of a kind that none reads is refused here by its name, before anything is decoded.
"""

from typing import Literal

from cnnfilt.errors import InputError, counted
from cnnfilt.files.decode.tiff_page import COLOUR_MAP, JPEG, OUR_COMPRESSIONS, PLAIN, Page

Decoder = Literal["pillow", "own", "tifffile"]

_WHOLE_BYTES = (8, 16, 32, 64)
_DEPTHS = {"unsigned": (*range(1, 33), 64), "signed": _WHOLE_BYTES, "float": (16, 24, 32, 64)}

_OF_JPEG = (6, JPEG)
_BY_PILLOW = frozenset({PLAIN, 2, 3, 4, 5, 6, JPEG, 8, 32773, 32809, 32946, 34925, 50000})
_BY_TIFFFILE = frozenset({5, 32773, 34925, 50000})


def decoder_of(page: Page) -> Decoder:
    """Return who reads the image rightly. InputError, naming what it is, if nobody does."""
    _check_kind(page)
    # Of a big-endian BigTIFF Pillow does not find the tags.
    opens = page.compression in _BY_PILLOW and not (page.directory.big and page.directory.order == ">")
    if opens and (_is_pillows_colour(page) or _is_pillows_number(page)):
        return "pillow"
    if page.colours in ("ycbcr", "lab"):
        name = "YCbCr" if page.colours == "ycbcr" else "CIE L*a*b*"
        raise InputError(f"the TIFF holds {name} colours in a way that is not read; save it as RGB")
    if page.compression not in OUR_COMPRESSIONS and page.compression not in _BY_TIFFFILE:
        raise InputError(
            f"the TIFF is compressed by {page.compression_name}, which is not read for "
            f"{counted(page.samples, 'samples')} of {page.bits} bits; save it with LZW or deflate"
        )
    is_ours = page.compression in OUR_COMPRESSIONS and not (page.numbers == "float" and page.bits == 24)
    _check_predictor(page)
    return "own" if is_ours else "tifffile"


def _check_predictor(page: Page) -> None:
    fits = {1: True, 2: page.bits in _WHOLE_BYTES, 3: page.numbers == "float"}
    if not fits.get(page.predictor, False):
        raise InputError(f"the TIFF stores {page.bits}-bit samples by predictor {page.predictor}; it is not read")


def _check_kind(page: Page) -> None:
    """Refuse what no decoder here reads, by its name."""
    if page.bits not in _DEPTHS[page.numbers]:
        raise InputError(f"the TIFF holds {page.numbers} samples of {counted(page.bits, 'bits')}, which are not read")
    if page.bits == 24 and page.numbers == "unsigned" and page.directory.order == "<":
        raise InputError("the TIFF holds whole numbers of 24 bits, whose bytes programs put in different orders")
    if page.colours in ("palette", "cmyk", "ycbcr", "lab") and (page.numbers != "unsigned" or page.bits > 16):
        raise InputError(f"the TIFF holds {page.colours} colours of {page.bits}-bit {page.numbers} numbers")
    if page.colours == "cmyk" and (page.extras or page.directory.integer(332, 1) != 1):
        raise InputError("the TIFF holds inks beside or other than CMYK; save it as RGB")
    if page.colours == "palette" and page.extras not in ((), (2,)):
        raise InputError("the TIFF holds other samples beside those of its palette; save it as RGB")
    if page.white_is_zero and len(page.extras) > (page.alpha is not None):
        raise InputError("the TIFF holds several bands of which the first has its white at zero; save it otherwise")


def _is_pillows_colour(page: Page) -> bool:
    """Return whether Pillow reads these levels of up to 8 bits as they are meant."""
    if page.numbers != "unsigned" or page.bits not in (1, 2, 4, 8) or not _is_complete(page):
        return False
    if page.colours == "ycbcr":
        return page.bits == 8 and _is_pillows_ycbcr(page)
    if page.samples == 1:
        return page.colours != "palette" or _has_8_bit_map(page)
    if page.bits != 8 or (page.planes > 1 and page.compression == PLAIN) or page.fill_reversed:
        return False
    if page.colours == "gray" and page.planes > 1:
        return False
    if page.colours == "palette" and not _has_8_bit_map(page):
        return False
    return page.colours in ("cmyk", "lab") or page.extras in ((), (1,), (2,), (999,) if page.colours == "rgb" else ())


def _is_pillows_ycbcr(page: Page) -> bool:
    if page.compression == 6:
        return True
    if page.planes > 1 or page.extras:
        return False
    # What is not compressed is misread unless there is a sample of each colour for each pixel.
    subsampled = page.directory.integers(530)[:2] != (1, 1)
    return page.compression == JPEG or not subsampled


def _is_pillows_number(page: Page) -> bool:
    """Return whether Pillow reads these wide or signed samples: it swaps the bytes of compressed big-endian ones."""
    if page.samples != 1 or page.colours != "gray" or page.fill_reversed or not _is_complete(page):
        return False
    is_little, kind = page.directory.order == "<", (page.numbers, page.bits)
    if page.compression in _OF_JPEG:
        return False
    if kind == ("unsigned", 16):
        return is_little or not page.white_is_zero
    if page.white_is_zero:
        return False
    if kind in (("signed", 8),):
        return True
    if kind == ("unsigned", 32):
        return is_little
    wide = kind in (("signed", 16), ("signed", 32), ("float", 32))
    return wide and (is_little or page.compression == PLAIN)


def _is_complete(page: Page) -> bool:
    """Return whether no segment was left out, as those of one colour may be; Pillow refuses such files."""
    return all(count for _, count in page.places())


def _has_8_bit_map(page: Page) -> bool:
    """Return whether the colours of the palette are 8-bit ones written in 16, as Pillow takes them to be."""
    levels = page.directory.integers(COLOUR_MAP)
    whole = all(level % 256 in (0, level // 256) for level in levels)
    return whole and max(levels, default=0) > 255
