"""`--explain all -o walk.gif`: the window stepping over a small image, as an animation for slides."""

from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from cnnfilt.batch.jobs import BatchPlan
from cnnfilt.batch.naming import OutputRequest, Target, unwritten
from cnnfilt.batch.work import Record, Settings, Written, name_of, put
from cnnfilt.cli.inspect.walk_scenes import scenes_of
from cnnfilt.cli.messages import printable
from cnnfilt.errors import PlanError, counted
from cnnfilt.files.animation import encode_frames
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.records import Timing
from cnnfilt.files.walk import drawn_scenes
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.inspect.explanation import Explain, Explanations

_WHOLE, _SHORTEST, _LONGEST, _LAST = 40_000, 500, 1500, 3000
"""Milliseconds: all steps together take the first, if none then has less than the second or more than the third; the
last, at which the result is complete, stays for the fourth."""


class Walked(NamedTuple):
    """A walk that was written, as the output of its run, and all that it explains."""

    written: Written
    explanations: Explanations


class WriteWalk(Frozen):
    """Explains all values of the results of the file called `name`, and writes the steps as an animation."""

    name: str
    target: Target
    write: WriteOptions

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> Walked:
        """Return what was written; ShapeError for what is too large to be shown, OutputError where writing failed."""
        explanations = Explain(None)(image, operation, results, format_name)
        frames = drawn_scenes(list(scenes_of(printable(self.name), explanations)))
        timing = Timing(tuple(_times(len(frames))))
        images = [Image(pixels=frame) for frame in frames]
        encoded = encode_frames(images, timing, self.target.format or "", self.write)
        put(encoded, self.target, Settings(write=self.write))
        how = f"{counted(len(frames), 'steps')} in {sum(timing.milliseconds) / 1000:.0f} s"
        return Walked(Written(name_of(self.target), frames[0].shape, how), explanations)

    @staticmethod
    def as_outputs(records: Iterable[Record]) -> Generator[Record]:
        """Yield the records with the walk as their output, and what it explains as the answer."""
        for record in records:
            if not record.answers:  # It failed.
                yield record
                continue
            walked, *others = record.answers
            yield replace(record, outputs=(walked.written,), answers=(walked.explanations, *others))


def plan_walk(plan: BatchPlan, request: OutputRequest, write: WriteOptions) -> tuple[BatchPlan, WriteWalk | None]:
    """Return the plan whose only output is left to the walk, and the walk; none where it is there already.

    PlanError for several inputs.
    """
    if len(plan.jobs) + len(plan.existing) > 1:
        raise PlanError(f"{request.output} shows the steps of one input; name a single one")
    if not plan.jobs:
        return plan, None
    (job,) = plan.jobs
    walk = WriteWalk(job.source.path, job.targets[0], write)
    looked_at = unwritten(job.source, replace(request, format=None))
    return replace(plan, jobs=(replace(job, targets=(looked_at,)),)), walk


def _times(count: int) -> Iterator[float]:
    each = min(max(_WHOLE / count, _SHORTEST), _LONGEST)
    # A GIF has hundredths of a second.
    yield from [float(round(each / 10) * 10)] * (count - 1)
    yield float(_LAST)
