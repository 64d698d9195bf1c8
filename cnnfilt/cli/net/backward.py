"""`cnnfilt net backward`: the gradients of one layer, by hand as it were."""

import re

import click
from click.core import ParameterSource

from cnnfilt.cli.help import Command
from cnnfilt.cli.option_types import NUMBER, PADDING, PAIR
from cnnfilt.terms import Padding, Pair

_FOR_FILTERS = ("bias", "stride", "padding", "dilation")

_NEGATIVE = re.compile(r"-\.?\d")


class _ForMatrices(Command):
    """A command whose argument may be a typed matrix that begins with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`, with such a matrix put behind `--`: else it would be taken for options."""
        valued = {name for one in self.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
        for place, word in enumerate(args):
            is_value = place > 0 and args[place - 1] in valued
            if _NEGATIVE.match(word) and not is_value and "--" not in args:
                args = [*args[:place], *args[place + 1 :], "--", word]
        return super().parse_args(ctx, args)


@click.command(
    cls=_ForMatrices,
    common=("kernel", "gradient", "layer", "bias", "stride", "padding", "dilation", "explain", "json_"),
    epilog="""\b
Examples:
  cnnfilt net backward x.csv -k k.csv --gradient dz.csv
  cnnfilt net backward x.csv -k "1,2; 3,4" --gradient dz.csv --explain
  cnnfilt net backward "1,2; 3,4" --layer pool:avg,k=2 --gradient 2
  cnnfilt net backward c.csv --layer pool:max,k=2 --gradient dp.csv
""",
)
@click.argument("source", metavar="X")
@click.option("-k", "--kernel", metavar="SPEC", help='The filter K: a file, rows ("1,2; 3,4"), a name, or @file.')
@click.option("--gradient", required=True, metavar="FILE", help="dL/dZ: how the loss changes with each output.")
@click.option("--layer", metavar="LAYER", help="Another layer than a convolution: pool:max,k=2 or pool:avg,k=2, say.")
@click.option("--bias", type=NUMBER, default="0", show_default=True, metavar="NUMBER", help="B, added to each output.")
@click.option("-s", "--stride", type=PAIR, default="1", show_default=True, metavar="N|HxW", help="Steps of the window.")
@click.option(
    "-p", "--padding", type=PADDING, default="valid", show_default=True, metavar="PADDING", help="As in convolve."
)
@click.option("-d", "--dilation", type=PAIR, default="1", show_default=True, metavar="N|HxW", help="Spread the taps.")
@click.option("--explain", is_flag=True, help="Show the sum behind each number, as in the notes.")
@click.option("--json", "json_", is_flag=True, help="Print one object with all the matrices.")
@click.pass_context
def backward(
    ctx: click.Context,
    /,
    source: str,
    kernel: str | None,
    gradient: str,
    layer: str | None,
    bias: float,
    stride: Pair,
    padding: Padding,
    dilation: Pair,
    explain: bool,
    json_: bool,
) -> None:
    """Carry a gradient back through one layer: from dL/dZ to dL/dK, dL/dB and dL/dX.

    X, the filter and the gradient are matrices: files (.csv .tsv .txt .json .npy), or typed as "1,2; 3,4".
    Z = conv(X, K) + B is printed first, then dL/dK = conv(X, dL/dZ), dL/dB = sum(dL/dZ) and
    dL/dX = conv(padded dL/dZ, K turned by 180 degrees); with --layer the output and dL/dX.
    """
    if kernel is not None and layer is not None:
        raise click.UsageError("-k and --layer exclude each other; give a filter, or another layer")
    if kernel is None and layer is None:
        raise click.UsageError("give a filter with -k, or another layer with --layer")
    if explain and json_:
        raise click.UsageError("--json and --explain are two answers; ask for one")
    given = [name for name in _FOR_FILTERS if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if layer is not None and given:
        raise click.UsageError(f"--{given[0]} is for a filter; write it in the layer, as in pool:max,k=2,s=1")
    from cnnfilt.cli.net.backward_run import filter_layer, run_backward

    one = filter_layer(kernel, bias, stride, padding, dilation) if kernel is not None else layer or ""
    click.echo(run_backward(source, one, gradient, explain=explain, as_json=json_))
