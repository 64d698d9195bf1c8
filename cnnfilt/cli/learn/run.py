"""What `cnnfilt learn` does: plan, learn, judge, write the filter's file, and say how well it fits."""

import sys
from collections.abc import Sequence

import click

from cnnfilt.batch.clashes import check_output
from cnnfilt.batch.learn import Collected, Found, LearnRequest, advice, collect, find_filter
from cnnfilt.batch.pairs import ImagePair, find_pairs
from cnnfilt.batch.sources import STDIN
from cnnfilt.batch.timeout import within
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.learn.fit import as_data, descent_lines, fit_lines, levels_text
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import DemandError, ParameterError, PlanError
from cnnfilt.files.atomic import write_atomically
from cnnfilt.files.formats import FORMATS, format_of
from cnnfilt.files.matrix.matrices import write_matrix
from cnnfilt.frozen import Frozen
from cnnfilt.spelling import spelled_size


class LearnRun(Frozen, kw_only=True):
    """What `cnnfilt learn` was asked: from which images, what is `sought`, and what becomes of the filter."""

    inputs: tuple[str, ...]
    recursive: bool
    sought: LearnRequest
    max_residual: float
    output: str | None
    overwrite: bool
    json: bool
    quiet: bool
    verbose: bool

    @property
    def file(self) -> str | None:
        """Return the name of the file to write; None where the filter is printed."""
        return None if self.output == STDIN else self.output


def run_learning(run: LearnRun) -> int:
    """Return 0 when the filter is written. Raises DemandError where no filter explains the images well enough."""
    if run.json and run.output == STDIN:
        raise click.UsageError("--json and -o - both write to standard output; write to a file")
    if run.max_residual < 0:
        raise ParameterError(f"--max-residual {run.max_residual:g} is below 0; it must be 0 or more")
    pairs, alone = find_pairs(run.inputs, recursive=run.recursive)
    format = _format(run)
    _check_output(run, pairs)
    if alone and not run.quiet:
        others = f" and {len(alone) - 3:,} more" if len(alone) > 3 else ""
        print_line(f"without a partner: {', '.join(alone[:3])}{others}")
    # The main thread stays free for a signal, whatever the decoders and the algebra are busy with.
    collected, found = within(0, lambda: _learn(pairs, run.sought))
    _print_lines(run, [*collected.notes, *descent_lines(collected, found)])
    data = as_data(collected, found, len(pairs))
    if not found.levels_off <= run.max_residual:
        message = _refusal(run, pairs, collected, found)
        if run.json:
            print(json_text({"status": "refused", "error": message} | data))
        raise DemandError(message)
    _write(run, write_matrix(found.kernel, format))
    if run.json:
        print(json_text({"status": "done", "output": run.output} | data))
    _print_lines(run, fit_lines(pairs, run.output, collected, found, verbose=run.verbose))
    return 0


def _print_lines(run: LearnRun, lines: Sequence[str]) -> None:
    if not run.quiet:
        for line in lines:
            print_line(line)


def _write(run: LearnRun, data: bytes) -> None:
    if run.file is not None:
        write_atomically(run.file, lambda stream: stream.write(data), overwrite=run.overwrite)
    elif not run.json:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _learn(pairs: Sequence[ImagePair], sought: LearnRequest) -> tuple[Collected, Found]:
    collected = collect(pairs, sought)
    return collected, find_filter(collected, sought)


def _format(run: LearnRun) -> str:
    """Return the format the filter is written in."""
    if run.file is None:
        # One filter over all channels is no table of rows and columns.
        return {"each": "csv", "sum": "json"}[run.sought.channels]
    format = format_of(run.file)
    if format is None or FORMATS[format].kind != "matrix":
        raise PlanError(f"{run.file} has no suffix of a format for numbers; use .csv, .tsv, .txt, .json or .npy")
    return format


def _check_output(run: LearnRun, pairs: Sequence[ImagePair]) -> None:
    if run.file is not None:
        read = [path for pair in pairs for path in (pair.before, pair.after)]
        check_output(run.file, read, overwrite=run.overwrite)


def _refusal(run: LearnRun, pairs: Sequence[ImagePair], collected: Collected, found: Found) -> str:
    off = f"{levels_text(found.levels_off)} levels of 255 (RMS), over --max-residual {run.max_residual:g}"
    decimals = run.sought.decimals
    if found.best <= run.max_residual:
        if found.descent is not None and decimals is None:
            return (
                f"after {found.descent.steps[-1].number:,} steps the filter is still off by {off}; allow more --steps"
            )
        return f"with --decimals {decimals} the filter is off by {off}; without it, by {levels_text(found.best)}"
    size = spelled_size(collected.kernel_size)
    names = (
        f"{pairs[0].before} into {pairs[0].after}" if len(pairs) == 1 else f"BEFORE into AFTER in {len(pairs)} pairs"
    )
    hint = advice(collected, run.sought, run.max_residual)
    return f"no linear filter of {size} turns {names}: the best is off by {off}; {hint}"
