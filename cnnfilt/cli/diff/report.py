"""What is said of a comparison: lines for people, numbers for programs."""

from math import inf
from typing import Any

from cnnfilt.batch.diff import Measures
from cnnfilt.cli.numbers import finite
from cnnfilt.spelling import spelled_number, spelled_share, spelled_similarity


def report(measures: Measures, tolerance: float) -> list[str]:
    """Return the lines on one pair of files."""
    difference = measures.difference
    lines = [f"largest    {spelled_number(difference.largest)}"]
    if difference.place is not None and difference.values is not None:
        row, column, channel = difference.place
        where = f"row {row}, column {column}{_channel(measures, channel)}"
        values = " against ".join(map(spelled_number, difference.values))
        lines[0] += f" at {where} (from 0): {values}"
    percent = difference.differing / difference.total
    odd = f", {difference.odd:,} of them nan or infinite in one" if difference.odd else ""
    of_peak = f"(of {spelled_number(measures.peak)})"
    lines += [
        f"mean       {spelled_number(difference.mean)}",
        f"RMS        {spelled_number(difference.rms)}",
        f"PSNR       {spelled_psnr(measures)} {of_peak}",
        f"differing  {difference.differing:,} of {difference.total:,} values ({percent:.2%}){odd}",
    ]
    if difference.total > difference.pixels or tolerance:
        share = spelled_share(difference.fraction_over)
        over = f"by more than {tolerance:g}" if tolerance else "in any channel"
        lines.append(f"pixels     {difference.pixels_over:,} of {difference.pixels:,} ({share}) differ {over}")
    if measures.ssim is not None:
        lines.append(f"SSIM       {spelled_similarity(measures.ssim)} {of_peak}")
    return lines


def spelled_psnr(measures: Measures) -> str:
    """Return the ratio of peak signal to noise as people read it."""
    psnr = measures.difference.psnr(measures.peak)
    return "infinite" if psnr == inf else f"{psnr:.2f} dB"


def as_data(measures: Measures, *, tolerance: float, alike: bool) -> dict[str, Any]:
    """Return the numbers; JSON has no infinity and no nan, so null stands for them."""
    difference = measures.difference
    place = difference.place
    where = None if place is None else dict(zip(("row", "column", "channel"), place, strict=True))
    return {
        "size": list(measures.shape),
        "alpha": measures.has_alpha,
        "alike": alike,
        "within_tolerance": difference.largest <= tolerance,
        "largest": finite(difference.largest),
        "where": where,
        "values": None if difference.values is None else [finite(value) for value in difference.values],
        "mean": finite(difference.mean),
        "rms": finite(difference.rms),
        "psnr": finite(difference.psnr(measures.peak)),
        "ssim": finite(measures.ssim),
        "peak": finite(measures.peak),
        "differing": difference.differing,
        "not_numbers": difference.odd,
        "total": difference.total,
        "pixels_over": difference.pixels_over,
        "pixels": difference.pixels,
    }


def _channel(measures: Measures, channel: int) -> str:
    channels = measures.shape[2]
    if measures.has_alpha and channel == channels - 1:
        return ", alpha"
    return f", channel {channel}" if channels - measures.has_alpha > 1 else ""
