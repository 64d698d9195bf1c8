"""Options of the command line, made from the fields of descriptions, and those that commands with files share."""

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import click

from cnnfilt.cli.habitual_option import HabitualOption
from cnnfilt.cli.option_types import (
    BoundedNumber,
    Parsed,
    WholeNumber,
    Word,
    parse_bands,
    parse_frames,
    parse_levels_range,
)
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.files.decode.ahead import ReadAhead, begin_loading
from cnnfilt.files.formats import FORMAT_WORDS
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.frozen import REQUIRED, Frozen, Habit, Option, option
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, FrameChoice, MetadataMode, ValueMapping

if TYPE_CHECKING:  # NumPy is not needed for the help.
    from cnnfilt.operations.base import Operation, Treatment

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options_of(kind: type[Frozen], into: str, *, without: Sequence[str] = (), given: Sequence[str] = ()) -> Decorator:
    """Return the decorator that gives a command the options of a description, and hands it over whole as `into`.

    Those named in `without` are left out: their fields keep their defaults. The fields in `given` are the command's
    arguments of that name.
    """
    options = [one for name, one in kind.options.items() if name not in without]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(**parameters: Any) -> Any:
            names = (*given, *(one.name for one in options))
            asked = kind(**{name: parameters.pop(name) for name in names})
            return function(**{into: asked}, **parameters)

        return _apply([as_click(one) for one in options], command)

    return decorate


def as_click(one: Option) -> Decorator:
    """Return the decorator for one option of a description."""
    help = one.help + (f"  [default: {one.shown}]" if one.shown else "")
    if one.default is False:
        return click.option(*one.flags, one.name, is_flag=True, help=help)
    if any("/" in flag for flag in one.flags):
        return click.option(*one.flags, one.name, default=one.default, help=help)
    if one.default is REQUIRED:
        return click.option(*one.flags, one.name, type=_type_of(one), metavar=one.metavar, required=True, help=help)
    return click.option(
        *one.flags,
        one.name,
        cls=HabitualOption,
        habit=one.habit,
        type=_type_of(one),
        metavar=one.metavar,
        default=one.default,
        multiple=one.repeated,
        help=help,
    )


def _type_of(one: Option) -> "click.ParamType[Any] | None":
    if one.words:
        return Word(one.words)
    if one.read is None or isinstance(one.read, click.ParamType):
        return one.read
    return Parsed(one.read, one.metavar or "value")


def _apply(decorators: Sequence[Decorator], function: Callable[..., Any]) -> Callable[..., Any]:
    # The topmost decorator is the first in the help, so they are put on from the last to the first.
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


class WorkOptions(Frozen, kw_only=True):
    """How many files are worked on at once, for how long, and how large they may be."""

    jobs: int | None = option(
        "-j",
        "--jobs",
        read=WholeNumber(min=1),
        metavar="N",
        default=None,
        help="Work on N files at once, fewer if memory is short.",
        shown="the CPUs",
        habit=Habit(unless=("cluster",)),
    )
    timeout: float = option(
        "--timeout",
        read=BoundedNumber(min=0),
        metavar="SECONDS",
        default=60,
        help="Give up on a file after this long and go on (0: never).",
        shown="60",
    )
    max_pixels: int = option(
        "--max-pixels",
        read=WholeNumber(min=0),
        metavar="N",
        default=DEFAULT_MAX_PIXELS,
        help="Refuse images with more pixels (0: no limit).",
        shown=f"{DEFAULT_MAX_PIXELS:,}",
    )


max_pixels_option = as_click(WorkOptions.options["max_pixels"])


