"""The rules of -o: from an input's name to the names and formats of its outputs."""

import os
from pathlib import Path

from cnnfilt.batch.patterns import filled, has_field, is_pattern
from cnnfilt.batch.sources import STDIN, Source
from cnnfilt.errors import PlanError
from cnnfilt.files.formats import FORMATS, IMAGE_FORMATS, WRITABLE_FORMATS, format_of, named
from cnnfilt.frozen import Frozen, replace
from cnnfilt.windows import ends_as_folder


class Target(Frozen):
    """One output: a path, or None for standard output. A format of None is settled by what the input is.

    An `unwritten` one goes nowhere: the result is only looked at. Of a `recorded` one the values go into the record of
    the run, for the records have standard output. `frame` is the number of the one frame that it takes, from 1.
    """

    path: Path | None
    format: str | None
    make_folder: bool = False
    unwritten: bool = False
    recorded: bool = False
    frame: int | None = None


class OutputRequest(Frozen):
    """What the user asked of the outputs: -o, --format, -y, and a label for each result that one input gives.

    `also_read` are the files, such as kernels, that no output may replace. Pictures called `sheets` go beside the
    results, to `sheet_folder`. With `recorded`, values take the place in the record that they had on standard output.
    `frame` is the number of the frame that is read, as names have it; "" without one. `extra` is the file, or pattern,
    for an array beside the result. With `if_newer` only inputs are done that are newer than their outputs; these have
    the dates of those where the run `keeps_dates`. `regions` tell
    parts of one input apart that have outputs of their own: one "" where there are none.
    """

    output: str | None = None
    format: str | None = None
    overwrite: bool = False
    skip_existing: bool = False
    labels: tuple[str, ...] = ("",)
    also_read: tuple[str, ...] = ()
    all_frames: bool = False
    sheets: tuple[str, ...] = ()
    sheet_folder: Path | None = None
    recorded: bool = False
    regions: tuple[str, ...] = ("",)
    frame: str = ""
    extra: str | None = None
    if_newer: bool = False
    keeps_dates: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown format."""
        if self.format is not None:
            named(self.format)

    @property
    def is_pattern(self) -> bool:
        """Return whether -o holds a field to be replaced."""
        return self.output is not None and is_pattern(self.output)

    @property
    def takes_each_frame(self) -> bool:
        """Return whether every frame goes into a file of its own."""
        return self.all_frames and has_field(self.output, "frame")

    @property
    def several(self) -> bool:
        """Return whether one input gives several results, whose names must differ."""
        return len(self.labels) > 1

    @property
    def is_stdout(self) -> bool:
        """Return whether -o is a dash."""
        return self.output == STDIN


def output_folder(request: OutputRequest, *, several: bool) -> Path | None:
    """Return the folder that -o names, or None if it names a file, a pattern, a pipe or nothing.

    Raises PlanError when several inputs are to go into what looks like one file.
    """
    output = request.output
    if output is None or request.is_stdout or request.is_pattern:
        return None
    if ends_as_folder(output) or os.path.isdir(output):
        return Path(output)
    if not several:
        return None
    if format_of(output) is not None or os.path.exists(output):
        raise PlanError(f"several inputs cannot all go to {output}; give a folder, such as -o out/")
    return Path(output)


def targets_of(source: Source, request: OutputRequest, folder: Path | None) -> tuple[Target, ...]:
    """Return the outputs of one source: those of its first region, of the next, and so on.

    For each that is one for each label, or a single one where a stack holds them all.
    """
    if len(request.regions) > 1:
        each = (targets_of(source, replace(request, regions=(region,)), folder) for region in request.regions)
        return tuple(target for targets in each for target in targets)
    if request.is_stdout or request.output is None:
        return (_stdout(source, request),)
    first = _target(source, request, folder, request.labels[0])
    stacks = first.format is not None and FORMATS[first.format].stacks
    if request.several and stacks and not has_field(request.output, "kernel"):
        return (_target(source, replace(request, labels=("",)), folder, ""),)
    return (first, *(_target(source, request, folder, label) for label in request.labels[1:]))


def unwritten(source: Source, request: OutputRequest) -> Target:
    """Return the output of a source whose result is only looked at: in the format it would have in a folder."""
    known = format_of(source.name)
    keeps = known is not None and FORMATS[known].writable
    return Target(None, request.format or (known if keeps else None), unwritten=True)


def sheets_of(source: Source, request: OutputRequest, *, several: bool) -> tuple[Target, ...]:
    """Return where the pictures of one source go: right into their folder, or of several each into one of its own."""
    if request.sheet_folder is None:
        return ()
    folder = request.sheet_folder
    if is_pattern(str(folder)):
        folder = Path(filled(str(folder), source, ext="png"))
    elif several:
        folder = folder / source.subfolder / source.stem
    return tuple(Target(folder / name, "png", make_folder=True) for name in request.sheets)


def _stdout(source: Source, request: OutputRequest) -> Target:
    if request.recorded and request.format not in (None, "json"):
        raise PlanError(
            f"--json and --format {request.format} both write to standard output; leave out --format (the JSON has "
            "the values), or write to a file with -o"
        )
    known = format_of(source.name)
    to_image = (request.format or known or "") in IMAGE_FORMATS
    if request.several and to_image and (request.is_stdout or source.is_stdin):
        raise PlanError(f"{len(request.labels)} images cannot share standard output; use -o FOLDER/ or --format npy")
    if request.is_stdout or source.is_stdin:
        return Target(None, request.format, recorded=request.recorded)
    if known in IMAGE_FORMATS and (request.format is None or request.format in IMAGE_FORMATS):
        raise PlanError(f"{source.name} is an image: say where the result goes, with -o out.png (-o - for a pipe)")
    if request.format in IMAGE_FORMATS:
        raise PlanError(f"--format {request.format} needs -o FILE (-o - for a pipe)")
    return Target(None, request.format or ("csv" if known else None), recorded=request.recorded)


def _target(source: Source, request: OutputRequest, folder: Path | None, label: str) -> Target:
    if request.is_pattern:
        path = Path(_filled(source, request, label))
        return Target(path, _format_of_file(path, request), make_folder=True)
    if folder is not None:
        suffix = _suffix_in_folder(source, request)
        name = _labelled(f"{source.stem}{suffix}", request, label)
        return Target(folder / source.subfolder / name, format_of(suffix), make_folder=True)
    path = Path(request.output or "")
    if os.path.exists(path) and not path.is_file():
        return Target(path, request.format)  # a device or a pipe: no suffix to go by
    return Target(path.with_name(_labelled(path.name, request, label)), _format_of_file(path, request))


def _filled(source: Source, request: OutputRequest, label: str) -> str:
    ext = _suffix_in_folder(source, request).lstrip(".")
    name = filled(request.output or "", source, ext=ext, kernel=label, region=request.regions[0], frame=request.frame)
    if has_field(request.output, "kernel"):
        return name
    return os.path.join(os.path.dirname(name), _labelled(os.path.basename(name), request, label))


def _format_of_file(path: Path, request: OutputRequest) -> str:
    named = format_of(path)
    if named is None and request.format is None:
        known = ", ".join(WRITABLE_FORMATS)
        undotted = (request.output or "").endswith("{ext}") and not path.suffix
        add = "write .{ext}" if undotted else "use another" if path.suffix else "add one"
        lacks = f"{path}: {path.suffix} names no format" if path.suffix else f"{path} has no suffix that names a format"
        raise PlanError(f"{lacks}; {add}, or --format ({known})")
    if named is not None and request.format is not None and named != request.format:
        raise PlanError(f"{path} names the format {named} but --format says {request.format}; leave one out")
    format_name = request.format or named or ""
    animates = request.all_frames and not request.takes_each_frame
    if not FORMATS[format_name].writable and not (animates and FORMATS[format_name].several):
        but = " without --frames all" if FORMATS[format_name].several and not request.all_frames else ""
        raise PlanError(f"{path}: {format_name} is read but not written{but}; use .png")
    return format_name


def _suffix_in_folder(source: Source, request: OutputRequest) -> str:
    """Return the input's own suffix where its format stays, else that of the format it becomes."""
    known = format_of(source.name)
    if request.format is not None:
        return source.suffix if known == request.format else FORMATS[request.format].suffixes[0]
    if known is None or not FORMATS[known].writable:
        return ".png"
    return source.suffix


def _labelled(name: str, request: OutputRequest, label: str) -> str:
    """Return `name.label.ext` where several results need different names."""
    path = Path(name)
    return f"{path.stem}.{label}{path.suffix}" if request.several else name
