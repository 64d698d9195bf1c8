"""All that the same run in another library depends on: what was done, how it was read, and to what."""

import numpy as np

from cnnfilt.core.levels import Levels
from cnnfilt.files.formats import FileKind
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation, Result
from cnnfilt.terms import Pair


class EmittedRun(Frozen, kw_only=True):
    """One run: the `operation`, its image of `shape` (H, W, C), and for each result how it becomes pixels.

    `levels` are the mappings, `whole` tells which results are integers, `flat` which have no axis
    for channels; `to` is the format they are written in.
    """

    operation: Operation
    shape: tuple[int, int, int]
    dtype: str
    kind: FileKind
    format: str
    alpha: bool
    to: str
    levels: tuple[Levels, ...]
    whole: tuple[bool, ...]
    flat: tuple[bool, ...]
    read: ReadOptions
    output: str | None

    @property
    def size(self) -> Pair:
        """Return (height, width)."""
        return self.shape[0], self.shape[1]

    @property
    def channels(self) -> int:
        """Return the number of channels."""
        return self.shape[2]

    @property
    def may_hold_nan(self) -> bool:
        """Return whether the image is of floats, of which some may be no numbers."""
        return self.dtype.startswith("float")


class DescribeRun(Frozen):
    """Describes a run whose input is read with these options."""

    read: ReadOptions
    output: str | None

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> EmittedRun:
        """Return the description."""
        levels = tuple(operation.levels_of(image, number, format_name) for number in range(len(results)))
        height, width = image.pixels.shape[:2]
        return EmittedRun(
            operation=operation,
            shape=(height, width, image.channels),
            dtype=np.dtype(image.pixels.dtype).name,
            kind=image.kind,
            format=image.format,
            alpha=image.alpha is not None,
            to=format_name,
            levels=levels,
            whole=tuple(result.pixels.dtype.kind in "biu" for result in results),
            flat=tuple(result.pixels.ndim == 2 for result in results),
            read=self.read,
            output=self.output,
        )
