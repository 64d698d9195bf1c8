"""`cnnfilt pool`: one value of each window, as its maximum, average or median."""

import click

from cnnfilt.cli.filter_options import FilterOptions, filter_options, light_options
from cnnfilt.cli.inspect.inspection import Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.options import options_of, read_ahead
from cnnfilt.cli.window_files import with_window
from cnnfilt.describe.operations import Pooling


@click.command(
    cls=MatrixCommand,
    common=(
        "kernel_size",
        "stride",
        "padding",
        "kind",
        "window",
        "output",
        "overwrite",
    ),
    epilog="""\b
Examples:
  cnnfilt pool matrix.csv -f 2 --explain all
  cnnfilt pool photo.jpg -f 2 -o half.jpg
  cnnfilt pool photo.jpg -f 8 --kind avg -o small.png
  cnnfilt pool photo.jpg -f 3 -s 2 -p 1 --indices where.npy -o pooled.png
  cnnfilt pool scan.png -f 3 -s 1 -p same --kind median -o clean.png
""",
)
@options_of(Pooling, "asked")
@click.option("--indices", metavar="FILE.npy", help="Also write where each maximum stood: row * width + column.")
@inspection_options(explains=True)
@light_options
@filter_options
def pool(files: FilterOptions, inspection: Inspection, asked: Pooling, indices: str | None) -> int:
    """Shrink each INPUT (an image, a folder, a matrix, or -) by keeping one value of each window.\f

    With -s 1 -p same it does not shrink, and is a filter: --kind median removes specks, range draws outlines.

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy, or typed as "1,2; 3,4"), or - for a
    pipe. Without -o a matrix is printed. The number of channels stays the same.
    """
    read_ahead(files)
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.pool import PoolImage

    asked, read = with_window(asked)
    operation = PoolImage(asked=asked, indices=indices is not None, treatment=files.treatment)
    return run_operation(operation, files, also_read=read, extra=indices, inspection=inspection)
