"""Images for a network: decoded by workers or one by one with the same result, bad ones told, memory bounded."""

import threading
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import cnnfilt.datasets.cache
import cnnfilt.datasets.decoding
from cnnfilt.batch.sources import Source
from cnnfilt.datasets.cache import CachedImages, ImageCache
from cnnfilt.datasets.decoding import DecodeOptions, decode_all, decode_in_order
from cnnfilt.datasets.labelled import find_labelled, load_examples, usual_input
from cnnfilt.errors import InputError
from cnnfilt.files.network_input import NetworkInput
from tests.conftest import Make

INPUT = NetworkInput((6, 8), gray=False)


def sources_in(folder: Path) -> list[Source]:
    return [Source(str(path)) for path in sorted(folder.iterdir())]


def test_workers_see_what_a_loop_sees(pictures: Make) -> None:
    folder = pictures(12)
    (folder / "005.png").write_bytes(b"no image")
    sources = [*sources_in(folder), Source(str(folder / "003.png"))]
    alone = list(decode_in_order(sources, INPUT, DecodeOptions(jobs=1)))
    together = list(decode_in_order(sources, INPUT, DecodeOptions(jobs=2)))
    assert [decoded.number for decoded in alone] == [decoded.number for decoded in together] == list(range(13))
    for one, other in zip(alone, together, strict=True):
        assert (one.error is None) == (other.error is None) == (one.number != 5)
        assert np.array_equal(one.levels, other.levels)  # type: ignore[arg-type]
    assert np.array_equal(alone[3].levels, alone[12].levels)  # type: ignore[arg-type]


def test_the_limits_hold(pictures: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = sources_in(pictures(2, size=(30, 40)))
    [first, _] = decode_all(sources, INPUT, DecodeOptions(max_pixels=1000))
    assert "1,200 pixels; the limit is 1,000" in str(first.error)
    done = threading.Event()
    monkeypatch.setattr(cnnfilt.datasets.decoding, "read_image", lambda *_: done.wait())
    [first, _] = decode_all(sources, INPUT, DecodeOptions(timeout=0.01))
    done.set()
    assert "was given up" in str(first.error)


@pytest.mark.parametrize("in_memory", [1, 1 << 20])
def test_a_cache_gives_back_what_was_put_in(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    """In memory or in a file, 8 bits as bytes and other levels as floats."""
    monkeypatch.setattr(cnnfilt.datasets.cache, "IN_MEMORY", in_memory)
    cache, rng = ImageCache(INPUT), np.random.default_rng(0)
    put = [rng.integers(0, 256, INPUT.shape, np.uint8), rng.random(INPUT.shape, np.float32)] * 3
    for levels in put:
        cache.append(levels)
    images = CachedImages(cache, np.arange(6))[np.array([5, 0, 2])]
    expected = [put[5], put[0] * np.float32(1 / 255), put[2] * np.float32(1 / 255)]
    assert np.array_equal(np.asarray(images), np.stack(expected))
    assert np.asarray(images[slice(0)]).shape == (0, *INPUT.shape)


def test_examples_are_in_the_order_of_the_files(tmp_path: Path) -> None:
    for name, level in (("b", 9), ("a", 7)):
        (tmp_path / name / "deeper").mkdir(parents=True)
        for number in range(6):
            pixels = np.full((8, 8), level + 10 * number, np.uint8)
            PIL.Image.fromarray(pixels).save(tmp_path / name / ("deeper" if number > 3 else "") / f"{number}.png")
    found = find_labelled(str(tmp_path))
    form = usual_input(found.sources, None, None, 1)
    assert form == NetworkInput((8, 8), gray=True, input_scale=1)
    for jobs in (1, 2):
        examples = load_examples(found, form, DecodeOptions(jobs=jobs), pytest.fail)
        assert examples.labels.tolist() == [0] * 6 + [1] * 6
        levels = np.asarray(examples.images)[:, 0, 0, 0].tolist()
        assert levels == [7, 17, 27, 37, 47, 57, 9, 19, 29, 39, 49, 59]


def test_a_matrix_of_other_channels_is_refused() -> None:
    with pytest.raises(InputError, match="2 channels; the network takes 3"):
        INPUT.levels(cnnfilt.files.network_input.Image(np.zeros((6, 8, 2)), kind="matrix"))


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(spoiled: float) -> None:
    values = np.ones((6, 8))
    values[2, 3] = spoiled
    with pytest.raises(InputError, match="nan or infinity"):
        INPUT.levels(cnnfilt.files.network_input.Image(values, kind="matrix"))
