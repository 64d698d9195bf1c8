"""`cnnfilt kernels show`: what can be said about a kernel before it meets an image."""

import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import printable
from cnnfilt.cli.numbers import short
from cnnfilt.cli.tables import aligned, bold, shortened
from cnnfilt.describe.kernels import parse_kernel, split_scale
from cnnfilt.spelling import spelled_size

if TYPE_CHECKING:  # NumPy is not needed for the help.
    from cnnfilt.core.kernel_facts import KernelFacts, Number
    from cnnfilt.operations.convolve import LabelledKernel

MOST_ROWS = 15
"""Of a taller kernel the first and last rows are shown."""

_TURNED = {
    "same": "rotated by 180 degrees it is the same: --flip changes nothing",
    "negated": "rotated by 180 degrees it is its negative: --flip changes the sign",
    "other": "rotated by 180 degrees it is another kernel: --flip matters",
}


@click.command(
    cls=Command,
    one_too_many="the numbers of a kernel follow its name and a colon, as in box:5",
    common=(
        "json_",
        "quiet",
    ),
    epilog="""\b
Examples:
  cnnfilt kernels show sobel-x
  cnnfilt kernels show gaussian:2
  cnnfilt kernels show "1/9 * 1,1,1; 1,1,1; 1,1,1"
  cnnfilt kernels show @k.csv --json
""",
)
@click.argument("spec", metavar="KERNEL")
@click.option("--json", "json_", is_flag=True, help="Print the same as JSON, the coefficients in full.")
@click.option("-q", "--quiet", is_flag=True, help="Print no hints.")
def show(spec: str, json_: bool, quiet: bool) -> None:
    """Show a kernel: coefficients, sum, range, rank, symmetry, source.

    KERNEL is a name (sobel-x, gaussian:2), rows ("1,0,-1; 1,0,-1"), JSON, or @file.
    """
    from cnnfilt.cli.kernel_arguments import read_kernels
    from cnnfilt.core.kernel_facts import kernel_facts

    filters = read_kernels([spec], None, command="kernels", quiet=quiet)
    source = _source(spec)
    described = [(one, kernel_facts(one.kernel)) for one in filters]
    if json_:
        objects = [_object(one, facts, source) for one, facts in described]
        click.echo(json_text(objects[0] if len(objects) == 1 else objects))
        return
    click.echo("\n\n".join("\n".join(_lines(one, facts, source)) for one, facts in described))


def _source(spec: str) -> str:
    """Return where the kernel is from."""
    body = split_scale(spec)[1]
    return f"the file {body[1:]}" if body.startswith("@") else parse_kernel(spec).source


def _object(one: "LabelledKernel", facts: "KernelFacts", source: str) -> dict[str, Any]:
    rank = facts.ranks[0] if one.kernel.ndim == 2 else facts.ranks
    return {
        "name": one.label,
        "size": one.kernel.shape,
        "coefficients": one.kernel.tolist(),
        "sum": facts.total,
        "range": [facts.lowest, facts.highest],
        "rank": rank,
        "column": facts.factors and facts.factors[0],
        "row": facts.factors and facts.factors[1],
        "turned": facts.turned,
        "flip_matters": facts.turned != "same",
        "source": source,
    }


def _lines(one: "LabelledKernel", facts: "KernelFacts", source: str) -> Iterator[str]:
    yield bold(f"{printable(one.label)}  {spelled_size(one.kernel.shape)}")
    if one.kernel.ndim == 2:
        yield from _matrix(one.kernel.tolist())
    else:
        for channel in range(one.kernel.shape[2]):
            yield f"channel {channel + 1}:"
            yield from _matrix(one.kernel[..., channel].tolist())
    yield ""
    yield f"sum       {short(facts.total)}: {_brightness(facts)}"
    yield f"range     {short(facts.lowest)} to {short(facts.highest)} for levels of 0 to 255"
    if facts.lowest < 0 or facts.highest > 255.5:
        yield f"          {_seen(facts)}"
    yield from _rank(facts)
    yield f"symmetry  {_TURNED[facts.turned]}"
    yield f"source    {printable(source)}"


def _matrix(rows: Sequence[Sequence["Number"]]) -> Iterator[str]:
    # All in one form, so that the columns can be compared.
    cells = [[short(value) for value in row] for row in rows]
    widest = max(len(cell) for row in cells for cell in row)
    width = shutil.get_terminal_size().columns - 2
    lines = [shortened([cell.rjust(widest) for cell in row], width) for row in cells]
    if len(lines) > MOST_ROWS:
        gap = ["..." for _ in lines[0]]
        lines = [*lines[: MOST_ROWS // 2], gap, *lines[-(MOST_ROWS // 2) :]]
    yield from (f"  {line}" for line in aligned(lines, "r" * len(lines[0])))


def _brightness(facts: "KernelFacts") -> str:
    if facts.zero_sum:
        return "flat areas become 0"
    if abs(facts.total - 1) < 1e-6:
        return "flat areas keep their brightness"
    return f"flat areas become {short(facts.total)} times as bright (--normalize divides by it)"


def _seen(facts: "KernelFacts") -> str:
    if facts.zero_sum:
        return "pixels show magnitudes, unless --values says otherwise"
    return "pixels are clipped to 0 to 255, unless --values says otherwise"


def _rank(facts: "KernelFacts") -> Iterator[str]:
    if facts.factors is None:
        ranks = ", ".join(map(str, facts.ranks))
        yield f"rank      {ranks}{' (of each channel)' if len(facts.ranks) > 1 else ''}"
        return
    column, row = (_vector(factor) for factor in facts.factors)
    yield "rank      1: separable, a column times a row, so it is fast at any size"
    yield f"          column {column}"
    yield f"          row    {row}"


def _vector(values: Sequence["Number"]) -> str:
    width = shutil.get_terminal_size().columns - 17
    return "  ".join(shortened([short(value) for value in values], width))
