"""One job carried out on all frames of its input, or on the one that was chosen."""

import os
from collections.abc import Sequence

from cnnfilt.batch.inputs import read_image
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.naming import Target
from cnnfilt.batch.work import (
    Record,
    Settings,
    Written,
    name_of,
    notes_on,
    put,
    run_on_image,
    settled_targets,
)
from cnnfilt.core.levels import NO_LOSS
from cnnfilt.errors import InputError, OutputError, ParameterError, counted
from cnnfilt.files.animation import encode_frames, read_frames
from cnnfilt.files.formats import named
from cnnfilt.files.image import Image
from cnnfilt.files.records import Timing
from cnnfilt.files.streams import open_stream, standard_input
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation, Result


def run_on_frames(job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of one job on the frames that were asked for; a CnnfiltError is for the caller."""
    if job.source.typed:
        return run_on_image(read_image(job, settings), job, operation, settings)
    content = _content(job)
    found = read_frames(job.source.path if content is None else content, settings.frames, settings.read)
    if found is None:
        if isinstance(settings.frames, int) and settings.frames > 1:
            raise InputError(f"{{image}} has one image; frame {settings.frames} does not exist")
        images, timing = [read_image(job, settings, content)], Timing((0,))
    else:
        images, timing = found
    if any(target.frame is not None for target in job.targets):
        return _run_on_each(images, job, operation, settings)
    targets = settled_targets(images[0], job)
    if len(images) == 1 and not any(named(target.format or "").frames_only for target in targets):
        return run_on_image(images[0], job, operation, settings)
    return _run_on_all(images, timing, targets, job, operation, settings)


def _run_on_each(images: list[Image], job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of all frames operated on, each with files of its own."""
    _refuse_frames(images, job)
    if len(images) != job.targets[-1].frame:
        raise InputError("its number of frames has changed since they were counted")
    records = []
    for number, image in enumerate(images, 1):
        targets = tuple(target for target in job.targets if target.frame == number)
        records.append(run_on_image(image, replace(job, targets=targets), operation, settings))
        images[number - 1] = replace(image, pixels=image.pixels[:0], alpha=None)
    outputs = tuple(output for record in records for output in record.outputs)
    notes = tuple(dict.fromkeys(note for record in records for note in record.notes))
    return replace(records[0], outputs=outputs, loss=sum((one.loss for one in records), NO_LOSS), notes=notes)


def _refuse_frames(images: list[Image], job: FileJob) -> None:
    """Refuse what is written beside a result, and has one place for all frames."""
    if job.extra is not None:
        raise ParameterError("--angle and --indices write the array of one image; choose one with --frames N")
    if job.sheets and len(images) > 1:
        raise ParameterError("--maps draws the layers of one image; choose one with --frames N")


def _run_on_all(
    images: list[Image],
    timing: Timing,
    targets: Sequence[Target],
    job: FileJob,
    operation: Operation,
    settings: Settings,
) -> Record:
    _refuse_frames(images, job)
    shape, count = images[0].pixels.shape, len(images)
    results = []
    for number, image in enumerate(images):
        results.append(operation(image, targets[0].format or ""))
        # What has been operated on goes, or a long animation would take twice the memory.
        images[number] = replace(image, pixels=image.pixels[:0], alpha=None)
    if len(results[0]) != len(targets):
        raise OutputError(
            f"{len(results[0])} maps of {count} frames cannot share {name_of(targets[0])}; for a file each give a "
            "folder and an image format, such as -o out/ --format png, or choose one frame with --frames N"
        )
    notes = [note for image in images for note in notes_on(image, operation, targets[0].format or "")]
    outputs = []
    for target, maps in zip(targets, zip(*results, strict=True), strict=True):
        frames = [_output(image, result) for image, result in zip(images, maps, strict=True)]
        about = named(target.format or "")
        encoded = encode_frames(frames, timing, about.name, settings.write)
        notes += put(encoded, target, settings)
        how = f"{maps[0].how}; {counted(count, about.several or 'frames')}"
        colours = f", {about.most_colours} colours" if about.most_colours else ""
        outputs.append(Written(name_of(target), maps[0].pixels.shape, how + colours, maps[0].plan, maps[0].hints))
    losses = (result.loss for one in results for result in one if result.loss is not None)
    return Record(job.source.path, shape, tuple(outputs), sum(losses, NO_LOSS), tuple(dict.fromkeys(notes)))


def _content(job: FileJob) -> bytes | None:
    """Return what a pipe holds, for it can be read only once; None for a file."""
    if job.source.is_stdin:
        return standard_input()
    if os.path.isfile(job.source.path) or not os.path.exists(job.source.path):
        return None
    with open_stream(job.source.path) as stream:
        return stream.read()


def _output(image: Image, result: Result) -> Image:
    return replace(image, pixels=result.pixels, alpha=result.alpha, memory=None)
