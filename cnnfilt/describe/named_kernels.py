"""The named kernels: coefficients and their sources. Nested tuples, no arrays.

All are in correlation orientation: an "-x" kernel answers where brightness grows to the right, "-y" where it
grows downward. Angles are in degrees, counterclockwise from the right, as on paper.
"""

import math
from collections.abc import Callable, Iterable

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen

Number = int | float
Rows = tuple[tuple[Number, ...], ...]

MAX_KERNEL_SIZE = 1001
"""The widest kernel built by name; wider ones are slips of the finger, and would cost minutes."""

MOST_SHARPENING = 20
"""Ten times as much leaves nothing but black and white; 50 was meant as 50%."""


class NamedKernel(Frozen):
    """One name: what it is for, who published it, how to build it, and what may follow its colon.

    `build` takes the `arguments` in order, each of them optional; it raises ParameterError.
    """

    name: str
    purpose: str
    source: str
    build: Callable[..., Rows]
    arguments: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Return how the name is written with everything it takes: `gaussian:SIGMA,K`."""
        return f"{self.name}:{','.join(self.arguments)}" if self.arguments else self.name


def box(size: Number = 3) -> Rows:
    """Return the mean of K x K pixels."""
    k = _size(size, 1)
    return ((1 / (k * k),) * k,) * k


def gaussian(sigma: Number = 1, size: Number | None = None) -> Rows:
    """Return a sampled Gaussian that sums to 1; K is 2 * ceil(3 * SIGMA) + 1 unless given."""
    bell, _ = _bell(sigma, size, 1)
    return _outer(bell, bell)


def log(sigma: Number = 1, size: Number | None = None) -> Rows:
    """Return the Laplacian of a Gaussian, (r^2 - 2 SIGMA^2) / SIGMA^4 * G(r), with sum zero.

    The sampled values do not quite sum to zero by themselves, so their mean is taken off.
    """
    bell, offsets = _bell(sigma, size, 3)
    samples = list(zip(offsets, bell, strict=True))
    rows = [[(y * y + x * x - 2 * sigma**2) / sigma**4 * g * h for x, h in samples] for y, g in samples]
    mean = math.fsum(value for row in rows for value in row) / len(bell) ** 2
    return tuple(tuple(value - mean for value in row) for row in rows)


def kirsch(angle: Number = 0) -> Rows:
    """Return the compass kernel whose three fives face `angle`: 0 the right edge, 90 the top."""
    if angle % 45:
        raise ParameterError(f"ANGLE is {angle:g}; it must be a multiple of 45")
    # The ring around the middle, counterclockwise from the right.
    ring = ((1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2))
    fives = {ring[(int(angle // 45) + step) % 8] for step in (-1, 0, 1)}
    return tuple(tuple(0 if y == x == 1 else 5 if (y, x) in fives else -3 for x in range(3)) for y in range(3))


def motion(length: Number = 9, angle: Number = 0) -> Rows:
    """Return the share of a line of LENGTH through the middle that lies in each pixel's square; the sum is 1."""
    if not 1 <= length <= MAX_KERNEL_SIZE:
        raise ParameterError(f"LENGTH is {length:g}; it must be from 1 to {MAX_KERNEL_SIZE}")
    turn = math.radians(angle % 180)
    along_x, along_y = math.cos(turn) * length / 2, -math.sin(turn) * length / 2
    # A hair less, because the cosine of 90 degrees is not quite zero here.
    far_y, far_x = (math.ceil(abs(along) - 0.5 - 1e-9) for along in (along_y, along_x))
    rows = [[_crossing(x, y, along_x, along_y) for x in range(-far_x, far_x + 1)] for y in range(-far_y, far_y + 1)]
    total = math.fsum(value for row in rows for value in row)
    return tuple(tuple(value / total for value in row) for row in rows)


def sharpen(amount: Number = 1) -> Rows:
    """Return every pixel plus AMOUNT times what it has over its four neighbours; 0.5 is half as crisp as 1."""
    a = _amount(amount)
    return ((0, -a, 0), (-a, 1 + 4 * a, -a), (0, -a, 0))


def unsharp(sigma: Number = 1, amount: Number = 1) -> Rows:
    """Return every pixel plus AMOUNT times what it has over a Gaussian blur of SIGMA; the sum is 1."""
    a, bell = _amount(amount), gaussian(sigma)
    middle = len(bell) // 2
    return tuple(
        tuple((1 + a if y == x == middle else 0) - a * value for x, value in enumerate(row))
        for y, row in enumerate(bell)
    )


def disk(radius: Number = 3) -> Rows:
    """Return the mean of the pixels with x^2 + y^2 <= R^2."""
    rows = disk_rows(radius)
    count = sum(map(sum, rows))
    return tuple(tuple(value / count for value in row) for row in rows)


