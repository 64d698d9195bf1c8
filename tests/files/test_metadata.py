"""What comes along is kept when it is still true and harmless; the rest only on request."""

import io
import struct

import numpy as np
import PIL.Image
import pytest
from PIL.PngImagePlugin import PngInfo

from cnnfilt.files.animation import encode_frames
from cnnfilt.files.image import Image, Metadata
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.records import Timing
from cnnfilt.files.writing import encode
from cnnfilt.frozen import replace
from tests.files.decode.pngs import written
from tests.files.odd_files import cmyk_profile, exif, icc_profile, random_levels, saved

COLOUR = random_levels(9, 11, 3)
PHOTO = PIL.Image.fromarray(COLOUR)
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6" dc:title="A"/></x:xmpmeta>'
WITH_ALL = ["png", "jpeg", "tiff", "webp"]


def photo(format: str, orientation: int = 6) -> Image:
    block = exif(orientation)
    arguments = {} if format == "tiff" else {"xmp": XMP}
    if format == "tiff":
        block[700] = XMP
    return read_bytes(saved(PHOTO, format, exif=block, icc_profile=icc_profile(), dpi=(300, 150), **arguments))


def reopened(data: bytes) -> PIL.Image.Image:
    image = PIL.Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("target", WITH_ALL)
@pytest.mark.parametrize("source", ["jpeg", "tiff", "webp"])
def test_safe_keeps_the_profile_and_no_place_or_maker(source: str, target: str) -> None:
    image = reopened(encode(photo(source), target).data)
    assert image.info["icc_profile"] == icc_profile()
    block = image.getexif()
    assert not block.get_ifd(34853)
    assert 271 not in block
    assert block.get(274, 1) == 1
    assert "xmp" not in image.info


@pytest.mark.parametrize("target", ["png", "jpeg", "tiff", "bmp"])
def test_safe_keeps_the_resolution(target: str) -> None:
    image = reopened(encode(photo("jpeg", orientation=1), target).data)
    assert image.info["dpi"] == pytest.approx((300, 150), rel=1e-3)


@pytest.mark.parametrize("target", WITH_ALL)
@pytest.mark.parametrize("source", ["jpeg", "tiff", "webp"])
def test_all_keeps_the_rest_made_true(source: str, target: str) -> None:
    encoded = encode(photo(source), target, WriteOptions(metadata="all"))
    assert encoded.notes == ()
    image = reopened(encoded.data)
    block = image.getexif()
    assert block[271] == "Maker"
    assert block.get_ifd(34853)[1] == "N"
    assert block.get(274, 1) == 1
    details = block.get_ifd(34665)
    assert details[36867] == "2024:01:01 00:00:00"
    # Turned by a quarter, 9x11 has become 11 high and 9 wide.
    assert (details[40963], details[40962]) == (11, 9)
    assert b'dc:title="A"' in image.info["xmp"]
    assert b'tiff:Orientation="1"' in image.info["xmp"]
    assert image.size == (9, 11)


def test_all_from_png_to_png_keeps_texts_also_behind_the_pixels() -> None:
    texts = PngInfo()
    texts.add_text("Title", "A picture")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    image = read_bytes(saved(PHOTO, "PNG", pnginfo=texts, exif=exif(1)))
    again = reopened(encode(image, "png", WriteOptions(metadata="all")).data)
    assert again.info["Title"] == "A picture"
    assert again.info["xmp"].startswith(b"<x:xmpmeta>")
    assert "Title" not in reopened(encode(image, "png").data).info


MEANT = {
    "gAMA": struct.pack(">I", 100_000),
    "cHRM": struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000),
    "sRGB": b"\1",
    "cICP": bytes([9, 16, 0, 1]),
    "mDCV": bytes(24),
    "cLLI": bytes(8),
}
"""How colours are meant, in chunks of a PNG (PNG 3, 11.3.2)."""


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("names", [["gAMA"], ["gAMA", "cHRM"], ["sRGB", "gAMA"], ["cICP", "mDCV", "cLLI"]])
def test_all_keeps_what_says_how_the_colours_of_a_png_are_meant(names: list[str], bits: int) -> None:
    said = [(name.encode(), MEANT[name]) for name in names]
    image = read_bytes(written(COLOUR.astype(np.uint16), 2, bits, before=said))
    everything = WriteOptions(metadata="all")
    gray = replace(image, pixels=image.pixels[..., 0])
    for one in (image, gray):
        again = encode(one, "png", everything)
        assert again.notes == ()
        assert read_bytes(again.data).metadata.colour_space == tuple(said)
        # They count only in front of the pixels.
        assert all(again.data.index(name) < again.data.index(b"IDAT") for name, _ in said)
    frames = encode_frames([image, image], Timing((10.0, 10.0)), "png", everything)
    assert read_bytes(frames.data).metadata.colour_space == tuple(said)
    for mode in ("safe", "none"):
        plain = read_bytes(encode(image, "png", WriteOptions(metadata=mode)).data)
        assert plain.metadata.colour_space == ()


