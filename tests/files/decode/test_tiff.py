"""TIFFs beyond Pillow as users have them: read, sized by their header, and their pages reached."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.animation import count_frames, read_frames
from cnnfilt.files.decode.decoders import SEVERAL
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.records import Metadata
from cnnfilt.files.writing import encode
from tests.files.decode.tiff_files import Samples, joined, tiff_file
from tests.files.odd_files import icc_profile, random_levels

DEEP = random_levels(7, 5, 3, dtype="uint16")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("deflated", [False, True])
def test_sixteen_bit_colour_keeps_its_values(order: str, planar: bool, deflated: bool) -> None:
    data = tiff_file(DEEP, photometric=2, order=order, planar=planar, deflated=deflated)
    image = read_bytes(data)
    assert image.pixels.dtype == np.uint16
    np.testing.assert_array_equal(image.pixels, DEEP)
    assert image.notes == ()
    assert image_size(data) == (7, 5, 3)


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "u4", "f4"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_numbers_keep_their_values(kind: str, order: str, deflated: bool, count: int) -> None:
    values = (random_levels(7, 5, count, dtype="uint32") >> 8).astype(kind)
    found = read_bytes(tiff_file(values, photometric=1 if count == 1 else 2, order=order, deflated=deflated)).pixels
    np.testing.assert_array_equal(found, values if count == 3 else values[..., 0])


@pytest.mark.parametrize("pixels", [np.float32([[0.1, -5], [1e30, 7]]), np.linspace(-1, 1, 30).reshape(2, 5, 3)])
def test_our_own_floats_come_back(pixels: Samples) -> None:
    found = read_bytes(encode(Image(pixels), "tiff").data).pixels
    np.testing.assert_array_equal(found, pixels.astype(np.float32))


def test_our_own_colours_of_every_depth_come_back() -> None:
    for dtype in ("uint8", "uint16"):
        pixels, alpha = random_levels(9, 11, 3, dtype=dtype), random_levels(9, 11, dtype=dtype, seed=1)
        image = read_bytes(encode(Image(pixels, alpha), "tiff").data)
        np.testing.assert_array_equal(image.pixels, pixels)
        np.testing.assert_array_equal(image.alpha, alpha)


def test_bands_are_channels() -> None:
    bands = random_levels(4, 6, 7)
    for data in (tiff_file(bands), tiff_file(bands, planar=True, extras=(0,) * 6, deflated=True)):
        np.testing.assert_array_equal(read_bytes(data).pixels, bands)
        assert image_size(data) == (4, 6, 7)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_or_kept(orientation: int) -> None:
    # Pillow turns what it reads; what we read has to lie the same way.
    levels = random_levels(7, 5)
    theirs = read_bytes(tiff_file(levels[..., None], more={274: (orientation,)}))
    data = tiff_file(
        np.repeat(levels[..., None], 3, axis=2) * np.uint16(257), photometric=2, more={274: (orientation,)}
    )
    image = read_bytes(data)
    np.testing.assert_array_equal(image.pixels[..., 0] // 257, theirs.pixels)
    assert image_size(data) == image.pixels.shape
    as_stored = ReadOptions(auto_orient=False)
    assert image_size(data, as_stored) == (7, 5, 3)
    assert read_bytes(data, as_stored).metadata.orientation == orientation


def test_the_size_needs_no_numpy(tmp_path: Path) -> None:
    path = tmp_path / "deep.tif"
    path.write_bytes(tiff_file(DEEP, photometric=2))
    code = (
        "import sys\nfrom cnnfilt.files.decode.header import image_size\n"
        f"assert image_size({str(path)!r}) == (7, 5, 3)\nassert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_header_is_all_that_a_bomb_gets() -> None:
    data = tiff_file(DEEP, photometric=2, more={256: (50_000,), 257: (50_000,)})
    for ask in (read_bytes, image_size):
        with pytest.raises(ShapeError, match="50000x50000"):
            ask(data)


def pages_of(*images: Samples) -> bytes:
    found = []
    for image in images:
        tags = {
            256: (image.shape[1],),
            257: (image.shape[0],),
            258: (image.dtype.itemsize * 8,) * image.shape[2],
            262: (2 if image.shape[2] == 3 else 1,),
            277: (image.shape[2],),
            278: (image.shape[0],),
        }
        found.append((tags, [image.tobytes()]))
    return joined(found)


def test_pages_are_read_each_by_its_kind() -> None:
    gray, deep, colour = random_levels(4, 5, 1), DEEP, random_levels(3, 2, 3, seed=3)
    data = pages_of(deep, gray, colour, deep[:2])
    assert count_frames(data) == 4
    assert read_bytes(data).notes == (SEVERAL,)
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    for image, samples in zip(found[0], (deep, gray[..., 0], colour, deep[:2]), strict=True):
        np.testing.assert_array_equal(image.pixels, samples)
        assert image.notes == ()
    one = read_frames(data, 3, ReadOptions())
    assert one is not None
    np.testing.assert_array_equal(one[0][0].pixels, colour)
    with pytest.raises(InputError, match="has 4 frames; frame 5 does not exist"):
        read_frames(data, 5, ReadOptions())
    with pytest.raises(ShapeError, match="the limit is 60 "):
        read_frames(data, "all", ReadOptions(max_pixels=60))


def test_damage_behind_the_header_is_an_error_of_ours() -> None:
    with pytest.raises(InputError, match="the TIFF is truncated or damaged"):
        read_bytes(tiff_file(DEEP, photometric=2, deflated=True, more={279: (3, 3)}))


def test_what_comes_along_is_kept() -> None:
    pixels = random_levels(4, 5, 3, dtype="uint16")
    came = Metadata(icc_profile(), (144.0, 72.0), xmp=b"<x/>")
    data = encode(Image(pixels, metadata=came), "tiff", WriteOptions(metadata="all")).data
    found = read_bytes(data).metadata
    assert (found.icc_profile, found.resolution, found.xmp) == (came.icc_profile, came.resolution, came.xmp)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        (b'{"shape": [6, 7, 5, 3]}', 6),
        (b'{"shape": [7, 5, 3]}', 0),
        (b"ImageJ=1.53\nimages=4\nslices=4\n", 4),
        (b"ImageJ=1.53\nimages=1\n", 0),
        (b"a picture", 0),
    ],
)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_images_that_no_directory_lists_are_told_of(description: bytes, told: int, dtype: str) -> None:
    data = tiff_file(DEEP.astype(dtype), photometric=2, more={270: description})
    note = f"tells of {told} images and lists 1; what is not listed is not read"
    expected = (note,) if told else ()
    assert read_bytes(data).notes == expected
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    assert found[0][0].notes == expected


def test_a_smaller_version_is_called_one() -> None:
    """As in the raw files of cameras, whose first image is a preview."""
    data = tiff_file(DEEP, photometric=2, more={254: (1,), 330: (8, 0)})
    assert read_bytes(data).notes == (
        "its first image is a smaller version; the whole one, in a sub-directory, is not read",
    )


def test_memory_stays_below_twice_the_image() -> None:
    """Of 8 million values no more is ever held than the samples and the pixels made of them."""
    samples = np.zeros((1000, 2000, 4), np.uint16)
    samples[::7, ::5] = 777
    for planar, order in ((False, "<"), (True, ">")):
        data = tiff_file(samples, photometric=2, order=order, planar=planar, deflated=True, rows_per_strip=1000)
        tracemalloc.start()
        try:
            image = read_bytes(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert image.alpha is not None
        assert peak < 2.05 * samples.nbytes
