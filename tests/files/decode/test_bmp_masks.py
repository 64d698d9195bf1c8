"""Pixels cut up by masks come out as the masks say, with their alpha, in 16 bits where 8 do not hold them."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import strategies as st

from cnnfilt.errors import InputError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.reading import read_bytes
from tests.files.decode.bmps import masked
from tests.files.mutation import ask_each, changed, in_parts, try_each
from tests.files.odd_files import random_levels

VALUES = {bits: random_levels(5, 7, dtype=f"uint{bits}") for bits in (16, 32)}


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize(
    ("bits", "masks", "header", "compression"),
    [
        (16, (0x7C00, 0x3E0, 0x1F, 0x8000), 124, 3),
        (16, (0xF00, 0xF0, 0xF, 0xF000), 108, 3),
        (16, (0xC000, 0x3800, 0x400), 40, 3),
        (32, (0xFF, 0xFF00, 0xFF0000), 40, 3),
        (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), 40, 6),
        (32, (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000), 108, 3),
        (32, (0xFFE00000, 0x1FFC00, 0x3FF), 52, 3),
        (32, (0xFFFF0000, 0xFFFF, 0, 0), 56, 3),
    ],
)
def test_every_mask_gives_its_levels(
    bits: int, masks: tuple[int, ...], header: int, compression: int, top_down: bool
) -> None:
    values = VALUES[bits].astype(np.int64)
    data = masked(VALUES[bits], bits, masks, header=header, compression=compression, top_down=top_down)
    image = read_bytes(data)
    deep = any(mask.bit_count() > 8 for mask in masks)
    assert image.pixels.dtype == (np.uint16 if deep else np.uint8)
    found = [image.pixels[..., channel] for channel in range(3)] + ([] if image.alpha is None else [image.alpha])
    assert (image.alpha is not None) == (len(masks) == 4 and masks[3] > 0)
    for levels, mask in zip(found, masks, strict=False):
        highest = max(mask >> ((mask & -mask).bit_length() - 1), 1) if mask else 1
        own = (values & mask) // max(mask & -mask, 1)
        exact = own * (65535 if deep else 255) / highest
        assert np.abs(levels - exact).max() <= (0.5 if deep else 1)
        assert (levels[own == highest] == (65535 if deep else 255)).all()
    assert image.metadata.resolution == pytest.approx((100, 200), rel=1e-3)


def test_colours_beside_alpha_are_those_that_pillow_gives_without() -> None:
    with_alpha = read_bytes(masked(VALUES[16], 16, (0x7C00, 0x3E0, 0x1F, 0x8000)))
    without = masked(VALUES[16], 16, (0x7C00, 0x3E0, 0x1F, 0))
    np.testing.assert_array_equal(with_alpha.pixels, np.asarray(PIL.Image.open(io.BytesIO(without))))
    np.testing.assert_array_equal(with_alpha.alpha, np.where(VALUES[16] & 0x8000, 255, 0))


@pytest.mark.parametrize("masks", [(0x7C00, 0x3E0, 0x11, 0x8000), (0xFFFF0000, 0x3E0, 0x1F, 0)])
def test_masks_that_are_none_are_one_line(masks: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="is not one run of at most 16 bits"):
        read_bytes(masked(VALUES[16], 16, masks))


def test_a_file_that_is_cut_off_is_one_line() -> None:
    data = masked(VALUES[16], 16, (0x7C00, 0x3E0, 0x1F, 0x8000))
    for end in range(2, len(data)):
        with pytest.raises(InputError):
            read_bytes(data[:end])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    bits, header = draw(st.sampled_from((16, 32))), draw(st.sampled_from((40, 52, 56, 108, 124)))
    masks = (0x7C00, 0x3E0, 0x1F, 0x8000) if bits == 16 else (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000)
    compression = draw(st.sampled_from((3, 3, 6)))
    data = masked(VALUES[bits], bits, masks, header=header, compression=compression)
    return changed(draw, data, early=75)


@in_parts(200)
def test_nothing_but_our_own_errors(part: int, inputs: int, capfd: pytest.CaptureFixture[str]) -> None:
    try_each(damaged(), lambda data: ask_each(data, read_bytes, image_size), part=part, inputs=inputs)
    assert capfd.readouterr() == ("", "")
