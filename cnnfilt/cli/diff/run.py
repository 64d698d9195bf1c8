"""What `cnnfilt diff` does: it compares, draws where the files differ, and reports by how much."""

import os
from math import isfinite

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.diff import Comparison, compare_files, unmet
from cnnfilt.batch.sources import refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.diff.report import as_data, report
from cnnfilt.cli.diff.request import DiffRequest
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_error, print_line
from cnnfilt.core.difference import difference_picture
from cnnfilt.errors import InputError, ParameterError, PlanError
from cnnfilt.files.formats import FORMATS, WRITABLE_FORMATS, format_of
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import write
from cnnfilt.spelling import spelled_number


def run_diff(request: DiffRequest) -> int:
    """Return 0 where `a` and `b` meet all demands, else 1."""
    refuse_stdin_twice((request.a, request.b))
    _check_demands(request)
    if os.path.isdir(request.a) and os.path.isdir(request.b):
        from cnnfilt.cli.diff.folders import diff_folders

        return diff_folders(request)
    _check_output(request)
    found = _compared_in_time(request)
    failures, tolerance = unmet(found.measures, request.demands), request.demands.allowed
    if request.json:
        data = as_data(found.measures, tolerance=tolerance, alike=not failures)
        print(json_text({"a": request.a, "b": request.b, **data, "notes": list(found.notes)}))
    elif not request.quiet:
        click.echo("\n".join(report(found.measures, tolerance)))
    if not request.quiet:
        _print_notes(request, found, failures)
    return 1 if failures else 0


def _compared_in_time(request: DiffRequest) -> Comparison:
    try:
        # The main thread stays free for a signal, whatever the decoders are busy with.
        return within(request.timeout, lambda: _compare(request))
    except TimeoutError:
        raise InputError(
            f"{request.a} and {request.b} took longer than {request.timeout:g} s and were given up (--timeout changes "
            "the limit)"
        ) from None


def _compare(request: DiffRequest) -> Comparison:
    found = compare_files(
        request.a,
        request.b,
        request.reading,
        request.demands,
        peak=request.peak,
        with_ssim=request.shows_numbers,
    )
    if request.output is not None:
        options = WriteOptions(overwrite=request.overwrite)
        write(_picture(found, request.output, request.gain), request.output, options)
    return found


def _print_notes(request: DiffRequest, found: Comparison, failures: list[str]) -> None:
    a, b = request.a, request.b
    for note in found.notes:
        print_line(note)
    if request.output is not None:
        print_line(f"{a}, {b} -> {request.output} ({_how(found, request.output, request.gain)})")
    if failures:
        print_error("diff", f"{a} and {b} {', and '.join(failures)}")


def _check_demands(request: DiffRequest) -> None:
    tolerance, ssim, peak = request.demands.tolerance, request.demands.min_ssim, request.peak
    if tolerance is not None and tolerance < 0:
        raise ParameterError(f"--tolerance {tolerance:g} is below 0; it must be 0 or more")
    if ssim is not None and ssim > 1:
        raise ParameterError(f"--min-ssim {ssim:g} is above 1, which only the same images have", parameter="min_ssim")
    if peak is not None and peak <= 0:
        raise ParameterError(f"--peak {peak:g} is the range of the values, and must be above 0", parameter="peak")


def _check_output(request: DiffRequest) -> None:
    output, gain = request.output, request.gain
    if output is None:
        if gain is not None:
            raise click.UsageError("--gain is for the picture of -o, which is missing")
        return
    format = format_of(output)
    if format is None or not FORMATS[format].writable:
        raise PlanError(f"{output} does not say its format; use a suffix of {', '.join(WRITABLE_FORMATS)}")
    if gain is not None and (FORMATS[format].kind == "matrix" or gain <= 0):
        raise ParameterError(f"--gain {gain:g} is for a picture, and must be above 0", parameter="gain")
    check_output(output, [request.a, request.b], overwrite=request.overwrite)


def _picture(found: Comparison, output: str, gain: float | None) -> Image:
    format = format_of(output) or ""
    if FORMATS[format].kind == "image":
        # The picture has 8 bits; 16-bit levels are brought to them first.
        deep = found.a.dtype == found.b.dtype == np.uint16
        factor = gain / 257 if gain is not None and deep else gain
        return Image(difference_picture(found.a, found.b, largest=_finite_largest(found), gain=factor), format=format)
    whole = all(side.dtype.kind in "biu" and side.dtype.itemsize < 8 for side in (found.a, found.b))
    wide = np.int64 if whole else np.float64
    with np.errstate(invalid="ignore"):
        signed = found.b.astype(wide) - found.a.astype(wide)
    return Image(signed[..., 0] if signed.shape[2] == 1 else signed, kind="matrix", format=format)


def _finite_largest(found: Comparison) -> float:
    largest = found.measures.difference.largest
    return largest if isfinite(largest) else found.measures.peak


def _how(found: Comparison, output: str, gain: float | None) -> str:
    if FORMATS[format_of(output) or ""].kind == "matrix":
        return "B - A"
    if gain is not None:
        return f"differences times {gain:g}"
    largest = _finite_largest(found)
    return f"white is a difference of {spelled_number(largest)}" if largest else "black: no difference"
