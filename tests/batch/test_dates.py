"""Which outputs are as new as what they are made of."""

import os
from pathlib import Path

import pytest

from cnnfilt.batch.dates import DateCheck, date_of
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source

SECOND = 1_000_000_000


def made(path: Path, date: int, content: bytes = b"x") -> Path:
    """A file whose date is so many nanoseconds after 2001."""
    path.write_bytes(content)
    os.utime(path, ns=(date + 10**18, date + 10**18))
    return path


def reason(source: Path, *outputs: Path, check: DateCheck | None = None) -> str | None:
    return reason_for(Source(str(source)), *outputs, check=check)


def reason_for(source: Source, *outputs: Path | None, check: DateCheck | None = None) -> str | None:
    return (check or DateCheck()).reason_to_make(source, [Target(output, "png") for output in outputs])


@pytest.mark.parametrize(
    ("source", "output", "expected"),
    [
        (0, 0, None),
        (0, 1, None),
        (10, 9, "newer"),
        (0, SECOND, None),
        (10 * SECOND, SECOND, "newer"),
        # The same date, as coarser file systems keep it: hundreds of nanoseconds, micro- and milliseconds, seconds.
        (12_345_678_987, 12_345_678_900, None),
        (12_345_678_987, 12_345_678_000, None),
        (12_345_678_987, 12_340_000_000, None),
        (12_345_678_987, 12_345_000_000, None),
        (12_345_678_987, 12 * SECOND, None),
        (13_345_678_987, 12 * SECOND, None),
        (13_345_678_987, 13_345_678_986, "newer"),
        (14_345_678_987, 12 * SECOND, "newer"),
        (12_345_678_987, 11 * SECOND, "newer"),
    ],
)
def test_an_input_is_newer_than_its_output(tmp_path: Path, source: int, output: int, expected: str | None) -> None:
    assert reason(made(tmp_path / "a", source), made(tmp_path / "b", output)) == expected


def test_an_output_that_is_missing_or_empty_is_made(tmp_path: Path) -> None:
    source = made(tmp_path / "a", 0)
    assert reason(source, tmp_path / "b") == "missing"
    assert reason(source, made(tmp_path / "b", 9, b"")) == "missing"
    (tmp_path / "lost").symlink_to("nowhere")
    assert reason(source, tmp_path / "lost") == "missing"


def test_every_output_counts(tmp_path: Path) -> None:
    source = made(tmp_path / "a", 5)
    old, new = made(tmp_path / "old", 4), made(tmp_path / "new", 6)
    assert reason(source, new, new) is None
    assert reason(source, new, old) == "newer"
    assert reason(source, old, tmp_path / "none") == "missing"


def test_what_is_read_beside_the_input_counts(tmp_path: Path) -> None:
    one, output = made(tmp_path / "a", 0), made(tmp_path / "b", 5)
    old, new = made(tmp_path / "k.csv", 4), made(tmp_path / "m.csv", 6)
    assert reason(one, output, check=DateCheck([str(old)])) is None
    assert reason(one, output, check=DateCheck([str(old), str(new)])) == "newer"
    assert reason(one, output, check=DateCheck([str(tmp_path / "none.csv")])) is None


def test_what_has_no_date_is_made_each_time(tmp_path: Path) -> None:
    output = made(tmp_path / "b", 5)
    os.mkfifo(tmp_path / "pipe")
    assert reason(tmp_path / "pipe", output) == "undated"
    assert reason(Path("/dev/null"), output) == "undated"
    assert reason(tmp_path / "missing", output) == "undated"
    assert reason_for(Source("-"), output) == "undated"
    assert reason_for(Source("1,2", typed=True), output) == "undated"
    assert reason(made(tmp_path / "a", 0), Path("/dev/null")) == "undated"
    assert reason_for(Source(str(tmp_path), unlisted=True)) == "undated"
    assert reason_for(Source(str(tmp_path / "a")), None) == "undated"


def test_a_link_that_is_changed_is_newer_whatever_it_leads_to(tmp_path: Path) -> None:
    made(tmp_path / "a", 0)
    (tmp_path / "link").symlink_to("a")
    os.utime(tmp_path / "link", ns=(10**18, 10**18), follow_symlinks=False)
    output = made(tmp_path / "b", 5)
    assert reason(tmp_path / "link", output) is None
    os.utime(tmp_path / "link", ns=(10**18 + 6, 10**18 + 6), follow_symlinks=False)
    assert reason(tmp_path / "link", output) == "newer"
    made(tmp_path / "a", 6)
    os.utime(tmp_path / "link", ns=(10**18, 10**18), follow_symlinks=False)
    assert reason(tmp_path / "link", output) == "newer"


def test_an_output_that_is_a_link_has_the_date_of_what_is_written(tmp_path: Path) -> None:
    source, target = made(tmp_path / "a", 5), made(tmp_path / "b", 4)
    (tmp_path / "link").symlink_to("b")
    assert reason(source, tmp_path / "link") == "newer"
    made(target, 6)
    assert reason(source, tmp_path / "link") is None


def test_inputs_with_dates_to_come_are_named(tmp_path: Path) -> None:
    now = 10**18 + 100
    check = DateCheck(now=now)
    output = made(tmp_path / "out", 50)
    made(tmp_path / "past", 99)
    for number in range(2):
        made(tmp_path / f"later{number}", 101)
    for name in ("past", "later0", "later1"):
        assert reason(tmp_path / name, output, check=check) == "newer"
    assert check.report() == (
        f"2 inputs have a date in the future, such as {tmp_path}/later0, and are made again each time until then "
        "(touch or --keep-dates mends it)",
    )
    assert DateCheck(now=now).report() == ()
    keeping = DateCheck(now=now, keeps_dates=True)  # They have the same date then.
    assert reason(tmp_path / "later0", output, check=keeping) == "newer"
    assert keeping.report() == ()


def test_where_dates_are_kept_a_kernel_is_as_new_as_the_writing_of_the_output(tmp_path: Path) -> None:
    """Else a kernel younger than a photograph would have it made again each time."""
    kernel = tmp_path / "k.csv"
    kernel.write_text("1")
    source, output = made(tmp_path / "a", 5), made(tmp_path / "b", 5)
    assert reason(source, output, check=DateCheck([str(kernel)])) == "newer"
    assert reason(source, output, check=DateCheck([str(kernel)], keeps_dates=True)) is None
    now = output.stat().st_ctime_ns
    os.utime(kernel, ns=(now + 9 * SECOND, now + 9 * SECOND))
    assert reason(source, output, check=DateCheck([str(kernel)], keeps_dates=True)) == "newer"


def test_the_date_that_an_output_is_given(tmp_path: Path) -> None:
    made(tmp_path / "a", 123)
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    assert date_of(Source(str(tmp_path / "a"))) == 10**18 + 123
    assert date_of(Source(str(tmp_path / "link"))) == 10**18 + 123
    for source in (Source("-"), Source("1", typed=True), Source(str(tmp_path / "pipe")), Source("none")):
        assert date_of(source) is None