class FileOptions(WorkOptions, kw_only=True):
    """What every command that reads and writes files is asked: what to read, how, and where to write."""

    inputs: tuple[str, ...]
    output: str | None = option(
        "-o",
        "--output",
        metavar="FILE|DIR|-",
        default=None,
        help="A file, a folder (ends in /), or - for a pipe.\f Or a pattern, such as 'out/{stem}-{kernel}.png': {stem} "
        "is the input's name without its suffix, {name} with it, {ext} the output's suffix, {parent} its folder, "
        "{kernel} the kernel or map, {region} the region's number (with --crop), {frame} the frame's (with --frames).",
    )
    overwrite: bool = option("-y", "--overwrite", default=False, help="Replace outputs that exist (never an input).")
    format: str | None = option(
        "--format", words=FORMAT_WORDS, metavar="FORMAT", default=None, help=f"Write {', '.join(FORMAT_WORDS)}."
    )
    values: ValueMapping | Literal["auto"] = option(
        "--values",
        words=("auto", *get_args(ValueMapping)),
        metavar="MAPPING",
        default="auto",
        help="How results become levels.\f clip, abs, offset (0 becomes mid-gray), minmax, symmetric, or raw.",
        shown="auto",
        habit=Habit(unless=("value_range",)),
    )
    value_range: tuple[float, float] | Percentiles | None = option(
        "--value-range",
        read=parse_levels_range,
        metavar="LO,HI",
        default=None,
        help="Map LO..HI to black..white instead.\f As 1%,99% these are percentiles of the result.",
    )
    gray: bool | None = option("--gray/--no-gray", default=None, help="Read in shades of gray, or in colour.")
    alpha: AlphaMode = option(
        "--alpha",
        words=get_args(AlphaMode),
        metavar="keep|drop|filter",
        default="keep",
        help="Transparency: keep it unfiltered, drop it, or filter it with the colours.",
        shown="keep",
    )
    background: str | None = option(
        "--background", metavar="COLOUR", default=None, help="Put transparent images on this colour first."
    )
    metadata: MetadataMode = option(
        "--metadata",
        words=get_args(MetadataMode),
        metavar="safe|all|none",
        default="safe",
        help="Keep the colour profile and resolution (safe), everything, or nothing.",
        shown="safe",
        habit=Habit(),
    )
    keep_dates: bool = option("--keep-dates", default=False, help="Give each output the date of its input.")
    bands: tuple[int, ...] | None = option(
        "--bands",
        read=parse_bands,
        metavar="N,...",
        default=None,
        help="Use these channels, in this order (4,3,2: from 1).",
    )
    no_auto_orient: bool = option(
        "--no-auto-orient", default=False, help="Do not turn photos upright; keep the rotation tag."
    )
    frames: FrameChoice = option(
        "--frames",
        read=parse_frames,
        metavar="first|all|N",
        default="first",
        help="Which frames of an animation, or pages of a TIFF: N counts from 1.",
        shown="first",
    )
    quality: int | None = option(
        "--quality",
        read=WholeNumber(1, 100),
        metavar="N",
        default=None,
        help="For JPEG, WebP and AVIF, 1-100 (by default a JPEG keeps its own, other images get 92, WebP is lossless "
        "and AVIF within 3 levels); for PNG the effort: 1 is fast, 100 small.",
    )
    recursive: bool = option(
        "-r", "--recursive", default=False, help="Open folders inside folders, too; the tree is kept."
    )
    exclude: tuple[str, ...] = option(
        "--exclude",
        metavar="PATTERN",
        default=(),
        repeated=True,
        help="Leave out files and folders of this name, such as '*_small.*'; repeat it for several.\f With a / it is "
        "matched with the end of their paths ('raw/*', 'raw/**/old.png'); one that ends in / is for folders alone.",
    )
    files_from: str | None = option(
        "--files-from", metavar="FILE|-", default=None, help="Read the names of inputs from this file, one per line."
    )
    null: bool = option(
        "-0", "--null", default=False, help="With --files-from: names end in a zero byte (find -print0)."
    )
    skip_existing: bool = option("--skip-existing", default=False, help="Resume: leave out inputs whose outputs exist.")
    if_newer: bool = option(
        "--if-newer",
        default=False,
        help="Make outputs that are missing, and again those older than their input.\f Only dates count, also those of "
        "kernel and model files; whether options have changed is not known (-y makes all again).",
    )
    dry_run: bool = option("-n", "--dry-run", default=False, help="Only print what would be read and written.")
    fail_fast: bool = option("--fail-fast", default=False, help="Stop at the first file that fails.")
    cluster: str | None = option(
        "--cluster", metavar="ADDRESS", default=None, help="Work on the Dask cluster at this address."
    )
    json: bool = option(
        "--json",
        default=False,
        help="Print a line of JSON for each file when it is done.\f Values that would be printed are in it; "
        "'cnnfilt schema' says what each field means.",
    )
    quiet: bool = option("-q", "--quiet", default=False, help="Print errors only, and levels that a format lost.")
    verbose: bool = option("-v", "--verbose", default=False, help="Print how it was computed, too.")

    def read_options(self, *, gray: bool) -> ReadOptions:
        """Return how the inputs are read; `gray` is the command's default for --gray."""
        return ReadOptions(
            gray=gray if self.gray is None else self.gray,
            auto_orient=not self.no_auto_orient,
            alpha=self.alpha,
            background=self.background,
            max_pixels=self.max_pixels,
            bands=self.bands,
        )

    @property
    def write_options(self) -> WriteOptions:
        """Return how the results are written. What a killed run left half-done is made again as a whole."""
        return WriteOptions(
            quality=self.quality,
            metadata=self.metadata,
            overwrite=self.overwrite or self.skip_existing or self.if_newer,
            for_people=True,
        )

    @property
    def also_read(self) -> tuple[str, ...]:
        """Return the files, beside the inputs, that no output may replace."""
        return ()

    def around(self, operation: "Operation", *, gray: bool) -> "Operation":
        """Return `operation` as these options have it; `gray` is the command's default for --gray."""
        return operation

    @property
    def treatment(self) -> "Treatment":
        """Return how images are treated whatever is done to them."""
        from cnnfilt.operations.base import Treatment, Values

        return Treatment(Values(self.values, self.value_range), self.alpha, self.max_pixels)


no_auto_orient_option = as_click(FileOptions.options["no_auto_orient"])


def file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command INPUT... and the options of all that have files; it receives them together, as `files`."""
    inputs = click.argument("inputs", nargs=-1, metavar="INPUT...")
    return _apply([inputs, options_of(FileOptions, "files", given=("inputs",))], function)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that only reads images `jobs`, `timeout` and `max_pixels`."""
    return _apply([as_click(one) for one in WorkOptions.options.values()], function)


def read_ahead(files: FileOptions, *, gray: bool = False) -> None:
    """Start to decode the input if there is but one, while the command's own modules, and NumPy, are being imported.

    `gray` is the command's default for --gray.
    """
    if len(files.inputs) == 1 and files.files_from is None and not files.dry_run and files.frames == "first":
        begin_loading(ReadAhead(files.inputs[0], files.read_options(gray=gray).decoding))
