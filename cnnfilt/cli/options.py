"""The options the commands share, each written once."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import click

from cnnfilt.cli.option_types import FRAMES, NUMBER, PADDING, PAIR, RANGE, Word
from cnnfilt.files.decode.ahead import ReadAhead, begin
from cnnfilt.files.formats import FORMAT_WORDS
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.frozen import Frozen
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, FrameChoice, MetadataMode, PaddingMode, ValueMapping

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


max_pixels_option = click.option(
    "--max-pixels",
    type=click.IntRange(min=0),
    metavar="N",
    default=DEFAULT_MAX_PIXELS,
    help="Refuse images with more pixels (0: take all).  [default: 178,956,970]",
)
no_auto_orient_option = click.option("--no-auto-orient", is_flag=True, help="Leave a camera's rotation as a tag.")


class FileOptions(Frozen):
    """What every command that reads and writes files was asked: what to read, how, and where to write."""

    inputs: tuple[str, ...]
    output: str | None
    overwrite: bool
    format: str | None
    quality: int | None
    gray: bool | None
    alpha: AlphaMode
    background: str | None
    metadata: MetadataMode
    no_auto_orient: bool
    frames: FrameChoice
    values: ValueMapping | Literal["auto"]
    value_range: tuple[float, float] | None
    max_pixels: int
    recursive: bool
    files_from: str | None
    null: bool
    skip_existing: bool
    dry_run: bool
    fail_fast: bool
    jobs: int | None
    timeout: float
    cluster: str | None
    json: bool
    quiet: bool
    verbose: bool

    def read_options(self, *, gray: bool) -> ReadOptions:
        """Return how the inputs are read; `gray` is the command's default for --gray."""
        return ReadOptions(
            gray=gray if self.gray is None else self.gray,
            auto_orient=not self.no_auto_orient,
            alpha=self.alpha,
            background=self.background,
            max_pixels=self.max_pixels,
        )

    @property
    def write_options(self) -> WriteOptions:
        """Return how the results are written. What a killed run left half-done is made again as a whole."""
        return WriteOptions(
            quality=self.quality, metadata=self.metadata, overwrite=self.overwrite or self.skip_existing
        )


def file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options; it receives them together, as `files`."""
    names = tuple(FileOptions.__annotations__)

    @functools.wraps(function)
    def command(**parameters: Any) -> Any:
        files = FileOptions(**{name: parameters.pop(name) for name in names})
        return function(files=files, **parameters)

    return _apply(_FILE_OPTIONS, command)


def read_ahead(files: FileOptions, *, gray: bool = False) -> None:
    """Start to decode the input if there is but one, while the command's own modules, and NumPy, are being imported.

    `gray` is the command's default for --gray.
    """
    if len(files.inputs) == 1 and files.files_from is None and not files.dry_run and files.frames == "first":
        begin(ReadAhead(files.inputs[0], files.read_options(gray=gray)))


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that only reads images `jobs`, `timeout` and `max_pixels`."""
    return _apply(_READING_OPTIONS, function)


def window_options(*, padding: str, padding_help: str, padding_mode: str | None) -> Decorator:
    """Return the decorator for padding, padding mode and padding value, with this command's defaults."""
    options = [
        click.option(
            "-p", "--padding", type=PADDING, metavar="PADDING", default=padding, show_default=True, help=padding_help
        ),
    ]
    if padding_mode is not None:
        options += [
            click.option(
                "--padding-mode",
                type=Word(get_args(PaddingMode)),
                metavar="MODE",
                default=padding_mode,
                show_default=True,
                help=f"What the padding holds: {', '.join(get_args(PaddingMode))} (see pad --help).",
            ),
            click.option("--padding-value", type=NUMBER, default="0", help="Pad with this number instead of 0."),
        ]
    return lambda function: _apply(options, function)


