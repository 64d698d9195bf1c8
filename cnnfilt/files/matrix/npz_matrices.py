"""The matrices in a .npz, as NumPy's `savez` writes it."""

from cnnfilt.errors import InputError, counted
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.npy import kept_type
from cnnfilt.files.matrix.npz import MOST_BYTES, Archive

_DIMENSIONS = (2, 3)


def read(data: bytes, about: Format, max_pixels: int) -> tuple[Array, tuple[str, ...]]:
    """Return the first matrix in `data`, and a note where there are others. InputError."""
    arrays, notes = read_matrices(data)
    if len(arrays) > 1:
        notes += (f"holds {counted(len(arrays), 'matrices')}; only the first is used (--frames all takes all)",)
    return arrays[0], notes


def read_matrices(data: bytes) -> tuple[list[Array], tuple[str, ...]]:
    """Return all arrays of two or three dimensions in the .npz, in its order, and a note on those of others.

    InputError for complex numbers, text and Python objects, naming the array, and where there is no matrix.
    """
    archive = Archive(data)
    left, found, others = MOST_BYTES, list[Array](), list[str]()
    for name in archive.names:
        array = archive.array(name, most_bytes=left)
        left -= array.nbytes
        if array.ndim in _DIMENSIONS and array.size:
            found.append(array.astype(kept_type(array.dtype), copy=False))
        else:
            others.append(name)
    if not found:
        raise InputError("{image} holds no array of 2 or 3 dimensions (rows, columns, channels)")
    return found, (f"its arrays {', '.join(others)} are no matrices and are left out",) if others else ()
