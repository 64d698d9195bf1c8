"""`cnnfilt kernels`: the kernels that have names, and what can be said about any kernel."""

import math

import click

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.lazy import LazyGroup
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.kernels import Kernel, parse_kernel
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.spelling import spelled_size

COMMANDS = {
    "show": "Show a kernel: coefficients, sum, range, rank, symmetry, source.",
    "export": "Write a kernel to a file, or print it as a matrix.",
}


class _Kernels(LazyGroup):
    """A group that lists when no command is named, and also when the command is called list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args` without a leading list."""
        return super().parse_args(ctx, args[1:] if args[:1] == ["list"] else args)


@click.group(
    cls=_Kernels,
    table=COMMANDS,
    home="cnnfilt.cli.kernels.{}",
    invoke_without_command=True,
    no_args_is_help=False,
    epilog="""\b
Examples:
  cnnfilt kernels
  cnnfilt kernels show sobel-x
  cnnfilt kernels show "1,2,1; 2,4,2; 1,2,1"
  cnnfilt kernels export gaussian:2 -o soft.csv
""",
)
@click.option("--json", "json_", is_flag=True, help="Print the list as JSON, with the coefficients.")
@click.pass_context
def kernels(context: click.Context, json_: bool) -> None:
    """List the kernels that -k and layers know by name.

    What follows a colon may be left out; sizes and sums are those of its default.
    """
    if context.invoked_subcommand is not None:
        return
    named = [(entry, parse_kernel(name)) for name, entry in NAMED.items()]
    if json_:
        rows = [
            {
                "name": entry.name,
                "arguments": entry.arguments,
                "purpose": entry.purpose,
                "source": entry.source,
                "size": kernel.size,
                "coefficients": kernel.rows,
            }
            for entry, kernel in named
        ]
        click.echo(json_text(rows))
        return
    cells = [(entry.usage, spelled_size(kernel.size), _sum(kernel), entry.purpose) for entry, kernel in named]
    heading, *lines = aligned([("name", "size", "sum", "what it shows"), *cells], "llrl")
    click.echo("\n".join([bold(heading), *lines]))
    click.echo('\n"cnnfilt kernels show NAME" shows more, "cnnfilt convolve -k NAME" uses it.')


def _sum(kernel: Kernel) -> str:
    total = math.fsum(value for row in kernel.rows for value in row)
    # Ten digits are more than any sum needs, and fewer than rounding reaches; adding 0 takes the sign off a zero.
    return f"{round(total, 10) + 0:g}"
