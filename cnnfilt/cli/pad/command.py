"""`cnnfilt pad`: add a border."""

from typing import Any, get_args

import click

from cnnfilt.cli.help import Command
from cnnfilt.cli.inspect.inspection import Looks, look_options
from cnnfilt.cli.option_types import PADDING, PAIR, Word
from cnnfilt.cli.options import FileOptions, file_options, read_ahead
from cnnfilt.terms import PaddingMode


@click.command(
    cls=Command,
    common=(
        "padding",
        "padding_mode",
        "padding_value",
        "output",
        "overwrite",
    ),
    epilog="""\b
Padding modes, and what the other tools call them (a b c d are the pixels):
  mode       is seen as           numpy      scipy.ndimage  OpenCV
  zeros      0 0 a b c d 0 0      constant   constant       CONSTANT
  reflect    c b a b c d c b      reflect    mirror         REFLECT_101
  symmetric  b a a b c d d c      symmetric  reflect        REFLECT
  replicate  a a a b c d d d      edge       nearest        REPLICATE
  circular   c d a b c d a b      wrap       wrap           WRAP

\b
Examples:
  cnnfilt pad matrix.csv -p 1
  cnnfilt pad photo.jpg -p 20 --padding-value white -o framed.jpg
  cnnfilt pad photo.jpg -p same --for-kernel 5 -o ready.png
""",
)
@click.option(
    "-p",
    "--padding",
    type=PADDING,
    metavar="PADDING",
    required=True,
    help="N, H,W or top,bottom,left,right.\f Or same, full.",
)
@click.option(
    "--padding-mode",
    type=Word(get_args(PaddingMode)),
    metavar="MODE",
    default="zeros",
    show_default=True,
    help="What the border holds.",
)
@click.option("--padding-value", metavar="COLOUR", help="Fill with this: 128, white, #ff8000.\f Or 255,128,0 (,alpha).")
@click.option(
    "--for-kernel", type=PAIR, metavar="N|HxW", help="With -p same or full: the kernel size the border is for."
)
@click.option("--for-stride", type=PAIR, metavar="N|HxW", default="1", help="With -p same: the stride it is for.")
@look_options(explains=False)
@file_options
def pad(files: FileOptions, looks: Looks, padding_value: str | None, **window: Any) -> int:
    """Add a border to each INPUT (an image, a folder, a matrix, or -).\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy), or - for a pipe.
    Without -o a matrix is printed.
    """
    read_ahead(files)
    from cnnfilt.cli.kernel_arguments import read_fill
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.pad import Pad

    return run_operation("pad", Pad(fill=read_fill(padding_value), **window), files, looks=looks)
