"""TIFFs that tifffile wrote, in every layout that people have; and what is said where it is not installed."""

import io
import itertools
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.reading import read_bytes
from tests.files.decode.tiff_files import tiff_file
from tests.files.odd_files import random_levels

LZW_16_BIT = tiff_file(random_levels(3, 4, 3, dtype="uint16"), photometric=2, more={259: (5,)})


def test_without_tifffile_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(InputError) as caught:
        read_bytes(LZW_16_BIT)
    assert str(caught.value) == (
        "this TIFF (compressed by LZW, with samples of 16 bits) needs tifffile: pip install 'cnnfilt[tiff]'"
    )
    assert image_size(LZW_16_BIT) == (3, 4, 3)


KINDS = {
    "gray": ("minisblack", 0, ()),
    "white": ("miniswhite", 0, ()),
    "colour": ("rgb", 3, ()),
    "alpha": ("rgb", 4, (2,)),
    "band": ("rgb", 4, (0,)),
    "bands": ("minisblack", 6, (0,) * 5),
    "gray-alpha": ("minisblack", 2, (2,)),
}


def drawn(dtype: str, count: int) -> np.ndarray[Any, Any]:
    shape = (37, 29, count) if count else (37, 29)
    if dtype[0] == "f":
        return np.random.default_rng(1).normal(scale=100, size=shape).astype(dtype)
    return random_levels(*shape, dtype=np.dtype(dtype).name)


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "i1", "i2", "i4", "i8", "f2", "f4", "f8"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("compression", [None, "deflate", "lzw", "packbits", "zstd", "lzma"])
def test_every_layout(dtype: str, kind: str, compression: str | None) -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    photometric, count, extras = KINDS[kind]
    samples = drawn(dtype, count)
    for order, planar, tile, big in itertools.product("<>", (False, True), (None, (16, 32)), (False, True)):
        for predictor in _predictors(dtype, compression):
            if planar and not count:
                continue
            stream = io.BytesIO()
            tifffile.imwrite(
                stream,
                np.moveaxis(samples, -1, 0) if planar else samples,
                byteorder=order,
                bigtiff=big,
                photometric=photometric,
                planarconfig=("separate" if planar else "contig") if count else None,
                compression=compression,
                predictor=predictor,
                tile=tile,
                rowsperstrip=None if tile else 11,
                extrasamples=extras or None,
                metadata=None,
            )
            _check(stream.getvalue(), samples, white=photometric == "miniswhite", alpha=2 in extras)


def _predictors(dtype: str, compression: str | None) -> list[int | None]:
    if compression in (None, "packbits"):
        return [None]
    return [None, 3] if dtype[0] == "f" else [None, 2]


def _check(data: bytes, samples: np.ndarray[Any, Any], *, white: bool, alpha: bool) -> None:
    image = read_bytes(data)
    if white and samples.dtype.kind == "u":
        samples = np.iinfo(samples.dtype).max - samples
    if alpha and samples.dtype in (np.uint8, np.uint16):
        np.testing.assert_array_equal(image.alpha, samples[..., -1])
        samples = samples[..., :-1]
    else:
        assert image.alpha is None
    if samples.ndim == 3 and samples.shape[2] == 1:
        samples = samples[..., 0]
    np.testing.assert_array_equal(image.pixels, samples)
    assert image_size(data) == (*samples.shape, 1)[:3]


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_levels(bits: int) -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    levels = random_levels(9, 7, dtype="uint16") >> (16 - bits)
    stream = io.BytesIO()
    tifffile.imwrite(stream, levels, bitspersample=bits, photometric="minisblack")
    expected = np.rint(levels * (65535 / (2**bits - 1)))
    np.testing.assert_array_equal(read_bytes(stream.getvalue()).pixels, expected)


@pytest.mark.parametrize("damage", [b"", b"\xff" * 40, bytes(40), b"\x80\x0b\x60\x50" * 10])
@pytest.mark.parametrize("compression", ["lzw", "packbits", "zstd", "lzma"])
def test_damage_is_one_line(compression: str, damage: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    stream = io.BytesIO()
    tifffile.imwrite(stream, random_levels(20, 30, 3, dtype="uint16"), photometric="rgb", compression=compression)
    stream.seek(0)
    (place,) = tifffile.TiffFile(stream).pages[0].dataoffsets
    data = bytearray(stream.getvalue())
    data[place + 50 : place + 50 + len(damage)] = damage
    if not damage:
        del data[place + 50 :]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:  # Without a checksum some damage gives other pixels.
            said = str(read_bytes(bytes(data)).pixels.shape)
        except InputError as error:
            said = str(error)
    assert said == "(20, 30, 3)" or "truncated or damaged" in said
    assert capfd.readouterr() == ("", "")
