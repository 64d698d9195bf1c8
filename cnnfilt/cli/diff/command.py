"""`cnnfilt diff`: by how much two images differ, and where."""

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.option_types import NUMBER, Parsed, Word, parse_share
from cnnfilt.cli.options import FileOptions, as_click, no_auto_orient_option, reading_options
from cnnfilt.terms import AlphaMode


@click.command(
    cls=Command,
    common=("tolerance", "max_fraction", "min_ssim", "output", "overwrite"),
    one_too_many="A and B are two images; -o names the picture of their differences",
    epilog="""\b
Examples:
  cnnfilt diff a.png b.png
  cnnfilt diff a.png b.png --tolerance 1 && echo close enough
  cnnfilt diff a.png b.jpg --min-ssim 0.95
  cnnfilt diff a.png b.png --background white
  cnnfilt diff a.png b.png -o where.png
  cnnfilt diff expected/ out/ -r --tolerance 1
  cnnfilt diff ours.npy theirs.npy --tolerance 1e-5 -q
  cnnfilt convolve a.csv -k vertical | cnnfilt diff - expected.csv
""",
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--tolerance",
    type=NUMBER,
    metavar="LEVELS",
    help="Allow values to differ by this much.  [default: 0]",
)
@click.option(
    "--max-fraction",
    type=Parsed(parse_share, "share"),
    metavar="F",
    help="Allow this share of the pixels to differ by more\f than --tolerance: 0.01 or 1%.",
)
@click.option(
    "--min-ssim",
    type=NUMBER,
    metavar="S",
    help="Demand a structural similarity of S or more.\f 1 is the same; without --tolerance or --max-fraction only "
    "this counts. It is the SSIM of Wang et al. (2004), the mean of all channels.",
)
@click.option(
    "--peak",
    type=NUMBER,
    metavar="NUMBER",
    help="The range of the values, for PSNR and SSIM.  [default: 255, 65535, or the largest magnitude]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Draw the differences: black is none, white the largest.\f A matrix (.npy, .csv) gets B - A.",
)
@click.option("--gain", type=NUMBER, metavar="NUMBER", help="Draw differences times this; 1: the levels themselves.")
@click.option("-y", "--overwrite", is_flag=True, help="Replace an output that exists (never an input).")
@click.option("--gray/--no-gray", default=False, help="Compare in shades of gray, or in colour.")
@click.option(
    "--alpha",
    type=Word(("keep", "drop")),
    metavar="keep|drop",
    default="keep",
    show_default=True,
    help="Compare the transparency as one more channel, or leave it out.",
)
@click.option(
    "--background",
    metavar="COLOUR",
    help="Compare what is seen on this colour, not what is stored.\f Colours that transparency hides do not count.",
)
@no_auto_orient_option
@click.option("-r", "--recursive", is_flag=True, help="Of two folders, also compare the folders in them.")
@as_click(FileOptions.options["exclude"])
@reading_options
@click.option("--json", is_flag=True, help="Print the numbers as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; only the exit code answers.")
def diff(
    a: str,
    b: str,
    tolerance: float | None,
    max_fraction: float | None,
    min_ssim: float | None,
    peak: float | None,
    output: str | None,
    gain: float | None,
    overwrite: bool,
    gray: bool,
    alpha: AlphaMode,
    background: str | None,
    no_auto_orient: bool,
    recursive: bool,
    exclude: tuple[str, ...],
    jobs: int | None,
    timeout: float,
    max_pixels: int,
    json: bool,
    quiet: bool,
) -> int:
    """Say by how much A and B differ: at most and where, on average, as PSNR and as SSIM.

    A and B are images or matrices of the same size, one may be - for a pipe; or two folders, whose images of the same
    name are compared. The exit code is 0 if no value differs by more than --tolerance, or as --max-fraction and
    --min-ssim say, else 1.\f Of folders each pair gets a line, the worst first; a file in one alone is a difference.

    PSNR is the ratio of peak signal to noise, SSIM the structural similarity of images of 11x11 pixels or more. An
    8-bit image beside a 16-bit one counts in 16-bit levels (times 257). NaN equals NaN, and is infinitely far from a
    number. Rows, columns and channels are counted from 0.
    """
    from cnnfilt.batch.diff import Demands
    from cnnfilt.cli.diff.request import DiffRequest
    from cnnfilt.cli.diff.run import run_diff
    from cnnfilt.files.read_write_options import ReadOptions

    request = DiffRequest(
        a=a,
        b=b,
        reading=ReadOptions(
            gray=gray, alpha=alpha, background=background, auto_orient=not no_auto_orient, max_pixels=max_pixels
        ),
        demands=Demands(tolerance=tolerance, max_fraction=max_fraction, min_ssim=min_ssim),
        peak=peak,
        output=output,
        gain=gain,
        overwrite=overwrite,
        recursive=recursive,
        exclude=exclude,
        jobs=jobs,
        timeout=timeout,
        json=json,
        quiet=quiet,
    )
    return run_diff(request)
