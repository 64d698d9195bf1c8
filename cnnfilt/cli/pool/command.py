"""`cnnfilt pool`: the maximum, average or minimum of each window."""

from typing import Any, get_args

import click

from cnnfilt.cli.help import Command
from cnnfilt.cli.inspect.inspection import Looks, look_options
from cnnfilt.cli.option_types import PAIR, Word
from cnnfilt.cli.options import FileOptions, file_options, read_ahead, stride_and_dilation, window_options
from cnnfilt.terms import PoolKind


@click.command(
    cls=Command,
    common=(
        "kernel_size",
        "stride",
        "padding",
        "kind",
        "ceil_mode",
        "output",
        "overwrite",
    ),
    epilog="""\b
Examples:
  cnnfilt pool matrix.csv -f 2 --explain all
  cnnfilt pool photo.jpg -f 2 -o half.jpg
  cnnfilt pool photo.jpg -f 8 --kind avg -o small.png
  cnnfilt pool photo.jpg -f 3 -s 2 -p 1 --indices where.npy -o pooled.png
""",
)
@click.option(
    "-f", "--kernel-size", type=PAIR, metavar="N|HxW", default="2", show_default=True, help="The size of the window."
)
@stride_and_dilation(stride=None, stride_help="Move the window by this much.  [default: its size]")
@window_options(
    padding="0", padding_help="0, same, or numbers.\f Padding never wins and never counts.", padding_mode=None
)
@click.option(
    "--kind",
    type=Word(get_args(PoolKind)),
    metavar="max|avg|min",
    default="max",
    show_default=True,
    help="What to keep of each window.",
)
@click.option("--ceil-mode", is_flag=True, help="Keep a last window that hangs over the edge.")
@click.option("--count-include-pad", is_flag=True, help="avg: let padding count as zeros (PyTorch's default).")
@click.option("--global", "whole", is_flag=True, help="One window over the whole image.")
@click.option("--adaptive", type=PAIR, metavar="H,W", help="As many windows as make this output size.")
@click.option("--indices", metavar="FILE.npy", help="Also write where each maximum stood: row * width + column.")
@look_options(explains=True)
@file_options
def pool(files: FileOptions, looks: Looks, indices: str | None, **window: Any) -> int:
    """Shrink each INPUT (an image, a folder, a matrix, or -) by keeping one value of each window.\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy), or - for a pipe.
    Without -o a matrix is printed. The number of channels stays.
    """
    read_ahead(files)
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.pool import Pool

    return run_operation("pool", Pool(indices=indices is not None, **window), files, extra=indices, looks=looks)
