"""`cnnfilt net backward`: the notes' worked examples, number by number and sum by sum."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run

X, K, D = np.arange(1, 10).reshape(3, 3), np.array([[1, 0], [-1, 2]]), np.array([[1, -2], [3, 4]])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The notes' shapes: X 3x3, K 2x2, dL/dZ 2x2; and their pooling example."""
    arrays = {"x": X, "k": K, "dz": D, "c": np.array([[1, 2], [3, 4]]), "dp": np.array([[2]])}
    for name, array in arrays.items():
        np.savetxt(tmp_path / f"{name}.csv", array, fmt="%d", delimiter=",")
    return {name: tmp_path / f"{name}.csv" for name in arrays}


def test_the_notes_convolution(run: Run, files: dict[str, Path]) -> None:
    """As the notes' equations say, each written out here."""
    outcome = run("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"], "--bias", "1")
    assert outcome.code == 0, outcome.stderr
    (k11, k12), (k21, k22) = K.tolist()
    (d11, d12), (d21, d22) = D.tolist()
    z = [[(X[i : i + 2, j : j + 2] * K).sum() + 1 for j in (0, 1)] for i in (0, 1)]
    d_k = [[(X[i : i + 2, j : j + 2] * D).sum() for j in (0, 1)] for i in (0, 1)]
    d_x = [
        [d11 * k11, d11 * k12 + d12 * k11, d12 * k12],
        [d11 * k21 + d21 * k11, d11 * k22 + d12 * k21 + d21 * k12 + d22 * k11, d12 * k22 + d22 * k12],
        [d21 * k21, d21 * k22 + d22 * k21, d22 * k22],
    ]
    blocks = {"Z": z, "dL/dK": d_k, "dL/dB": [[d11 + d12 + d21 + d22]], "dL/dX": d_x}
    expected = (f"{name}\n" + "\n".join(",".join(map(str, row)) for row in rows) for name, rows in blocks.items())
    assert outcome.text == "\n\n".join(expected) + "\n"


def test_the_notes_maximum(run: Run, files: dict[str, Path]) -> None:
    outcome = run("net", "backward", files["c"], "--layer", "pool:max,k=2", "--gradient", files["dp"])
    assert outcome.text == "P\n4\n\ndL/dX\n0,0\n0,2\n"


def test_matrices_may_be_typed(run: Run, files: dict[str, Path]) -> None:
    typed = run("net", "backward", "1,2,3; 4,5,6; 7,8,9", "-k", "1,0; -1,2", "--gradient", "1,-2; 3,4")
    assert typed.stdout == run("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"]).stdout
    named = run("net", "backward", files["x"], "-k", "vertical", "--gradient", "2", "--json")
    assert json.loads(named.text)["Z"] == [[-6]]


@pytest.mark.parametrize("x", ["-1,2; 3,4", "-.5, 2", "-1"])
def test_a_typed_matrix_may_begin_with_a_minus(run: Run, x: str) -> None:
    options = ["-k", "-1", "--gradient", x, "--bias", "-2"]
    expected = run("net", "backward", *options, "--", x)
    assert expected.code == 0, expected.stderr
    assert run("net", "backward", x, *options) == expected
    assert run("net", "backward", *options, x) == expected
    assert run("net", "backward", *options[:2], x, *options[2:]) == expected
    refused = run("net", "backward", "-x.csv", *options)
    assert (refused.code, refused.text) == (2, "")
    assert "No such option" in refused.stderr


def test_the_average_shares_alike(run: Run, files: dict[str, Path]) -> None:
    outcome = run("net", "backward", files["c"], "--layer", "pool:avg,k=2", "--gradient", files["dp"], "--json")
    assert json.loads(outcome.text) == {"P": [[2.5]], "dL/dX": [[0.5, 0.5], [0.5, 0.5]]}


