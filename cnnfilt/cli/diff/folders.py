"""`cnnfilt diff` of two folders: a line for each pair of files, the worst first."""

from collections.abc import Generator
from contextlib import ExitStack, closing, nullcontext
from math import isnan
from typing import Any

import click

from cnnfilt.batch.diff import Demands, Measures, unmet
from cnnfilt.batch.diff_folders import Compared, compare_pairs
from cnnfilt.batch.exclusion import Exclusion
from cnnfilt.batch.jobs import BatchPlan
from cnnfilt.batch.pairs import FolderPairs, pairs_in
from cnnfilt.batch.sources import Walk
from cnnfilt.batch.work import Settings
from cnnfilt.cli.diff.report import as_data, spelled_psnr
from cnnfilt.cli.diff.request import DiffRequest
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_error, print_line, printable
from cnnfilt.cli.progress import ProgressBar, bar_fits
from cnnfilt.cli.reporter import print_beforehand
from cnnfilt.cli.tables import aligned
from cnnfilt.errors import counted
from cnnfilt.frozen import Frozen
from cnnfilt.signals import cleared_first
from cnnfilt.spelling import spelled_number, spelled_share, spelled_similarity

ERROR, ALONE, DIFFERS, ALIKE = "error", "alone", "differs", "alike"
"""What becomes of a file, the worst first."""


class Outcome(Frozen):
    """What is said of one pair, or of a file without a partner: a word, what it is called, and the numbers if any."""

    verdict: str
    name: str
    a: str | None
    b: str | None
    measures: Measures | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def diff_folders(request: DiffRequest) -> int:
    """Return 0 where all files of two folders are alike, pair by pair, and none is without a partner; else 1."""
    if request.output is not None:
        raise click.UsageError("-o draws the differences of two files, and these are folders; name two files for it")
    exclusion = Exclusion(request.exclude)
    found = pairs_in(request.a, request.b, Walk(request.recursive, exclusion=exclusion, matrices=True))
    if not request.quiet:
        print_beforehand(BatchPlan((), skipped=found.skipped, notes=exclusion.report()))
    settings = Settings(read=request.reading, timeout=request.timeout)
    records = compare_pairs(
        found.pairs, request.demands, request.peak, settings, jobs=request.jobs, with_ssim=request.shows_numbers
    )
    outcomes = [*_compared(records, request, len(found.pairs)), *_alone(found, request)]
    outcomes.sort(key=lambda one: _rank(one, request.demands))
    if request.json:
        for outcome in outcomes:
            print(json_text(_as_data(outcome, request.demands)))
    elif not request.quiet:
        rows = [("", "largest", "pixels", "PSNR", "SSIM", ""), *map(_row, outcomes)]
        click.echo("\n".join(aligned(rows, "lrrrrl")))
    failures = _failures(outcomes, request)
    if failures and not request.quiet:
        print_error("diff", f"{request.a} and {request.b}: {', '.join(failures)}")
    return 1 if failures else 0


def _compared(records: Generator[Compared], request: DiffRequest, count: int) -> list[Outcome]:
    """Return what became of each pair; notes and errors are said as they come."""
    outcomes = []
    with ExitStack() as here:
        bar = ProgressBar(count) if not request.quiet and bar_fits(records=False) else None
        if bar is not None:
            here.callback(bar.stop)
            here.enter_context(cleared_first(bar.clear_at_once))
        for compared in here.enter_context(closing(records)):
            outcomes.append(_outcome(compared, request.demands))
            lines = () if request.quiet else (*compared.notes, *filter(None, [compared.problem]))
            with nullcontext() if bar is None else bar.out_of_the_way(bool(lines)):
                for line in lines:
                    print_error("diff", line) if line == compared.problem else print_line(line)
            if bar is not None:
                bar.advance()
    return outcomes


def _outcome(compared: Compared, demands: Demands) -> Outcome:
    pair, measures = compared.pair, compared.measures
    if measures is None:
        return Outcome(ERROR, pair.name, pair.before, pair.after, problem=compared.problem)
    verdict = DIFFERS if unmet(measures, demands) else ALIKE
    return Outcome(verdict, pair.name, pair.before, pair.after, measures, compared.notes)


def _alone(found: FolderPairs, request: DiffRequest) -> list[Outcome]:
    return [
        *(Outcome(ALONE, f"{path} (only in {request.a})", path, None) for path in found.only_before),
        *(Outcome(ALONE, f"{path} (only in {request.b})", None, path) for path in found.only_after),
    ]


def _rank(outcome: Outcome, demands: Demands) -> tuple[Any, ...]:
    """Return what sorts the worst to the front: what has no numbers, then what differs most by what is demanded."""
    place = (ERROR, ALONE, DIFFERS, ALIKE).index(outcome.verdict)
    measures = outcome.measures
    if measures is None:
        return place, outcome.name
    difference = measures.difference
    asked: list[float] = [-difference.fraction_over] if demands.max_fraction is not None else []
    if demands.min_ssim is not None:
        asked.append(-2.0 if measures.ssim is None or isnan(measures.ssim) else measures.ssim)
    return (place, *asked, -difference.largest, -difference.rms, outcome.name)


def _row(outcome: Outcome) -> tuple[str, str, str, str, str, str]:
    measures, name = outcome.measures, printable(outcome.name)
    if measures is None:
        return outcome.verdict, "-", "-", "-", "-", name
    difference = measures.difference
    ssim = "-" if measures.ssim is None else spelled_similarity(measures.ssim)
    share = spelled_share(difference.fraction_over)
    return outcome.verdict, spelled_number(difference.largest), share, spelled_psnr(measures), ssim, name


def _failures(outcomes: list[Outcome], request: DiffRequest) -> list[str]:
    """Return what is wrong, counted: pairs that differ, those that cannot be compared, and files on one side."""
    count = {verdict: sum(one.verdict == verdict for one in outcomes) for verdict in (ERROR, DIFFERS, ALIKE)}
    pairs = counted(sum(count.values()), "pairs")
    found = (
        [f"{count[DIFFERS]:,} of {pairs} {'differs' if count[DIFFERS] == 1 else 'differ'}"] if count[DIFFERS] else []
    )
    found += [f"{count[ERROR]:,} of {pairs} cannot be compared"] if count[ERROR] else []
    only_a = sum(one.verdict == ALONE and one.b is None for one in outcomes)
    only_b = sum(one.verdict == ALONE and one.a is None for one in outcomes)
    for folder, files in ((request.a, only_a), (request.b, only_b)):
        found += [f"{counted(files, 'files')} only in {folder}"] if files else []
    return found


def _as_data(outcome: Outcome, demands: Demands) -> dict[str, Any]:
    names = {"a": outcome.a, "b": outcome.b}
    if outcome.measures is None:
        return names | {"alike": False} | ({"error": outcome.problem} if outcome.problem else {})
    data = as_data(outcome.measures, tolerance=demands.allowed, alike=outcome.verdict == ALIKE)
    return names | data | {"notes": list(outcome.notes)}
