"""The lines of a script that read a matrix by NumPy, once it is known that NumPy reads the same numbers."""

import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from cnnfilt.cli.inspect.emit.common import gray_weights, literal
from cnnfilt.files.colours import to_gray
from cnnfilt.files.image import Array
from cnnfilt.operations.inspect.emitted_run import EmittedRun

_MOST_NUMBERS = 1024
"""So many numbers of a text that NumPy cannot read may stand in a script."""

_PARTED_BY: dict[str, dict[str, Any]] = {"csv": {"delimiter": ","}, "tsv": {"delimiter": "\t"}, "txt": {}}
"""What `np.loadtxt` is told about each kind of text."""

_ERRORS = (OSError, ValueError, TypeError, RecursionError)
"""What NumPy and `json` raise on what they cannot read."""


def by_numpy(run: EmittedRun) -> list[str]:
    """Return the lines from `source`, a .npy, to `pixels`."""
    return ["pixels = np.load(source)", *_in_gray(run, of_floats=run.may_hold_nan)]


def from_text(run: EmittedRun, numbers: Array, source: str) -> tuple[list[str], list[str]] | None:
    """Return the lines to `pixels`, and remarks for the top; None for more than may stand in a script.

    What is read from the file `source` now is what the script will read; a pipe cannot be read twice.
    """
    lines = [*_loading(run.format), *_in_gray(run, of_floats=run.may_hold_nan)]
    if not os.path.isfile(source):
        return lines, ["# Read by NumPy: plain numbers alone, without a header line, fractions or decimal commas."]
    found = _read(source, run)
    if found is not None and np.array_equal(found, numbers, equal_nan=numbers.dtype.kind == "f"):
        return lines, []
    if numbers.size > _MOST_NUMBERS:
        return None
    remark = "# NumPy does not read this text as cnnfilt does, so its numbers stand here; no other input can be given."
    return [
        f"if sys.argv[1:2] not in ([], [{source!r}]):",
        '    sys.exit("this script holds the numbers of one input")',
        *literal("pixels", numbers),
    ], [remark]


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
