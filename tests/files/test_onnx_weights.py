"""The numbers of tensors, in each of the ways in which files keep them."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.onnx.model import read_onnx
from cnnfilt.files.onnx.weights import decoded, read_weights
from tests.files.onnx_files import field, model, node, varint

FLOATS = [0.5, -2.0, 3.0e5, 0.0, 1.0e-4, 7.0]


def tensor(kind: int, *fields: bytes, dims: Sequence[int] = (2, 3)) -> bytes:
    return b"".join(field(1, side) for side in dims) + field(2, kind) + field(8, "w") + b"".join(fields)


def read(data: bytes, folder: Path) -> np.ndarray:
    path = folder / "net.onnx"
    path.write_bytes(model([node("Relu", ["x"], ["y"])], [data]))
    return read_weights(str(path), read_onnx(str(path)).tensors["w"])


def half(number: float) -> int:
    return int(np.float16(number).view(np.uint16))


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (1, field(9, struct.pack("<6f", *FLOATS))),
        (1, field(4, struct.pack("<6f", *FLOATS))),
        (1, b"".join(field(4, one) for one in FLOATS)),
        (11, field(9, struct.pack("<6d", *FLOATS))),
        (11, field(10, struct.pack("<6d", *FLOATS))),
        (16, field(9, b"".join(struct.pack("<f", one)[2:] for one in FLOATS))),
        (16, field(5, b"".join(varint(struct.unpack("<H", struct.pack("<f", one)[2:])[0]) for one in FLOATS))),
    ],
    ids=["raw", "packed", "one by one", "raw double", "double", "raw bfloat16", "bfloat16 as whole numbers"],
)
def test_floats(kind: int, stored: bytes, tmp_path: Path) -> None:
    made = read(tensor(kind, stored), tmp_path)
    assert made.dtype == (np.float64 if kind == 11 else np.float32)
    np.testing.assert_allclose(made, np.reshape(FLOATS, (2, 3)), rtol=1e-2 if kind == 16 else 1e-6)


@pytest.mark.parametrize("raw", [True, False])
def test_half_precision_becomes_single(raw: bool, tmp_path: Path) -> None:
    numbers = [0.5, -2.0, 1000.0, 0.0, 0.25, 7.0]
    bits = [half(one) for one in numbers]
    stored = field(9, struct.pack("<6H", *bits)) if raw else field(5, b"".join(map(varint, bits)))
    made = read(tensor(10, stored), tmp_path)
    assert made.dtype == np.float32
    assert made.ravel().tolist() == numbers


@pytest.mark.parametrize(("kind", "name"), [(3, "int8"), (2, "uint8"), (6, "int32"), (7, "int64"), (9, "bool")])
def test_whole_numbers(kind: int, name: str, tmp_path: Path) -> None:
    numbers = {"uint8": [0, 255, 3, 128, 1, 2], "bool": [0, 1, 1, 0, 1, 1]}.get(name, [0, -1, 5, -128, 127, 1])
    stored = field(7 if kind == 7 else 5, b"".join(map(varint, numbers)))
    for data in (stored, field(9, np.array(numbers, name).tobytes())):
        made = read(tensor(kind, data), tmp_path)
        assert made.dtype == name
        assert made.ravel().tolist() == numbers


def test_more_numbers_than_the_description_reads(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).integers(-(2**31), 2**31, 6000)
    stored = field(5, b"".join(varint(int(one)) for one in numbers))
    made = read(tensor(6, stored, dims=(60, 100)), tmp_path)
    np.testing.assert_array_equal(made, numbers.reshape(60, 100))


def test_numbers_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(8) + struct.pack("<6f", *FLOATS))
    entries = [("location", "w.bin"), ("offset", "8"), ("length", "24")]
    stored = [field(13, field(1, name) + field(2, text)) for name, text in entries]
    made = read(tensor(1, *stored, field(14, 1)), tmp_path)
    np.testing.assert_allclose(made, np.reshape(FLOATS, (2, 3)))


def test_no_numbers(tmp_path: Path) -> None:
    assert read(tensor(1, dims=(0, 3)), tmp_path).shape == (0, 3)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (tensor(1), "leaves out its weights: those of value 'w' are not in it"),
        (tensor(17, field(9, bytes(6))), "in numbers of float8, which are not run"),
        (tensor(2, field(5, varint(1) * 301), dims=(3, 100)), "has 301 numbers where 300 are said"),
    ],
)
def test_what_is_not_there_or_not_run_is_named(data: bytes, match: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=match):
        read(data, tmp_path)


@pytest.mark.parametrize("data", [b"\x80", b"\x01\x80", b"\x80" * 10 + b"\x01", b""])
def test_whole_numbers_without_an_end(data: bytes) -> None:
    with pytest.raises(InputError, match="a number has no end"):
        decoded(data)
