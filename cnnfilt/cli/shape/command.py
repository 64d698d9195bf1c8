"""`cnnfilt shape`: what size comes out, of one window or of a whole network. No pixel is read."""

from typing import get_args

import click

from cnnfilt.cli.habitual_option import HabitualOption
from cnnfilt.cli.inspect.page_option import page_option
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.option_types import PADDING, PAIR, WholeNumber, Word
from cnnfilt.cli.shape.answers import (
    Answer,
    AnswerOptions,
    Columns,
    LayerWindows,
    Library,
    PageRequest,
    TableFormat,
)
from cnnfilt.cli.shape.demands import check_strict, check_wanted, parse_wanted
from cnnfilt.cli.shape.loose_words import refuse_loose_words
from cnnfilt.cli.shape.models import ModelName, models_listed
from cnnfilt.cli.shape.sizes import input_size, with_channels_of
from cnnfilt.cli.shape.word_help import ShapeCommand
from cnnfilt.cli.terminal_width import fitted_to_terminal
from cnnfilt.describe.channels import channels_first_hint
from cnnfilt.describe.named_models import model_names, named_model
from cnnfilt.describe.window import formula_of_notes
from cnnfilt.describe.windows import Slide, Windows, check_pixels
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.network_files import is_network_file
from cnnfilt.frozen import Habit
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Padding, Pair, Unknown

EXAMPLES = """\b
Examples:
  cnnfilt shape 6x6 -f 3                 a 3x3 filter on a 6x6 image
  cnnfilt shape 28x28 conv:6,k=5,p=2 tanh pool:avg flatten fc:10
  cnnfilt shape photo.jpg -f 3 -s 2 -p same --want 240x320
  cnnfilt shape 224x224 -f 7 -s 2 --want 112x112 --solve padding
  cnnfilt shape --model resnet50 --depth 1 --table markdown
  cnnfilt shape net.onnx 320x320         or net.keras, or model.npz
"""


