"""What a run says of many files, in whatever order workers finish them."""

import pytest

from cnnfilt.batch.jobs import BatchPlan, FileJob
from cnnfilt.batch.sources import Source
from cnnfilt.batch.work import Record, Written
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.reporter import Reporter
from cnnfilt.operations.hints import Hint

NAMES = ("a.png", "b.png", "c.png")
DARK, WHITE = Hint("is dark", "use more"), Hint("is white", "use less")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_hints_name_the_first_of_the_inputs(order: tuple[int, ...], capsys: pytest.CaptureFixture[str]) -> None:
    plan = BatchPlan(tuple(FileJob(Source(name), ()) for name in NAMES))
    with Reporter("convolve", plan, quiet=False, verbose=False, json=False, inspection=Inspection()) as reporter:
        for index in order:
            hints = (DARK,) if index == 0 else (WHITE, DARK)
            reporter.tell(Record(NAMES[index], (2, 2), (Written(f"out/{NAMES[index]}", (2, 2), "clip", hints=hints),)))
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "a.png is dark: use more (and 2 more)",
        "b.png is white: use less (and 1 more)",
    ]
