"""Which WebPs are read as if their header spoke of an alpha: animations that do not."""

import io

import numpy as np
import PIL.Image

from cnnfilt.files.decode.webp_alpha import with_alpha_said
from tests.files.decode.animations import Drawing, webp

PIXELS = np.full((4, 6, 4), 255, np.uint8)


def test_only_the_flag_of_an_opaque_animation_changes() -> None:
    stream = io.BytesIO(webp(4, 6, [Drawing(PIXELS), Drawing(PIXELS)], says_alpha=False))
    said = with_alpha_said(stream)
    assert said is not None
    assert said.read() == webp(4, 6, [Drawing(PIXELS), Drawing(PIXELS)], says_alpha=True)
    assert stream.tell() == 0


def test_others_stay_as_they_are() -> None:
    still = io.BytesIO()
    PIL.Image.fromarray(PIXELS).save(still, "WEBP")
    for data in (webp(4, 6, [Drawing(PIXELS)], says_alpha=True), still.getvalue(), b"RIFF\0\0\0\0WEBPVP8X"):
        assert with_alpha_said(io.BytesIO(data)) is None