def stride_and_dilation(*, stride: str | None, stride_help: str) -> Decorator:
    """Return the decorator for -s and -d, with this command's default stride."""
    options = [
        click.option(
            "-s",
            "--stride",
            type=PAIR,
            metavar="N|HxW",
            default=stride,
            show_default=stride is not None,
            help=stride_help,
        ),
        click.option(
            "-d",
            "--dilation",
            type=PAIR,
            metavar="N|HxW",
            default="1",
            show_default=True,
            help="Spread the kernel's taps this far apart.",
        ),
    ]
    return lambda function: _apply(options, function)


_READING_OPTIONS = [
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Work on N files at once, fewer if memory is short.  [default: the CPUs]",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        default=60,
        show_default=True,
        help="Give a file up after this long and go on (0: never).",
    ),
    max_pixels_option,
]

_FILE_OPTIONS = [
    click.argument("inputs", nargs=-1, metavar="INPUT..."),
    click.option(
        "-o",
        "--output",
        metavar="FILE|DIR|-",
        help="A file, a folder (ends in /), or - for a pipe.\f Or a pattern: out/{stem}.png.",
    ),
    click.option("-y", "--overwrite", is_flag=True, help="Replace outputs that exist (never an input)."),
    click.option("--format", type=Word(FORMAT_WORDS), metavar="FORMAT", help=f"Write {', '.join(FORMAT_WORDS)}."),
    click.option(
        "--values",
        type=Word(("auto", *get_args(ValueMapping))),
        metavar="MAPPING",
        default="auto",
        show_default=True,
        help="How results become levels.\f clip, abs, offset (0 becomes mid-gray), minmax, symmetric, or raw.",
    ),
    click.option("--value-range", type=RANGE, metavar="LO,HI", help="Map LO..HI to black..white instead."),
    click.option("--gray/--no-gray", default=None, help="Read in shades of gray, or in colour."),
    click.option(
        "--alpha",
        type=Word(get_args(AlphaMode)),
        metavar="keep|drop|filter",
        default="keep",
        show_default=True,
        help="Transparency: keep it unfiltered, drop it, or filter it with the colours.",
    ),
    click.option("--background", metavar="COLOUR", help="Put transparent images on this colour first."),
    click.option(
        "--metadata",
        type=Word(get_args(MetadataMode)),
        metavar="safe|all|none",
        default="safe",
        show_default=True,
        help="Keep the colour profile and resolution (safe), everything, or nothing.",
    ),
    no_auto_orient_option,
    click.option(
        "--frames",
        type=FRAMES,
        metavar="first|all|N",
        default="first",
        show_default=True,
        help="Of an animation, or the pages of a TIFF: the first, all, or the Nth.",
    ),
    click.option(
        "--quality",
        type=click.IntRange(1, 100),
        metavar="N",
        help="Of a JPEG or WebP, 1-100; of a PNG the effort: 1 is fast, 100 small.",
    ),
    click.option("-r", "--recursive", is_flag=True, help="Open the folders in a folder, too; the tree is kept."),
    click.option("--files-from", metavar="FILE|-", help="Read names of inputs here, one a line."),
    click.option("-0", "--null", is_flag=True, help="With --files-from: names end in a zero byte (find -print0)."),
    click.option("--skip-existing", is_flag=True, help="Resume: leave out inputs whose outputs exist."),
    click.option("-n", "--dry-run", is_flag=True, help="Only print what would be read and written."),
    click.option("--fail-fast", is_flag=True, help="Stop at the first file that fails."),
    *_READING_OPTIONS,
    click.option("--cluster", metavar="ADDRESS", help="Have the files done by the Dask cluster at this address."),
    click.option("--json", is_flag=True, help="Print a line of JSON for each file when it is done."),
    click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
    click.option("-v", "--verbose", is_flag=True, help="Print how it was computed, too."),
]


def _apply(decorators: Sequence[Decorator], function: Callable[..., Any]) -> Callable[..., Any]:
    # The topmost decorator is the first in the help, so they are put on from the last to the first.
    for decorator in reversed(decorators):
        function = decorator(function)
    return function
