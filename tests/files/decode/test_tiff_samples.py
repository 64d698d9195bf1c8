"""TIFFs of every depth, order and layout, without any library: what is read is what was put in."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.errors import InputError
from cnnfilt.files.decode import tiff_samples
from cnnfilt.files.decode.tiff_directory import directories
from cnnfilt.files.decode.tiff_page import page_of
from cnnfilt.files.decode.tiff_samples import read_samples
from tests.files.decode.tiff_files import Samples, joined, tiff_file

DEPTHS = [("u1", n) for n in range(1, 9)] + [("u2", n) for n in range(9, 17)] + [("u4", n) for n in (17, 23, 31, 32)]
DEPTHS += [("u8", 64), ("i1", 8), ("i2", 16), ("i4", 32), ("i8", 64), ("f2", 16), ("f4", 32), ("f8", 64)]


def samples_read(data: bytes) -> Samples:
    return read_samples(page_of(directories(io.BytesIO(data))[0], max_pixels=0))


def drawn(kind: str, bits: int, shape: tuple[int, int, int], seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    if kind[0] == "f":
        return rng.normal(scale=100, size=shape).astype(kind)
    whole = rng.integers(0, 2**64, shape, dtype=np.uint64) >> np.uint64(64 - bits)
    return whole.astype(f"u{kind[1]}").view(kind)


@pytest.mark.parametrize(("kind", "bits"), DEPTHS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tile", [None, (4, 8)])
def test_every_depth(kind: str, bits: int, order: str, count: int, tile: tuple[int, int] | None) -> None:
    samples = drawn(kind, bits, (13, 11, count))
    for planar in (False, True):
        for deflated in (False, True):
            data = tiff_file(samples, bits=bits, order=order, tile=tile, planar=planar, deflated=deflated)
            found = samples_read(data)
            assert found.dtype == kind
            np.testing.assert_array_equal(found, samples)


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "u8", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
def test_differences(kind: str, order: str, planar: bool) -> None:
    samples = drawn(kind, int(kind[1]) * 8, (13, 11, 3))
    data = tiff_file(samples, order=order, planar=planar, deflated=True, predictor=2)
    np.testing.assert_array_equal(samples_read(data), samples)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_differences_of_floats(kind: str, order: str, tile: tuple[int, int] | None) -> None:
    samples = drawn(kind, 0, (13, 11, 2))
    data = tiff_file(samples, order=order, tile=tile, deflated=True, predictor=3)
    np.testing.assert_array_equal(samples_read(data), samples)


def test_a_predictor_means_nothing_where_nothing_is_compressed() -> None:
    samples = drawn("u1", 8, (5, 4, 1))
    np.testing.assert_array_equal(samples_read(tiff_file(samples, more={317: (2,)})), samples)


@pytest.mark.parametrize("bits", [1, 4, 12, 16])
def test_bits_in_reverse(bits: int) -> None:
    samples = drawn("u1" if bits <= 8 else "u2", bits, (6, 7, 1))
    np.testing.assert_array_equal(samples_read(tiff_file(samples, bits=bits, fill_reversed=True)), samples)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 50), st.integers(1, 200))
@settings(deadline=None, max_examples=60)
def test_rows_taken_in_pieces(height: int, width: int, rows_per_strip: int, piece: int) -> None:
    samples = drawn("u2", 12, (height, width, 1), seed=height)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiff_samples, "_PIECE_BYTES", piece)
        patch.setattr(tiff_samples, "_READ_BYTES", max(piece // 3, 1))
        for deflated in (False, True):
            data = tiff_file(samples, bits=12, rows_per_strip=rows_per_strip, deflated=deflated)
            np.testing.assert_array_equal(samples_read(data), samples)


def test_what_a_segment_holds_beyond_its_size_is_never_unpacked() -> None:
    """A bomb: of a million bytes behind 20 pixels no more is made than these take."""
    asked = []
    flat = np.zeros((1000, 1000, 1), np.uint8)
    small = tiff_file(flat, rows_per_strip=1000, deflated=True, more={256: (5,), 257: (4,)})
    real = tiff_samples.zlib.decompressobj

    class Watched:
        def __init__(self) -> None:
            self._inner = real()

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            asked.append(most)
            return self._inner.decompress(data, most)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiff_samples.zlib, "decompressobj", Watched)
        np.testing.assert_array_equal(samples_read(small), np.zeros((4, 5, 1)))
    assert sum(asked) <= 20


@pytest.mark.parametrize("deflated", [False, True])
def test_a_segment_that_ends_too_early(deflated: bool) -> None:
    samples = drawn("u2", 16, (10, 4, 1))
    data = tiff_file(samples, deflated=deflated, more={257: (12,), 278: (5,)} | {273: (8, 48, 48), 279: (40, 40, 1)})
    with pytest.raises((InputError, tiff_samples.zlib.error)):
        samples_read(data)


def test_a_segment_that_was_left_out_is_zero() -> None:
    whole = drawn("u1", 8, (10, 4, 1))
    data = tiff_file(whole, more={273: (8, 0), 279: (20, 0)})
    found = samples_read(data)
    np.testing.assert_array_equal(found[:5], whole[:5])
    assert not found[5:].any()


def test_strips_without_lengths_that_are_not_compressed() -> None:
    tags = {256: (3,), 257: (2,), 258: (16,), 262: (1,), 277: (1,), 278: (2,), 279: ()}
    values = np.arange(6, dtype="<u2").reshape(2, 3, 1)
    np.testing.assert_array_equal(samples_read(joined([(tags, [values.tobytes()])])), values)
