"""`cnnfilt morph`: erosion, dilation and what is made of them."""

import os
from typing import Any, get_args

import click

from cnnfilt.cli.filter_options import FilterOptions, filter_options
from cnnfilt.cli.inspect.inspection import Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.option_types import Word
from cnnfilt.cli.options import options_of, read_ahead
from cnnfilt.cli.window_files import with_window
from cnnfilt.describe.operations import Morphology
from cnnfilt.terms import MorphOperation


class OperationWord(Word):
    """What is done; a file in its place is answered with the order that was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or fail."""
        if value not in self.choices and os.path.lexists(value):
            raise click.UsageError(f"{value} is a file; the operation comes first: cnnfilt morph open {value}", ctx)
        return super().convert(value, param, ctx)


@click.command(
    cls=MatrixCommand,
    common=("kernel_size", "window", "output", "overwrite"),
    epilog="""\b
Examples:
  cnnfilt morph erode letters.png -o thicker.png      (dark lines on paper)
  cnnfilt morph close page.png --window disk:2 -o clean.png
  cnnfilt morph blackhat page.png -f 25 -o ink.png
  cnnfilt morph open "0,9,0,0; 0,5,5,5; 0,5,5,5; 0,5,5,5"
""",
)
@click.argument("operation", type=OperationWord(get_args(MorphOperation)), metavar="OPERATION")
@options_of(Morphology, "asked", given=("operation",))
@inspection_options(explains=True)
@filter_options
def morph(files: FilterOptions, inspection: Inspection, asked: Morphology) -> int:
    """Put each INPUT through OPERATION, with the window around each pixel:

    \b
      erode      the smallest value: dark parts grow     -f 3: by one pixel
      dilate     the largest value: bright parts grow
      open       erode, then dilate: bright specks go, the rest stays
      close      dilate, then erode: dark specks and gaps go
      gradient   dilate - erode: outlines
      tophat     image - open: small bright things alone
      blackhat   close - image: small dark things alone, bright on black\f

    INPUT is an image, a folder of images, a matrix, or - for a pipe. The size stays; what lies beside the image never
    counts. The middle of an even size k is floor((k - 1) / 2); dilation turns the window by 180 degrees.
    """
    read_ahead(files)
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.morph import MorphImage

    asked, read = with_window(asked)
    operation = MorphImage(asked=asked, treatment=files.treatment)
    return run_operation(operation, files, also_read=read, inspection=inspection)
