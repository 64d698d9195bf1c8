"""What a header says of its image; what cannot be is refused."""

import pytest

from cnnfilt.errors import InputError, ShapeError
from tests.files.decode.tiff_files import Samples, flat, page


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
        (flat(1), {"more": {32997: (3,)}}, "holds a volume"),
        (flat(1), {"more": {256: (0,)}}, "does not say its height and width"),
        (flat(1), {"more": {277: (0,)}}, "its pixels have no samples"),
        (flat(1), {"more": {278: (0,)}}, "strips of 0x5"),
        (flat(1), {"tile": (16, 16), "more": {322: (1 << 30,)}}, "tiles of 16x1073741824"),
    ],
)
def test_what_is_no_image(samples: Samples, kind: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        page(samples, **kind)


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
