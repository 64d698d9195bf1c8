"""The lines of a script that read the same input: to `x`, float64 of shape (H, W, C), colours red first."""

import os

from cnnfilt.cli.inspect.emit.input_image import by_opencv, by_pillow, why_not_opencv, why_not_pillow
from cnnfilt.cli.inspect.emit.input_matrix import as_numbers, by_numpy, from_text, reads_the_same
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.read_write_options import DEFAULT_READ_OPTIONS
from cnnfilt.frozen import Frozen
from cnnfilt.operations.inspect.emitted_run import EmittedRun


class Reading(Frozen):
    """The lines that read, which need `SOURCE`, and what is to be said at the top of what a library reads otherwise.

    A script `holds_numbers` that has no other way to them.
    """

    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    holds_numbers: bool = False


def reading(run: EmittedRun, source: str, *, with_opencv: bool) -> Reading:
    """Return how a script reads what this run has read from the file `source`."""
    if run.read.bands is not None:
        pixels = _by_cnnfilt(run, "some of its channels are chosen")
    else:
        pixels = _matrix(run, source) if run.kind == "matrix" else _image(run, with_opencv=with_opencv)
    height, width, channels = run.shape
    exact = "" if run.rounds else "  # so whole numbers stay exact"
    shaped = f"x = pixels.reshape({height}, {width}, {channels}).astype(np.float64){exact}"
    rounded = ("Rounded here: whole numbers beyond 2**53, which double precision cannot tell apart.",)
    remarks = pixels.remarks + (rounded if run.rounds else ())
    return Reading((*pixels.lines, shaped), remarks, pixels.holds_numbers)


def _matrix(run: EmittedRun, source: str) -> Reading:
    if run.numbers is None:
        return Reading((_STREAM, *by_numpy(run)))
    if not os.path.isfile(source):
        remark = "Read by NumPy: plain numbers alone, without a header line, fractions or decimal commas."
        return Reading((_STREAM, *from_text(run)), (remark,))
    if reads_the_same(run, run.numbers, source):
        return Reading((_STREAM, *from_text(run)))
    why = "NumPy does not read this text as cnnfilt does"
    if run.numbers.size > _MOST_NUMBERS:
        return _by_cnnfilt(run, why)
    return Reading(
        tuple(as_numbers(run.numbers, source)), (f"{why}, so its numbers are written here.",), holds_numbers=True
    )


def _image(run: EmittedRun, *, with_opencv: bool) -> Reading:
    unread = why_not_pillow(run)
    unread_by_opencv = why_not_opencv(run) if with_opencv else None
    if with_opencv and unread is unread_by_opencv is None:
        return Reading(tuple(by_opencv(run)))
    if unread is not None:
        return _by_cnnfilt(run, unread)
    remarks = (f"Read by Pillow: {unread_by_opencv}.",) if with_opencv else ()
    return Reading((_STREAM, *by_pillow(run)), remarks)


_MOST_NUMBERS = 1024
"""So many numbers of a text that NumPy cannot read may stand in a script."""

_STREAM = 'source = io.BytesIO(sys.stdin.buffer.read()) if SOURCE == "-" else SOURCE'


def _by_cnnfilt(run: EmittedRun, why: str) -> Reading:
    """Return how cnnfilt itself hands a script what it reads, where no library reads the same."""
    options = ["--gray"] if run.read.gray else ["--no-gray"]
    options += ["--alpha", "drop"] if run.read.background is None else ["--background", run.read.background]
    options += [] if run.read.auto_orient else ["--no-auto-orient"]
    options += [] if run.read.bands is None else ["--bands", ",".join(map(str, run.read.bands))]
    options += [] if run.frames == "first" else ["--frames", str(run.frames)]
    if run.read.max_pixels != DEFAULT_READ_OPTIONS.max_pixels:
        options += ["--max-pixels", str(run.read.max_pixels)]
    asked = ", ".join(map(repr, options))
    what = FORMATS[run.format].title
    return Reading(
        (
            f'command = [sys.executable, "-m", "cnnfilt", "pad", "-p", "0", "-q", {asked}]',
            'command += ["--format", "npy", "-o", "-", "--", SOURCE]',
            "pixels = np.load(io.BytesIO(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))",
        ),
        (f"Read by cnnfilt itself, which must be installed for this Python: {why} ({what}).",),
    )
