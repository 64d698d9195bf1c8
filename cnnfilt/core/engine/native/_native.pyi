from typing import Protocol

from cnnfilt.core.engine.images import Array
from cnnfilt.terms import Pair

DOORS: int
BLOCK: int
REACH: int
TILE: int
LEVELS: int
PANEL: int

Mapping = tuple[bool, bool, float, float, float, float]
"""Whether of magnitudes, whether the values stay; origin, gain, over, base."""

Found = tuple[float, float, int, int]
"""The lowest and highest response, and how many were clipped and were no number."""

class _Correlate(Protocol):
    def __call__(
        self,
        source: Array,
        beyond: Array,
        kernel: Array,
        bias: Array,
        outside: Array,
        out: Array,
        channels: int,
        stride: Pair,
        dilation: Pair,
        sides: Pair,
        mapping: Mapping | None = None,
        /,
    ) -> Found | None: ...

class _Pick(Protocol):
    def __call__(
        self, image: Array, out: Array, size: Pair, channels: int, stride: Pair, dilation: Pair, start: Pair, /
    ) -> None: ...

class _PickOfRuns(Protocol):
    def __call__(
        self,
        image: Array,
        runs: Array,
        lengths: Array,
        kept: Array,
        out: Array,
        size: Pair,
        channels: int,
        stride: Pair,
        dilation: Pair,
        start: Pair,
        /,
    ) -> None: ...

correlate: _Correlate
correlate_each: _Correlate
maximum: _Pick
minimum: _Pick
maximum_of_runs: _PickOfRuns
minimum_of_runs: _PickOfRuns

def separable(
    source: Array,
    beyond: Array,
    down: Array,
    along: Array,
    bias: Array,
    outside: Array,
    out: Array,
    channels: int,
    stride: Pair,
    dilation: Pair,
    sides: Pair,
    mapping: Mapping | None = None,
    /,
) -> Found | None: ...
def gradient(
    source: Array,
    beyond: Array,
    columns: Array,
    rows: Array,
    outside: Array,
    out: Array,
    channels: int,
    stride: Pair,
    dilation: Pair,
    sides: Pair,
    mapping: Mapping | None = None,
    scale: float = 1,
    /,
) -> Found | None: ...
def filters(
    source: Array,
    beyond: Array,
    parts: Array,
    weights: Array,
    bias: Array,
    outside: Array,
    out: Array,
    channels: int,
    stride: Pair,
    dilation: Pair,
    sides: Pair,
    size: Pair,
    panels: Pair,
    images: int,
    /,
) -> None: ...
def filter_gradients(
    source: Array,
    gradients: Array,
    out: Array,
    channels: int,
    stride: Pair,
    dilation: Pair,
    size: Pair,
    images: int,
    panel: int,
    /,
) -> None: ...
def box(
    source: Array,
    beyond: Array,
    columns: Array,
    tall: Array,
    wide: Array,
    outside: Array,
    out: Array,
    size: Pair,
    channels: int,
    sides: Pair,
    /,
) -> Found | None: ...
def average(
    image: Array,
    tall: Array,
    wide: Array,
    out: Array,
    size: Pair,
    channels: int,
    stride: Pair,
    dilation: Pair,
    start: Pair,
    sums: str,
    /,
) -> Found: ...
def network(source: Array, out: Array, size: int, channels: int, dilation: Pair, /) -> None: ...
def median(
    image: Array, columns: Array, out: Array, size: Pair, channels: int, stride: Pair, dilation: Pair, start: Pair, /
) -> None: ...
def huang(
    image: Array,
    runs: Array,
    counts: Array,
    out: Array,
    size: Pair,
    channels: int,
    stride: Pair,
    dilation: Pair,
    start: Pair,
    /,
) -> None: ...
def levels(responses: Array, levels: Array, mapping: Mapping, /) -> Found: ...
def unfilter(filtered: Array, above: Array, out: Array, pixel_bytes: int, /) -> None: ...
