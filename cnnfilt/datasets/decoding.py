"""Images decoded for a network by worker processes, each within its time: a bad one is reported and left out."""

from collections import defaultdict, deque
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial

from cnnfilt.batch.inputs import read_image
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.pool_runner import PoolRunner
from cnnfilt.batch.sources import Source
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.image import Array, Image
from cnnfilt.files.network_input import BACKGROUND, NetworkInput
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation, Result
from cnnfilt.terms import DEFAULT_MAX_PIXELS


class DecodeOptions(Frozen):
    """How images are read: by how many workers (None: the CPUs), for how long at most, and how large they may be."""

    jobs: int | None = None
    timeout: float = 60
    max_pixels: int = DEFAULT_MAX_PIXELS


class Decoded(Frozen):
    """What became of input `number`: its levels as `NetworkInput.levels` gives them, or an error."""

    number: int
    levels: Array | None
    notes: tuple[str, ...] = ()
    error: CnnfiltError | None = None


class _DecodedRecord(Record):
    levels: Array | None = None


def decode_all(sources: Sequence[Source], form: NetworkInput, options: DecodeOptions) -> Generator[Decoded]:
    """Yield what a network takes of each source, as they are done: with workers not always in their order."""
    jobs = [FileJob(source, ()) for source in sources]
    numbers: defaultdict[str, deque[int]] = defaultdict(deque)  # A file may be named twice.
    for number, source in enumerate(sources):
        numbers[source.path].append(number)
    read = ReadOptions(gray=form.gray, background=BACKGROUND, max_pixels=options.max_pixels)
    settings = Settings(read=read, timeout=options.timeout)
    with closing(_records(jobs, form, settings, options.jobs)) as records:
        for record in records:
            levels = record.levels if isinstance(record, _DecodedRecord) else None
            yield Decoded(numbers[record.name].popleft(), levels, record.notes, record.error)


def decode_in_order(sources: Sequence[Source], form: NetworkInput, options: DecodeOptions) -> Generator[Decoded]:
    """Yield the same in the order of `sources`."""
    waiting: dict[int, Decoded] = {}
    wanted = 0
    for decoded in decode_all(sources, form, options):
        waiting[decoded.number] = decoded
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1


class _AsInput(Operation, kw_only=True):
    """What a network takes of an image, as an operation of the batch."""

    form: NetworkInput

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one result: `levels` of the image."""
        return [Result(self.form.levels(image), None, "read")]


def decode_within_limits(job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of decoding one input, with its levels; errors are in it."""
    return run_within_limits(job, operation, settings, run=_decode)


def _decode(job: FileJob, operation: Operation, settings: Settings) -> _DecodedRecord:
    image = read_image(job, settings)
    levels = operation(image, "")[0].pixels
    return _DecodedRecord(job.source.path, image.pixels.shape, notes=image.notes, levels=levels)


def _records(jobs: Sequence[FileJob], form: NetworkInput, settings: Settings, wanted: int | None) -> Generator[Record]:
    from cnnfilt.batch.processes import WorkerPool
    from cnnfilt.batch.resources import worker_count

    count = worker_count(jobs, wanted)
    if count == 1:
        return (decode_within_limits(job, _AsInput(form=form), settings) for job in jobs)
    return PoolRunner(partial(WorkerPool, carry=decode_within_limits), count, _AsInput(form=form), settings).run(jobs)
