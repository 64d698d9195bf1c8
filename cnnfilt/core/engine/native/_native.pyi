from cnnfilt.core.engine.images import Array
from cnnfilt.terms import Pair

BLOCK: int
REACH: int

def correlate(
    source: Array, kernel: Array, bias: Array, out: Array, channels: int, stride: Pair, dilation: Pair, /
) -> None: ...
def correlate_each(
    source: Array, kernel: Array, bias: Array, out: Array, channels: int, stride: Pair, dilation: Pair, /
) -> None: ...
def separable(
    source: Array, down: Array, along: Array, bias: Array, out: Array, channels: int, stride: Pair, dilation: Pair, /
) -> None: ...
def box(source: Array, columns: Array, out: Array, size: Pair, channels: int, /) -> None: ...
def reduce(
    kind: str, image: Array, out: Array, size: Pair, channels: int, stride: Pair, dilation: Pair, start: Pair, /
) -> None: ...
def levels(
    responses: Array,
    levels: Array,
    magnitude: bool,
    origin: float = 0,
    gain: float = 1,
    over: float = 1,
    base: float = 0,
    /,
) -> tuple[float, float, int, int]: ...
def means(sums: Array, tall: Array, wide: Array, out: Array, /) -> None: ...
def magnitude(across: Array, down: Array, out: Array, scale: float, /) -> None: ...
def unfilter(filtered: Array, above: Array, out: Array, pixel_bytes: int, /) -> None: ...
