"""Images decoded for a network by worker processes, each within its time: a bad one is told and left out."""

from collections import defaultdict, deque
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial

from cnnfilt.batch.jobs import Job
from cnnfilt.batch.limits import run_within_limits
from cnnfilt.batch.look import BACKGROUND, Look
from cnnfilt.batch.operations.base import Operation
from cnnfilt.batch.runner import Crew
from cnnfilt.batch.sources import Source
from cnnfilt.batch.work import Record, Settings, read_image
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.image import Array
from cnnfilt.frozen import Frozen
from cnnfilt.terms import DEFAULT_MAX_PIXELS


class Reading(Frozen):
    """How images are read: by how many workers (None: the CPUs), for how long at most, and how large they may be."""

    jobs: int | None = None
    timeout: float = 60
    max_pixels: int = DEFAULT_MAX_PIXELS


class Sight(Frozen):
    """What became of the input `number`: its levels as `Look.levels` gives them, or an error; notes for the user."""

    number: int
    levels: Array | None
    notes: tuple[str, ...] = ()
    error: CnnfiltError | None = None


class _Seen(Record):
    levels: Array | None = None


def see(sources: Sequence[Source], look: Look, reading: Reading) -> Generator[Sight]:
    """Yield what a network sees of each source, as they are done: with workers not always in their order."""
    jobs = [Job(source, ()) for source in sources]
    numbers: defaultdict[str, deque[int]] = defaultdict(deque)  # A file may be named twice.
    for number, source in enumerate(sources):
        numbers[source.path].append(number)
    settings = Settings(gray=look.gray, background=BACKGROUND, max_pixels=reading.max_pixels, timeout=reading.timeout)
    with closing(_records(jobs, look, settings, reading.jobs)) as records:
        for record in records:
            levels = record.levels if isinstance(record, _Seen) else None
            yield Sight(numbers[record.name].popleft(), levels, record.notes, record.error)


def see_in_order(sources: Sequence[Source], look: Look, reading: Reading) -> Generator[Sight]:
    """Yield the same in the order of `sources`."""
    waiting: dict[int, Sight] = {}
    wanted = 0
    for sight in see(sources, look, reading):
        waiting[sight.number] = sight
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1


def look_within_limits(job: Job, operation: Operation, settings: Settings) -> Record:
    """Return the record of looking at one input, with what was seen; errors are in it."""
    return run_within_limits(job, operation, settings, run=_look)


def _look(job: Job, operation: Operation, settings: Settings) -> _Seen:
    image = read_image(job, settings)
    levels = operation(image, "")[0].pixels
    return _Seen(job.source.path, image.pixels.shape, notes=image.notes, levels=levels)


def _records(jobs: Sequence[Job], look: Look, settings: Settings, wanted: int | None) -> Generator[Record]:
    from cnnfilt.batch.pool import Pool
    from cnnfilt.batch.resources import worker_count

    count = worker_count(jobs, wanted)
    if count == 1:
        return (look_within_limits(job, look, settings) for job in jobs)
    return Crew(partial(Pool, carry=look_within_limits), count, look, settings).run(jobs)
