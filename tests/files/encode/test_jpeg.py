"""A JPEG is coded as its input was, unless a quality is asked for."""

import io

import PIL.Image
import pytest
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels, saved

GRAY, COLOUR = random_levels(9, 11), random_levels(9, 11, 3)


def reopened(data: bytes) -> JpegImageFile:
    image = PIL.Image.open(io.BytesIO(data))
    assert isinstance(image, JpegImageFile)
    return image


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_jpeg_keeps_its_tables_and_subsampling(subsampling: int) -> None:
    original = reopened(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=37, subsampling=subsampling))
    image = read_bytes(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=37, subsampling=subsampling))
    again = reopened(encode(image, "jpeg").data)
    assert again.quantization == original.quantization
    assert get_sampling(again) == subsampling


def test_a_gray_result_of_a_colour_jpeg_keeps_the_luma_table() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=37)
    again = reopened(encode(read_bytes(data, ReadOptions(gray=True)), "jpeg").data)
    assert again.layers == 1
    assert again.quantization[0] == reopened(data).quantization[0]


def test_three_tables_of_their_own_are_kept() -> None:
    tables = [[level] * 64 for level in (3, 5, 7)]
    data = saved(PIL.Image.fromarray(COLOUR), "JPEG", qtables=tables, subsampling=0)
    again = reopened(encode(read_bytes(data), "jpeg").data)
    assert [again.quantization[layer[3]] for layer in again.layer] == tables


@pytest.mark.parametrize(
    "source",
    [
        saved(PIL.Image.fromarray(COLOUR), "PNG"),
        saved(PIL.Image.fromarray(COLOUR).convert("CMYK"), "JPEG", quality=10),
        saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=10, keep_rgb=True),
    ],
    ids=["png", "cmyk", "rgb-coded"],
)
def test_other_inputs_get_quality_92_in_full_colour(source: bytes) -> None:
    again = reopened(encode(read_bytes(source), "jpeg").data)
    expected = reopened(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=92, subsampling=0))
    assert again.quantization == expected.quantization
    assert get_sampling(again) == 0


def test_a_colour_result_of_a_gray_jpeg_gets_quality_92() -> None:
    image = read_bytes(saved(PIL.Image.fromarray(GRAY), "JPEG", quality=10))
    again = reopened(encode(Image(COLOUR, metadata=image.metadata), "jpeg").data)
    assert again.quantization == reopened(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=92)).quantization


def test_a_quality_that_is_asked_for_wins() -> None:
    image = read_bytes(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=37, subsampling=1))
    again = reopened(encode(image, "jpeg", WriteOptions(quality=71)).data)
    assert again.quantization == reopened(saved(PIL.Image.fromarray(COLOUR), "JPEG", quality=71)).quantization
    assert get_sampling(again) == 1
