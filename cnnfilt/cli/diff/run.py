"""From the options of `cnnfilt diff` to its report, its picture and its exit code."""

import json as json_text
from collections.abc import Sequence
from math import inf, isfinite
from typing import Any

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.diff import Comparison, compare_files
from cnnfilt.batch.sources import refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.messages import print_error, print_line
from cnnfilt.core.difference import difference_picture
from cnnfilt.errors import ParameterError, PlanError
from cnnfilt.files.formats import FORMATS, WRITABLE_FORMATS, format_of
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.writing import write
from cnnfilt.spelling import spelled_number
from cnnfilt.terms import AlphaMode


def run_diff(
    a: str,
    b: str,
    *,
    tolerance: float,
    output: str | None,
    gain: float | None,
    overwrite: bool,
    gray: bool,
    alpha: AlphaMode,
    no_auto_orient: bool,
    max_pixels: int,
    json: bool,
    quiet: bool,
) -> int:
    """Return the exit code of comparing `a` with `b`: 0 where no value differs by more than `tolerance`, else 1."""
    refuse_stdin_twice((a, b))
    if tolerance < 0:
        raise ParameterError(f"--tolerance {tolerance:g} is below 0; no values differ by less than nothing")
    _check_output(output, gain, (a, b), overwrite=overwrite)
    options = ReadOptions(gray=gray, alpha=alpha, auto_orient=not no_auto_orient, max_pixels=max_pixels)

    def work() -> Comparison:
        found = compare_files(a, b, options)
        if output is not None:
            write(_picture(found, output, gain), output, WriteOptions(overwrite=overwrite))
        return found

    # The main thread stays free for a signal, whatever the decoders are busy with.
    found = within(0, work)
    within_tolerance = found.difference.largest <= tolerance
    if json:
        print(json_text.dumps(_as_json(a, b, found, within_tolerance)))
    elif not quiet:
        click.echo("\n".join(_report(found)))
    if quiet:
        return 0 if within_tolerance else 1
    for note in found.notes:
        print_line(note)
    if output is not None:
        print_line(f"{a}, {b} -> {output} ({_how(found, output, gain)})")
    if not within_tolerance:
        largest = spelled_number(found.difference.largest)
        print_error("diff", f"{a} and {b} differ by up to {largest}, over --tolerance {tolerance:g}")
    return 0 if within_tolerance else 1


def _check_output(output: str | None, gain: float | None, inputs: Sequence[str], *, overwrite: bool) -> None:
    if output is None:
        if gain is not None:
            raise click.UsageError("--gain is for the picture; name it with -o")
        return
    format = format_of(output)
    if format is None or not FORMATS[format].writable:
        raise PlanError(f"{output} does not say its format; use a suffix of {', '.join(WRITABLE_FORMATS)}")
    if gain is not None and (FORMATS[format].kind == "matrix" or gain <= 0):
        raise ParameterError(f"--gain {gain:g} is for a picture, and above 0", parameter="gain")
    check_output(output, inputs, overwrite=overwrite)


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


def _as_json(a: str, b: str, found: Comparison, within_tolerance: bool) -> dict[str, Any]:
    """Return the numbers; JSON has no infinity and no nan, so null stands for them."""
    difference = found.difference
    place = difference.place
    where = None if place is None else dict(zip(("row", "column", "channel"), place, strict=True))
    return {
        "a": a,
        "b": b,
        "size": list(found.a.shape),
        "alpha": found.has_alpha,
        "within_tolerance": within_tolerance,
        "largest": _plain(difference.largest),
        "where": where,
        "values": None if difference.values is None else [_plain(value) for value in difference.values],
        "mean": _plain(difference.mean),
        "rms": _plain(difference.rms),
        "psnr": _plain(difference.psnr(found.peak)),
        "peak": _plain(found.peak),
        "differing": difference.differing,
        "not_numbers": difference.odd,
        "total": difference.total,
    }


def _plain(value: float) -> float | None:
    return value if isfinite(value) else None
