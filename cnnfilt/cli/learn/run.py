"""From the options of `cnnfilt learn` to the filter's file: plan, learn, judge, write, and say how well it fits."""

import json as json_text
import sys
from collections.abc import Sequence
from typing import Any

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.learn import Collected, Found, LearnRequest, advice, collect, find_filter
from cnnfilt.batch.pairs import ImagePair, find_pairs
from cnnfilt.batch.sources import STDIN
from cnnfilt.batch.timeout import within
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import DemandError, ParameterError, PlanError
from cnnfilt.files.atomic import write_atomically
from cnnfilt.files.formats import FORMATS, format_of
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.matrices import write_matrix
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.fitting.least_squares import ROUNDING
from cnnfilt.spelling import spelled_size


def run_learning(
    inputs: Sequence[str],
    *,
    output: str | None,
    overwrite: bool,
    max_residual: float,
    gray: bool,
    no_auto_orient: bool,
    max_pixels: int,
    recursive: bool,
    json: bool,
    quiet: bool,
    verbose: bool,
    **asked: Any,
) -> int:
    """Return the exit code of learning a filter from `inputs`: 0, or DemandError where there is none."""
    if json and output == STDIN:
        raise click.UsageError("--json and -o - both want standard output; write to a file")
    if max_residual < 0:
        raise ParameterError(f"--max-residual {max_residual:g} is below 0; no filter is that good")
    options = ReadOptions(gray=gray, auto_orient=not no_auto_orient, alpha="drop", max_pixels=max_pixels)
    request = LearnRequest(read=options, **asked)
    pairs, alone = find_pairs(inputs, recursive=recursive)
    format = _format(output, request)
    _check_output(output, pairs, overwrite=overwrite)
    if alone and not quiet:
        others = f" and {len(alone) - 3:,} more" if len(alone) > 3 else ""
        print_line(f"without a partner: {', '.join(alone[:3])}{others}")
    # The main thread stays free for a signal, whatever the decoders and the algebra are busy with.
    collected, found = within(0, lambda: _learned(pairs, request))
    data = _as_json(collected, found, len(pairs))
    if not quiet:
        for note in collected.notes:
            print_line(note)
        _tell_descent(collected, found)
    if not found.levels_off <= max_residual:
        message = _refusal(pairs, collected, found, request, max_residual)
        if json:
            print(json_text.dumps({"status": "refused", "error": message} | data))
        raise DemandError(message)
    _write(write_matrix(found.kernel, format), None if json and output is None else output or STDIN, overwrite)
    if json:
        print(json_text.dumps({"status": "done", "output": output} | data))
    if not quiet:
        _tell(pairs, output, collected, found, verbose=verbose)
    return 0


def _write(data: bytes, output: str | None, overwrite: bool) -> None:
    if output == STDIN:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif output is not None:
        write_atomically(output, lambda stream: stream.write(data), overwrite=overwrite)


def _learned(pairs: Sequence[ImagePair], request: LearnRequest) -> tuple[Collected, Found]:
    collected = collect(pairs, request)
    return collected, find_filter(collected, request)


def _format(output: str | None, request: LearnRequest) -> str:
    """Return the format the filter is written in."""
    if output is None or output == STDIN:
        return "csv" if request.channels == "each" else "json"
    format = format_of(output)
    if format is None or FORMATS[format].kind != "matrix":
        raise PlanError(f"{output} is no name for numbers; end it in .csv, .tsv, .txt, .json or .npy")
    return format


def _check_output(output: str | None, pairs: Sequence[ImagePair], *, overwrite: bool) -> None:
    if output is not None and output != STDIN:
        check_output(output, [path for pair in pairs for path in (pair.before, pair.after)], overwrite=overwrite)


