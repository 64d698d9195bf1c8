"""`cnnfilt convolve`: slide one kernel or several over images."""

from typing import Any, get_args

import click

from cnnfilt.cli.help import Command
from cnnfilt.cli.inspect.inspection import Looks, look_options
from cnnfilt.cli.option_types import NUMBER, Word
from cnnfilt.cli.options import FileOptions, file_options, read_ahead, stride_and_dilation, window_options
from cnnfilt.terms import Activation, ChannelsMode, Layout


@click.command(
    cls=Command,
    common=(
        "kernels",
        "stride",
        "padding",
        "output",
        "overwrite",
        "values",
    ),
    epilog="""\b
Examples:
  cnnfilt convolve photo.jpg -k gaussian:2 -p same -o soft.jpg
  cnnfilt convolve photos/ -k sharpen -p same -o sharp/
  cnnfilt convolve matrix.csv -k "1,0,-1; 1,0,-1; 1,0,-1" --explain 0,0
  cnnfilt convolve photo.jpg -k sobel-x -p same --emit torch
  cnnfilt convolve photo.jpg -k sobel-x -k sobel-y -o maps/
  cnnfilt convolve photo.jpg -k box -k emboss --layout grid -o all.png
  cnnfilt kernels                                            the names for -k
""",
)
@click.option(
    "-k",
    "--kernel",
    "kernels",
    required=True,
    multiple=True,
    metavar="SPEC",
    help='A name, "1,0,-1; 1,0,-1", or @file.\f Or JSON; repeat -k for several. "cnnfilt kernels" has the names.',
)
@stride_and_dilation(stride="1", stride_help="Move the window by this many pixels.")
@window_options(
    padding="valid",
    padding_help="same keeps the size; or numbers.\f valid: only where it fits; full: wherever it touches.",
    padding_mode="zeros",
)
@click.option(
    "--channels",
    type=Word(get_args(ChannelsMode)),
    metavar="each|sum",
    default="each",
    show_default=True,
    help="Filter each channel on its own, or sum them to one map (a 3-D filter).",
)
@click.option("--bias", metavar="NUMBERS", help="Add this to the result: one number, or one per filter (or @file).")
@click.option(
    "--activation",
    type=Word(get_args(Activation)),
    metavar="none|relu|tanh|sigmoid",
    default="none",
    show_default=True,
    help="Apply this to result + bias, as a layer does.",
)
@click.option(
    "--input-scale",
    type=NUMBER,
    metavar="NUMBER",
    default="1",
    show_default=True,
    help="Multiply pixels first, as 1/255.",
)
@click.option("--flip", is_flag=True, help="Rotate the kernel by 180 degrees: the convolution of mathematics.")
@click.option("--normalize", is_flag=True, help="Divide the kernel by its sum.")
@click.option(
    "--layout",
    type=Word(get_args(Layout)),
    metavar="files|grid",
    default="files",
    show_default=True,
    help="Several kernels: a file for each, or one captioned picture of all.",
)
@look_options(explains=True)
@file_options
def convolve(files: FileOptions, looks: Looks, kernels: tuple[str, ...], bias: str | None, **window: Any) -> int:
    """Slide a kernel over each INPUT (an image, a folder, a matrix, or -) and write the sums of products.\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy), or - for a pipe. The kernel is
    not flipped (cross-correlation, as in every CNN; --flip rotates it). Only places where it fits count, unless
    -p says more: -p same keeps the size. Without -o a matrix is printed.
    """
    read_ahead(files)
    from cnnfilt.cli.kernel_arguments import named_files, read_filters
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.convolve import Convolve

    operation = Convolve(filters=read_filters(kernels, bias, quiet=files.quiet), **window)
    if operation.layout == "grid" and looks.takes_stdout:
        raise click.UsageError(f"{looks.takes_stdout} does not go with --layout grid; leave one out")
    return run_operation(
        "convolve", operation, files, labels=operation.labels, also_read=named_files(kernels, bias), looks=looks
    )
