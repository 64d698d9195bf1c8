"""`cnnfilt learn`: recover the filter that turns one image into the other."""

from typing import Literal, get_args

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.option_types import NUMBER, PAIR, Parsed, WholeNumber, Word, parse_range
from cnnfilt.cli.options import max_pixels_option, no_auto_orient_option
from cnnfilt.terms import LearnedChannels, Pair, ValueMapping

DEFAULT_STEPS = 1_000_000


@click.command(
    cls=Command,
    common=("kernel_size", "output", "overwrite", "bias", "values", "max_residual", "descend"),
    epilog="""\b
Examples:
  cnnfilt learn photo.png look.png -f 5 -o kernel.csv
  cnnfilt convolve *.png -k @kernel.csv -p same -o out/
  cnnfilt learn photo.png sobel.png -f 3 --values offset
  cnnfilt learn photos/ looks/ -f 7 -o kernel.csv
  cnnfilt learn photo.png look.png -f 5 --descend
""",
)
@click.argument("inputs", nargs=-1, metavar="BEFORE AFTER...")
@click.option(
    "-f",
    "--kernel-size",
    type=PAIR,
    metavar="N|HxW",
    help="Size of the filter\f; by default it follows from a smaller AFTER.  [default: 5]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write the filter to this file, such as k.csv\f (.tsv, .txt, .json, .npy)."
)
@click.option("-y", "--overwrite", is_flag=True, help="Replace an output that exists (never an input).")
@click.option("--bias", is_flag=True, help="Also look for a number added to every pixel.")
@click.option(
    "--channels",
    type=Word(get_args(LearnedChannels)),
    metavar="each|sum",
    default="each",
    show_default=True,
    help="One filter for each channel on its own, or one over all channels (.npy, .json).",
)
@click.option(
    "--values",
    type=Word(("auto", *get_args(ValueMapping))),
    metavar="MAPPING",
    default="auto",
    show_default=True,
    help="How AFTER was written\f: clip, offset, raw; minmax and symmetric give the filter up to a factor.",
)
@click.option(
    "--value-range", type=Parsed(parse_range, "range"), metavar="LO,HI", help="AFTER was written with this range."
)
@click.option(
    "--max-residual",
    type=NUMBER,
    metavar="LEVELS",
    default="0.9",
    show_default=True,
    help="Refuse a filter off by more than this\f, in levels of 255 (RMS).",
)
@click.option(
    "--decimals",
    type=WholeNumber(0, 15),
    metavar="N",
    help="Write this many decimals; 0: whole numbers.  [default: those that are certain]",
)
@click.option("--descend", is_flag=True, help="Learn step by step: K = K - a dL/dK\f, as in the lecture notes.")
@click.option("--learning-rate", type=NUMBER, metavar="NUMBER", help="The a of --descend.  [default: from the images]")
@click.option(
    "--steps", type=WholeNumber(1), metavar="N", help=f"Most steps of --descend.  [default: {DEFAULT_STEPS:,}]"
)
@click.option("--gray/--no-gray", default=False, help="Read in shades of gray, or in colour.")
@click.option("-r", "--recursive", is_flag=True, help="Open folders inside folders, too.")
@no_auto_orient_option
@max_pixels_option
@click.option("--json", is_flag=True, help="Print the filter and how well it fits as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print how much was learned from, too.")
def learn(
    inputs: tuple[str, ...],
    kernel_size: Pair | None,
    output: str | None,
    overwrite: bool,
    bias: bool,
    channels: LearnedChannels,
    values: ValueMapping | Literal["auto"],
    value_range: tuple[float, float] | None,
    max_residual: float,
    decimals: int | None,
    descend: bool,
    learning_rate: float | None,
    steps: int | None,
    gray: bool,
    recursive: bool,
    no_auto_orient: bool,
    max_pixels: int,
    json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Recover the filter that turns BEFORE into AFTER.

    BEFORE and AFTER are two images or matrices, several such pairs one after the other, or two folders whose files
    have the same names.\f If both images have one size, the filter is taken to have padded them, and the border is left
    out; if AFTER is smaller, not to have. Pixels of AFTER that were cut off, at black or white, are left out.

    The filter is solved for by least squares. When even the best is off by more than --max-residual, no linear
    filter explains the images: exit code 1, and nothing is written. Without -o the filter is printed.
    """
    if not inputs:
        raise click.UsageError("missing argument 'BEFORE AFTER...'")
    if not descend and (learning_rate is not None or steps is not None):
        raise click.UsageError("--learning-rate and --steps belong to --descend")
    from cnnfilt.batch.learn import LearnRequest
    from cnnfilt.cli.learn.run import LearnRun, run_learning
    from cnnfilt.files.read_write_options import ReadOptions

    sought = LearnRequest(
        kernel_size=kernel_size,
        channels=channels,
        bias=bias,
        values=values,
        value_range=value_range,
        decimals=decimals,
        learning_rate=learning_rate,
        steps=(steps or DEFAULT_STEPS) if descend else None,
        read=ReadOptions(gray=gray, auto_orient=not no_auto_orient, alpha="drop", max_pixels=max_pixels),
    )
    run = LearnRun(
        inputs=inputs,
        recursive=recursive,
        sought=sought,
        max_residual=max_residual,
        output=output,
        overwrite=overwrite,
        json=json,
        quiet=quiet,
        verbose=verbose,
    )
    return run_learning(run)
