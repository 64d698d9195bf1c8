"""Several images of one file, in and out again; what a format cannot hold of them is refused under its own name."""

import numpy as np
import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files.animation import count_frames, encode_frames, read_frames
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.records import Timing
from tests.files.decode.animations import Drawing, apng
from tests.files.odd_files import random_levels

FRAMES = [Image(random_levels(6, 8, 3, seed=seed) // 128 * 255) for seed in range(3)]
TIMING = Timing((40.0, 250.0, 100.0), 2)


@pytest.mark.parametrize("format", ["png", "webp", "gif", "tiff"])
def test_frames_come_back_with_their_timing(format: str) -> None:
    found = read_frames(encode_frames(FRAMES, TIMING, format, WriteOptions()).data, "all", ReadOptions())
    assert found is not None
    images, timing = found
    assert timing == (Timing((1000.0,) * 3, 0) if format == "tiff" else TIMING)
    for image, frame in zip(images, FRAMES, strict=True):
        np.testing.assert_array_equal(image.pixels, frame.pixels)


@pytest.mark.parametrize("format", ["png", "webp", "gif"])
def test_what_is_transparent_comes_back_transparent(format: str) -> None:
    frames = []
    for number, frame in enumerate(FRAMES):
        alpha = np.full((6, 8), 255, np.uint8)
        alpha[number : number + 3, 2 * number : 2 * number + 4] = 0
        frames.append(Image(frame.pixels, alpha))
    found = read_frames(encode_frames(frames, TIMING, format, WriteOptions()).data, "all", ReadOptions())
    assert found is not None
    for image, frame in zip(found[0], frames, strict=True):
        assert image.alpha is not None
        assert frame.alpha is not None
        np.testing.assert_array_equal(image.alpha, frame.alpha)
        np.testing.assert_array_equal(image.pixels[frame.alpha > 0], frame.pixels[frame.alpha > 0])
    assert found[1] == TIMING


@pytest.mark.parametrize("format", ["png", "webp", "gif"])
def test_frames_that_are_alike_are_shown_as_long_as_all_of_them(format: str) -> None:
    frames = [FRAMES[0], FRAMES[1], FRAMES[1]]
    found = read_frames(encode_frames(frames, TIMING, format, WriteOptions()).data, "all", ReadOptions())
    assert found is not None
    assert found[1].milliseconds in ((40.0, 350.0), TIMING.milliseconds)


@pytest.mark.parametrize("format", ["png", "webp", "gif", "tiff"])
def test_as_many_are_counted_as_are_read(format: str) -> None:
    assert count_frames(encode_frames(FRAMES, TIMING, format, WriteOptions()).data) == 3
    assert count_frames(apng(2, 2, [Drawing(np.zeros((2, 2, 4), np.uint8))] * 2, default=np.zeros((2, 2, 4)))) == 2


def test_frames_are_read_as_images_are() -> None:
    data = encode_frames(
        [Image(frame.pixels, frame.pixels[..., 0]) for frame in FRAMES], TIMING, "webp", WriteOptions()
    )
    found = read_frames(data.data, 2, ReadOptions(gray=True, background="black"))
    assert found is not None
    ((image,), _) = found
    assert (image.pixels.shape, image.alpha) == ((6, 8), None)


def test_a_matrix_and_a_jpeg_never_hold_several() -> None:
    assert read_frames(b"1,2\n3,4\n", "all", ReadOptions()) is None
    with pytest.raises(OutputError, match="JPEG holds one image"):
        encode_frames(FRAMES, TIMING, "jpeg", WriteOptions())


def test_a_gif_is_refused_and_accepted_by_what_a_gif_holds() -> None:
    with pytest.raises(OutputError, match="GIF holds no float values"):
        encode_frames([Image(np.zeros((2, 2), np.float32))] * 2, Timing((1, 1)), "gif", WriteOptions())
    wide = [Image(np.full((1, 20_000), level, np.uint8)) for level in (0, 255)]
    assert encode_frames(wide, Timing((1, 1)), "gif", WriteOptions()).data.startswith(b"GIF8")
    with pytest.raises(OutputError, match="WebP holds at most 16,383"):
        encode_frames(wide, Timing((1, 1)), "webp", WriteOptions())
