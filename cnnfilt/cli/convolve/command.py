"""`cnnfilt convolve`: slide one kernel or several over images."""

from typing import get_args

import click

from cnnfilt.cli.filter_options import FilterOptions, filter_options, light_options, unless_given
from cnnfilt.cli.inspect.inspection import Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.option_types import Word
from cnnfilt.cli.options import options_of, read_ahead
from cnnfilt.describe.operations import Convolution
from cnnfilt.terms import Layout


@click.command(
    cls=MatrixCommand,
    common=(
        "kernels",
        "stride",
        "padding",
        "regions",
        "output",
        "overwrite",
        "values",
    ),
    epilog="""\b
Examples:
  cnnfilt convolve a.jpg -k box -p same --padding-mode replicate -o b.jpg
  cnnfilt convolve matrix.csv -k "1,0,-1; 1,0,-1; 1,0,-1" --explain 0,0
  cnnfilt convolve photos/ -k gaussian:9 --region 40,60,90x80 -o out/
  cnnfilt convolve photo.jpg -k sobel-x -p same --page sobel.html
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
    help='A name, "1,0,-1; 1,0,-1", or @file.\f Or JSON, or as ImageMagick, MATLAB or NumPy write it; repeat -k for '
    'several. "cnnfilt kernels" lists the names.',
)
@options_of(Convolution, "asked")
@click.option("--bias", metavar="NUMBERS", help="Add this to the result: one number, or one per filter (or @file).")
@click.option(
    "--layout",
    type=Word(get_args(Layout)),
    metavar="files|grid",
    default="files",
    show_default=True,
    help="Several kernels: a file for each, or one captioned picture of all.",
)
@inspection_options(explains=True)
@light_options
@filter_options
def convolve(
    files: FilterOptions,
    inspection: Inspection,
    asked: Convolution,
    kernels: tuple[str, ...],
    bias: str | None,
    layout: Layout,
) -> int:
    """Slide a kernel over each INPUT (an image, a folder, a matrix, or -) and write the sums of products.\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy, or typed as "1,2; 3,4"), or - for a
    pipe. The kernel is not flipped (cross-correlation, as in every CNN; --flip rotates it). Without -p it goes only
    where it fits, and the result is smaller; -p same keeps the size. Without -o a matrix is printed.
    """
    read_ahead(files)
    from cnnfilt.cli.kernel_arguments import named_files, read_kernels
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.convolve import ConvolveImage

    if not (files.parts.is_all or asked.transposed):  # What is around a photo is not black.
        asked = unless_given(asked, padding="same", padding_mode="zeros" if asked.padding_value else "replicate")
    operation = ConvolveImage(
        asked=asked,
        kernels=read_kernels(kernels, bias, quiet=files.quiet),
        layout=layout,
        treatment=files.treatment,
    )
    if layout == "grid" and inspection.takes_stdout:
        raise click.UsageError(f"{inspection.takes_stdout} cannot be combined with --layout grid; leave one out")
    return run_operation(operation, files, also_read=named_files(kernels, bias), inspection=inspection)
