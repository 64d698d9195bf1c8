"""All that the same run in another library depends on: what was done, how it was read, and to what."""

import numpy as np

from cnnfilt.core.levels import Levels
from cnnfilt.files.formats import FileKind, named
from cnnfilt.files.image import Array, Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.records import Metadata, Storage
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.edges import FindEdges
from cnnfilt.terms import FrameChoice, Pair

LARGEST_WHOLE = 2**53
"""Whole numbers up to here are the same in double precision."""


class Made(Frozen):
    """One result: its `shape`, (H, W) or (H, W, C), the name of its type, and how its values became pixels.

    `columns` are what stands over the columns of a matrix.
    """

    shape: tuple[int, ...]
    dtype: str
    levels: Levels
    columns: tuple[str, ...] = ()

    @property
    def is_flat(self) -> bool:
        """Return whether it has no axis for channels."""
        return len(self.shape) == 2

    @property
    def channels(self) -> int:
        """Return the number of channels."""
        return 1 if self.is_flat else self.shape[2]


class EmittedRun(Frozen, kw_only=True, eq=False):
    """One run: the `operation`, its image of `shape` (H, W, C) as it was `stored` and read, and what was `made` of it.

    `numbers` are those of a matrix from text, else None; `to` is the format that the results are written in, `output`
    where. `rounds` tells whether there are whole numbers too large for double precision.
    """

    operation: Operation
    shape: tuple[int, int, int]
    dtype: str
    kind: FileKind
    format: str
    alpha: bool
    stored: Storage
    metadata: Metadata
    numbers: Array | None
    rounds: bool
    to: str
    made: tuple[Made, ...]
    read: ReadOptions
    frames: FrameChoice
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

    @property
    def makes_mask(self) -> bool:
        """Return whether the results have two levels, which no mapping changes."""
        return isinstance(self.operation, FindEdges) and self.operation.asked.is_mask

    @property
    def stretches(self) -> bool:
        """Return whether the lowest and highest response become black and white, so that noise must be told apart."""
        return not self.makes_mask and any(one.levels.needs_range for one in self.made)

    @property
    def in_one_file(self) -> bool:
        """Return whether all results are one stack, maps last."""
        return len(self.made) > 1 and named(self.to).stacks


class DescribeRun(Frozen):
    """Describes a run whose input is read with these options, and whose results go to `output` in this format."""

    read: ReadOptions
    frames: FrameChoice
    output: str | None
    format: str | None

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> EmittedRun:
        """Return the description."""
        made = tuple(
            Made(
                result.pixels.shape,
                result.pixels.dtype.name,
                operation.levels_of(image, number, format_name),
                result.columns,
            )
            for number, result in enumerate(results)
        )
        height, width = image.pixels.shape[:2]
        is_text = image.kind == "matrix" and named(image.format).is_text
        return EmittedRun(
            operation=operation,
            shape=(height, width, image.channels),
            dtype=np.dtype(image.pixels.dtype).name,
            kind=image.kind,
            format=image.format,
            alpha=image.alpha is not None,
            stored=image.stored,
            metadata=image.metadata,
            numbers=image.pixels if is_text else None,
            rounds=any(_rounds(pixels) for pixels in (image.pixels, *(result.pixels for result in results))),
            to=self._written_format(format_name, made),
            made=made,
            read=self.read,
            frames=self.frames,
            output=self.output,
        )

    def _written_format(self, name: str, made: tuple[Made, ...]) -> str:
        """Return the format of the results; rows that go to no file are printed with commas."""
        printed = self.output is None and self.format is None and named(name).is_text
        return "csv" if printed and all(one.channels == 1 for one in made) else name


def _rounds(pixels: Array) -> bool:
    wide = pixels.dtype.kind in "iu" and pixels.dtype.itemsize == 8
    return wide and max(abs(int(pixels.min())), abs(int(pixels.max()))) > LARGEST_WHOLE
