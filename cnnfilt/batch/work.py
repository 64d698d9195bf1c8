"""One image operated on, its outputs written, and a record of what happened."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source
from cnnfilt.core.levels import NO_LOSS, Loss
from cnnfilt.errors import CnnfiltError, OutputError
from cnnfilt.files.atomic import output_error, write_atomically
from cnnfilt.files.formats import named
from cnnfilt.files.image import Array, Encoded, Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import DARK
from cnnfilt.files.writing import encode
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.base import AUTO, Operation, Result
from cnnfilt.operations.hints import Hint
from cnnfilt.terms import FrameChoice

_NOTHING = np.empty((0, 0), np.uint8)


class Inspector(Protocol):
    """What is asked of an image and its results; it goes to a worker, and its answer comes back."""

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> Any:
        """Return the answer; CnnfiltError where there is none."""
        ...


class Settings(Frozen):
    """How files are read and written, the same for every job of a run."""

    read: ReadOptions = ReadOptions()
    write: WriteOptions = WriteOptions()
    timeout: float = 60
    debug: bool = False
    frames: FrameChoice = "first"
    keep_dates: bool = False
    inspectors: tuple["Inspector", ...] = ()

    def dated(self, source: Source) -> "Settings":
        """Return the same for the outputs of `source`, which get its date where it is to be kept, and it has one."""
        if not self.keep_dates:
            return self
        from cnnfilt.batch.dates import date_of  # Most runs do without.

        return replace(self, write=replace(self.write, date=date_of(source)))

    def overwriting(self) -> "Settings":
        """Return the same for jobs that may be done a second time, when their outputs are there already."""
        return replace(self, write=replace(self.write, overwrite=True))


class Written(Frozen):
    """One output: its name, the shape of its pixels, how they were made, the plan ("" where there is none), hints.

    `values` are nested lists of the numbers in it, and `columns` what stands over them, where they were to be recorded.
    """

    name: str
    shape: tuple[int, ...]
    how: str
    plan: str = ""
    hints: tuple[Hint, ...] = ()
    values: Any = None
    columns: tuple[str, ...] = ()


class Record(Frozen):
    """What became of one job: the outputs, what clipping lost, notes for the user, or the error that ended it.

    `abandoned` means that a decoder was still busy with the file when its time was up; its process should end soon.
    `answers` holds that of each inspector.
    """

    name: str
    shape: tuple[int, ...] = ()
    outputs: tuple[Written, ...] = ()
    loss: Loss = NO_LOSS
    notes: tuple[str, ...] = ()
    error: CnnfiltError | None = None
    seconds: float = 0
    bytes_read: int = 0
    abandoned: bool = False
    answers: tuple[Any, ...] = ()

    @property
    def written(self) -> bool:
        """Return whether there are outputs, and not only answers."""
        return bool(self.outputs and self.outputs[0].name)


def run_on_image(image: Image, job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of one image operated on, all its outputs written."""
    shape = image.pixels.shape
    targets = settled_targets(image, job)
    format_name = (targets[0].format or "") if targets else "npy"
    # What is asked afterwards is asked of the image, too.
    results = (operation if settings.inspectors else operation.spend)(image, format_name)
    notes = list(notes_on(image, operation, format_name))
    answers = tuple(ask(image, operation, results, format_name) for ask in settings.inspectors)
    image = _emptied(image, format_name)
    if targets and targets[0].unwritten:
        return _unwritten_record(job, shape, results, tuple(notes), answers)
    if 0 < len(targets) < len(results):
        results = _in_fewer_files(results, len(targets), format_name)
    if len(targets) < len(results):
        targets *= len(results)  # matrices on standard output, one after another
    outputs = []
    # Without targets it is the sheets alone that are wanted.
    for number, (target, result) in enumerate(zip(targets, results if targets else (), strict=True)):
        written = Written(name_of(target), result.pixels.shape, result.how, result.plan, result.hints)
        if target.recorded:
            outputs.append(replace(written, values=_values(result.pixels), columns=result.columns))
        else:
            if number and target.path is None:
                _print([b"\n"])
            notes += _write(_output(image, result), target, settings)
            outputs.append(written)
        if result.extra is not None and job.extra is not None:
            _write(Image(pixels=result.extra, kind="matrix", format="npy"), job.extra, settings)
    outputs += _draw(results, job.sheets, settings)
    return Record(job.source.path, shape, tuple(outputs), _loss(results), tuple(notes), answers=answers)


