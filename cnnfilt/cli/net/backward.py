"""`cnnfilt net backward`: the gradients of one layer, by hand as it were."""

from typing import get_args

import click
from click.core import ParameterSource

from cnnfilt.cli.habitual_option import HabitualOption
from cnnfilt.cli.inspect.page_option import page_option
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.option_types import PADDING, PAIR, Parsed, Word, parse_list
from cnnfilt.cli.terminal_width import fitted_to_terminal
from cnnfilt.frozen import Habit
from cnnfilt.terms import CrossEntropy, Padding, Pair

_FOR_FILTERS = ("bias", "stride", "padding", "dilation")

_WEIGHTS = {"fc": "the weights W of fc with -k, a row for each output", "tconv": "the filter K of tconv with -k"}
"""The layers that need -k, and take --bias, too."""

_WEIGHTED = (*_WEIGHTS, "bn")
"""The layers that -k and --bias are for; bn has gamma 1 without."""

_SLID = {"pool": "pool:max,k=2,s=1", "tconv": "tconv:s=2"}
"""The layers that have strides, paddings and dilations in their words."""


@click.command(
    cls=MatrixCommand,
    one_too_many="X is one matrix; the filter goes to -k, the gradient to --gradient",
    common=("kernel", "gradient", "layer", "loss", "labels", "explain", "json_"),
    epilog="""\b
Examples:
  cnnfilt net backward x.csv -k "1,2; 3,4" --gradient dz.csv --explain
  cnnfilt net backward "1,2; 3,4" --layer pool:avg,k=2 --gradient 2
  cnnfilt net backward "1,2" --layer fc -k "1,0; 2,1" --gradient "1,-1"
  cnnfilt net backward "1,2" --layer tconv:s=2 -k "1,3" --gradient "1,0,2,1"
  cnnfilt net backward "1,2; 3,6" --layer bn --gradient "1,0; 0,2" --explain
  cnnfilt net backward "2,1,0" --loss categorical --labels "1,0,0" --explain
""",
)
@click.argument("source", metavar="X")
@click.option(
    "-k",
    "--kernel",
    metavar="SPEC",
    help="The filter K: a file, rows, or a name.\f With --layer fc its weights W, one row per output.",
)
@click.option("--gradient", metavar="FILE", help="dL/dZ: how the loss changes with Z.")
@click.option(
    "--layer",
    metavar="LAYER",
    help="pool:max,k=2 relu tanh sigmoid softmax flatten fc tconv:s=2 bn.\f fc has its W in -k, tconv its K, bn "
    "its gamma (1 without).",
)
@click.option(
    "--loss",
    type=Word(get_args(CrossEntropy)),
    metavar="WORD",
    help=f"Cross-entropy: {', '.join(get_args(CrossEntropy))}.\f Of X and --labels.",
)
@click.option(
    "--labels",
    metavar="FILE",
    help="The labels y\f: one-hot (categorical), class numbers from 0 (sparse), 0 or 1 (binary).",
)
@click.option(
    "--bias",
    type=Parsed(parse_list, "numbers"),
    default="0",
    show_default=True,
    metavar="NUMBER",
    help="B, added to each output\f; for fc also a list, one for each.",
)
@click.option("-s", "--stride", type=PAIR, default="1", show_default=True, metavar="N|HxW", help="Steps of the window.")
@click.option(
    "-p",
    "--padding",
    cls=HabitualOption,
    habit=Habit(),
    type=PADDING,
    default="valid",
    show_default=True,
    metavar="PADDING",
    help="As in convolve.",
)
@click.option("-d", "--dilation", type=PAIR, default="1", show_default=True, metavar="N|HxW", help="Spread the taps.")
@click.option("--explain", is_flag=True, help="Show the sum behind each number.")
@page_option
@click.option("-y", "--overwrite", is_flag=True, help="Replace a page that exists.")
@click.option("--json", "json_", is_flag=True, help="Print all matrices as one JSON object.")
@click.pass_context
def backward(
    ctx: click.Context,
    /,
    source: str,
    kernel: str | None,
    gradient: str | None,
    layer: str | None,
    loss: CrossEntropy | None,
    labels: str | None,
    bias: tuple[float, ...],
    stride: Pair,
    padding: Padding,
    dilation: Pair,
    explain: bool,
    page: str | None,
    overwrite: bool,
    json_: bool,
) -> None:
    """Carry a gradient back through one layer: from dL/dZ to dL/dK, dL/dB and dL/dX.

    X, the filter and the gradient are matrices: files, or typed as "1,2; 3,4".\f

    Files are .csv .tsv .txt .json .npy. Z = conv(X, K) + B is printed first, then dL/dK = conv(X, dL/dZ),
    dL/dB = sum(dL/dZ) and dL/dX = conv(padded dL/dZ, K rotated by 180 degrees). With --layer it is the output and
    dL/dX; with --loss, whose X is what goes into softmax or sigmoid, y_pred, L and dL/dZ = y_pred - y.

    fc has Z = W f + B, where f is X row by row: dL/dW, dL/dB and dL/df follow. tconv lets each X add X K to Z, s
    further on from one X to the next. bn takes X as all values of one channel of a batch, gamma is -k and beta
    --bias: mean, variance, Xhat and Y come first, then the gradients. For --loss categorical and sparse each row of X
    is an example, a single row or column one; for binary each value is one.
    """
    typed = [name for name in _FOR_FILTERS if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    _check_parts(kernel, layer, loss, typed)
    _check_gradient(gradient, labels, loss)
    if explain and json_:
        raise click.UsageError("--json and --explain cannot be combined; leave one out")
    from cnnfilt.cli.net.backward_run import BackwardRequest, run_backward

    asked = BackwardRequest(
        source=source,
        kernel=kernel,
        layer=layer,
        loss=loss,
        gradient=gradient or "",
        labels=labels or "",
        bias=bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        page=page,
    )
    text = run_backward(asked, explain=explain, as_json=json_, overwrite=overwrite)
    click.echo(fitted_to_terminal(text) if explain else text)


def _check_parts(kernel: str | None, layer: str | None, loss: str | None, typed: list[str]) -> None:
    """Refuse what does not go together: a filter, another layer, or a loss, each with its own options."""
    word = "" if layer is None else layer.partition(":")[0]
    if loss is not None and (kernel is not None or layer is not None or typed):
        other = "-k" if kernel is not None else "--layer" if layer is not None else f"--{typed[0]}"
        raise click.UsageError(f"--loss takes X and --labels; leave out {other}")
    if word in _WEIGHTS and kernel is None:
        raise click.UsageError(f"give {_WEIGHTS[word]}")
    if kernel is not None and layer is not None and word not in _WEIGHTED:
        raise click.UsageError(
            "-k and --layer cannot be combined, except for fc, tconv and bn; give a filter or a layer"
        )
    if kernel is None and layer is None and loss is None:
        raise click.UsageError("give a filter with -k, another layer with --layer, or a loss with --loss")
    strange = [name for name in typed if not (word in _WEIGHTED and name == "bias")]
    if layer is not None and strange:
        advice = f"write it in the layer, as in {_SLID[word]}" if word in _SLID else "leave it out"
        raise click.UsageError(f"--{strange[0]} is for a filter; {advice}")


def _check_gradient(gradient: str | None, labels: str | None, loss: str | None) -> None:
    if loss is None and gradient is None:
        raise click.UsageError("give the gradient of the output, dL/dZ, with --gradient")
    if loss is None and labels is not None:
        raise click.UsageError("--labels are for --loss categorical, sparse or binary; say which")
    if loss is not None and labels is None:
        raise click.UsageError("give the labels y with --labels")
    if loss is not None and gradient is not None:
        raise click.UsageError("--loss gives the gradient itself; leave out --gradient")
