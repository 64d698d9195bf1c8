"""What a row of the tables is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.benchmarks.images import Images

Call = Callable[[], object]
"""What is timed: it takes nothing and gives its result."""

Make = Callable[[Images], Any]
"""Gets everything ready, imports and conversions too, and returns the Call (or the Process, which is one too)."""

LimitKind = Literal["copy", "add", "sgemm"]

ITSELF = "itself"
"""In place of a peer's name: the target is for our own value, not for a ratio."""


@dataclass(frozen=True)
class Limit:
    """The least a machine has to do for a row, in the unit of `limits.Rates`.

    `per_pixel` counts for each pixel of the input: bytes read and written for copy, bytes of the results for add
    (in the second-level cache), floating-point operations for sgemm. `pixels` is None for the benchmark's image.
    """

    kind: LimitKind
    per_pixel: float
    pixels: int | None = None

    def amount(self, image_pixels: int) -> float:
        """Return how much is to be done in all."""
        return self.per_pixel * (image_pixels if self.pixels is None else self.pixels)


@dataclass(frozen=True)
class Row:
    """One thing to do, our way of doing it, and that of every peer that can.

    `must` and `aim` are the largest ratios of ours to a peer, by the peer's name, that we have to, or want to, reach.
    """

    name: str
    ours: Make
    peers: Mapping[str, Make]
    limit: Limit | None = None
    must: Mapping[str, float] = field(default_factory=dict)
    aim: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """Rows that share a table: `gauge` measures one Call, in a unit of which `per_unit` make the one printed."""

    title: str
    rows: tuple[Row, ...]
    gauge: Callable[[Any], float]
    unit: str
    per_unit: float = 1.0
    most_repeats: int = 1000
