"""Kernels in files: as arrays for `convolve`, as descriptions for chains of layers. Text needs no NumPy for these."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnfilt.describe.kernels import Kernel, Number
from cnnfilt.describe.number_notations import is_enclosed
from cnnfilt.describe.number_text import read_table
from cnnfilt.errors import CnnfiltError, InputError, KernelError, counted
from cnnfilt.files.encodings import decoded_text
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.matrix.json_numbers import nested_numbers
from cnnfilt.files.streams import format_in, open_stream
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:  # Text is read without it.
    from numpy.typing import NDArray


class _Numbers(Frozen):
    """The numbers of a file in order, the last axis first, their shape, and notes on the reading."""

    values: Sequence[Number]
    shape: tuple[int, ...]
    notes: tuple[str, ...] = ()


def kernels_in_file(path: str) -> tuple[Kernel, ...]:
    """Return the kernels in the file at `path`, or in a layer, `model.npz#conv1`: each filter of a 4-D array is one.

    KernelError for what cannot be read, and for what is not finite, naming the cell.
    """
    found = _learned_numbers(path) if _is_network(layer_in(path)[0]) else _numbers_in(path)
    for place, value in enumerate(found.values):
        if not math.isfinite(value):
            raise _not_finite(path, _cell(place, found.shape), value)
    height, width, channels, filters = (*found.shape, 1, 1)[:4]

    def plane(channel: int, number: int) -> tuple[tuple[Number, ...], ...]:
        first = channel * filters + number
        taps = found.values[first :: channels * filters]
        return tuple(tuple(taps[y * width : (y + 1) * width]) for y in range(height))

    kernels = []
    for number in range(filters):
        planes = tuple(plane(channel, number) for channel in range(channels))
        name = label_of(path) + (f"-{number + 1}" if len(found.shape) == 4 else "")
        deep = planes if len(found.shape) > 2 else ()
        kernels.append(Kernel(name, planes[0], f"the file {path}", found.notes, deep))
    return tuple(kernels)


def kernel_array(path: str) -> tuple["NDArray[Any]", tuple[str, ...]]:
    """Return the coefficients in the file at `path`, or in a layer, (H, W), (H, W, C) or (H, W, C, N), and notes.

    KernelError as for `kernels_in_file`.
    """
    import numpy as np

    from cnnfilt.files.matrix.matrices import read_noted_matrix_file

    model, layer = layer_in(path)
    try:
        if _is_network(model):
            # Networks take a while to import, and few kernels come from one.
            from cnnfilt.files.model_file import learned_kernel

            return learned_kernel(model, layer)[1], ()
        kernel, notes = read_noted_matrix_file(path, most_dimensions=4)
    except CnnfiltError as error:
        raise KernelError(f"kernel file {error.message}", parameter="kernel") from None
    if not np.isfinite(kernel).all():
        cell = tuple(int(place) + 1 for place in np.argwhere(~np.isfinite(kernel))[0])
        raise _not_finite(path, cell, kernel[tuple(np.subtract(cell, 1))])
    return kernel, notes


def layer_in(path: str) -> tuple[str, str]:
    """Return the file and the layer of `model.npz#conv1`; of any other path no layer."""
    model, _, layer = path.rpartition("#")
    return (model, layer) if _is_network(model) and layer else (path, "")


def label_of(path: str) -> str:
    """Return what a kernel of this file is called: after its layer, or after the file."""
    return layer_in(path)[1] or Path(path).stem


def _is_network(path: str) -> bool:
    return path.endswith(".npz")


def _learned_numbers(path: str) -> _Numbers:
    array, _ = kernel_array(path)
    return _Numbers(array.ravel().tolist(), array.shape)


def _numbers_in(path: str) -> _Numbers:
    try:
        with open_stream(path) as stream:
            format = format_in(stream, name=path)
            data = stream.read()
        if format is not None and FORMATS[format].kind == "image":
            raise InputError("{image} is an image, not a matrix of numbers")
        found = _from_npy(data) if format == "npy" else _from_text(decoded_text(data), format)
        if len(found.shape) not in (2, 3, 4):
            raise InputError(
                f"{{image}} has {counted(len(found.shape), 'dimensions')}; give 2 to 4 (rows, columns, channels)"
            )
    except CnnfiltError as error:
        raise KernelError(f"kernel file {error.about(path)}", parameter="kernel") from None
    return _Numbers(found.values, found.shape, tuple(f"{path}: {note}" for note in found.notes))


def _from_text(text: str, format: str | None) -> _Numbers:
    if format == "json" or (format is None and text.lstrip().startswith("[")):
        try:
            return _Numbers(*nested_numbers(text))
        except InputError:
            # MATLAB and NumPy put numbers into brackets, too.
            if format == "json" or not is_enclosed(text):
                raise
    table = read_table(text)
    rows = table.numbers()
    return _Numbers([value for row in rows for value in row], (len(rows), len(rows[0])), table.notes)


def _from_npy(data: bytes) -> _Numbers:
    from cnnfilt.files.matrix.matrices import read_matrix

    array = read_matrix(data, "npy", most_dimensions=4)
    return _Numbers(array.ravel().tolist(), array.shape)


def _cell(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the cell, counted from 1, of the value at `place` in order."""
    cell: tuple[int, ...] = ()
    for length in reversed(shape):
        place, index = divmod(place, length)
        cell = (index + 1, *cell)
    return cell


def _not_finite(path: str, cell: tuple[int, ...], value: float) -> KernelError:
    return KernelError(f"kernel file {path}: cell {cell} is {value}, not finite", parameter="kernel")
