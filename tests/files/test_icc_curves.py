"""The curves of colour profiles, beside the formulas of the standard."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cnnfilt.core.light import srgb
from cnnfilt.files.icc_curves import curves_in

X = np.linspace(0, 1, 256)


def profile(tags: dict[bytes, bytes], space: bytes = b"RGB ") -> bytes:
    """A profile of a display with these tags."""
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    header = bytearray(128)
    header[8:12], header[12:16], header[16:20], header[20:24] = b"\4\0\0\0", b"mntr", space, b"XYZ "
    header[36:40] = b"acsp"
    header[0:4] = struct.pack(">I", start + len(body))
    return bytes(header) + struct.pack(">I", len(tags)) + table + body


def curv(*entries: int) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(f">I{len(entries)}H", len(entries), *entries)


def para(kind: int, *parameters: float) -> bytes:
    return (
        b"para\0\0\0\0"
        + struct.pack(">HH", kind, 0)
        + struct.pack(f">{len(parameters)}i", *(round(value * 65536) for value in parameters))
    )


def alike(data: bytes) -> dict[bytes, bytes]:
    return dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), data)


def test_the_profile_of_srgb_has_its_curve() -> None:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    curves = curves_in(data, gray=False)
    assert curves is not None
    assert len(curves) == 3
    for curve in curves:
        np.testing.assert_allclose(curve(X), srgb(X), atol=2e-5)
    assert curves_in(data, gray=True) is not None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (curv(), X),
        (curv(round(2.2 * 256)), X ** (round(2.2 * 256) / 256)),
        (curv(0, 65535), X),
        (curv(0, 16384, 65535), np.interp(X, [0, 0.5, 1], [0, 16384 / 65535, 1])),
        (para(0, 1.8), X ** (round(1.8 * 65536) / 65536)),
        (para(1, 2.0, 0.9, 0.1), (0.9 * X + 0.1) ** 2),
        (para(1, 2.0, 1.25, -0.25), np.where(X >= 0.2, (1.25 * X - 0.25).clip(0) ** 2, 0)),
        (para(2, 2.0, 0.5, 0.25, 0.125), (0.5 * X + 0.25) ** 2 + 0.125),
        (para(3, 2.0, 1, 0, 0.5, 0.5), np.where(X >= 0.5, X**2, X / 2)),
        (
            para(4, 2.0, 0.5, 0.25, 0.25, 0.5, 0.125, 0.0625),
            np.where(X >= 0.5, (X / 2 + 0.25) ** 2 + 0.125, X / 4 + 0.0625),
        ),
    ],
)
def test_curves_of_every_form(data: bytes, expected: Any) -> None:
    curves = curves_in(profile(alike(data)), gray=False)
    assert curves is not None
    np.testing.assert_allclose(curves[0](X), expected, atol=2e-5)
    gray = curves_in(profile({b"kTRC": data}, b"GRAY"), gray=True)
    assert gray is not None
    np.testing.assert_allclose(gray[0](X), expected, atol=2e-5)


def test_gray_pixels_of_a_profile_for_colour_need_three_curves_alike() -> None:
    tags = alike(curv(512)) | {b"gTRC": curv(400)}
    assert curves_in(profile(tags), gray=True) is None
    curves = curves_in(profile(tags), gray=False)
    assert curves is not None
    assert curves[1](np.array([0.5]))[0] == 0.5 ** (400 / 256)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no profile at all",
        profile({}),
        profile(alike(curv(512)) | {b"A2B0": b"mft2"}),
        profile(alike(b"mft2\0\0\0\0")),
        profile({b"rTRC": curv(512)}),
        profile(alike(b"curv\0\0\0\0" + struct.pack(">I", 2**32 - 1))),
        profile(alike(b"para\0\0\0\0" + struct.pack(">HH", 9, 0))),
        profile({b"kTRC": curv(512)}, b"GRAY"),
        profile(alike(curv(512)), b"CMYK"),
        profile(alike(curv(512)))[:140],
    ],
    ids=range(11),
)
def test_others_have_no_plain_curves(data: bytes) -> None:
    assert curves_in(data, gray=False) is None


@given(st.data())
def test_no_damage_does_more_than_hide_the_curves(data: st.DataObject) -> None:
    whole = bytearray(profile(alike(para(3, 2.4, 0.9479, 0.0521, 0.0774, 0.04045))))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with np.errstate(all="ignore"):
        for curve in curves_in(bytes(whole[: data.draw(st.integers(0, len(whole)))]), gray=False) or ():
            assert curve(X).shape == X.shape


def test_pillow_hands_over_what_we_read() -> None:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "png", icc_profile=data)
    assert curves_in(Image.open(file).info["icc_profile"], gray=False) is not None
