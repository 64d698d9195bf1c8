"""The lines of a script that read the same input: to `x`, float64 of shape (H, W, C), colours red first."""

from cnnfilt.cli.inspect.emit.input_image import by_opencv, by_pillow, why_not_opencv, why_not_pillow
from cnnfilt.cli.inspect.emit.input_matrix import by_numpy, from_text
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.read_write_options import DEFAULT_READ_OPTIONS
from cnnfilt.frozen import Frozen
from cnnfilt.operations.inspect.emitted_run import EmittedRun


class Reading(Frozen):
    """The lines that read, which need `SOURCE`, and the comments at the top on what a library reads otherwise."""

    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def reading(run: EmittedRun, source: str, *, with_opencv: bool) -> Reading:
    """Return how a script reads what this run has read from the file `source`."""
    pixels = _matrix(run, source) if run.kind == "matrix" else _image(run, with_opencv=with_opencv)
    height, width, channels = run.shape
    exact = "" if run.rounds else "  # so whole numbers stay exact"
    shaped = f"x = pixels.reshape({height}, {width}, {channels}).astype(np.float64){exact}"
    rounded = ("# Rounded here: whole numbers beyond 2**53, which double precision cannot tell apart.",)
    return Reading((*pixels.lines, shaped), pixels.remarks + (rounded if run.rounds else ()))


def _matrix(run: EmittedRun, source: str) -> Reading:
    if run.numbers is None:
        return Reading((_STREAM, *by_numpy(run)))
    found = from_text(run, run.numbers, source)
    if found is None:
        return _by_cnnfilt(run, "NumPy does not read this text as cnnfilt does")
    lines, remarks = found
    return Reading((*([_STREAM] if "(source" in " ".join(lines) else []), *lines), tuple(remarks))


def _image(run: EmittedRun, *, with_opencv: bool) -> Reading:
    unread = why_not_pillow(run)
    unread_by_opencv = why_not_opencv(run) if with_opencv else None
    if with_opencv and unread is unread_by_opencv is None:
        return Reading(tuple(by_opencv(run)))
    if unread is not None:
        return _by_cnnfilt(run, unread)
    remarks = (f"# Read by Pillow: {unread_by_opencv}.",) if with_opencv else ()
    return Reading((_STREAM, *by_pillow(run)), remarks)


_STREAM = 'source = io.BytesIO(sys.stdin.buffer.read()) if SOURCE == "-" else SOURCE'


def _by_cnnfilt(run: EmittedRun, why: str) -> Reading:
    """Return how cnnfilt itself hands a script what it reads, where no library reads the same."""
    options = ["--gray"] if run.read.gray else ["--no-gray"]
    options += ["--alpha", "drop"] if run.read.background is None else ["--background", run.read.background]
    options += [] if run.read.auto_orient else ["--no-auto-orient"]
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
        (f"# Read by cnnfilt itself, which must be installed for this Python: {why} ({what}).",),
    )
