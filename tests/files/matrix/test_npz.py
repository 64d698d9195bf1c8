"""Arrays in a .npz come back as they were; files made to do harm are refused in one line."""

import io
import warnings
import zipfile

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.matrix.npz import Archive, write_npz

ARRAYS = {"conv1.kernel": np.random.default_rng(0).normal(size=(3, 3, 2, 4)).astype(np.float32), "steps": np.array(7)}


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def archive(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return stream.getvalue()


def twice(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zip, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zip.writestr(name, content)
        zip.writestr(name, content)
    return stream.getvalue()


def test_arrays_come_back() -> None:
    data = write_npz(ARRAYS)
    read = Archive(data)
    assert read.names == tuple(ARRAYS)
    for name, array in ARRAYS.items():
        back = read.array(name, most_bytes=10_000)
        assert back.dtype == array.dtype
        assert np.array_equal(back, array)
    with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
        assert np.array_equal(loaded["conv1.kernel"], ARRAYS["conv1.kernel"])


def test_the_same_arrays_give_the_same_bytes() -> None:
    assert write_npz(ARRAYS) == write_npz(ARRAYS)


def test_every_truncation_is_one_line() -> None:
    data = write_npz(ARRAYS)
    for length in range(0, len(data), 7):
        with pytest.raises(InputError):
            Archive(data[:length]).array("steps", most_bytes=100)


def test_any_flipped_byte_is_refused_or_harmless() -> None:
    data = write_npz(ARRAYS)
    refused = 0
    for place in range(len(data)):
        broken = bytes([*data[:place], data[place] ^ 255, *data[place + 1 :]])
        try:
            read = Archive(broken)
            found = {name: read.array(name, most_bytes=10_000) for name in read.names}
        except InputError:
            refused += 1
            continue
        assert found.keys() == ARRAYS.keys(), place
        for name, array in found.items():
            assert array.dtype == ARRAYS[name].dtype, place
            assert np.array_equal(array, ARRAYS[name]), place
    assert refused > 0.8 * len(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(**{"../x.npy": npy(1)}), "not an array of a model"),
        (archive(**{"/etc/passwd.npy": npy(1)}), "not an array of a model"),
        (archive(**{"a/b.npy": npy(1)}), "not an array of a model"),
        (archive(**{"a.txt": b"1"}), "not an array of a model"),
        (archive(**{"x.npy": npy(np.array([{}], object))}), "pickled"),
        (archive(**{"x.npy": npy("text")}), "only arrays of numbers"),
        (archive(**{"x.npy": npy(1j)}), "only arrays of numbers"),
        (archive(**{"x.npy": npy(np.zeros(5_000_000))}), "claims 40,000,128 bytes"),
        (archive(**{"x.npy": npy(np.zeros(4)).replace(b"(4,)", b"(9,)")}), "does not fit its 32 bytes"),
        (archive(**{"x.npy": npy(np.zeros(4)).replace(b"(4,)", b"(-4,)")[:128]}), "array x"),
        (archive(**{"x.npy": b"nothing"}), "damaged"),
        (archive(**{"x.npy": b""}), "damaged"),
        (b"\x80\x04N.", "not a .npz"),
        (b"", "empty"),
        (twice("x.npy", npy(1)), "holds the array x twice"),
        (archive(**{"y.npy": npy(1)}), "has no array x"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # The bytes have the time in them.
)
def test_harmful_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Archive(data).array("x", most_bytes=100)