def _refusal(
    pairs: Sequence[ImagePair], collected: Collected, found: Found, request: LearnRequest, max_residual: float
) -> str:
    off = f"{_number(found.levels_off)} levels of 255 (RMS), over --max-residual {max_residual:g}"
    if found.best <= max_residual:
        if found.descent is not None and request.decimals is None:
            return (
                f"after {found.descent.steps[-1].number:,} steps the filter is still off by {off}; allow more --steps"
            )
        return f"with --decimals {request.decimals} the filter is off by {off}; without, by {_number(found.best)}"
    size = spelled_size(collected.kernel_size)
    names = (
        f"{pairs[0].before} into {pairs[0].after}" if len(pairs) == 1 else f"one into the other in {len(pairs)} pairs"
    )
    explained = advice(collected, request, max_residual)
    return f"no linear filter of {size} turns {names}: the best is off by {off}; {explained}"


def _tell(pairs: Sequence[ImagePair], output: str | None, collected: Collected, found: Found, *, verbose: bool) -> None:
    learned, equations = found.learned, found.learned.equations
    names = f"{pairs[0].before}, {pairs[0].after}" if len(pairs) == 1 else f"{len(pairs)} pairs"
    shape = spelled_size(found.kernel.shape)
    where = "stdout" if output in (None, STDIN) else output
    print_line(f"{names} -> {where} {shape} ({_kind(learned.whole_over)}off by {_number(found.levels_off)} levels RMS)")
    if learned.has_bias and not collected.inverse.shifted:
        bias = _joined(learned.biases)
        print_line(f"bias {bias}; use both: convolve -k @{output or 'FILE'} --bias {bias}")
    if collected.inverse.stretched:
        print_line("known only up to a positive factor, for AFTER was stretched; the plainest is given")
    if equations.windows == len(learned.unknowns):
        print_line("there were just as many windows as unknown numbers, so nothing was left to check the filter with")
    elif collected.inverse.white and not collected.inverse.stretched and found.levels_off > 2 * _rounding(collected):
        print_line(f"rounding alone would leave {_number(_rounding(collected))}: the filter explains most, not all")
    if learned.unsure > 0.01:
        print_line(
            f"the images hardly tell the coefficients apart: they may be {learned.unsure:.0%} of the largest off"
        )
    every = equations.windows + equations.left_out
    if verbose or equations.left_out > every / 2:
        others = "; the others meet black or white in AFTER" if equations.left_out else ""
        print_line(f"learned from {equations.windows:,} of {every:,} windows{others}")


def _tell_descent(collected: Collected, found: Found) -> None:
    """Print how descent came along, a line for each power of ten."""
    if found.descent is None:
        return
    print_line(f"K = K - a dL/dK with a = {found.descent.learning_rate:.3g}")
    print_line(f"{'step':>9}  {'off by (levels RMS)':>19}  {'largest |dL/dK|':>15}")
    per_level = 255 * abs(collected.inverse.gain) / collected.inverse.white if collected.inverse.white else 1.0
    for step in found.descent.steps:
        print_line(f"{step.number:>9,}  {step.rms * per_level:>19.6g}  {step.slope:>15.3g}")
    rest = "at rest" if found.descent.at_rest else "still moving; allow more --steps"
    print_line(f"{rest}; least squares, solved at once, is off by {_number(found.best)}")


def _as_json(collected: Collected, found: Found, pairs: int) -> dict[str, Any]:
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


def _rounding(collected: Collected) -> float:
    """Return what rounding to AFTER's levels leaves, in levels of 255."""
    return ROUNDING * 255 / collected.inverse.white if collected.inverse.white else 0.0


def _kind(whole_over: int) -> str:
    if not whole_over:
        return ""
    return "whole numbers; " if whole_over == 1 else f"whole numbers over {whole_over}; "


def _joined(numbers: Array) -> str:
    return ",".join(f"{number:.6g}" for number in np.atleast_1d(numbers))


def _number(value: float) -> str:
    return f"{value:.2f}" if value >= 0.01 else f"{value:.2g}"
