"""Every format is encoded by the module that its row names, or by Pillow."""

import inspect
from importlib import import_module

import numpy as np
import pytest
from PIL import features

from cnnfilt.files.encode.encoders import encoder
from cnnfilt.files.formats import FORMATS, Format
from cnnfilt.files.image import Image
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels

WRITTEN = [about for about in FORMATS.values() if about.kind == "image" and about.module]


def parameters(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("about", WRITTEN, ids=lambda about: about.name)
def test_the_modules_have_one_signature(about: Format) -> None:
    module = encoder(about)
    if about.writable:
        assert parameters(module.encode) == ["about", "image", "kept", "quality"]
    if about.several == "frames":
        assert parameters(module.animation_arguments) == ["timing", "kept", "quality", "opaque"]
    if about.several == "pages":
        assert parameters(module.joined_pages) == ["pages"]


@pytest.mark.parametrize("name", [about.name for about in FORMATS.values() if about.kind == "matrix"])
def test_so_have_those_of_matrices(name: str) -> None:
    module = import_module(f"cnnfilt.files.matrix.{FORMATS[name].module}")
    assert parameters(module.read) == ["data", "about", "max_pixels"]
    if not FORMATS[name].only_read:
        assert parameters(module.write) == ["array", "about"]


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
def test_a_row_is_all_that_another_format_of_pillows_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    levels = frozenset({"uint8"})
    row = Format("avif", "AVIF", (".avif",), signatures=(b"????ftypavif",), plugin="Avif", gray=levels, colour=levels)
    monkeypatch.setitem(FORMATS, "avif", row)
    smooth = np.linspace(0, 255, 32, dtype=np.uint8)[:, None, None].repeat(32, axis=1).repeat(3, axis=2)
    image = read_bytes(encode(Image(smooth), "avif").data)
    assert image.format == "avif"
    np.testing.assert_allclose(image.pixels, smooth, atol=8)
    assert encode(Image(random_levels(4, 5, dtype="uint16")), "avif").notes == (
        "16-bit levels written as 8-bit (v / 257), because AVIF holds no more here",
    )
