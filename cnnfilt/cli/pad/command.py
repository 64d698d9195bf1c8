"""`cnnfilt pad`: add a border."""

import click

from cnnfilt.cli.inspect.inspection import Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.options import FileOptions, file_options, options_of, read_ahead
from cnnfilt.describe.operations import Pad


@click.command(
    cls=MatrixCommand,
    common=(
        "padding",
        "padding_mode",
        "padding_value",
        "output",
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
@options_of(Pad, "asked", without=["padding_value"])
@click.option("--padding-value", metavar="COLOUR", help="Fill with this: 128, white, #ff8000.\f Or 255,128,0 (,alpha).")
@inspection_options(explains=False)
@file_options
def pad(files: FileOptions, inspection: Inspection, asked: Pad, padding_value: str | None) -> int:
    """Add a border to each INPUT (an image, a folder, a matrix, or -).\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy, or typed as "1,2; 3,4"), or - for a
    pipe. Without -o a matrix is printed.
    """
    read_ahead(files)
    from cnnfilt.cli.kernel_arguments import read_fill
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.pad import PadImage

    if files.background is not None and padding_value is None and asked.padding_mode == "zeros" and not files.quiet:
        print_line("pad: --background is what transparency shows; --padding-value is the colour of the border")
    operation = PadImage(asked=asked, fill=read_fill(padding_value), treatment=files.treatment)
    return run_operation(operation, files, inspection=inspection)
