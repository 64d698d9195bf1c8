"""How well a learned filter fits its images: in lines for people, and as data for JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnnfilt.batch.learn import Collected, Found
from cnnfilt.batch.pairs import ImagePair
from cnnfilt.batch.sources import STDIN
from cnnfilt.files.image import Array
from cnnfilt.fitting.least_squares import ROUNDING
from cnnfilt.spelling import spelled_size


def fit_lines(
    pairs: Sequence[ImagePair], output: str | None, collected: Collected, found: Found, *, verbose: bool
) -> list[str]:
    """Return the lines about the filter that went to `output` (None: stdout), the first about how far off it is."""
    names = f"{pairs[0].before}, {pairs[0].after}" if len(pairs) == 1 else f"{len(pairs)} pairs"
    shape = spelled_size(found.kernel.shape)
    off = f"{_kind(found.learned.whole_over)}off by {levels_text(found.levels_off)} levels RMS"
    where = "stdout" if output in (None, STDIN) else output
    return [
        f"{names} -> {where} {shape} ({off})",
        *_limits(output, collected, found),
        *_windows(found, verbose=verbose),
    ]


def descent_lines(collected: Collected, found: Found) -> list[str]:
    """Return how descent came along, a line for each power of ten; nothing where there was none."""
    descent, inverse = found.descent, collected.inverse
    if descent is None:
        return []
    per_level = 255 * abs(inverse.gain) / inverse.white if inverse.white else 1.0
    rest = "converged" if descent.at_rest else "not yet converged; allow more --steps"
    return [
        f"K = K - a dL/dK with a = {descent.learning_rate:.3g}",
        f"{'step':>9}  {'off by (levels RMS)':>19}  {'largest |dL/dK|':>15}",
        *(f"{step.number:>9,}  {step.rms * per_level:>19.6g}  {step.slope:>15.3g}" for step in descent.steps),
        f"{rest}; solved directly by least squares it is off by {levels_text(found.best)}",
    ]


def as_data(collected: Collected, found: Found, pairs: int) -> dict[str, Any]:
    """Return the filter and how well it fits as JSON has them."""
    learned, descent = found.learned, found.descent
    data: dict[str, Any] = {
        "kernel": found.kernel.tolist(),
        "bias": learned.biases.tolist() if learned.has_bias and not collected.inverse.shifted else None,
        "residual": found.levels_off,
        "whole_over": learned.whole_over or None,
        "standard_error": float(learned.spread.max()),
        "up_to_a_factor": collected.inverse.stretched,
        "pairs": pairs,
        "windows": learned.equations.windows,
        "left_out": learned.equations.left_out,
    }
    if descent is not None:
        data["learning_rate"], data["at_rest"] = descent.learning_rate, descent.at_rest
        data["steps"] = [{"step": step.number, "rms": step.rms, "slope": step.slope} for step in descent.steps]
    return data


def levels_text(value: float) -> str:
    """Return by how many levels something is off, to hundredths, of less to two digits that count."""
    return f"{value:.2f}" if value >= 0.01 else f"{value:.2g}"


def _limits(output: str | None, collected: Collected, found: Found) -> Iterator[str]:
    """Yield what the filter needs beside it, and what the images leave open."""
    learned, inverse = found.learned, collected.inverse
    if learned.has_bias and not inverse.shifted:
        bias = _joined(learned.biases)
        yield f"bias {bias}; use both: convolve -k @{output or 'FILE'} --bias {bias}"
    if inverse.stretched:
        yield "known only up to a positive factor, because AFTER was stretched; the simplest is given"
    if learned.equations.windows == len(learned.unknowns):
        yield "there were just as many windows as unknown numbers, so nothing was left to check the filter with"
    elif inverse.white and not inverse.stretched and found.levels_off > 2 * _rounding(collected):
        yield f"rounding alone would leave {levels_text(_rounding(collected))}: the filter explains most, not all"
    if learned.unsure > 0.01:
        yield f"the images leave the coefficients uncertain: they may be wrong by {learned.unsure:.0%} of the largest"


def _windows(found: Found, *, verbose: bool) -> Iterator[str]:
    equations = found.learned.equations
    every = equations.windows + equations.left_out
    if verbose or equations.left_out > every / 2:
        others = "; the others meet black or white in AFTER" if equations.left_out else ""
        yield f"learned from {equations.windows:,} of {every:,} windows{others}"


def _rounding(collected: Collected) -> float:
    """Return what rounding to AFTER's levels leaves, in levels of 255."""
    return ROUNDING * 255 / collected.inverse.white if collected.inverse.white else 0.0


def _kind(whole_over: int) -> str:
    if not whole_over:
        return ""
    return "whole numbers; " if whole_over == 1 else f"whole numbers over {whole_over}; "


def _joined(numbers: Array) -> str:
    return ",".join(f"{number:.6g}" for number in np.atleast_1d(numbers))
