"""The tables, in Markdown, line by line as the rows are measured."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from tests.benchmarks.images import Images
from tests.benchmarks.limits import THREADS, Rates
from tests.benchmarks.measure import Pairing, ProcessFailedError, alone, pair
from tests.benchmarks.peers import IMPORTS, NO_PEERS, PACKAGES, PROGRAMS, version_of
from tests.benchmarks.rows import ITSELF, Row, Section


@dataclass(frozen=True)
class Result:
    """What one row took: ours, and each installed peer's with the ratio to it."""

    ours: float
    peers: Mapping[str, Pairing]

    @property
    def best(self) -> float | None:
        """Return the ratio to the peer that did best; what is no peer counts only where they are all there is."""
        ratios = {name: pairing.ratio for name, pairing in self.peers.items()}
        working = [ratio for name, ratio in ratios.items() if name not in NO_PEERS]
        return max(working or ratios.values(), default=None)

    def value(self, target: str) -> float | None:
        """Return what a target is about: the ratio to a peer, or our own value."""
        if target == ITSELF:
            return self.ours
        return self.peers[target].ratio if target in self.peers else None


def measured(row: Row, section: Section, images: Images, repeats: int) -> Result:
    """Return what the row takes, against each of its peers that is installed."""
    repeats = min(repeats, section.most_repeats)
    ours = row.ours(images)
    peers = {}
    for name in installed([row]):
        try:
            peers[name] = pair(ours, row.peers[name](images), gauge=section.gauge, repeats=repeats)
        except ProcessFailedError as error:
            print(f"{row.name}: {error}", file=sys.stderr)
    turns = [value for pairing in peers.values() for value in pairing.ours]
    return Result(median(turns or alone(ours, gauge=section.gauge, repeats=repeats)), peers)


def installed(rows: Sequence[Row]) -> list[str]:
    """Return the names of the rows' peers that are installed, each once."""
    return [name for name in dict.fromkeys(name for row in rows for name in row.peers) if version_of(name)]


def section_table(section: Section, rows: Sequence[Row], images: Images, repeats: int, rates: Rates) -> Iterator[str]:
    """Yield the lines of the section's table, one as soon as its row is measured."""
    peers = installed(rows)
    yield from ("", f"## {section.title}", "")
    yield line("row", f"cnnfilt ({section.unit})", *peers, "to the best", "must", "aim", "of the limit")
    yield rule(len(peers) + 6)
    for row in rows:
        result = measured(row, section, images, repeats)
        yield line(
            row.name,
            f"{result.ours / section.per_unit:.4g}",
            *(_peer_cell(result.peers.get(name), section) for name in peers),
            "" if result.best is None else f"{result.best:.2f}",
            _targets(row.must, result),
            _targets(row.aim, result),
            _limit(row, result, images, rates),
        )


def heading(images: Images, repeats: int, rates: Rates) -> Iterator[str]:
    """Yield what the tables were measured with."""
    names = sorted({PACKAGES.get(peer, peer): peer for peer in (*PACKAGES, *PROGRAMS)}.items(), key=str)
    versions = [f"{name} {version_of(peer)}" for name, peer in names if version_of(peer)]
    height, width = images.shape
    yield "# Benchmarks"
    yield ""
    yield f"{processor()}, {THREADS} processors for each side; {height}x{width} pixels; up to {repeats} turns each."
    yield f"Python {platform.python_version()}, numpy {np.__version__}; peers: {', '.join(versions)}."
    yield (
        f"The machine: copies {rates.copy / 1e9:.1f} GB/s (read and written), adds {rates.add / 1e9:.0f} GB/s of "
        f"16-bit sums in the second-level cache, sgemm {rates.sgemm / 1e9:.0f} Gflop/s."
    )
    yield "A peer's cell: its median, and in brackets the median of ours divided by it."


def line(*cells: str) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(cells) + " |"


def rule(columns: int) -> str:
    """Return the line under a table's head: names to the left, numbers to the right."""
    return line("---", *["---:"] * (columns - 1))


def processor() -> str:
    """Return the processor's name, as the system has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or os.uname().machine


def _peer_cell(pairing: Pairing | None, section: Section) -> str:
    if pairing is None:
        return ""
    once = ", once" if len(pairing.peer) == 1 < section.most_repeats else ""
    return f"{median(pairing.peer) / section.per_unit:.4g} (x{pairing.ratio:.2f}{once})"


def _targets(targets: Mapping[str, float], result: Result) -> str:
    """Return the targets, each with whether it is reached."""
    return ", ".join(_target(name, most, result.value(name)) for name, most in targets.items())


def _target(name: str, most: float, value: float | None) -> str:
    of = "" if name == ITSELF else f" of {name.replace(IMPORTS[1], 'the imports').replace(IMPORTS[0], 'the import')}"
    verdict = "" if value is None else " ✓" if value <= most else " ✗"
    return f"{most:g}{of}{verdict}"


def _limit(row: Row, result: Result, images: Images, rates: Rates) -> str:
    if row.limit is None:
        return ""
    return f"{rates.fraction(row.limit, images.pixels, result.ours):.2f} {row.limit.kind}"
