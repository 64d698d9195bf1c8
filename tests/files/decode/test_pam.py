"""PAM: as netpbm describes it, as OpenCV reads it, in and out."""

from itertools import product

import numpy as np
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.animation import count_frames, encode_frames, read_frames
from cnnfilt.files.decode.decoders import SEVERAL
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.records import Timing
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels


def pam(data: bytes, *, width: int, height: int, depth: int, highest: int, kind: str = "") -> bytes:
    header = f"P7\n# a comment\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL {highest}\n"
    return (header + (f"TUPLTYPE {kind}\n" if kind else "") + "ENDHDR\n").encode() + data


@pytest.mark.parametrize(("dtype", "bands"), list(product(["uint8", "uint16"], range(1, 7))))
def test_what_is_written_comes_back(dtype: str, bands: int) -> None:
    pixels = random_levels(5, 7, bands, dtype=dtype)
    pixels = pixels[..., 0] if bands == 1 else pixels
    for alpha in (None, random_levels(5, 7, dtype=dtype, seed=1)):
        data = encode(Image(pixels, alpha), "pam").data
        image = read_bytes(data)
        np.testing.assert_array_equal(image.pixels, pixels)
        assert (image.alpha is None) == (alpha is None)
        if alpha is not None:
            np.testing.assert_array_equal(image.alpha, alpha)
        assert image_size(data) == (5, 7, bands)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_opencv_reads_what_is_written(dtype: str) -> None:
    cv2 = pytest.importorskip("cv2")
    for pixels in (random_levels(5, 7, dtype=dtype), random_levels(5, 7, 3, dtype=dtype)):
        # It leaves the bands of a PAM in the file's order, red first.
        found = cv2.imdecode(np.frombuffer(encode(Image(pixels), "pam").data, np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize("highest", [1, 3, 100, 255, 256, 1000, 4095, 65535])
def test_levels_are_brought_to_full_white(highest: int) -> None:
    levels = np.arange(highest + 1)
    data = levels.astype("u1" if highest < 256 else ">u2").tobytes()
    image = read_bytes(pam(data, width=highest + 1, height=1, depth=1, highest=highest))
    top = 255 if highest < 256 else 65535
    np.testing.assert_array_equal(image.pixels[0], [(2 * v * top + highest) // (2 * highest) for v in levels])


def test_a_level_past_the_maximum_is_white() -> None:
    assert read_bytes(pam(b"\x05\x0a\x0b", width=3, height=1, depth=1, highest=10)).pixels.tolist() == [[128, 255, 255]]


def test_the_last_band_is_alpha_only_where_the_header_says_so() -> None:
    samples = random_levels(2, 3, 4)
    for kind, alpha in (("RGB_ALPHA", True), ("", False), ("CMYK", False)):
        image = read_bytes(pam(samples.tobytes(), width=3, height=2, depth=4, highest=255, kind=kind))
        assert (image.alpha is not None) == alpha
        np.testing.assert_array_equal(image.pixels, samples[..., :3] if alpha else samples)


def test_maps_that_follow_one_another() -> None:
    images = [Image(random_levels(5, 7, 3)), Image(random_levels(2, 3, seed=1)), Image(random_levels(4, 4, 5))]
    data = encode_frames(images, Timing((0, 0, 0)), "pam", WriteOptions()).data
    assert count_frames(data) == 3
    assert read_bytes(data).notes == (SEVERAL,)
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    for image, wanted in zip(found[0], images, strict=True):
        np.testing.assert_array_equal(image.pixels, wanted.pixels)


@pytest.mark.parametrize(
    "data",
    [
        b"P7\n",
        b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\n" + bytes(6),
        b"P7\nWIDTH 3\nHEIGHT 2\nMAXVAL 255\nENDHDR\n" + bytes(6),
        b"P7\nWIDTH 3\nHEIGHT -2\nDEPTH 1\nMAXVAL 255\nENDHDR\n" + bytes(6),
        b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 65536\nENDHDR\n" + bytes(12),
        b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 0\nENDHDR\n" + bytes(6),
        b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nENDHDR\n" + bytes(5),
        b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nENDHDR\n" + bytes(7),
    ],
)
def test_damaged_ones(data: bytes) -> None:
    with pytest.raises(InputError, match=r"the PAM is (truncated or )?damaged"):
        read_bytes(data)


def test_bombs_are_refused_from_the_header() -> None:
    for sizes in ({"width": 50_000, "height": 50_000, "depth": 1}, {"width": 10_000, "height": 10_000, "depth": 900}):
        data = pam(b"", **sizes, highest=255)
        for ask in (read_bytes, image_size):
            with pytest.raises(ShapeError, match="the limit is"):
                ask(data)