@pytest.mark.parametrize(
    ("names", "lost"),
    [
        (["gAMA"], "its chunk gAMA, which says how its colours are meant, cannot be kept in a TIFF"),
        (["gAMA", "cHRM"], "its chunks gAMA, cHRM, which say how its colours are meant, cannot be kept in a TIFF"),
        (["sRGB", "gAMA", "cHRM"], None),
    ],
)
def test_where_that_has_no_place_it_is_said(names: list[str], lost: str | None) -> None:
    image = read_bytes(written(COLOUR, 2, 8, before=[(name.encode(), MEANT[name]) for name in names]))
    assert encode(image, "tiff", WriteOptions(metadata="all")).notes == ((lost,) if lost else ())
    assert encode(image, "tiff").notes == ()


def test_all_keeps_a_jpeg_s_comment() -> None:
    image = read_bytes(saved(PHOTO, "JPEG", comment=b"hello"))
    assert reopened(encode(image, "jpeg", WriteOptions(metadata="all")).data).info["comment"] == b"hello"
    assert "comment" not in reopened(encode(image, "jpeg").data).info


@pytest.mark.parametrize("target", WITH_ALL)
def test_none_keeps_nothing(target: str) -> None:
    data = encode(photo("jpeg"), target, WriteOptions(metadata="none")).data
    assert not {"icc_profile", "xmp"} & set(reopened(data).info)
    assert read_bytes(data).metadata.resolution is None
    assert 271 not in reopened(data).getexif()


def test_a_thumbnail_stays_behind() -> None:
    block = exif(1).tobytes()
    # Let the first directory point to a second one, which is where a thumbnail is described.
    thumbnail = b"\0\1" + b"\1\3\0\3\0\0\0\1\0\6\0\0" + bytes(4)
    count = int.from_bytes(block[14:16], "big")
    next_at = 16 + 12 * count
    pointed = block[:next_at] + (len(block) - 6).to_bytes(4, "big") + block[next_at + 4 :] + thumbnail
    image = read_bytes(saved(PHOTO, "JPEG", exif=pointed))
    again = reopened(encode(image, "jpeg", WriteOptions(metadata="all")).data)
    assert again.getexif()[271] == "Maker"
    assert not again.getexif().get_ifd(1)


@pytest.mark.parametrize("target", WITH_ALL)
def test_a_profile_for_another_colour_model_is_left_out(target: str) -> None:
    gray = read_bytes(saved(PHOTO, "JPEG", icc_profile=icc_profile()), ReadOptions(gray=True))
    assert "icc_profile" not in reopened(encode(gray, target).data).info
    cmyk = read_bytes(saved(PHOTO.convert("CMYK"), "JPEG", icc_profile=cmyk_profile()))
    assert "icc_profile" not in reopened(encode(cmyk, target).data).info


def test_a_gray_profile_stays_with_gray() -> None:
    profile = icc_profile(b"GRAY")
    image = read_bytes(saved(PHOTO.convert("L"), "PNG", icc_profile=profile))
    assert reopened(encode(image, "png").data).info["icc_profile"] == profile
    assert "icc_profile" not in reopened(encode(image, "webp").data).info


@pytest.mark.parametrize("profile", [b"rubbish", bytes(200), b""])
def test_what_is_no_profile_is_left_out(profile: bytes) -> None:
    image = Image(COLOUR, metadata=Metadata(icc_profile=profile))
    assert "icc_profile" not in reopened(encode(image, "png").data).info


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "PPM"])
def test_no_resolution_is_made_up(format: str) -> None:
    assert read_bytes(saved(PHOTO, format)).metadata.resolution is None
    if format in ("JPEG", "TIFF"):
        assert read_bytes(saved(PHOTO, format, exif=exif(1))).metadata.resolution is None


def test_a_resolution_in_exif_alone_counts_for_a_jpeg() -> None:
    block = exif(1)
    block[282], block[283], block[296] = 100.0, 50.0, 3
    assert read_bytes(saved(PHOTO, "JPEG", exif=block)).metadata.resolution == (254, 127)


def test_blocks_too_long_for_a_jpeg_are_left_out_with_a_note() -> None:
    image = replace(photo("png"), metadata=Metadata(xmp=bytes(70_000), comment=bytes(70_000)))
    encoded = encode(image, "jpeg", WriteOptions(metadata="all"))
    assert len(encoded.notes) == 2
    assert all("too long" in note for note in encoded.notes)


def test_damaged_exif_is_left_out_with_a_note() -> None:
    image = Image(COLOUR, metadata=Metadata(exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff", orientation=3))
    encoded = encode(image, "jpeg", WriteOptions(metadata="all"))
    assert any("EXIF" in note for note in encoded.notes)
    np.testing.assert_array_equal(reopened(encoded.data).getexif()[274], 3)


def test_damage_inside_exif_loses_no_more_than_it() -> None:
    block = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\xff\xff\xff\xff\0\0\0\0"
    encoded = encode(Image(COLOUR, metadata=Metadata(exif=block, orientation=3)), "jpeg", WriteOptions(metadata="all"))
    assert any("EXIF" in note for note in encoded.notes)
    np.testing.assert_array_equal(reopened(encoded.data).getexif()[274], 3)
