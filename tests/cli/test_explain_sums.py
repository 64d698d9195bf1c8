"""`--explain` over drawn matrices and geometries: every printed sum gives its value, and every step follows from it."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.cli.conftest import Run
from tests.sums import is_right

MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")
KERNELS = ("0,1; 1,0", "0,0; 0,1", "1,0,-1", "0.1,0.2; 0.3,0.4", "gaussian:1", "sobel-x", "1/3", "1; -1", "1000,-1e-3")
EDGES = ("prewitt", "sobel", "scharr", "roberts", "farid", "laplacian", "log", "kirsch", "canny")
STEP = re.compile(r"(plus bias|times input scale|times gain) (\S+)(?: / (\S+))?")

SUM = r"(?:[-+*/(), \[\].\d]|e[-+]\d|max|min|nan|inf)+"

Rng = np.random.Generator


def drawn(rng: Rng) -> NDArray[np.generic]:
    """A matrix of any kind: one row, one column, whole numbers, close numbers, large ones, NaN and infinities."""
    shape = (*rng.integers(1, 6, 2).tolist(), *([] if rng.random() < 0.6 else [int(rng.integers(2, 4))]))
    normal = rng.normal(size=shape)
    odd = np.where(rng.random(shape) < 0.3, rng.choice([np.nan, np.inf, -np.inf], shape), normal)
    kinds = [normal, normal * 1e7, odd, normal.astype(np.float32), (1 + normal * 1e-6).astype(np.float32),
             rng.integers(0, 256, shape, np.uint8), rng.integers(0, 65536, shape, np.uint16),
             rng.integers(-(10**9), 10**9, shape)]  # fmt: skip
    return kinds[int(rng.integers(len(kinds)))]


def window(rng: Rng) -> list[str]:
    return ["-s", rng.choice(["1", "2", "3"]), "-d", rng.choice(["1", "1", "2"])]


def convolve(rng: Rng) -> list[str]:
    mode = rng.choice(MODES)
    asked = ["-k", rng.choice(KERNELS), *window(rng), "--padding-mode", mode]
    # Windows of padding alone, and outputs that are larger than the input.
    asked += ["-p", rng.choice(["0", "1", "2", "3", "same", "full", "0,4", "4,0", "1,2,0,3"])]
    options = [["--bias", "-1.5"], ["--bias", "0.1"], ["--activation", "relu"], ["--activation", "sigmoid"],
               ["--activation", "tanh"], ["--input-scale", "1/255"], ["--channels", "sum"], ["--flip"], []]  # fmt: skip
    first, second = rng.choice(len(options), 2, replace=False)
    return [*asked, *options[first], *([] if options[first][:1] == options[second][:1] else options[second])]


def pool(rng: Rng) -> list[str]:
    kind = rng.choice(["max", "min", "avg"])
    whole = [["--global"], ["--adaptive", "2,3"], ["--adaptive", "7,2"]]
    if rng.random() < 0.3:
        return ["--kind", kind, *whole[int(rng.integers(3))]]
    asked = ["--kind", kind, *window(rng), "-f", rng.choice(["2", "3", "1,3"]), "-p", rng.choice(["0", "1", "same"])]
    return asked + (["--ceil-mode"] if rng.random() < 0.4 else []) + (
        ["--count-include-pad"] if kind == "avg" and rng.random() < 0.5 else []
    )  # fmt: skip


def edges(rng: Rng) -> list[str]:
    method = rng.choice(EDGES)
    asked = ["--method", method, "--padding-mode", rng.choice(MODES), "-p", rng.choice(["same", "0", "1", "3"])]
    options = [["--gain", "0.3"], ["--threshold", "1"], ["--gain", "2", "--threshold", "100"], []]
    return asked if method == "canny" else [*asked, *options[int(rng.integers(4))]]


@pytest.mark.parametrize("command", [convolve, pool, edges], ids=lambda command: command.__name__)
@pytest.mark.parametrize("seed", range(25))
def test_every_sum_and_step(run: Run, tmp_path: Path, command: object, seed: int) -> None:
    rng = np.random.default_rng(seed)
    source, out = tmp_path / "x.npy", tmp_path / "y.npy"
    explained = 0
    while explained < 2:
        np.save(source, drawn(rng))
        arguments = [command.__name__, source, *command(rng), "-o", out, "-y"]  # type: ignore[attr-defined, operator]
        plain = run(*arguments)
        found = run(*arguments, "--explain", "all")
        if plain.code or "walks through" in found.stderr:
            assert found.code == plain.code or "walks through" in found.stderr
            continue
        explained += 1
        assert found.code == 0, found.stderr
        blocks = found.text.split(f"{source}, ")[1:]
        assert len(blocks) == np.load(out).size
        for block in blocks:
            check_block(block)


def check_block(block: str) -> None:
    totals: dict[str, float] = {}
    for line in joined(block):
        words, equals, value = line.rpartition(" = ")
        name, _, numbers = words.rpartition(": ")
        if "(the value as it is)" in line:
            shown = line.split(" = ")[1].split()[0]
            assert shown == f"{totals['']:.6g}" or float(shown) == totals[""], block
        elif re.fullmatch(SUM, re.sub(r"\.\.\. \(\d+ more terms\) \.\.\.", "", numbers)):
            assert "more" in numbers or is_right(numbers.replace("[", "(").replace("]", ")"), float(value)), line
            totals[name] = totals[""] = float(value)
        elif re.fullmatch(r"g\d+", words):
            totals[words] = float(value)
        elif equals and not line.startswith("pixel"):
            check_step(words.strip(), totals, float(value))
            totals[""] = float(value)


def joined(block: str) -> list[str]:
    """The lines, with those that go on in the next put together: a sum ends in its value."""
    lines: list[str] = []
    for line in block.splitlines():
        is_open = bool(lines) and re.search(r"[-+*/(,:]", lines[-1]) and " = " not in lines[-1]
        if is_open and re.match(r"  (\+ |= |/ |\S+[,)])", line):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines


def check_step(words: str, totals: dict[str, float], value: float) -> None:
    """A step follows from the number before it."""
    before = totals.get("", math.nan)
    if step := STEP.match(words):
        number = float(step[2])
        found = before + number if step[1] == "plus bias" else before * number / float(step[3] or 1)
    elif words == "relu":
        found = max(before, 0.0)
    elif words == "tanh":
        found = math.tanh(before)
    elif words == "sigmoid":
        found = (1 + math.tanh(before / 2)) / 2
    elif words.startswith("|"):
        found = abs(before)
    elif words.startswith("the largest of"):
        found = totals.get(words.split(": ")[1], math.nan)
    elif roots := re.match(r"sqrt\((\w+)\^2 \+ (\w+)\^2\)", words):
        found = math.hypot(totals[roots[1]], totals[roots[2]])
    elif threshold := re.match(r"(at least|below) the threshold (\S+)$", words):
        assert (before >= float(threshold[2])) == (threshold[1] == "at least"), words
        return
    else:
        return
    both_unknown = math.isnan(found) and math.isnan(value)
    assert both_unknown or math.isclose(found, value, rel_tol=2e-5, abs_tol=1e-300), (words, totals, value)
