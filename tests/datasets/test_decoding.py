"""Images decoded for a network: by workers or one by one with the same result, bad ones reported."""

import threading
from pathlib import Path

import numpy as np
import pytest

import cnnfilt.datasets.cache
import cnnfilt.datasets.decoding
from cnnfilt.batch.sources import Source
from cnnfilt.datasets.decoding import DecodeOptions, decode_all, decode_in_order
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
