"""Every PNG reads back the same, through Pillow and through the plainest decoder; none is noticeably large."""

import io
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import threads
from cnnfilt.files.encode import png, png_rows
from cnnfilt.files.encode.png import Coding, choose, pillow_arguments
from cnnfilt.files.encode.png_rows import Filter, Rows
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Image, Metadata
from cnnfilt.files.metadata import KeptMetadata, kept_metadata
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import encode
from tests.files.odd_files import exif, icc_profile, random_levels

SAMPLES = Path(__file__).parents[3] / "sample_images"
FILTERS: tuple[Filter, ...] = ("none", "up", "paeth", "adaptive")


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk's name and content, its checksum checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place = 8
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(name + content)
        yield name, content
        place += length + 12


def decoded(data: bytes) -> Array:
    """(H, W, C) of what is in a PNG without interlace or palette, byte by byte (PNG 3, 9.2)."""
    parts = list(chunks(data))
    width, height, depth, colour_type = struct.unpack_from(">IIBB", parts[0][1])
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    left, row_bytes = channels * depth // 8, width * channels * depth // 8
    rows = np.frombuffer(zlib.decompress(b"".join(content for name, content in parts if name == b"IDAT")), np.uint8)
    above = [0] * row_bytes
    raw = bytearray()
    for kind, *row in rows.reshape(height, 1 + row_bytes).tolist():
        for x in range(row_bytes):
            a, b, c = (row[x - left] if x >= left else 0), above[x], (above[x - left] if x >= left else 0)
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[x] = (row[x] + (0, a, b, (a + b) // 2, nearest)[kind]) % 256
        raw += bytes(row)
        above = row
    return np.frombuffer(raw, ">u2" if depth == 16 else np.uint8).reshape(height, width, channels)


def encoded(pixels: Array, alpha: Array | None = None, *, quality: int | None = None) -> bytes:
    return png.encode(FORMATS["png"], Image(pixels, alpha), KeptMetadata(), quality).data


def stacked(pixels: Array, alpha: Array | None) -> Array:
    return np.dstack((pixels,) if alpha is None else (pixels, alpha))


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    colour=st.booleans(),
    has_alpha=st.booleans(),
    dtype=st.sampled_from(["uint8", "uint16"]),
    values=st.sampled_from([2, 7, 256, 65536]),
    filter=st.sampled_from(FILTERS),
    seed=st.integers(0, 99),
)
def test_pixels_come_back(
    size: tuple[int, int], colour: bool, has_alpha: bool, dtype: str, values: int, filter: Filter, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    shape = (*size, 3) if colour else size
    pixels = rng.integers(0, values, shape).astype(dtype)
    alpha = rng.integers(0, values, size).astype(dtype) if has_alpha else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "choose", lambda rows, quality: Coding(filter, 6))
        # Many blocks, and several strips in each, of an image this small.
        patch.setattr(png, "_BLOCK_BYTES", 40)
        patch.setattr(png, "_FILTERED_BYTES", 15)
        data = encoded(pixels, alpha)
    np.testing.assert_array_equal(decoded(data), stacked(pixels, alpha))
    read = np.asarray(PIL.Image.open(io.BytesIO(data)))
    if dtype == "uint8" or not (colour or has_alpha):
        np.testing.assert_array_equal(read, pixels if alpha is None else stacked(pixels, alpha)[..., -read.shape[2] :])


def test_paeth_predicts_as_the_standard_says() -> None:
    """For levels that meet every order and every tie of the three."""
    levels = (0, 1, 2, 3, 127, 128, 129, 254, 255)
    left, above, corner = (grid.ravel().astype(np.uint8) for grid in np.meshgrid(levels, levels, levels))
    predicted = png_rows.paeth(left, above, corner)
    for a, b, c, found in zip(left.tolist(), above.tolist(), corner.tolist(), predicted.tolist(), strict=True):
        distances = {"a": abs(b - c), "b": abs(a - c), "c": abs(a + b - 2 * c)}
        nearest = min(distances, key=lambda name: (distances[name], name))
        assert found == {"a": a, "b": b, "c": c}[nearest]


@pytest.mark.parametrize("quality", [None, 1, 40, 100])
def test_effort_changes_the_size_alone(quality: int | None) -> None:
    pixels = np.asarray(PIL.Image.open(SAMPLES / "face.png"))
    np.testing.assert_array_equal(np.asarray(PIL.Image.open(io.BytesIO(encoded(pixels, quality=quality)))), pixels)


def test_more_effort_makes_smaller_files() -> None:
    pixels = np.asarray(PIL.Image.open(SAMPLES / "face.png"))
    sizes = [len(encoded(pixels, quality=quality)) for quality in (1, 40, 100)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 1.05 * sizes[2]


def test_the_bytes_do_not_depend_on_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_BLOCK_BYTES", 20_000)
    pixels = random_levels(150, 200, 3)
    files = []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        files.append(encoded(pixels))
    assert files[0] == files[1] == files[2]


def test_rows_that_lie_apart_are_read_as_they_are() -> None:
    apart = random_levels(20, 40, 3)[:, :30]
    assert encoded(apart) == encoded(apart.copy())


def drawing(size: tuple[int, int] = (640, 400)) -> Array:
    image = PIL.Image.new("RGB", size, "#eeeeff")
    draw = PIL.ImageDraw.Draw(image)
    rng = np.random.default_rng(0)
    for number in range(40):
        x, y, width, height = rng.integers(0, 300, 4).tolist()
        shape = draw.rectangle if number % 2 else draw.ellipse
        shape((2 * x, y, 2 * x + width, y + height), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return np.asarray(image)


def page() -> Array:
    image = PIL.Image.new("L", (640, 400), 255)
    draw = PIL.ImageDraw.Draw(image)
    words = ["the", "kernel", "slides", "over", "the", "picture", "and", "sums", "what", "it", "sees", "there"]
    rng = np.random.default_rng(0)
    for top in range(4, 396, 12):
        draw.text((4, top), " ".join(rng.choice(words, 18)), fill=20)
    return np.asarray(image)


def picture(name: str) -> Array:
    return np.asarray(PIL.Image.open(SAMPLES / name))


def gradient() -> Array:
    rows, columns = np.mgrid[:400, :640]
    return np.stack([columns * 255 // 639, rows * 255 // 399, (rows + columns) // 5], axis=-1).astype(np.uint8)


def differences(pixels: Array) -> Array:
    return np.abs(np.diff(pixels.astype(np.int16), axis=1)).astype(np.uint8)


KINDS = {
    "scene": lambda: picture("scene.png"),
    "edges of the scene": lambda: differences(picture("scene.png")),
    "face": lambda: picture("face.png"),
    "icon": lambda: picture("icon.png"),
    "16 bits": lambda: picture("depth16.png").astype(np.uint16),
    "noisy scene": lambda: picture("scene.png") ^ random_levels(800, 1200, 3) % 8,
    "drawing": drawing,
    "edges of the drawing": lambda: differences(drawing()),
    "page": page,
    "gradient": gradient,
    "few colours": lambda: np.asarray(PIL.Image.open(SAMPLES / "scene.png").quantize(16).convert("RGB")),
    "dots": lambda: np.asarray(PIL.Image.open(SAMPLES / "scene.png").convert("1").convert("L")),
    "noise": lambda: random_levels(400, 640),
    "tiles of noise": lambda: np.tile(random_levels(40, 40, 3), (10, 16, 1)),
    "black": lambda: np.zeros((400, 640, 3), np.uint8),
    "a dot": lambda: np.zeros((1, 1), np.uint8),
    "a line": lambda: random_levels(1, 3000, 3),
    "a column": lambda: random_levels(3000, 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_is_noticeably_larger_than_pillows(kind: str) -> None:
    pixels = KINDS[kind]()
    stream = io.BytesIO()
    PIL.Image.fromarray(pixels).save(stream, "PNG", compress_level=6)
    colours, alpha = (pixels[..., :3], pixels[..., 3]) if pixels.shape[2:] == (4,) else (pixels, None)
    data = encoded(colours, alpha)
    assert len(data) <= 1.05 * len(stream.getvalue())
    np.testing.assert_array_equal(np.asarray(PIL.Image.open(io.BytesIO(data))), pixels)


def test_noise_is_not_searched_for_what_repeats() -> None:
    assert choose(Rows(random_levels(400, 640), None)).filter != "adaptive"
    assert choose(Rows(drawing(), None)).filter == "adaptive"


def test_what_comes_along_is_written_as_pillow_writes_it() -> None:
    metadata = Metadata(
        icc_profile=icc_profile(),
        resolution=(300, 72.5),
        exif=exif(1).tobytes(),
        xmp=b"<x:xmpmeta/>",
        texts=(("Title", "A"), ("Comment", "日本")),
    )
    pixels = random_levels(9, 11, 3)
    ours = list(chunks(encode(Image(pixels, metadata=metadata), "png", WriteOptions(metadata="all")).data))
    stream = io.BytesIO()
    arguments = pillow_arguments(kept_metadata(metadata, "all", gray=False, size=(9, 11))[0])
    PIL.Image.fromarray(pixels).save(stream, "PNG", **arguments)
    theirs = list(chunks(stream.getvalue()))
    assert [part for part in ours if part[0] != b"IDAT"] == [part for part in theirs if part[0] != b"IDAT"]
    assert {"icc_profile", "dpi", "exif", "pnginfo"} <= set(arguments)


@pytest.mark.skipif(shutil.which("pngcheck") is None, reason="pngcheck is not installed")
@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("channels", [(), (3,)], ids=["gray", "colour"])
def test_pngcheck_finds_nothing(tmp_path: Path, channels: tuple[int, ...], dtype: str, alpha: bool) -> None:
    file = tmp_path / "a.png"
    metadata = Metadata(icc_profile=icc_profile(b"RGB " if channels else b"GRAY"), resolution=(300, 300))
    pixels = random_levels(300, 700, *channels, dtype=dtype)
    opacity = random_levels(300, 700, dtype=dtype) if alpha else None
    file.write_bytes(encode(Image(pixels, opacity, metadata=metadata), "png").data)
    run = subprocess.run(["pngcheck", "-q", file], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_a_small_image_may_be_saved_fast() -> None:
    levels = random_levels(9, 7, 3)
    saved = encode(Image(levels), "png", WriteOptions(quality=5)).data
    np.testing.assert_array_equal(np.asarray(PIL.Image.open(io.BytesIO(saved))), levels)