@click.command(
    cls=ShapeCommand,
    common=(
        "kernel_size",
        "stride",
        "padding",
        "want",
        "explain",
        "model",
    ),
    epilog=EXAMPLES,
)
@click.argument("source", metavar="SIZE|IMAGE|NETWORK", required=False)
@click.argument("layers", nargs=-1, metavar="[LAYER]...")
@click.option("-f", "--kernel-size", type=PAIR, metavar="N|HxW", help="Size of the window: 3 or 3x5.")
@click.option("-s", "--stride", type=PAIR, metavar="N|HxW", help="From one window to the next.  [default: 1]")
@click.option(
    "-p",
    "--padding",
    cls=HabitualOption,
    habit=Habit(unless=("solve=padding",), only_with=("kernel_size",)),
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
    help="Find which padding, stride or kernel-size gives --want.",
)
@click.option("--strict", is_flag=True, help="Exit with code 1 if a stride leaves rows or columns over.")
@click.option(
    "--explain",
    is_flag=True,
    help="Show the formulas, and what frameworks do.\f With the numbers put in, and every window.",
)
@click.option(
    "--coverage",
    is_flag=True,
    help="Show how many windows read each pixel.\f Of tconv, how many input values each output pixel sums: a "
    "checkerboard where stamps overlap unevenly.",
)
@click.option(
    "--model",
    type=ModelName(model_names()),
    metavar="NAME",
    help="The layers of resnet50, unet and others.\f And their size, unless one is given.",
)
@click.option("--list-models", is_flag=True, help="List the networks that --model knows.")
@click.option(
    "--table", type=Word(get_args(TableFormat)), metavar="markdown|csv", help="Write the table of layers for others."
)
@click.option(
    "--depth", type=WholeNumber(min=1), metavar="N", help="Open N levels of repeats.\f 1 shows each as one row."
)
@click.option("--batch", type=WholeNumber(min=1), metavar="N", help="Count for N images at once.")
@click.option("--flops", is_flag=True, help="Count FLOPs, 2 for each MAC.")
@click.option("--memory", is_flag=True, help="Show the bytes of each output\f, as 32-bit floats.")
@click.option(
    "--emit",
    type=Word(get_args(Library)),
    metavar="torch|keras",
    help="Print a script that builds the same network.",
)
@click.option("--words", is_flag=True, help="Print the layers of a NETWORK file as words.")
@page_option
@click.option("-y", "--overwrite", is_flag=True, help="Replace a page that exists.")
@click.option("--json", "json_", is_flag=True, help="Print everything as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print no hints.")
def shape(
    source: str | None,
    layers: tuple[str, ...],
    kernel_size: Pair | None,
    stride: Pair | None,
    padding: Padding | None,
    dilation: Pair | None,
    ceil_mode: bool,
    want: str | None,
    solve: Unknown | None,
    strict: bool,
    explain: bool,
    coverage: bool,
    model: str | None,
    list_models: bool,
    table: TableFormat | None,
    depth: int | None,
    batch: int | None,
    flops: bool,
    memory: bool,
    emit: Library | None,
    words: bool,
    page: str | None,
    overwrite: bool,
    json_: bool,
    quiet: bool,
) -> None:
    """Say what size comes out of a window (-f), of LAYERs, or of a file such as net.onnx; SIZE is 224x224 or 224x224x3:

    \b
    {words}
    \f

    What is in brackets may be left out; pairs are 3x5. s is the stride, p the padding, d the dilation and g the number
    of groups. A KERNEL is a name, numbers, or @file, as in `cnnfilt convolve`. SIZE is height first, and 7 is 7x7; of
    an IMAGE only the header is read. With -f the number of places the window fits is printed: the size of the result
    of a filter or of pooling.

    Quote the layers where there are brackets: "3*( conv:8,k=3 relu )" repeats what is in them. A branch is written
    "as:in conv:8,k=3,p=1 add:in": NAMEs hold what was there. @net.txt reads layers from a file; there, and after a
    blank, # begins a comment.

    The table of layers has the output; the parameters to train, and apart from them the running means and variances;
    the multiply-adds to compute it (MACs), which only sums over weights have; the field, how many input pixels across
    one value depends on, the widest of branches; the jump, how many input pixels two neighbours are apart; and the
    rows or columns of its input that nothing reads. --memory adds the bytes of each output.

    A NETWORK is a file: .onnx, .keras (Keras 3), or .npz of `cnnfilt net train`. Its table has the file's names, and
    the file's size unless one follows. Sizes are shown as rows x columns x channels, also where the file has its
    channels first. What is not known there is named, and all that depends on it is unknown.
    """
    if list_models:
        click.echo(models_listed(as_json=json_))
        return
    shown = _page(page, model or source, overwrite=overwrite, quiet=quiet)
    options = AnswerOptions(explain, coverage, json_, table, emit, Columns(depth, batch, flops, memory), shown)
    wanted = parse_wanted(want)
    slides = bool(stride or padding or dilation or ceil_mode)
    if source is not None and is_network_file(source):
        if words and page:
            raise click.UsageError("--words and --page cannot be combined; leave one out")
        if model or solve or kernel_size or slides:
            raise click.UsageError(f"{source} is a whole network; leave out --model, --solve and the window of -f")
        # Reading one takes longer to import than all that a size is answered with.
        from cnnfilt.cli.shape.from_file import answer_for_file

        answer = answer_for_file(source, layers, options, words=words, strict=strict, quiet=quiet)
        _finish(answer, options, strict, wanted)
        return
    if words:
        raise click.UsageError("--words is for a network in a file, such as net.onnx or net.keras")
    source, layers = _input_and_layers(source, layers, model, window=kernel_size is not None)
    slide = Slide(kernel_size or (1, 1), stride or (1, 1), padding or 0, dilation or (1, 1), ceil_mode)
    if solve:
        if layers or options.longer or page:
            raise click.UsageError("--solve is for one window; leave out layers, --explain, --coverage and --page")
        target = _target(solve, wanted, {"kernel-size": kernel_size, "stride": stride, "padding": padding})
        # Only this question needs it, and every run would pay for the import.
        from cnnfilt.cli.shape.solve import solutions

        click.echo(solutions(slide, _hinted_size(source, quiet)[:2], solve, target, as_json=json_, strict=strict))
        return
    _refuse_mixtures(kernel_size, layers, options, slides=slides)
    size = _hinted_size(source, quiet)
    answer = _answer(source, size, slide if kernel_size else None, layers, options, quiet=quiet)
    _finish(answer, options, strict, wanted, hinted=kernel_size is not None and not (options.longer or quiet))


def _page(path: str | None, about: str | None, *, overwrite: bool, quiet: bool) -> PageRequest | None:
    """Return the page that is asked for. PlanError where it may not be written."""
    if path is None:
        if overwrite:
            raise click.UsageError("-y replaces a page; give --page, too")
        return None
    from cnnfilt.cli.shape.page import check_page

    asked = PageRequest(path, about or "", overwrite, quiet)
    check_page(asked)
    return asked


