"""Many images as a network takes them, in little memory: kept as bytes, in a temporary file once they are many."""

from tempfile import SpooledTemporaryFile
from weakref import finalize

import numpy as np

from cnnfilt.errors import StorageError
from cnnfilt.files.image import Array
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen

IN_MEMORY = 64 << 20
"""Up to so many bytes stay in memory."""


class ImageCache:
    """Images appended one by one, as `NetworkInput.levels` gives them, in a file that goes with the process."""

    def __init__(self, form: NetworkInput) -> None:
        self.form = form
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it lives as long as the cache.
        finalize(self, self._file.close)
        self._entries: list[tuple[int, str]] = []
        self.names: list[str] = []
        self._end = 0

    def append(self, levels: Array, name: str = "") -> None:
        """Put one image, of the file called `name`, to the end. StorageError if the temporary folder is full."""
        try:
            self._file.seek(self._end)
            self._file.write(np.ascontiguousarray(levels).data)
        except OSError as error:
            raise StorageError(
                f"the images do not fit into the temporary folder: {error.strerror}; TMPDIR names another"
            ) from None
        self._entries.append((self._end, levels.dtype.str))
        self.names.append(name)
        self._end += levels.nbytes

    def read(self, numbers: Array) -> Array:
        """Return the images of these numbers as the network takes them, (N, H, W, C) float32."""
        images = np.empty((len(numbers), *self.form.shape), np.float32)
        for image, number in zip(images, numbers, strict=True):
            start, dtype = self._entries[number]
            self._file.seek(start)
            data = self._file.read(image.size * np.dtype(dtype).itemsize)
            image[...] = self.form.scaled(np.frombuffer(data, dtype)).reshape(self.form.shape)
        return images


class CachedImages(Frozen, eq=False):
    """Some images of a cache, in an order of their own; an array of them is made only of those that are asked for."""

    cache: ImageCache
    numbers: Array

    def name(self, row: int) -> str:
        """Return the name of the file that this image is from."""
        return self.cache.names[int(self.numbers[row])]

    def __getitem__(self, rows: Array | slice) -> "CachedImages":
        """Return those in `rows`, still unread."""
        return CachedImages(self.cache, self.numbers[rows])

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Array:
        """Return the images as NumPy wants them, (N, H, W, C) float32."""
        return self.cache.read(self.numbers)
