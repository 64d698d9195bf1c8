"""`cnnfilt edges`: how strong the edge is at each pixel."""

from typing import Any, get_args

import click

from cnnfilt.cli.help import Command
from cnnfilt.cli.inspect.inspection import Looks, look_options
from cnnfilt.cli.option_types import NUMBER, Word
from cnnfilt.cli.options import FileOptions, file_options, read_ahead, window_options
from cnnfilt.errors import ParameterError
from cnnfilt.terms import EdgeDirection, EdgeMethod


@click.command(
    cls=Command,
    common=(
        "method",
        "direction",
        "gain",
        "threshold",
        "output",
        "overwrite",
        "gray",
    ),
    epilog="""\b
Examples:
  cnnfilt edges photo.jpg -o edges.png
  cnnfilt edges photo.jpg --method canny -o lines.png
  cnnfilt edges photo.jpg --explain 100,200
  cnnfilt edges photo.jpg --preview
  cnnfilt edges photos/ -o edges/
  cat photo.png | cnnfilt edges - > edges.png
""",
)
@click.option(
    "--method",
    type=Word(get_args(EdgeMethod)),
    metavar="NAME",
    default="prewitt",
    show_default=True,
    help=f"sobel, canny, ...\f {', '.join(get_args(EdgeMethod))} (prewitt: the notes' filter).",
)
@click.option(
    "--direction",
    type=Word(get_args(EdgeDirection)),
    metavar="WORD",
    help="vertical, horizontal (edges), or both.\f Vertical ones are differences along a row.  [default: both]",
)
@click.option(
    "--gain",
    type=NUMBER,
    metavar="NUMBER",
    default="3",
    show_default=True,
    help="Brightness.\f 3 is prewitt as in the notes.",
)
@click.option("--threshold", type=NUMBER, metavar="LEVEL", help="White from this level on, black below.")
@click.option("--angle", metavar="FILE.npy", help="Also write the gradient's angle in radians, y pointing down.")
@click.option(
    "--sigma", type=NUMBER, metavar="NUMBER", help="canny, log: blur by this many pixels first.  [default: 1]"
)
@click.option(
    "--low", type=NUMBER, metavar="NUMBER", help="canny: follow edges down to this part of a full step.  [default: 0.1]"
)
@click.option(
    "--high", type=NUMBER, metavar="NUMBER", help="canny: begin edges at this part of a full step.  [default: 0.2]"
)
@window_options(padding="same", padding_help="same: keep the size; valid; or numbers.", padding_mode="replicate")
@look_options(explains=True)
@file_options
def edges(files: FileOptions, looks: Looks, angle: str | None, **request: Any) -> int:
    """Draw the edges of each INPUT (image, folder, matrix, or -): white on black.\f

    INPUT is an image, a folder of images, a matrix (.csv .tsv .txt .json .npy), or - for a pipe. Works in shades
    of gray (--no-gray: each colour on its own). Values are magnitudes; for signed ones use convolve.
    """
    read_ahead(files, gray=True)
    from cnnfilt.cli.run_operation import run_operation
    from cnnfilt.operations.edges import Edges

    if request["method"] == "canny" and looks.emit in ("torch", "keras"):
        raise ParameterError(f"{looks.emit} has no Canny; use --emit opencv, or another --method", parameter="emit")
    return run_operation("edges", Edges(angle=angle is not None, **request), files, extra=angle, gray=True, looks=looks)