def _unwritten_record(
    job: FileJob, shape: tuple[int, ...], results: list[Result], notes: tuple[str, ...], answers: tuple[Any, ...]
) -> Record:
    outputs = tuple(Written("", result.pixels.shape, result.how, result.plan, result.hints) for result in results)
    return Record(job.source.path, shape, outputs, _loss(results), notes, answers=answers)


def _loss(results: list[Result]) -> Loss:
    return sum((result.loss for result in results if result.loss is not None), NO_LOSS)


def notes_on(image: Image, operation: Operation, format_name: str) -> tuple[str, ...]:
    """Return the notes on the reading, without a word on brightness where that is settled, or nobody's concern."""
    if named(format_name).kind == "image" and operation.treatment.values == AUTO:
        return image.notes
    return tuple(note for note in image.notes if note != DARK)


def settled_targets(image: Image, job: FileJob) -> list[Target]:
    """Return the outputs, each with its format. OutputError for an image whose values were to be recorded."""
    if image.kind == "image" and any(target.recorded and target.format is None for target in job.targets):
        raise OutputError("{image} is an image, and --json has standard output; name a file for the result with -o")
    return [replace(target, format=target.format or _answering_format(image)) for target in job.targets]


def _draw(results: list[Result], targets: tuple[Target, ...], settings: Settings) -> list[Written]:
    """Write the sheets that the results have; return an entry for each."""
    sheets = [sheet for result in results for sheet in result.sheets]
    for target, sheet in zip(targets, sheets, strict=True):
        _write(Image(pixels=sheet), target, settings)
    return [Written(name_of(target), sheet.shape, "maps") for target, sheet in zip(targets, sheets, strict=True)]


def _emptied(image: Image, format_name: str) -> Image:
    """Return `image` without its pixels: beside the results, a large image would take twice the memory."""
    memory = image.memory if named(format_name).reuses_memory else None
    return replace(image, pixels=_NOTHING, alpha=None, memory=memory)


def _in_fewer_files(results: list[Result], count: int, format_name: str) -> list[Result]:
    """Return the results as `count` stacks where the format has such; those of one region are in one."""
    each = len(results) // count
    groups = [results[first : first + each] for first in range(0, len(results), each)]
    return [one for group in groups for one in _in_one_file(group, format_name)]


def _in_one_file(results: list[Result], format_name: str) -> list[Result]:
    """Return one stack, maps last, for npy and json; the results as they are for rows of text."""
    if not named(format_name).stacks:
        if named(format_name).kind == "image":
            raise OutputError(f"{len(results)} images cannot share one output; write to a folder or to a .npy")
        return results
    if len({result.pixels.shape for result in results}) > 1:
        raise OutputError("the maps differ in size, so they cannot be stacked; use -p same, or an output for each")
    stack = np.stack([result.pixels for result in results], axis=-1)
    return [replace(results[0], pixels=stack, loss=_loss(results))]


def _answering_format(image: Image) -> str:
    """Return the format that answers an input of unknown kind: PNG an image, csv a matrix, .npy a .npy."""
    if image.kind == "image":
        return "png"
    return "npy" if image.format == "npy" else "csv"


def _output(image: Image, result: Result) -> Image:
    return replace(image, pixels=result.pixels, alpha=result.alpha, columns=result.columns)


def _values(pixels: Array) -> Any:
    """Return nested lists of the numbers that a .json file would hold; OutputError for what it holds none of."""
    # Most runs do without.
    from json import loads

    from cnnfilt.files.matrix.matrices import write_matrix

    return loads(write_matrix(pixels, "json"))


def _write(image: Image, target: Target, settings: Settings) -> tuple[str, ...]:
    """Write one output and return notes on what it could not keep."""
    return put(encode(image, target.format or "", settings.write), target, settings)


def put(encoded: Encoded, target: Target, settings: Settings) -> tuple[str, ...]:
    """Write the content of one output and return its notes."""
    format_name = target.format or ""
    if target.path is not None:
        if target.make_folder:
            _make_folder(target.path.parent)
        write_atomically(
            target.path,
            lambda stream: stream.writelines(encoded.parts),
            overwrite=settings.write.overwrite,
            date=settings.write.date,
        )
        return encoded.notes
    if not named(format_name).is_text and sys.stdout.isatty():
        raise OutputError(f"a terminal cannot show {format_name} data; name a file with -o, or pipe it on")
    _print(encoded.parts)
    return encoded.notes


def _print(parts: Iterable[bytes | memoryview]) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(parts)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What Python still holds for it goes nowhere from here, or the last flush would fail, and be reported, again.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise output_error("standard output", error) from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(f"the folder {folder}", error) from None


def name_of(target: Target) -> str:
    """Return what an output is called in messages."""
    return "stdout" if target.path is None else str(target.path)
