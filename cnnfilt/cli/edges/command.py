"""`cnnfilt edges`: how strong the edge is at each pixel."""

import click

from cnnfilt.cli.filter_options import FilterOptions, filter_options
from cnnfilt.cli.inspect.inspection import Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.options import options_of, read_ahead
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.errors import ParameterError


@click.command(
    cls=MatrixCommand,
    common=(
        "method",
        "direction",
        "gain",
        "threshold",
        "thin",
        "invert",
        "output",
        "overwrite",
        "gray",
    ),
    epilog="""\b
Examples:
  cnnfilt edges photo.jpg -o edges.png
  cnnfilt edges photo.jpg --method canny -o lines.png
  cnnfilt edges photo.jpg --thin --invert -o paper.png
  cnnfilt edges photo.jpg --page edges.html
  cnnfilt edges photos/ -o edges/
  cat photo.png | cnnfilt edges - > edges.png
""",
)
@options_of(EdgeDetection, "asked")
@click.option("--angle", metavar="FILE.npy", help="Also write the gradient's angle in radians, y pointing down.")
@click.option("--invert", is_flag=True, help="Draw dark lines on white, as for paper.")
@inspection_options(explains=True)
@filter_options
def edges(files: FilterOptions, inspection: Inspection, asked: EdgeDetection, angle: str | None, invert: bool) -> int:
    """Draw the edges of each INPUT (image, folder, matrix, or -): white on black.\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy, or typed as "1,2; 3,4"), or - for a
    pipe. Works in shades of gray (--no-gray: each colour on its own). Values are magnitudes; for signed ones use
    convolve.
    """
    read_ahead(files, gray=True)
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.edges import FindEdges

    if asked.method == "canny" and inspection.emit in ("torch", "keras"):
        raise ParameterError(
            f"{inspection.emit} has no Canny; use --emit opencv, or another --method", parameter="emit"
        )
    operation = FindEdges(asked=asked, angle=angle is not None, invert=invert, treatment=files.treatment)
    return run_operation(operation, files, extra=angle, gray=True, inspection=inspection)
