"""TIFFs of samples that Pillow does not write, looked at with other eyes than ours."""

import io

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files.encode import tiff
from cnnfilt.files.image import Image
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels


def floats(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(scale=1000, size=shape).astype(np.float32)


@pytest.mark.parametrize(
    "pixels",
    [
        random_levels(50, 33),
        random_levels(50, 33, 3),
        random_levels(50, 33, dtype="uint16"),
        random_levels(50, 33, 3, dtype="uint16"),
        floats(50, 33),
        floats(50, 33, 3),
        random_levels(50, 33, dtype="uint32").view(np.int32),
    ],
    ids=lambda pixels: f"{pixels.dtype}-{pixels.ndim}",
)
@pytest.mark.parametrize("strip_bytes", [1, 1000, 1 << 20])
def test_opencv_reads_what_is_written(pixels: np.ndarray, strip_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2 = pytest.importorskip("cv2")
    monkeypatch.setattr(tiff, "_STRIP_BYTES", strip_bytes)
    data = encode(Image(pixels), "tiff").data
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(found[..., ::-1] if pixels.ndim == 3 else found, pixels)


@pytest.mark.parametrize("strip_bytes", [1, 1000])
def test_pillow_reads_many_strips(strip_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "_STRIP_BYTES", strip_bytes)
    for pixels in (random_levels(50, 33, 3), random_levels(50, 33, dtype="uint16"), floats(50, 33)):
        np.testing.assert_array_equal(read_bytes(encode(Image(pixels), "tiff").data).pixels, pixels)


def test_sixteen_bit_alpha_is_kept() -> None:
    pixels, alpha = random_levels(9, 11, 3, dtype="uint16"), random_levels(9, 11, dtype="uint16", seed=1)
    encoded = encode(Image(pixels, alpha), "tiff")
    assert encoded.notes == ()
    image = PIL.Image.open(io.BytesIO(encoded.data))
    assert image.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(image), np.dstack((pixels, alpha)) >> 8)


def test_doubles_are_written_as_singles() -> None:
    values = np.random.default_rng(0).normal(size=(4, 5))
    np.testing.assert_array_equal(read_bytes(encode(Image(values), "tiff").data).pixels, values.astype(np.float32))


def test_the_pixels_are_not_changed() -> None:
    pixels = random_levels(9, 11, 3)
    before = pixels.copy()
    encode(Image(pixels), "tiff")
    np.testing.assert_array_equal(pixels, before)


def test_tiffs_are_deflated() -> None:
    flat = np.zeros((200, 200, 3), np.uint8)
    assert len(encode(Image(flat), "tiff").data) < 3000


def test_what_passes_4_gib_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "_LARGEST", 50)
    with pytest.raises(OutputError, match="larger than the 4 GiB of a TIFF; use npy"):
        encode(Image(random_levels(30, 40)), "tiff")


@pytest.mark.parametrize("count", [2, 4, 7])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_bands_are_kept(count: int, dtype: str) -> None:
    pixels = random_levels(9, 11, count, dtype="uint8").astype(dtype)
    np.testing.assert_array_equal(read_bytes(encode(Image(pixels), "tiff").data).pixels, pixels)


def test_bands_beside_alpha() -> None:
    pixels, alpha = random_levels(9, 11, 5), random_levels(9, 11, seed=1)
    found = read_bytes(encode(Image(pixels, alpha), "tiff").data)
    np.testing.assert_array_equal(found.pixels, pixels)
    np.testing.assert_array_equal(found.alpha, alpha)


def test_tifffile_reads_bands_as_they_are() -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    pixels = random_levels(9, 11, 6, dtype="uint16")
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(encode(Image(pixels), "tiff").data)), pixels)


def test_doubles_from_a_tiff_stay_doubles() -> None:
    values = np.random.default_rng(0).normal(size=(4, 5, 3))
    found = read_bytes(encode(Image(values, format="tiff"), "tiff").data).pixels
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, values)
