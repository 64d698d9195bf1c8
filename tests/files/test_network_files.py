"""Which files of other programmes are networks, and what is said of those that cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.network_files import NOT_READ, is_network_file, may_hold_layers, read_network
from tests.files import keras_files, onnx_files


@pytest.mark.parametrize("name", ["net.onnx", "a/NET.ONNX", "net.keras", "net.npz", "net.h5", "net.pt", "x.tflite"])
def test_networks_are_told_by_their_suffix(name: str) -> None:
    assert is_network_file(name)


@pytest.mark.parametrize("name", ["224x224", "photo.png", "onnx", "net.npy", "k.csv", "conv:8,k=3"])
def test_nothing_else_is_one(name: str) -> None:
    assert not is_network_file(name)


@pytest.mark.parametrize(("name", "may"), [("a/net.txt", True), ("NET.NET", True), ("a.onnx", False), ("txt", False)])
def test_files_of_our_words_are_told_by_their_suffix(name: str, may: bool) -> None:
    assert may_hold_layers(name) is may


def test_a_npz_of_matrices_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, a=np.ones((3, 4)), b=np.ones((5, 4)))
    assert not is_network_file(str(path))
    path.write_bytes(path.read_bytes()[:-30])
    assert is_network_file(str(path))


def test_both_formats_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.ONNX").write_bytes(onnx_files.small_network())
    (tmp_path / "a.keras").write_bytes(keras_files.packed(keras_files.small_network()))
    one, other = (read_network(str(tmp_path / name)) for name in ("a.ONNX", "a.keras"))
    assert (one.channels_first, len(one.graph.nodes)) == (True, 13)
    assert (other.channels_first, len(other.graph.nodes)) == (False, 9)


@pytest.mark.parametrize("suffix", sorted(NOT_READ))
def test_of_what_is_not_read_a_line_says_what_to_do(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match=r"net\.\w+ (is|holds) .*; (save|export) ") as caught:
        read_network(str(path))
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("name", ["nothing.onnx", "nothing.keras", "nothing.h5"])
def test_a_missing_file_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_network(str(tmp_path / name))
