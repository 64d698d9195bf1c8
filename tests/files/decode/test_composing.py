"""Drawn animations are shown frame by frame as browsers show them: against plain loops."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnfilt.files.animation import read_frames
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read
from tests.files.decode.animations import Array, Drawing, apng, gif, shown, webp

RED, GREEN, BLUE = (250, 10, 20, 255), (30, 240, 50, 255), (60, 70, 230, 255)
CLEAR, FAINT = (0, 0, 0, 0), (200, 100, 50, 99)
SIZE = (6, 8)


def filled(colour: tuple[int, ...], height: int = 2, width: int = 2) -> Array:
    return np.full((height, width, 4), colour, np.uint8)


def drawn(seed: int, *, hard: bool = True, even: bool = False, inside: bool = True) -> list[Drawing]:
    """Frames of any size and place; `hard`: no half-transparent pixels."""
    rng = np.random.default_rng(seed)
    palette = np.array([RED, GREEN, BLUE, CLEAR] if hard else [RED, FAINT, (1, 2, 3, 200), CLEAR], np.uint8)
    drawings = []
    for number in range(rng.integers(2, 7)):
        top, left = (int(rng.integers(0, limit)) for limit in SIZE)
        step = 2 if even else 1
        top, left = top // step * step, left // step * step
        most = (SIZE[0] - top, SIZE[1] - left) if inside or not number else (9, 9)
        if number == 0 and rng.integers(2):
            top, left, most = 0, 0, SIZE
        height, width = SIZE if most == SIZE else (int(rng.integers(1, limit + 1)) for limit in most)
        kinds = ["none", "background"] if even else ["none", "background", "previous"]
        opaque = rng.integers(2)
        pixels = palette[rng.integers(0, 3 if opaque and hard else 4, (height, width))]
        drawings.append(Drawing(pixels, top, left, str(rng.choice(kinds)), True, 10 * int(rng.integers(1, 60))))
    return drawings


def as_four(image: Image) -> Array:
    """(H, W, 4), and nothing where nothing shows."""
    pixels = image.pixels if image.pixels.ndim == 3 else np.repeat(image.pixels[..., None], 3, axis=2)
    alpha = np.full(pixels.shape[:2], 255) if image.alpha is None else image.alpha
    return np.dstack((np.where(alpha[..., None] > 0, pixels, 0), alpha))


def frames_of(data: bytes, which: Any = "all", **options: Any) -> list[Array]:
    found = read_frames(data, which, ReadOptions(**options))
    assert found is not None
    return [as_four(image) for image in found[0]]


def check(data: bytes, drawings: list[Drawing], *, within: int = 0) -> None:
    expected = list(shown(*SIZE, drawings))
    for number, (found, wanted) in enumerate(zip(frames_of(data), expected, strict=True)):
        wanted[wanted[..., 3] == 0] = 0
        assert np.abs(found.astype(int) - wanted).max() <= within, number
        np.testing.assert_array_equal(frames_of(data, number + 1)[0], found)
    # Without --frames it is the first one.
    np.testing.assert_array_equal(as_four(read(data)), frames_of(data)[0])
    timed = read_frames(data, "all", ReadOptions())
    assert timed is not None
    assert timed[1].milliseconds == tuple(float(drawing.milliseconds) for drawing in drawings)


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_gifs(seed: int, local: bool) -> None:
    drawings = drawn(seed, inside=seed % 2 == 0)
    check(gif(*SIZE, drawings, local=local), drawings)


@pytest.mark.parametrize("seed", range(40))
def test_apngs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = [Drawing(np.tile(filled(FAINT), (3, 4, 1)), disposal=str(rng.choice(["none", "background", "previous"])))]
    drawings = whole + [one._replace(over=bool(rng.integers(2))) for one in drawn(seed, hard=seed % 2 == 0)]
    check(apng(*SIZE, drawings), drawings)


@pytest.mark.parametrize("says_alpha", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_webps(seed: int, says_alpha: bool) -> None:
    drawings = [one._replace(over=seed % 3 > 0) for one in drawn(seed, even=True)]
    check(webp(*SIZE, drawings, says_alpha=says_alpha), drawings)


@pytest.mark.parametrize(("code", "disposal"), [(0, "none"), (4, "previous"), (5, "none"), (7, "none")])
def test_a_disposal_that_is_not_said_is_not_that_of_the_frame_before(code: int, disposal: str) -> None:
    drawings = [
        Drawing(filled(RED, *SIZE)),
        Drawing(filled(GREEN), 1, 1, "background"),
        Drawing(filled(BLUE), 3, 3, disposal),
        Drawing(filled(GREEN), 0, 6),
    ]
    check(gif(*SIZE, drawings, codes=[1, 2, code, 1]), drawings)


def test_a_first_frame_smaller_than_the_canvas_lies_on_nothing() -> None:
    for make in (gif, webp):
        data = make(*SIZE, [Drawing(filled(RED), 2, 4), Drawing(filled(BLUE), 0, 0)])
        first, second = frames_of(data)
        assert first[2, 4].tolist() == list(RED)
        assert second[0, 0].tolist() == list(BLUE)
        assert int((first[..., 3] > 0).sum()) == 4
        assert int((second[..., 3] > 0).sum()) == 8
    still = read(gif(*SIZE, [Drawing(filled(RED), 2, 4)]), ReadOptions(background="white"))
    assert still.alpha is None
    assert (still.pixels[0, 0].tolist(), still.pixels[2, 4].tolist()) == ([255] * 3, list(RED[:3]))


def test_opaque_animations_have_no_alpha() -> None:
    drawings = [Drawing(filled(RED, *SIZE)), Drawing(filled(BLUE), 2, 2)]
    for data in (gif(*SIZE, drawings), webp(*SIZE, drawings, says_alpha=False)):
        found = read_frames(data, "all", ReadOptions())
        assert found is not None
        assert [image.alpha for image in found[0]] == [None, None]
        assert read(data).alpha is None


def test_a_first_frame_larger_than_the_canvas_enlarges_it_and_later_ones_are_cut() -> None:
    drawings = [Drawing(filled(RED, *SIZE)), Drawing(filled(BLUE, 9, 9), 1, 1)]
    assert [frame.shape[:2] for frame in frames_of(gif(2, 2, drawings))] == [SIZE, SIZE]


def test_the_default_image_of_an_apng_is_no_frame_and_leaves_no_trace() -> None:
    drawings = [Drawing(filled(RED), 1, 1), Drawing(filled(BLUE), 3, 3)]
    data = apng(*SIZE, drawings, default=filled(GREEN, *SIZE))
    for found, wanted in zip(frames_of(data), shown(*SIZE, drawings), strict=True):
        np.testing.assert_array_equal(found, wanted)
    # A program that shows no animations shows it.
    np.testing.assert_array_equal(as_four(read(data)), filled(GREEN, *SIZE))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_apng_is_turned_as_a_whole(orientation: int) -> None:
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes((orientation,)) + bytes(6)
    drawings = [Drawing(np.tile(filled(FAINT), (3, 4, 1))), Drawing(filled(RED, 1, 3), 1, 2)]
    turned = frames_of(apng(*SIZE, drawings, before=[(b"eXIf", exif)]))
    still = apng(*SIZE, [Drawing(list(shown(*SIZE, drawings))[1].astype(np.uint8))], before=[(b"eXIf", exif)])
    np.testing.assert_array_equal(turned[1], as_four(read(still)))
    as_stored = frames_of(apng(*SIZE, drawings, before=[(b"eXIf", exif)]), auto_orient=False)
    np.testing.assert_array_equal(as_stored[1], list(shown(*SIZE, drawings))[1])


@pytest.mark.parametrize("make", [gif, apng, webp])
def test_gray_and_background_come_after_drawing(make: Callable[..., bytes]) -> None:
    drawings = [Drawing(filled(RED, *SIZE), 0, 0, "background"), Drawing(filled(BLUE), 2, 2)]
    _, second = frames_of(make(*SIZE, drawings), gray=True, background="white")
    assert second[0, 0].tolist() == [255] * 4
    assert second[2, 2].tolist() == [(19595 * 60 + 38470 * 70 + 7471 * 230 + 32768) >> 16] * 3 + [255]


@pytest.mark.parametrize("gray", [0, 1])
def test_gray_and_colour_meet_in_one_animation(gray: int) -> None:
    """A GIF's frame without any palette is gray; one with a palette of its own is in colour."""
    levels = np.array([[0, 40], [200, 255]], np.uint8)
    drawings = [Drawing(filled(BLUE))]
    drawings.insert(gray, Drawing(np.dstack([levels] * 3 + [np.full_like(levels, 255)])))
    found = read_frames(gif(2, 2, drawings, local=True, bare=[gray]), "all", ReadOptions())
    assert found is not None
    for image, drawing in zip(found[0], drawings, strict=True):
        np.testing.assert_array_equal(as_four(image), drawing.pixels)
