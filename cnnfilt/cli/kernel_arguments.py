"""From -k, --bias and --padding-value to kernels and fills; reads the files they name."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnfilt.cli.messages import print_line
from cnnfilt.describe.kernels import hint, parse_kernel, split_scale
from cnnfilt.errors import ParameterError, counted
from cnnfilt.files.colours import Colour, parse_colour
from cnnfilt.files.image import Image
from cnnfilt.files.matrix.kernel_files import kernel_array, label_of, layer_in
from cnnfilt.files.matrix.matrices import read_matrix_file
from cnnfilt.operations.convolve import LabelledKernel
from cnnfilt.parsing import parse_number

Array = NDArray[Any]


def read_kernels(
    specs: Sequence[str], bias: str | None, *, command: str = "convolve", quiet: bool = False
) -> tuple[LabelledKernel, ...]:
    """Return the kernels of all -k in order, each with its bias and a label of its own.

    A 4-D kernel (H, W, C, N) gives N filters. Raises KernelError for a kernel that cannot be read or used,
    ParameterError for a bias that does not fit. Hints go to stderr as the command's unless `quiet`.
    """
    told = None if quiet else command
    labelled = [pair for number, spec in enumerate(specs, 1) for pair in _kernels(spec, number, told, hints=True)]
    labels = _distinct([label for label, _ in labelled])
    biases = _biases(bias, len(labelled))
    return tuple(
        LabelledKernel(label, kernel, value) for label, (_, kernel), value in zip(labels, labelled, biases, strict=True)
    )


def read_kernel(spec: str) -> tuple[str, Image]:
    """Return the label of one kernel and its coefficients as a matrix, all the filters of a 4-D one. KernelError."""
    pairs = _kernels(spec, 1, "kernels", hints=False)
    rows = pairs[0][1] if len(pairs) == 1 else np.stack([kernel for _, kernel in pairs], axis=-1)
    return _fit_for_names(pairs[0][0]), Image(pixels=rows, kind="matrix", format="csv")


def read_fill(text: str | None) -> Colour | None:
    """Return the colour of --padding-value, or None."""
    return None if text is None else parse_colour(text, "--padding-value")


def named_files(specs: Sequence[str], bias: str | None) -> tuple[str, ...]:
    """Return the paths behind every `@`."""
    bodies = [split_scale(spec)[1] for spec in specs] + ([bias] if bias else [])
    return tuple(layer_in(body[1:])[0] for body in bodies if body.startswith("@"))


def _kernels(spec: str, number: int, command: str | None, *, hints: bool) -> list[tuple[str, Array]]:
    """Return the kernels of one -k with their labels; `command` tells notes on the reading, and `hints`, or nobody."""
    scale, body = split_scale(spec)
    if not body.startswith("@"):
        kernel = parse_kernel(spec)
        warning = hint(kernel, body) if hints else None
        _tell(command, (*kernel.notes, *([warning] if warning else ())))
        return [(kernel.name or f"k{number}", np.array(kernel.rows))]
    path = body[1:]
    array, notes = kernel_array(path)
    _tell(command, notes)
    label = label_of(path) or f"k{number}"
    if scale != 1:
        array = array * scale
    if array.ndim < 4:
        return [(label, array)]
    return [(f"{label}-{n}", array[..., n - 1]) for n in range(1, array.shape[3] + 1)]


def _tell(command: str | None, notes: Sequence[str]) -> None:
    for note in notes if command else ():
        print_line(f"{command}: {note}")


def _biases(text: str | None, count: int) -> tuple[int | float, ...]:
    if text is None:
        return (0,) * count
    if text.startswith("@"):
        numbers = read_matrix_file(text[1:], fewest_dimensions=1)
        if not np.isfinite(numbers).all():
            raise ParameterError(f"--bias {text} holds values that are not finite")
        values = tuple(numbers.ravel().tolist())
    else:
        values = tuple(parse_number(part, "--bias") for part in text.split(","))
    if len(values) == 1:
        return values * count
    if len(values) != count:
        raise ParameterError(
            f"--bias has {len(values)} numbers for {counted(count, 'filters')}; give one for each, or one for all"
        )
    return values


def _fit_for_names(label: str) -> str:
    return label.replace("/", "-").replace(os.sep, "-")


def _distinct(labels: list[str]) -> list[str]:
    """Return the labels fit for file names; a label that comes again gets its number."""
    safe = [_fit_for_names(label) for label in labels]
    return [f"{label}-{safe[: n + 1].count(label)}" if safe.count(label) > 1 else label for n, label in enumerate(safe)]
