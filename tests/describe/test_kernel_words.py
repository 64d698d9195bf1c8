"""Kernels in the word of a layer: named, typed in any notation, in files, and joined."""

import pytest

from cnnfilt.describe.kernel_words import kernels_in, spelled_out
from cnnfilt.describe.kernels import Kernel, kernel, parse_kernel
from cnnfilt.errors import KernelError, ParameterError

FILES = {
    "k.csv": (Kernel("k", ((0, 1.5), (-2, 0)), "the file k.csv"),),
    "a=b,c.csv": (Kernel("a", ((1, 2), (3, 4)), "a file"),),
    "w.npy": tuple(Kernel(f"w-{n}", ((n, 0), (0, n)), "a file") for n in (1, 2)),
    "deep.npy": (Kernel("deep", ((1,),), "a file", channels=(((1,),), ((2,),))),),
}


def rows(head: str) -> list[list[list[float]]]:
    return [[list(row) for row in one.rows] for one in kernels_in(head, FILES.__getitem__)]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("roberts-1", [[[1, 0], [0, -1]]]),
        ("roberts-1+roberts-2", [[[1, 0], [0, -1]], [[0, 1], [-1, 0]]]),
        ("1,0;0,1+0,1;1,0", [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]),
        ("+1,0;0,+1", [[[1, 0], [0, 1]]]),
        ("1e+1 0; 0 1E+0+roberts-1", [[[10, 0], [0, 1]], [[1, 0], [0, -1]]]),
        ("2x2+0+0:1,0 0,1+roberts-1", [[[1, 0], [0, 1]], [[1, 0], [0, -1]]]),
        ("roberts-1+2x2:1,0 0,1", [[[1, 0], [0, -1]], [[1, 0], [0, 1]]]),
        ("[[1, 0], [0, 1]]", [[[1, 0], [0, 1]]]),
        ("[1 0; 0 1]", [[[1, 0], [0, 1]]]),
        ("(1,0;0,1)", [[[1, 0], [0, 1]]]),
        ("1,0,1 0,1,0", [[[1, 0, 1], [0, 1, 0]]]),
        ("@k.csv", [[[0, 1.5], [-2, 0]]]),
        ("2 * @k.csv", [[[0, 3], [-4, 0]]]),
        ("@k.csv+roberts-1+@w.npy", [[[0, 1.5], [-2, 0]], [[1, 0], [0, -1]], [[1, 0], [0, 1]], [[2, 0], [0, 2]]]),
        ("2*roberts-1", [[[2, 0], [0, -2]]]),
        ("2×roberts-1+roberts-2", [[[2, 0], [0, -2]], [[0, 1], [-1, 0]]]),
        ("@a=b,c.csv", [[[1, 2], [3, 4]]]),
    ],
)
def test_kernels_in_a_word(head: str, expected: list[list[list[float]]]) -> None:
    assert rows(head) == expected


@pytest.mark.parametrize("head", ["64,7", "64 7", "2*3", "-1,2", "7,", ".5"])
def test_bare_numbers_are_no_kernel(head: str) -> None:
    with pytest.raises(ParameterError, match="neither a kernel nor an option"):
        rows(head)


def test_sizes_must_agree() -> None:
    with pytest.raises(ParameterError, match="differ in size, 2x2 and 3x3"):
        rows("@k.csv+vertical")


def test_files_need_a_reader() -> None:
    with pytest.raises(KernelError, match="is a file, which only the command line reads"):
        kernels_in("@k.csv", None)


@pytest.mark.parametrize("head", ["@k.csv", "@w.npy", "roberts-1+@k.csv+1,0;0,1", "1/2 * @k.csv", "roberts-1"])
def test_spelled_out_it_means_the_same_without_its_files(head: str) -> None:
    text = spelled_out(head, FILES.__getitem__)
    assert "@" not in text
    assert [one.rows for one in kernels_in(text, None)] == [one.rows for one in kernels_in(head, FILES.__getitem__)]


def test_rows_for_each_channel_cannot_be_spelled_out() -> None:
    with pytest.raises(KernelError, match="kernel deep differs by channel"):
        spelled_out("@deep.npy", FILES.__getitem__)


def test_typed_kernels_are_those_of_the_command_line() -> None:
    (one,) = kernels_in("[0 1 0; 1 -4 1; 0 1 0]", None)
    assert one == parse_kernel("[0 1 0; 1 -4 1; 0 1 0]")
    assert one.rows == kernel("laplacian4")
