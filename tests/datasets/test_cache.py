"""Many images in little memory: what is put in comes back."""

import numpy as np
import pytest

import cnnfilt.datasets.cache
import cnnfilt.datasets.decoding
from cnnfilt.datasets.cache import CachedImages, ImageCache
from cnnfilt.files.network_input import NetworkInput

INPUT = NetworkInput((6, 8), gray=False)


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