def _refuse_mixtures(window: Pair | None, layers: tuple[str, ...], options: AnswerOptions, *, slides: bool) -> None:
    """Raise UsageError for a window and layers at once, and for what is said of either where it is not there.

    `slides` tells whether it was said how a window moves.
    """
    if window is None and slides:
        raise click.UsageError("stride, padding, dilation and --ceil-mode need a window: give its size with -f")
    if window and layers:
        raise click.UsageError("-f is for one window; write a network's windows as layers, such as pool:max,k=3,s=2")
    if options.of_layers and not layers:
        raise click.UsageError(
            f"{options.of_layers} is for a network; write its layers after the size, or --model NAME"
        )
    for asked, option in ((options.coverage, "--coverage"), (options.page, "--page")):
        if asked and not (window or layers):
            raise click.UsageError(f"{option} needs a window (-f) or layers")


def _finish(
    answer: Answer, options: AnswerOptions, strict: bool, wanted: tuple[int, ...] | None, *, hinted: bool = False
) -> None:
    """Print the answer, a hint about its one window if it may be `hinted`, and fail where a demand is not met."""
    if options.printed:
        click.echo(fitted_to_terminal(answer.text) if options.explain else answer.text)
    if options.page is not None:
        from cnnfilt.cli.shape.page import finish_page

        finish_page(options.page, answer)
    if hinted:
        _hint(answer.layers[0].windows)
    if strict:
        check_strict(answer.layers)
    if wanted is not None:
        check_wanted(wanted, answer.output)


def _input_and_layers(
    source: str | None, layers: tuple[str, ...], model: str | None, *, window: bool
) -> tuple[str, tuple[str, ...]]:
    if model is None:
        if source is None:
            raise click.UsageError("missing argument 'SIZE|IMAGE'")
        refuse_loose_words(source, layers, window=window)
        return source, layers
    if layers:
        raise click.UsageError(f"--model {model} is a whole network; leave out the layers, or write all of them")
    known = named_model(model)
    return known.size if source is None else with_channels_of(known.size, source), (known.layers,)


def _target(unknown: Unknown, wanted: tuple[int, ...] | None, given: dict[Unknown, object]) -> Pair:
    """Return the (height, width) to solve for; a usage error if the question is not whole."""
    if wanted is None or len(wanted) == 1:
        raise click.UsageError(f"--solve {unknown} needs the size to reach, such as --want 112x112")
    if given[unknown] is not None:
        raise click.UsageError(f"--solve {unknown} looks for --{unknown}; leave that out")
    if unknown != "kernel-size" and given["kernel-size"] is None:
        raise click.UsageError(f"--solve {unknown} needs a window: give its size with -f")
    target = wanted[0], wanted[1]
    check_pixels(target, DEFAULT_MAX_PIXELS, "the output")
    return target


def _hinted_size(source: str, quiet: bool) -> tuple[int, int, int]:
    """Return the size of the input; unless `quiet`, with notes, and a hint where channels seem to come first in it."""
    size, notes = input_size(source)
    hint = channels_first_hint(size)
    for line in () if quiet else (*notes, *([] if hint is None else [f"hint: {hint}"])):
        print_line(line)
    return size


def _answer(
    source: str,
    size: tuple[int, int, int],
    window: Slide | None,
    layers: tuple[str, ...],
    options: AnswerOptions,
    *,
    quiet: bool,
) -> Answer:
    """Return the answer for one window, or for layers; for neither, it is the size of the input."""
    try:
        if not (layers or options.json or (window and (options.longer or options.page))):
            return _short_answer(size, window)
        # Describing layers takes as long to import as everything else together.
        from cnnfilt.cli.chains import read_blocks
        from cnnfilt.cli.shape.report import answer, lone_window

        if window:
            return answer(size, [lone_window(window)], options)
        chain, block = read_blocks(layers, quiet=quiet)
        return answer(size, chain, options, block)
    except CnnfiltError as error:
        raise type(error)(error.message.replace("{image}", source), parameter=error.parameter) from None


def _short_answer(size: tuple[int, int, int], window: Slide | None) -> Answer:
    if window is None:
        return Answer(spelled_size(size[:2]), (), size)
    windows = window.over(size[:2])
    check_pixels(windows.output_size, DEFAULT_MAX_PIXELS, "the output")
    if window.ceil_mode:
        # Only pooling lets windows hang over, so its rule for padding holds.
        windows.check_pool_padding()
    output = windows.output_size
    return Answer(spelled_size(output), (LayerWindows("", windows),), (*output, size[2]))


def _hint(windows: Windows) -> None:
    """Say so where the formula of some lecture notes would mislead."""
    notes = tuple(map(formula_of_notes, windows))
    if notes != windows.output_size and not windows.rows.ceil_mode:
        print_line(
            f"hint: floor((n-f+1)/s), in some notes, says {spelled_size(notes)}; it loses a window (see --explain)"
        )
