"""Pictures in the terminal: two pixels a character, in as many colours as it has."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Literal, TextIO, assert_never

import numpy as np

from cnnfilt.operations.inspect.thumbnails import Pixels, Thumbnail

Colours = Literal["truecolor", "256"]
Depth = Colours | Literal["gray"]

NARROW = 40
"""On narrower terminals the pictures stand below each other."""

WIDEST, HIGHEST = 160, 160
"""A picture needs no more pixels than this to be recognized."""

_GAP = 2
_LINES_BESIDE = 5
_RAMPS = (" ░▒▓█", " .:-=+*#%@")
_RESET = "\x1b[0m"


def box(width: int, lines: int) -> tuple[int, int]:
    """Return the (height, width) in pixels that one picture may have on a terminal of this size."""
    across = (width - _GAP) // 2 if width >= NARROW else width
    return min(max(2 * (lines - _LINES_BESIDE), 8), HIGHEST), min(max(across, 1), WIDEST)


def terminal_size(stream: TextIO) -> tuple[int, int]:
    """Return (columns, lines) of the terminal behind `stream`; 80 and 24 where there is none."""
    fallback = (80, 24)
    with suppress(OSError, ValueError):
        fallback = os.get_terminal_size(stream.fileno())
    columns, lines = (
        int(text) if text.isdecimal() else 0 for text in (os.environ.get("COLUMNS", ""), os.environ.get("LINES", ""))
    )
    return columns or fallback[0] or 80, lines or fallback[1] or 24


def depth_of(stream: TextIO, environment: Mapping[str, str]) -> Depth:
    """Return the colours that the terminal behind `stream` has, as far as it says: by COLORTERM, TERM and NO_COLOR."""
    term = environment.get("TERM", "")
    if not stream.isatty() or environment.get("NO_COLOR") or term in ("", "dumb") or not _writes("▀", stream):
        return "gray"
    if environment.get("COLORTERM") in ("truecolor", "24bit") or term.endswith("-direct"):
        return "truecolor"
    return "256" if "256" in term else "gray"


def print_preview(thumbnails: Sequence[Thumbnail], stream: TextIO) -> None:
    """Print the pictures on `stream`, two beside each other where the terminal is wide enough."""
    width = terminal_size(stream)[0]
    depth = depth_of(stream, os.environ)
    ramp = _RAMPS[0] if _writes(_RAMPS[0], stream) else _RAMPS[1]
    beside = 2 if width >= NARROW else 1
    for first in range(0, len(thumbnails), beside):
        row = thumbnails[first : first + beside]
        panel = (width - _GAP) // 2 if beside > 1 else width
        lines = list(
            _beside([(one.caption, _drawn(one.pixels, depth, ramp), one.pixels.shape[1]) for one in row], panel)
        )
        # When nobody can see it, the work goes on.
        with suppress(OSError):
            stream.writelines(f"{line}\n" for line in lines)
            stream.flush()


def _writes(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _beside(panels: Sequence[tuple[str, list[str], int]], width: int) -> Iterator[str]:
    """Yield the lines of the pictures (caption, lines, their width) beside each other, captions on top."""
    gap = " " * _GAP
    widths = [min(max(wide, len(caption)), width) for caption, _, wide in panels]
    captions = [caption[:most].ljust(most) for (caption, _, _), most in zip(panels, widths, strict=True)]
    yield gap.join(captions).rstrip()
    for number in range(max(len(lines) for _, lines, _ in panels)):
        cells = [
            (lines[number] + " " * (most - wide)) if number < len(lines) else " " * most
            for (_, lines, wide), most in zip(panels, widths, strict=True)
        ]
        yield gap.join(cells)


def _drawn(pixels: Pixels, depth: Depth, ramp: str) -> list[str]:
    if depth == "gray":
        return _shaded(pixels, ramp)
    return [_line(upper, lower, depth) for upper, lower in _pairs(pixels)]


def _pairs(pixels: Pixels) -> Iterator[tuple[Pixels, Pixels | None]]:
    for y in range(0, len(pixels), 2):
        yield pixels[y], pixels[y + 1] if y + 1 < len(pixels) else None


def _line(upper: Pixels, lower: Pixels | None, depth: Colours) -> str:
    """Return a line of half-blocks; a colour is said again only where it changes."""
    parts, last = [], ("", "")
    for x in range(len(upper)):
        above = _code(upper[x].tolist(), 38, depth)
        below = _code(lower[x].tolist(), 48, depth) if lower is not None else "49"
        if above != last[0]:
            parts.append(f"\x1b[{above}m")
        if below != last[1]:
            parts.append(f"\x1b[{below}m")
        parts.append("▀")
        last = above, below
    return "".join(parts) + _RESET


def _code(colour: Sequence[int], layer: int, depth: Colours) -> str:
    red, green, blue = colour
    match depth:
        case "truecolor":
            return f"{layer};2;{red};{green};{blue}"
        case "256":
            return f"{layer};5;{nearest_256(red, green, blue)}"
        case unknown:
            assert_never(unknown)


def nearest_256(red: int, green: int, blue: int) -> int:
    """Return the number of xterm's colour nearest to this one: of its 6x6x6 cube, or of its 24 grays."""
    cube = [min(range(6), key=lambda n: abs(_CUBE[n] - level)) for level in (red, green, blue)]
    gray = min(max(round((red + green + blue - 24) / 30), 0), 23)
    in_cube, in_grays = [_CUBE[n] for n in cube], [8 + 10 * gray] * 3

    def distance(other: Sequence[int]) -> int:
        return sum((a - b) ** 2 for a, b in zip((red, green, blue), other, strict=True))

    if distance(in_grays) < distance(in_cube):
        return 232 + gray
    return 16 + 36 * cube[0] + 6 * cube[1] + cube[2]


_CUBE = (0, 95, 135, 175, 215, 255)
"""The levels of xterm's colour cube."""


def _shaded(pixels: Pixels, ramp: str) -> list[str]:
    """Return lines of characters from dark to bright, on a dark terminal: no colours are asked for."""
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    lines = []
    for y in range(0, len(luma), 2):
        levels = luma[y : y + 2].mean(axis=0)
        lines.append("".join(ramp[min(int(level / 256 * len(ramp)), len(ramp) - 1)] for level in levels))
    return lines
