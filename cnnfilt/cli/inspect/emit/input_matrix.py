"""The lines of a script that read a matrix by NumPy, once it is known that NumPy reads the same numbers."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from cnnfilt.cli.inspect.emit.common import gray_weights, literal
from cnnfilt.core.gray import to_gray
from cnnfilt.files.image import Array
from cnnfilt.operations.inspect.emitted_run import EmittedRun

_PARTED_BY: dict[str, dict[str, Any]] = {"csv": {"delimiter": ","}, "tsv": {"delimiter": "\t"}, "txt": {}}
"""What `np.loadtxt` is told about each kind of text."""

_ERRORS = (OSError, ValueError, TypeError, RecursionError)
"""What NumPy and `json` raise on what they cannot read."""


def by_numpy(run: EmittedRun) -> list[str]:
    """Return the lines from `source`, a .npy or .npz, to `pixels`: one image of a stack, one of several matrices."""
    lines = ["pixels = np.load(source)"]
    # Of several images the format is not kept.
    if run.format == "npz" or run.frames != "first":
        index = run.frames - 1 if isinstance(run.frames, int) else 0
        lines += [
            "if isinstance(pixels, np.lib.npyio.NpzFile):",
            f"    pixels = [array for array in pixels.values() if array.ndim in (2, 3) and array.size][{index}]",
            "elif pixels.ndim == 4:",
            f"    pixels = pixels[{index}]",
        ]
    return [*lines, *_in_gray(run, of_floats=run.may_hold_nan)]


def from_text(run: EmittedRun) -> list[str]:
    """Return the lines from `source`, a text of plain numbers, to `pixels`."""
    return [*_loading(run.format), *_in_gray(run, of_floats=run.may_hold_nan)]


def reads_the_same(run: EmittedRun, numbers: Array, source: str) -> bool:
    """Return whether the lines of `from_text` read these numbers from the file `source`: they are tried."""
    found = _read(source, run)
    return found is not None and np.array_equal(found, numbers, equal_nan=numbers.dtype.kind == "f")


def as_numbers(numbers: Array, source: str) -> list[str]:
    """Return the lines that define `pixels`, and refuse any other input than `source`."""
    return [
        f"if sys.argv[1:2] not in ([], [{source!r}]):",
        '    sys.exit("this script holds the numbers of one input")',
        *literal("pixels", numbers),
    ]


def _loading(format: str) -> list[str]:
    if format == "json":
        return [
            'text = sys.stdin.read() if SOURCE == "-" else pathlib.Path(SOURCE).read_text()',
            "pixels = np.array(json.loads(text))",
        ]
    options = "".join(f', {name}="{value}"' for name, value in _PARTED_BY[format].items()).replace("\t", "\\t")
    return [f"pixels = np.loadtxt(source{options}, ndmin=2)"]


def _read(source: str, run: EmittedRun) -> Array | None:
    """Return what the lines of a script read from a file, or None where they fail."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if run.format == "json":
                found = np.array(json.loads(Path(source).read_text()))
            else:
                found = np.loadtxt(source, **_PARTED_BY[run.format], ndmin=2)
    except _ERRORS:
        return None
    if found.dtype.kind not in "iuf":
        return None
    return to_gray(found) if run.read.gray and found.ndim == 3 and found.shape[2] in (1, 3) else found


def _in_gray(run: EmittedRun, *, of_floats: bool) -> list[str]:
    """Return the lines that weigh the channels of `pixels` where the run has read them in gray."""
    if not run.read.gray:
        return []
    weighed = gray_weights("pixels")
    if of_floats:
        weighed = f"(pixels.astype(np.float64) @ (np.array([19595, 38470, 7471]) / 65536)).astype(np.{run.dtype})"
    return ["if pixels.shape[2:] == (3,):", f"    pixels = {weighed}  # brightness"]
