"""What a header says decides who reads a TIFF, and what nobody reads is refused by its name."""

import io

import numpy as np
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.decode.tiff_directory import directories
from cnnfilt.files.decode.tiff_page import Page, page_of
from tests.files.decode.tiff_files import Samples, tiff_file


def page(samples: Samples, *, max_pixels: int = 0, **kind: object) -> Page:
    return page_of(directories(io.BytesIO(tiff_file(samples, **kind)))[0], max_pixels=max_pixels)  # type: ignore[arg-type]


def flat(count: int, kind: str = "u1") -> Samples:
    return np.zeros((6, 5, count), kind)


@pytest.mark.parametrize(
    ("samples", "kind", "who"),
    [
        (flat(1), {}, "pillow"),
        (flat(1), {"bits": 4}, "pillow"),
        (flat(3), {"photometric": 2}, "pillow"),
        (flat(4), {"photometric": 2, "extras": (2,)}, "pillow"),
        (flat(4), {"photometric": 2, "extras": (0,)}, "own"),
        (flat(3), {"photometric": 2, "planar": True}, "own"),
        (flat(3), {"photometric": 2, "more": {259: (5,)}}, "pillow"),
        (flat(1, "u2"), {}, "pillow"),
        (flat(1, "u2"), {"bits": 12}, "own"),
        (flat(3, "u2"), {"photometric": 2}, "own"),
        (flat(3, "u2"), {"photometric": 2, "more": {259: (5,)}}, "tifffile"),
        (flat(1, "f4"), {"order": ">"}, "pillow"),
        (flat(1, "f4"), {"order": ">", "deflated": True}, "own"),
        (flat(1, "f4"), {"order": ">", "more": {259: (5,)}}, "tifffile"),
        (flat(1), {"order": ">", "big": True}, "own"),
        (flat(1), {"order": "<", "big": True}, "pillow"),
    ],
)
def test_who_reads_it(samples: Samples, kind: dict[str, object], who: str) -> None:
    assert page(samples, **kind).decoder() == who


@pytest.mark.parametrize(
    ("samples", "kind", "why"),
    [
        (flat(1), {"more": {339: (6,)}}, "holds complex numbers"),
        (flat(1), {"more": {339: (9,)}}, "holds samples of kind 9"),
        (flat(3), {"photometric": 2, "more": {258: (5, 6, 5)}}, "samples of different bits: 5, 6"),
        (flat(3), {"photometric": 2, "more": {339: (1, 1, 3)}}, "samples of different kinds: 1, 3"),
        (flat(1), {"photometric": 32803}, "the raw samples of a camera"),
        (flat(1), {"photometric": 77}, "colours of kind 77"),
        (flat(2), {"photometric": 2}, "rgb colours cannot have 2 samples"),
        (flat(5), {"photometric": 5}, "inks beside or other than CMYK"),
        (flat(4), {"photometric": 5, "more": {332: (2,)}}, "inks beside or other than CMYK"),
        (flat(2), {"photometric": 3}, "other samples beside those of its palette"),
        (flat(3), {"photometric": 0}, "several bands of which the first has its white at zero"),
        (flat(3, "u2"), {"photometric": 8}, r"CIE L\*a\*b\* colours in a way that is not read"),
        (flat(3), {"photometric": 6, "more": {530: (2, 2)}}, "YCbCr colours in a way that is not read"),
        (flat(1), {"more": {259: (34712,)}}, "compressed by JPEG 2000, which is not read for 1 sample of 8 bits"),
        (flat(1), {"more": {259: (4711,)}}, "compressed by method 4711"),
        (flat(1, "i1"), {"bits": 8, "more": {258: (4,)}}, "signed samples of 4 bits"),
        (flat(1, "f4"), {"photometric": 3}, "palette colours of 32-bit float numbers"),
        (flat(1, "u4"), {"bits": 24}, "whole numbers of 24 bits, whose bytes programs put in different orders"),
        (flat(1, "u2"), {"bits": 12, "deflated": True, "predictor": 1, "more": {317: (2,)}}, "12-bit .* predictor 2"),
        (flat(1), {"more": {32997: (3,)}}, "holds a volume"),
        (flat(1), {"more": {256: (0,)}}, "does not say its height and width"),
        (flat(1), {"more": {277: (0,)}}, "its pixels have no samples"),
        (flat(1), {"more": {278: (0,)}}, "strips of 0x5"),
        (flat(1), {"tile": (16, 16), "more": {322: (1 << 30,)}}, "tiles of 16x1073741824"),
    ],
)
def test_what_nobody_reads(samples: Samples, kind: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        page(samples, **kind).decoder()


def test_bombs_are_refused_from_the_header() -> None:
    with pytest.raises(ShapeError, match="60000x60000 = 3,600,000,000 pixels"):
        page(flat(1), max_pixels=10**6, more={256: (60_000,), 257: (60_000,)})
    with pytest.raises(ShapeError, match=r"6x5x60000 = 1,800,000 values; the limit is 400,000, 4 times --max-pixels"):
        page(flat(1), max_pixels=10**5, more={277: (60_000,)})


def test_too_few_segments() -> None:
    with pytest.raises(InputError, match="it needs 2 segments and lists 1"):
        page(flat(1, "u2"), bits=12, more={273: (8,), 279: (8,)}).places()


@pytest.mark.parametrize(
    ("extras", "count", "channels", "alpha"),
    [((), 3, 3, None), ((), 4, 3, 3), ((0,), 4, 4, None), ((2, 0), 5, 4, 3), ((0, 1), 5, 4, 4), ((), 6, 6, None)],
)
def test_bands_are_channels_and_alpha_is_apart(
    extras: tuple[int, ...], count: int, channels: int, alpha: int | None
) -> None:
    found = page(flat(count, "u2"), photometric=2, extras=extras)
    assert (found.channels, found.alpha) == (channels, alpha)
    assert page(flat(count, "f4"), photometric=2, extras=extras).channels == count
