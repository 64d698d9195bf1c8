"""What every technique says of itself: which jobs it suits, how it wants its strips, and what it can write."""

from abc import ABC, abstractmethod

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.scale import Loss, Scale
from cnnfilt.core.engine.strips import Strip


class Technique(ABC):
    """One way to sum: made from a job that it suits, and the type of its sums.

    `sides_apart` says whether it pads its strips left and right itself, `streams` whether it reads and writes rows
    where they are (`strips.STREAMED`), `reads` in which type it wants them (None: the sums'), `strip_rows` of how many
    rows their height should be a multiple, and `row_bytes` the memory it needs for each output row. Every thread works
    with a copy of its own: what `prepare` and `write` do must not reach into what `__init__` made.
    """

    sides_apart = False
    streams = False
    strip_rows = 1
    row_bytes = 0
    reads: np.dtype | None = None

    @staticmethod
    @abstractmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed in `dtype`: "rank 1: int16 sums". None for a job it does not suit.

        None is for a job that it cannot do, and for one that is better left to a technique further down the list.
        """

    @abstractmethod
    def __init__(self, job: Job, dtype: np.dtype) -> None: ...

    @abstractmethod
    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""

    @abstractmethod
    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""

    def write_levels(self, strip: Strip, pixels: Array, scale: Scale) -> Loss | None:
        """Write the strip's responses, activated, by `scale` to `pixels` (strip.height, W' * maps); return the loss.

        None, and nothing written, where it cannot do that in one pass.
        """
        return None
