"""Kernels in files: the same for chains, as descriptions, as for `convolve`, as arrays."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.errors import KernelError
from cnnfilt.files.matrix.kernel_files import kernel_array, kernels_in_file, label_of

ROWS = [[0, 1.5, 0], [1, -4, 1]]


def stacked(path: Path) -> np.ndarray:
    """The kernels of a file as `kernel_array` has them."""
    kernels = kernels_in_file(str(path))
    planes = [np.moveaxis(np.array(one.channels or (one.rows,)), 0, -1) for one in kernels]
    return np.stack(planes, axis=-1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("k.csv", "0,1.5,0\n1,-4,1\n"),
        ("k.csv", "a;b;c\n0;1,5;0\n1;-4;1\n"),
        ("k.tsv", "0\t1.5\t0\n1\t-4\t1\n"),
        ("k.txt", "3x2: 0,1.5,0 1,-4,1"),
        ("k", "[[0, 1.5, 0], [1, -4, 1]]"),
        ("k", "[0 1.5 0; 1 -4 1]"),
        ("k.mat", "3 2 1 0\n0 1.5 0\n1 -4 1\n"),
        ("k.json", "[[0, 1.5, 0], [1, -4, 1]]"),
    ],
)
def test_text_of_any_kind(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    (one,) = kernels_in_file(str(path))
    assert [list(row) for row in one.rows] == ROWS
    assert (one.name, one.source, one.channels) == ("k", f"the file {path}", ())
    array, notes = kernel_array(str(path))
    np.testing.assert_array_equal(array, ROWS)
    assert notes == one.notes
    assert all(note.startswith(f"{path}: ") for note in notes)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 4), (2, 3, 1, 1), (2, 3, 4, 5)])
@pytest.mark.parametrize("suffix", ["npy", "json"])
def test_kernels_of_more_dimensions(tmp_path: Path, shape: tuple[int, ...], suffix: str) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    path = tmp_path / f"k.{suffix}"
    if suffix == "npy":
        np.save(path, array)
    else:
        path.write_text(str(array.tolist()))
    np.testing.assert_array_equal(kernel_array(str(path))[0], array)
    np.testing.assert_array_equal(stacked(path), array.reshape((*shape, 1, 1)[:4]))
    names = [one.name for one in kernels_in_file(str(path))]
    assert names == (["k"] if len(shape) < 4 else [f"k-{n}" for n in range(1, shape[3] + 1)])


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("k.csv", b"1,2\n3,x\n", "kernel file {path}: line 2, column 2: 'x' is not a number"),
        ("k.csv", b"1,nan\n", "kernel file {path}: cell (1, 2) is nan, not finite"),
        ("k.json", b"[[[1, 2], [3, 1e400]]]", "a number is too large"),
        ("k.csv", b"", "kernel file {path} is empty"),
        ("k.csv", b"\xff,1\n", "kernel file {path}: not text in UTF-8 or UTF-16"),
        ("k.json", b"[1, 2]", "kernel file {path} has 1 dimension"),
        ("k.png", b"no image", "kernel file {path} is not an image"),
        ("k", b"\x89PNG\r\n\x1a\n", "kernel file {path} is an image, not a matrix of numbers"),
        ("k.csv", b"1,2;3,4\n", "kernel file {path}: can be read as 1x2 (1.2,3.4) and as 2x2 (1,2; 3,4)"),
    ],
)
def test_what_is_wrong_is_said_alike(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for read in (kernels_in_file, kernel_array):
        with pytest.raises(KernelError) as caught:
            read(str(path))
        assert complaint.format(path=path) in str(caught.value)
    with pytest.raises(KernelError, match="no such file"):
        kernels_in_file(str(tmp_path / "missing.csv"))


def test_a_kernel_may_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"1;2\n3;4\n"))
    writer.start()
    (one,) = kernels_in_file(str(pipe))
    writer.join()
    assert one.rows == ((1, 2), (3, 4))


def test_labels_are_those_of_the_layer_or_the_file() -> None:
    assert label_of("a/b.csv") == "b"
    assert label_of("a/model.npz#conv1") == "conv1"
