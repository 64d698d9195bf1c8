"""How much memory the outputs of a network's layers take, as 32-bit floats."""

from collections.abc import Iterator, Sequence

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import Shape

BYTES_A_VALUE = 4

UNITS = ("B", "kB", "MB", "GB", "TB")


def bytes_of(report: Report) -> int:
    """Return the bytes of a layer's output; none where it is the same values as before, as after flatten."""
    return BYTES_A_VALUE * report.output.values if report.layer.makes_values else 0


def most_at_once(size: Shape, reports: Sequence[Report]) -> int:
    """Return the bytes of all values that are there at once, at most: each is kept until nothing takes it any more.

    Nothing is computed in place: a layer's output is there beside what it takes.
    """
    steps = list(_steps(reports))
    last_use = {one: number for number, (takes, _) in enumerate(steps) for one in takes}
    sizes = [BYTES_A_VALUE * size.values, *map(bytes_of, reports)]
    most, held = sizes[0], {0}
    for number, (_, made) in enumerate(steps):
        held.add(made)
        most = max(most, sum(sizes[one] for one in held))
        held = {one for one in held if last_use.get(one, -1) > number or one == made}
    return most


def _steps(reports: Sequence[Report]) -> Iterator[tuple[list[int], int]]:
    """Yield for each layer the values it takes and the one it makes: 0 is the input, 1 the output of layer 1."""
    current, named = 0, dict[str, int]()
    for number, report in enumerate(reports, 1):
        takes = [current if name is None else named[name] for name in report.layer.takes]
        # What makes no values hands on those it takes.
        current = number if report.layer.makes_values else takes[0]
        if report.layer.remembered_as is not None:
            named[report.layer.remembered_as] = current
        yield takes, current


def in_units(count: int) -> str:
    """Return "3.21 MB" for 3,211,264 bytes: three digits, thousands of thousands."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {UNITS[unit]}" if value < 100 else f"{value:.0f} {UNITS[unit]}"
