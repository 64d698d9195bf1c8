"""`cnnfilt shape`: what size comes out, of one window or of a whole network. No pixel is read."""

import os
import re
import sys
from typing import Any, get_args

import click

from cnnfilt.cli.help import Command
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.option_types import PADDING, PAIR, Word
from cnnfilt.cli.shape.demands import check_strict, check_wanted, parse_wanted
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Slide, Windows, check_pixels
from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_size
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import DEFAULT_MAX_PIXELS, ModelName, Unknown

EXAMPLES = """\b
Examples:
  cnnfilt shape 6x6 -f 3                 a 3x3 filter on a 6x6 image
  cnnfilt shape photo.jpg -f 3 -s 2 -p same --want 240x320
  cnnfilt shape 224x224 -f 7 -s 2 --want 112x112 --solve padding
  cnnfilt shape 28x28 conv:6,k=5,p=2 tanh pool:avg flatten fc:10
"""


@click.command(
    cls=Command,
    common=(
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "want",
        "solve",
        "explain",
        "model",
    ),
    epilog=EXAMPLES,
)
@click.argument("source", metavar="SIZE|IMAGE", required=False)
@click.argument("layers", nargs=-1, metavar="[LAYER]...")
@click.option("-f", "--kernel-size", type=PAIR, metavar="N|HxW", help="Size of the window: 3 or 3x5.")
@click.option("-s", "--stride", type=PAIR, metavar="N|HxW", help="From one window to the next.  [default: 1]")
@click.option(
    "-p",
    "--padding",
    type=PADDING,
    metavar="PADDING",
    help="N, H,W, T,B,L,R, or same.\f Or valid, same-lower, full.  [default: valid]",
)
@click.option("-d", "--dilation", type=PAIR, metavar="N|HxW", help="Spread the window's taps.  [default: 1]")
@click.option("--ceil-mode", is_flag=True, help="Let a last window hang over the edge, as pooling can.")
@click.option("--want", metavar="HxW[xC]", help="Fail (exit code 1) unless this size comes out.")
@click.option(
    "--solve",
    type=Word(get_args(Unknown)),
    metavar="WORD",
    help="What padding, stride or kernel-size gives --want?",
)
@click.option("--strict", is_flag=True, help="Exit with code 1 if a stride leaves rows or columns over.")
@click.option(
    "--explain", is_flag=True, help="Show the formulas, and what frameworks do.\f With their numbers, and every window."
)
@click.option("--coverage", is_flag=True, help="Show how many windows see each pixel.")
@click.option(
    "--model",
    type=Word(get_args(ModelName)),
    metavar="NAME",
    help="The layers of lenet5, alexnet or vgg16.\f And their size, unless one is given.",
)
@click.option("--json", "json_", is_flag=True, help="Print everything as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print no hints.")
def shape(
    source: str | None,
    layers: tuple[str, ...],
    want: str | None,
    solve: Unknown | None,
    strict: bool,
    model: ModelName | None,
    quiet: bool,
    **asked: Any,
) -> None:
    """Say what size comes out of a window (-f), or of a whole network (LAYERs).

    SIZE is 224x224 or 224x224x3. LAYERs (brackets may be left out; pairs: 3x5):

    \b
      conv:N,k=3[,s=1,p=0,d=1,g=1,bias=1]   N filters of size k
      conv:KERNEL+KERNEL...[,s=,p=,d=]      one map of each kernel named
      filter:KERNEL[,s=,p=,d=]              a kernel on each channel by itself
      pool:max|avg|min[,k=2,s=k,p=0,ceil=0] k=global: the whole input
      relu  tanh  sigmoid  softmax  flatten  fc:N[,bias=1]
    \f

    s is the stride, p the padding, d the dilation and g the number of groups. SIZE is height first; of an IMAGE
    only the header is read. With -f the number of places the window fits is printed: the size of the result of a
    filter or of pooling. The table of layers has the output; the parameters to train; the
    multiply-adds to compute it (MACs); the field, how many input pixels across one value sees; the jump, how many
    input pixels apart two neighbours are; and the rows or columns of its input that no window reads.
    """
    given = {name: asked.pop(name) for name in ("kernel_size", "stride", "padding", "dilation", "ceil_mode")}
    answers = Answers(**asked)
    source, layers = _input_and_layers(source, layers, model)
    wanted = parse_wanted(want)
    if solve:
        from cnnfilt.cli.shape.solve import check_question, solutions

        if layers or answers.longer:
            raise click.UsageError("--solve is for one window; leave out layers, --explain and --coverage")
        height_and_width = check_question(solve, given, wanted)
        click.echo(solutions(input_size(source)[:2], _filled(given), solve, height_and_width, answers, strict=strict))
        return
    slide = _slide(given)
    if slide and layers:
        raise click.UsageError("-f is for one window; write a network's windows as layers, such as pool:max,k=3,s=2")
    if answers.coverage and not (slide or layers):
        raise click.UsageError("--coverage needs a window (-f) or layers")
    size = input_size(source)
    try:
        if layers or (slide and answers.longer) or answers.json_:
            # Describing layers takes as long to import as everything else together.
            from cnnfilt.cli.shape.report import answer

            text, slid, output = answer(size, slide, layers, answers)
        else:
            slid = [("", _slid(slide, size))] if slide else []
            output = (*slid[0][1].output_size, size[2]) if slid else size
            text = spelled_size(output[:2])
    except CnnfiltError as error:
        raise type(error)(error.message.replace("{image}", source), parameter=error.parameter) from None
    click.echo(text)
    if slide and not (answers.longer or quiet):
        _hint(slid[0][1])
    if strict:
        check_strict(slid)
    if wanted is not None:
        check_wanted(wanted, output)


