"""The rows of the table of layers: one for each layer, or for a whole repeat where `--depth` folds it."""

from collections.abc import Iterator, Sequence

from cnnfilt.cli.shape.memory import bytes_of
from cnnfilt.describe.chain import Report
from cnnfilt.describe.chain_text import Block
from cnnfilt.describe.layers import Shape
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Pair

LONGEST_FOLDED = 44
"""The words of a whole block are shortened to this; in JSON and CSV they stay whole."""


class Row(Frozen):
    """What is told of one layer, or of `layers` that are folded into one; `memory` is in bytes.

    `words` are as they are typed, `names` those that its output is given by as:NAME. A layer from a file has its name
    there as its words, and its `operator`.
    """

    words: str
    output: Shape
    params: int
    statistics: int
    macs: int
    memory: int
    receptive_field: Pair | None
    jump: tuple[int | float, int | float] | None
    unread: Pair | None
    layers: int = 1
    names: str = ""
    operator: str = ""

    @property
    def label(self) -> str:
        """Return the words and names."""
        return self.words + self.names

    @property
    def short_label(self) -> str:
        """Return the label, the words of a folded block cut short, and the operator of a name that does not tell it."""
        if self.operator and self.operator.lower() not in self.words.lower().replace("_", ""):
            return f"{self.operator} {self.words}"
        if self.layers == 1 or len(self.words) <= LONGEST_FOLDED:
            return self.label
        return f"{self.words[: LONGEST_FOLDED - 6].rpartition(' ')[0]} ... ){self.names}"


def rows_of(reports: Sequence[Report], block: Block, depth: int | None) -> tuple[str, list[Row]]:
    """Return what the first values are called, and the rows of `reports`, whose words are in `block`.

    A repeat within so many others as `depth` says, or more, is one row. A word that only gives a value its name stands
    with the layer before it.
    """
    names: list[str] = []
    rows: list[Row] = []
    for label, some in _folded(reports, block, depth):
        if len(some) == 1 and some[0].layer.remembered_as is not None:
            if rows:
                rows[-1] = _named(rows[-1], label)
            else:
                names.append(label)
        else:
            rows.append(_row(label, some))
    return " ".join(["input", *names]), rows


def _named(row: Row, name: str) -> Row:
    return replace(row, names=f"{row.names} {name}")


def _row(label: str, some: Sequence[Report]) -> Row:
    last = some[-1]
    # What a block leaves out of its input is not what one of its layers does.
    unread = last.unread if len(some) == 1 or all(report.unread == (0, 0) for report in some) else None
    return Row(
        label,
        last.output,
        sum(report.effect.params for report in some),
        sum(report.effect.statistics for report in some),
        sum(report.effect.macs for report in some),
        sum(map(bytes_of, some)),
        last.receptive_field,
        last.jump,
        unread,
        len(some),
    )


def _folded(reports: Sequence[Report], block: Block, depth: int | None) -> Iterator[tuple[str, Sequence[Report]]]:
    """Yield the reports that make a row, and what they are called."""
    at = 0
    for _ in range(block.times):
        for item in block.items:
            if isinstance(item, Block) and depth == 1:
                yield spelled(item), reports[at : at + item.layers]
                at += item.layers
            elif isinstance(item, Block):
                yield from _folded(reports[at : at + item.layers], item, None if depth is None else depth - 1)
                at += item.layers
            else:
                yield item, reports[at : at + 1]
                at += 1


def spelled(block: Block) -> str:
    """Return the words of a block: 3*( relu )."""
    inside = " ".join(spelled(item) if isinstance(item, Block) else item for item in block.items)
    return f"{block.times}*( {inside} )" if block.times > 1 else f"( {inside} )"
