"""What a header says decides who reads a TIFF, and what nobody reads is refused by its name."""

import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.decode.tiff_decoder import decoder_of
from tests.files.decode.tiff_files import Samples, flat, page


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
    assert decoder_of(page(samples, **kind)) == who


@pytest.mark.parametrize(
    ("samples", "kind", "why"),
    [
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
    ],
)
def test_what_nobody_reads(samples: Samples, kind: dict[str, object], why: str) -> None:
    found = page(samples, **kind)
    with pytest.raises(InputError, match=why):
        decoder_of(found)