class Answers(Frozen):
    """What to print in the place of one size or a table."""

    explain: bool
    coverage: bool
    json_: bool

    def __post_init__(self) -> None:
        """Refuse two answers at once."""
        if self.json_ and self.explain:
            raise click.UsageError("--json and --explain are two answers; ask for one")
        if self.coverage and self.explain:
            raise click.UsageError("--coverage and --explain are two answers; ask for one")

    @property
    def longer(self) -> bool:
        """Return whether a text replaces the size."""
        return self.explain or self.coverage


def formula_of_notes(window: Window) -> int:
    """Return floor((n-f+1)/s), which lecture notes give: one too few whenever s does not divide n-f+1."""
    return (window.padded_size - window.span + 1) // window.stride


def _slide(given: dict[str, Any]) -> Slide | None:
    if given["kernel_size"] is None:
        if any(given.values()):
            raise click.UsageError("stride, padding, dilation and --ceil-mode need a window: give its size with -f")
        return None
    return Slide(**_filled(given))


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    defaults = {"stride": (1, 1), "padding": 0, "dilation": (1, 1)}
    return {name: defaults.get(name) if value is None else value for name, value in given.items()}


def _input_and_layers(
    source: str | None, layers: tuple[str, ...], model: ModelName | None
) -> tuple[str, tuple[str, ...]]:
    if model is None:
        if source is None:
            raise click.UsageError("Missing argument 'SIZE|IMAGE'")
        return source, layers
    from cnnfilt.describe.named_models import MODELS

    if layers:
        raise click.UsageError(f"--model {model} is a whole network; leave out the layers, or write all of them")
    return source or MODELS[model].size, (MODELS[model].layers,)


def _slid(slide: Slide, size: tuple[int, int, int]) -> Windows:
    windows = slide.over(size[:2])
    check_pixels(windows.output_size, DEFAULT_MAX_PIXELS, "the output")
    # Only pooling lets windows hang over, so its rule for padding holds.
    return windows.check_pool_padding() if slide.ceil_mode else windows


def input_size(source: str) -> tuple[int, int, int]:
    """Return (height, width, channels) as written in `source`, or of the image it names."""
    written = source.lower().replace("×", "x")
    if re.fullmatch(r"\d[\d\sx,+-]*", written):
        size = parse_size(written)
        check_pixels(size[:2], DEFAULT_MAX_PIXELS, "the input")
        return size
    if source != "-" and not os.path.lexists(source):
        raise InputError(f"{source!r} is neither a size such as 224x224x3 nor an image that exists")
    # Pillow is for images alone: a size should be answered at once.
    from cnnfilt.files.decode.header import image_size

    try:
        return image_size(sys.stdin.buffer.read() if source == "-" else source)
    except CnnfiltError as error:
        raise type(error)(error.about("stdin" if source == "-" else source), parameter=error.parameter) from None


def _hint(windows: Windows) -> None:
    """Say so where the formula of some lecture notes would mislead."""
    notes = tuple(map(formula_of_notes, windows))
    if notes != windows.output_size and not windows.rows.ceil_mode:
        print_line(
            f"hint: floor((n-f+1)/s), in some notes, says {spelled_size(notes)}; it loses a window (see --explain)"
        )