def disk_rows(radius: Number) -> tuple[tuple[int, ...], ...]:
    """Return 1 where x^2 + y^2 <= R^2, measured from the middle, and 0 elsewhere."""
    largest = (MAX_KERNEL_SIZE - 1) // 2
    if not 1 <= radius <= largest:
        raise ParameterError(f"R is {radius:g}; it must be from 1 to {largest}")
    offsets = range(-math.floor(radius), math.floor(radius) + 1)
    return tuple(tuple(int(x * x + y * y <= radius * radius) for x in offsets) for y in offsets)


def gabor(wavelength: Number = 8, angle: Number = 0, sigma: Number | None = None) -> Rows:
    """Return a wave of WAVE pixels that runs towards ANGLE, under a round Gaussian of SIGMA.

    SIGMA is 0.56 * WAVE unless given, a bandwidth of one octave (Petkov & Kruizinga 1997). As much of the bell
    is taken off as makes the sum zero, and the positive coefficients sum to 1: even gray gives 0, and the wave itself
    in black and white no more than white.
    """
    if not 2 <= wavelength <= MAX_KERNEL_SIZE:
        raise ParameterError(f"WAVE is {wavelength:g}; it must be from 2 to {MAX_KERNEL_SIZE}")
    bell, offsets = _bell(0.56 * wavelength if sigma is None else sigma, None, 3)
    turn, step = math.radians(angle), math.tau / wavelength
    wave = [[math.cos(step * (x * math.cos(turn) - y * math.sin(turn))) for x in offsets] for y in offsets]
    round_bell = _outer(bell, bell)
    share = math.fsum(g * w for gs, ws in zip(round_bell, wave, strict=True) for g, w in zip(gs, ws, strict=True))
    rows = [[g * (w - share) for g, w in zip(gs, ws, strict=True)] for gs, ws in zip(round_bell, wave, strict=True)]
    positive = math.fsum(value for row in rows for value in row if value > 0)
    return tuple(tuple(value / positive for value in row) for row in rows)


def dog(first: Number = 1, second: Number | None = None) -> Rows:
    """Return a Gaussian of S1 minus one of S2, with sum zero; S2 is 1.6 * S1 unless given (Marr & Hildreth 1980)."""
    other = 1.6 * first if second is None else second
    if first == other:
        raise ParameterError(f"S1 and S2 are both {first:g}; their difference would be nothing")
    size = len(_bell(max(first, other), None, 3)[0])
    narrow, wide = (gaussian(sigma, size) for sigma in (first, other))
    return tuple(tuple(a - b for a, b in zip(x, y, strict=True)) for x, y in zip(narrow, wide, strict=True))


def _amount(value: Number) -> Number:
    if not 0 < value <= MOST_SHARPENING:
        raise ParameterError(f"AMOUNT is {value:g}; it must be above 0, and at most {MOST_SHARPENING} (0.5 is 50%)")
    return value


def _crossing(x: int, y: int, along_x: float, along_y: float) -> float:
    """Return how much of -1 <= t <= 1 takes (t * along_x, t * along_y) through the unit square around (x, y)."""
    first, last = -1.0, 1.0
    for place, along in ((x, along_x), (y, along_y)):
        if abs(along) > 1e-9:
            entry, leave = sorted(((place - 0.5) / along, (place + 0.5) / along))
            first, last = max(first, entry), min(last, leave)
        elif place:
            return 0.0
    # A diagonal only touches the squares beside it: what rounding leaves there is no tap.
    return last - first if last - first > 1e-9 else 0.0


def _bell(sigma: Number, size: Number | None, smallest: int) -> tuple[tuple[float, ...], list[float]]:
    """Return a Gaussian sampled at K positions, summing to 1, and the positions, measured from the middle."""
    widest = (MAX_KERNEL_SIZE - 1) // 6
    if not 0.01 <= sigma <= widest:
        raise ParameterError(f"SIGMA is {sigma:g}; it must be from 0.01 to {widest}")
    k = 2 * math.ceil(3 * sigma) + 1 if size is None else _size(size, smallest)
    offsets = [i - (k - 1) / 2 for i in range(k)]
    # Relative to the sample nearest to the middle, so that a narrow bell over an even K is not all zeros.
    least = min(abs(offset) for offset in offsets)
    weights = [math.exp((least**2 - offset**2) / (2 * sigma**2)) for offset in offsets]
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights), offsets


def _size(value: Number, minimum: int) -> int:
    if value != int(value) or not minimum <= value <= MAX_KERNEL_SIZE:
        raise ParameterError(f"K is {value:g}; it must be a whole number from {minimum} to {MAX_KERNEL_SIZE}")
    return int(value)


def _outer(column: Iterable[Number], row: tuple[Number, ...]) -> Rows:
    return tuple(tuple(y * x for x in row) for y in column)


def _transposed(rows: Rows) -> Rows:
    return tuple(zip(*rows, strict=True))


def _fixed(name: str, purpose: str, source: str, rows: Rows) -> NamedKernel:
    return NamedKernel(name, purpose, source, lambda: rows)


