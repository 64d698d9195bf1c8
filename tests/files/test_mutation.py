"""Damaged files of every kind: no reader raises anything but cnnfilt's own errors, and none says a word past them."""

import functools
import io
import warnings
from contextlib import suppress

import numpy as np
import PIL.Image
import pytest
from hypothesis import strategies as st

from cnnfilt.errors import CnnfiltError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.decode.tiff_files import tiff_file
from tests.files.mutation import changed, in_parts, try_each
from tests.files.odd_files import random_levels, saved


@functools.cache
def wholes() -> tuple[tuple[str, bytes], ...]:
    """Small files of every format and kind, each with a name."""
    levels = random_levels(9, 8, 4)
    rgba = PIL.Image.fromarray(levels)
    rgb, gray = rgba.convert("RGB"), rgba.convert("L")
    images = {
        "PNG": [
            rgba,
            rgb,
            gray,
            gray.convert("1"),
            rgb.quantize(7),
            PIL.Image.fromarray(random_levels(9, 8, dtype="uint16")),
        ],
        "JPEG": [rgb, gray, rgb.convert("CMYK")],
        "TIFF": [rgba, rgb, gray, gray.convert("1"), gray.convert("F"), gray.convert("I")],
        "WEBP": [rgba, rgb],
        "GIF": [rgb.quantize(7), gray],
        "BMP": [rgb, gray, gray.convert("1")],
        "PPM": [rgb, gray, gray.convert("1")],
    }
    files = [(f"a.{name.lower()}", saved(image, name)) for name, kinds in images.items() for image in kinds]
    files += [
        ("a.tiff", saved(rgb, "TIFF", compression=way))
        for way in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    ]
    files += [("a.avif", saved(image, "AVIF", quality=100)) for image in (rgba, gray)]
    files += [("a.jp2", saved(image, "JPEG2000")) for image in (rgba, rgb, gray)]
    files += [("a.j2k", saved(rgb, "JPEG2000", no_jp2=True))]
    files += [("a.jpg", saved(rgb, "JPEG", progressive=True)), ("a.webp", saved(rgb, "WEBP", lossless=True))]
    files += [("a.pam", encode(Image(levels[..., :3], levels[..., 3]), "pam").data)]
    files += [("a.pfm", encode(Image(levels[..., :3].astype(np.float32)), "pfm").data)]
    files += [("a.ppm", b"P3\n# a\n2 2 255\n1 2 3 4 5 6 7 8 9 10 11 12\n"), ("a.pfm", b"Pf\n2 1\n-1.0\n" + bytes(8))]
    return (*files, *tiffs(), *matrices())


def tiffs() -> list[tuple[str, bytes]]:
    """TIFFs that we read ourselves, or by tifffile where it is installed."""
    deep, bits = random_levels(9, 8, 4, dtype="uint16"), random_levels(9, 8, 1, dtype="uint16") >> 4
    colours = {320: tuple(random_levels(768, dtype="uint16").tolist())}
    found = [
        tiff_file(deep[..., :3], photometric=2),
        tiff_file(deep, photometric=2, extras=(1,), planar=True, deflated=True, order=">"),
        tiff_file(deep.astype("f4"), deflated=True, predictor=3, tile=(16, 16), big=True),
        tiff_file(deep[..., :3].astype("f4"), photometric=2),
        tiff_file(deep.astype("i4"), deflated=True, predictor=2),
        tiff_file(bits, bits=12, photometric=0, fill_reversed=True),
        tiff_file(deep[..., :1].astype("u1"), photometric=3, more=colours),
        tiff_file(deep, photometric=5, deflated=True),
    ]
    # Nothing of this is LZW, Zstandard or LZMA; it is damage from the start.
    found += [tiff_file(deep, photometric=2, more={259: (way,)}) for way in (5, 32773, 34925, 50000)]
    return [("a.tiff", data) for data in found]


def matrices() -> list[tuple[str, bytes]]:
    numbers = {
        "a.csv": b"1,2.5,-3\n4,1/9,6e2\n",
        "a.tsv": b"1\t2\n3\t4\n",
        "a.txt": b"1 2\n3 4\n",
        "a.json": b"[[1, 2.5], [3, 4]]",
    }
    found = list(numbers.items())
    for array in (np.arange(6.0).reshape(2, 3), np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), ">i2")):
        stream = io.BytesIO()
        np.save(stream, array)
        found.append(("a.npy", stream.getvalue()))
    archive = io.BytesIO()
    np.savez_compressed(archive, a=np.arange(6.0).reshape(2, 3), b=np.zeros((2, 2, 3), np.uint8), c=np.arange(3))
    return [*found, ("a.npz", archive.getvalue())]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """One of the files with up to six changes: bytes replaced, put in, taken out, repeated, or the end cut off."""
    name, whole = draw(st.sampled_from(wholes()))
    data = changed(draw, whole, times=range(1, 7), early=64)
    return draw(st.sampled_from((name, "a", "a.png", "a.csv", "a.npy"))) if draw(st.booleans()) else name, data


def check(name: str, data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for gray in (False, True):
            with suppress(CnnfiltError):
                image = read_bytes(data, ReadOptions(gray=gray, max_pixels=100_000), name=name)
                assert image.pixels.size
        with suppress(CnnfiltError):
            assert min(image_size(data, ReadOptions(max_pixels=100_000))) > 0


@in_parts(150)
def test_nothing_but_our_own_errors(part: int, inputs: int, capfd: pytest.CaptureFixture[str]) -> None:
    try_each(damaged(), lambda file: check(*file), part=part, inputs=inputs)
    assert capfd.readouterr() == ("", "")
