"""`cnnfilt kernels export`: a kernel as a file."""

import sys

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.option_types import Word
from cnnfilt.errors import OutputError, PlanError
from cnnfilt.files.formats import MATRIX_FORMATS, named
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.spelling import spelled_size


@click.command(
    cls=Command,
    one_too_many="the numbers of a kernel follow its name and a colon, as in box:5",
    common=(
        "output",
        "overwrite",
        "format",
    ),
    epilog="""\b
Examples:
  cnnfilt kernels export gaussian:2 -o soft.csv
  cnnfilt kernels export sobel-x -o sobel.npy
  cnnfilt kernels export vertical > k.csv
  cnnfilt convolve photo.jpg -k @soft.csv -o soft.jpg
""",
)
@click.argument("spec", metavar="KERNEL")
@click.option("-o", "--output", metavar="FILE|-", help="Write .csv, .tsv, .txt, .json or .npy; without it, print.")
@click.option("-y", "--overwrite", is_flag=True, help="Replace a file that exists.")
@click.option("--format", type=Word(MATRIX_FORMATS), metavar="FORMAT", help="Write this format.")
def export(spec: str, output: str | None, overwrite: bool, format: str | None) -> None:
    """Write a kernel to a file, or print it as a matrix.

    KERNEL is a name (sobel-x, gaussian:2), rows ("1,0,-1; 1,0,-1"), JSON, or @file. Every digit is kept, and
    whole numbers stay whole.
    """
    from cnnfilt.batch.clashes import check_output
    from cnnfilt.batch.naming import OutputRequest, targets_of
    from cnnfilt.batch.sources import Source
    from cnnfilt.cli.kernel_arguments import named_files, read_kernel
    from cnnfilt.files.writing import encode, write

    label, image = read_kernel(spec)
    source = Source(f"{label}.csv")
    (target,) = targets_of(source, OutputRequest(output, format), None)
    kind = target.format or "csv"
    if target.path is None:
        if not named(kind).is_text and sys.stdout.isatty():
            raise OutputError(f"a terminal cannot show {kind} data; name a file with -o, or pipe it on")
        click.echo(encode(image, kind).data, nl=False)
        return
    if named(kind).kind == "image":
        raise PlanError(f"{target.path} would be an image and a kernel is a matrix; write .csv, .json or .npy")
    check_output(target.path, named_files([spec], None), overwrite=overwrite)
    write(image, target.path, WriteOptions(overwrite=overwrite), format=kind)
    print_line(f"{label} {spelled_size(image.pixels.shape)} -> {target.path}")