def _pair(name: str, purpose: str, source: str, rows: Rows) -> tuple[NamedKernel, NamedKernel]:
    ways = ((rows, "to the right"), (_transposed(rows), "downward"))
    (x, across), (y, down) = ((way, f"slope {word}, {purpose}") for way, word in ways)
    return _fixed(f"{name}-x", across, source, x), _fixed(f"{name}-y", down, source, y)


_NOTES = "the lecture notes' edge filter: Prewitt's, looking the other way"
_PREWITT = "Prewitt 1970, Object enhancement and extraction"
_SOBEL = "Sobel & Feldman 1968, An isotropic 3x3 image gradient operator"
_SCHARR = "Scharr 2000, Optimale Operatoren in der digitalen Bildverarbeitung"
_FARID = "Farid & Simoncelli 2004, Differentiation of discrete multidimensional signals, 5 taps"
_ROBERTS = "Roberts 1963, Machine perception of three-dimensional solids"
_GONZALEZ = "Gonzalez & Woods, Digital image processing, section 3.6"
_POWELL = "Powell, Image kernels (setosa.io)"
_LOG = "Marr & Hildreth 1980, Theory of edge detection"
_GABOR = "Daugman 1985, Uncertainty relation for two-dimensional visual cortical filters"
_KIRSCH = "Kirsch 1971, Computer determination of the constituent structure of biological images"

_VERTICAL: Rows = ((1, 0, -1),) * 3
_STEP = (-1, 0, 1)
# The digits beyond the paper's six are those of scikit-image, computed with the authors' code.
_FARID_SMOOTH = (0.0376593171958126, 0.249153396177344, 0.426374573253687, 0.249153396177344, 0.0376593171958126)
_FARID_SLOPE = (-0.109603762960254, -0.276690988455557, 0.0, 0.276690988455557, 0.109603762960254)

_ENTRIES = (
    _fixed("identity", "nothing changes", "every pixel as it is", ((0, 0, 0), (0, 1, 0), (0, 0, 0))),
    _fixed("vertical", "vertical edges as in the notes: left - right", _NOTES, _VERTICAL),
    _fixed("horizontal", "horizontal edges as in notes: above - below", _NOTES, _transposed(_VERTICAL)),
    *_pair("prewitt", "equal weights", _PREWITT, (_STEP,) * 3),
    *_pair("sobel", "slightly smoothed", _SOBEL, _outer((1, 2, 1), _STEP)),
    *_pair("scharr", "equal in all directions", _SCHARR, _outer((3, 10, 3), _STEP)),
    *_pair("farid", "5x5, for exact angles", _FARID, _outer(_FARID_SMOOTH, _FARID_SLOPE)),
    _fixed("roberts-1", "slope along one diagonal, finest detail", _ROBERTS, ((1, 0), (0, -1))),
    _fixed("roberts-2", "slope along the other diagonal", _ROBERTS, ((0, 1), (-1, 0))),
    _fixed("laplacian4", "edges and spots in all directions", _GONZALEZ, ((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    _fixed("laplacian8", "the same, diagonals included", _GONZALEZ, ((1, 1, 1), (1, -8, 1), (1, 1, 1))),
    NamedKernel("sharpen", "crisper detail, brightness kept", _GONZALEZ, sharpen, ("AMOUNT",)),
    NamedKernel("unsharp", "crisper detail SIGMA pixels wide", _GONZALEZ, unsharp, ("SIGMA", "AMOUNT")),
    _fixed("outline", "bright outlines on black", _POWELL, ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    _fixed("emboss", "relief, lit from one corner", _POWELL, ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
    NamedKernel("box", "blur: the mean of K x K pixels", "the mean of K x K pixels", box, ("K",)),
    NamedKernel(
        "gaussian", "soft blur, SIGMA pixels wide", "a sampled Gaussian divided by its sum", gaussian, ("SIGMA", "K")
    ),
    NamedKernel("disk", "blur out of focus", "the mean of the pixels with x^2 + y^2 <= R^2", disk, ("R",)),
    NamedKernel("log", "edges and spots SIGMA pixels wide", _LOG, log, ("SIGMA", "K")),
    NamedKernel("dog", "edges and spots, much as log", _LOG, dog, ("S1", "S2")),
    NamedKernel("gabor", "stripes WAVE pixels apart, across ANGLE", _GABOR, gabor, ("WAVE", "ANGLE", "SIGMA")),
    NamedKernel("kirsch", "edges facing ANGLE: 0 right, 90 up, ... 315", _KIRSCH, kirsch, ("ANGLE",)),
    NamedKernel(
        "motion", "blur of a moving camera", "the share of each pixel that a line covers", motion, ("LENGTH", "ANGLE")
    ),
)

NAMED: dict[str, NamedKernel] = {entry.name: entry for entry in _ENTRIES}
"""Every name, in the order to list them."""
