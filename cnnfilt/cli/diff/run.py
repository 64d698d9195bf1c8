"""What `cnnfilt diff` does: it compares, draws where the files differ, and reports by how much."""

import json
from math import inf, isfinite
from typing import Any

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.diff import Comparison, compare_files
from cnnfilt.batch.sources import refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.messages import print_error, print_line
from cnnfilt.cli.numbers import finite
from cnnfilt.core.difference import difference_picture
from cnnfilt.errors import ParameterError, PlanError
from cnnfilt.files.formats import FORMATS, WRITABLE_FORMATS, format_of
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.writing import write
from cnnfilt.frozen import Frozen
from cnnfilt.spelling import spelled_number


class DiffRequest(Frozen, kw_only=True):
    """What `cnnfilt diff` was asked: which files, read how, and what becomes of their difference."""

    a: str
    b: str
    reading: ReadOptions
    tolerance: float
    output: str | None
    gain: float | None
    overwrite: bool
    json: bool
    quiet: bool


def run_diff(request: DiffRequest) -> int:
    """Return 0 where no value of `a` and `b` differs by more than the tolerance, else 1."""
    refuse_stdin_twice((request.a, request.b))
    if request.tolerance < 0:
        raise ParameterError(f"--tolerance {request.tolerance:g} is below 0; it must be 0 or more")
    _check_output(request)
    # The main thread stays free for a signal, whatever the decoders are busy with.
    found = within(0, lambda: _compare(request))
    alike = found.difference.largest <= request.tolerance
    if request.json:
        print(json.dumps(_as_data(request, found, alike)))
    elif not request.quiet:
        click.echo("\n".join(_report(found)))
    if not request.quiet:
        _print_notes(request, found, alike)
    return 0 if alike else 1


def _compare(request: DiffRequest) -> Comparison:
    found = compare_files(request.a, request.b, request.reading)
    if request.output is not None:
        options = WriteOptions(overwrite=request.overwrite)
        write(_picture(found, request.output, request.gain), request.output, options)
    return found


def _print_notes(request: DiffRequest, found: Comparison, alike: bool) -> None:
    a, b = request.a, request.b
    for note in found.notes:
        print_line(note)
    if request.output is not None:
        print_line(f"{a}, {b} -> {request.output} ({_how(found, request.output, request.gain)})")
    if not alike:
        largest = spelled_number(found.difference.largest)
        print_error("diff", f"{a} and {b} differ by up to {largest}, over --tolerance {request.tolerance:g}")


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
    largest = found.difference.largest
    return largest if isfinite(largest) else found.peak


def _how(found: Comparison, output: str, gain: float | None) -> str:
    if FORMATS[format_of(output) or ""].kind == "matrix":
        return "B - A"
    if gain is not None:
        return f"differences times {gain:g}"
    largest = _finite_largest(found)
    return f"white is a difference of {spelled_number(largest)}" if largest else "black: no difference"


def _report(found: Comparison) -> list[str]:
    """Return the lines of the report."""
    difference = found.difference
    lines = [f"largest    {spelled_number(difference.largest)}"]
    if difference.place is not None and difference.values is not None:
        row, column, channel = difference.place
        where = f"row {row}, column {column}{_channel(found, channel)}"
        values = " against ".join(map(spelled_number, difference.values))
        lines[0] += f" at {where} (from 0): {values}"
    percent = difference.differing / difference.total
    psnr = difference.psnr(found.peak)
    odd = f", {difference.odd:,} of them nan or infinite in one" if difference.odd else ""
    return [
        *lines,
        f"mean       {spelled_number(difference.mean)}",
        f"RMS        {spelled_number(difference.rms)}",
        f"PSNR       {'infinite' if psnr == inf else f'{psnr:.2f} dB'} (of {spelled_number(found.peak)})",
        f"differing  {difference.differing:,} of {difference.total:,} values ({percent:.2%}){odd}",
    ]


def _channel(found: Comparison, channel: int) -> str:
    channels = found.a.shape[2]
    if found.has_alpha and channel == channels - 1:
        return ", alpha"
    return f", channel {channel}" if channels - found.has_alpha > 1 else ""


def _as_data(request: DiffRequest, found: Comparison, alike: bool) -> dict[str, Any]:
    """Return the numbers; JSON has no infinity and no nan, so null stands for them."""
    difference = found.difference
    place = difference.place
    where = None if place is None else dict(zip(("row", "column", "channel"), place, strict=True))
    return {
        "a": request.a,
        "b": request.b,
        "size": list(found.a.shape),
        "alpha": found.has_alpha,
        "within_tolerance": alike,
        "largest": finite(difference.largest),
        "where": where,
        "values": None if difference.values is None else [finite(value) for value in difference.values],
        "mean": finite(difference.mean),
        "rms": finite(difference.rms),
        "psnr": finite(difference.psnr(found.peak)),
        "peak": finite(found.peak),
        "differing": difference.differing,
        "not_numbers": difference.odd,
        "total": difference.total,
    }