def test_the_sums_are_written_as_in_the_notes(run: Run, files: dict[str, Path]) -> None:
    arguments = ("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"], "--explain")
    lines = [line.strip() for line in run(*arguments).text.splitlines()]
    for line in (
        "Z12 = X12*K11 + X13*K12 + X22*K21 + X23*K22 + B = 2*1 + 3*0 + 5*(-1) + 6*2 + 0 = 9",
        "dL/dK21 = dL/dZ11*X21 + dL/dZ12*X22 + dL/dZ21*X31 + dL/dZ22*X32 = 1*4 + (-2)*5 + 3*7 + 4*8 = 47",
        "dL/dB = dL/dZ11 + dL/dZ12 + dL/dZ21 + dL/dZ22 = 1 + (-2) + 3 + 4 = 6",
        "dL/dX22 = dL/dZ11*K22 + dL/dZ12*K21 + dL/dZ21*K12 + dL/dZ22*K11 = 1*2 + (-2)*(-1) + 3*0 + 4*1 = 8",
        "dL/dX33 = dL/dZ22*K22 = 4*2 = 8",
    ):
        assert line in lines


@pytest.mark.parametrize(
    "options",
    [
        ["-k", "1,2,0; -3,4,1", "-p", "1", "-s", "2"],
        ["-k", "1,2; 3,4", "-d", "2", "-p", "same"],
        ["--layer", "pool:max,k=3,s=2,p=1"],
        ["--layer", "pool:min,k=2,s=1"],
        ["--layer", "pool:avg,k=3,p=1,ceil=1"],
        ["--layer", "sigmoid"],
    ],
    ids=" ".join,
)
def test_every_sum_gives_its_number(run: Run, tmp_path: Path, options: list[str]) -> None:
    rng = np.random.default_rng(3)
    np.savetxt(tmp_path / "x.csv", rng.integers(-9, 9, (6, 5)), fmt="%d", delimiter=",")
    np.savetxt(tmp_path / "one.csv", [[1]], fmt="%d")
    refused = run("net", "backward", tmp_path / "x.csv", *options, "--gradient", tmp_path / "one.csv").stderr
    size = re.search(r"output is (\d+)x(\d+)", refused)
    assert size is not None, refused
    gradient = rng.integers(-9, 9, (int(size[1]), int(size[2])))
    np.savetxt(tmp_path / "d.csv", gradient, fmt="%d", delimiter=",")
    outcome = run("net", "backward", tmp_path / "x.csv", *options, "--gradient", tmp_path / "d.csv", "--explain")
    sums = [line.split(" = ") for line in outcome.text.splitlines() if " = " in line and "no output" not in line]
    assert len(sums) > 10
    for _name, *_symbols, numbers, value in sums:
        if numbers.startswith(("max", "min", "mean")):
            kind, _, values = numbers.rstrip(")").partition("(")
            listed = [float(number) for number in values.split(", ")]
            computed = {"max": max, "min": min, "mean": np.mean}[kind](listed)
        elif re.fullmatch(r"[-\d.e+*/() ]+", numbers):
            computed = eval(compile(ast.parse(numbers, mode="eval"), "sum", "eval"))
        else:
            continue
        assert float(value) == pytest.approx(computed, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "give a filter with -k"),
        (["-k", "k.csv", "--layer", "relu"], 2, "-k and --layer exclude each other"),
        (["--layer", "conv:3,k=2"], 2, "no single layer without parameters"),
        (["--layer", "pool:max", "-s", "2"], 2, "--stride is for a filter"),
        (["-k", "nope"], 2, "unknown"),
        (["-k", "missing.csv"], 1, "no such file"),
        (["-k", "1,2,3,4"], 1, "4 columns"),
        (["-k", "1,2;3,4", "-s", "2"], 1, "output is 1x1"),
        (["-k", "1", "--json", "--explain"], 2, "two answers"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_request_is_one_line(
    run: Run, files: dict[str, Path], arguments: list[str], code: int, words: str
) -> None:
    outcome = run("net", "backward", files["x"], "--gradient", files["dz"], *arguments)
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.stderr
    assert words in outcome.stderr
    assert outcome.stdout == b""
