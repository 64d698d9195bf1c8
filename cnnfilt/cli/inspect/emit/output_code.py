"""The lines of a script that turn responses into pixels as cnnfilt does, and write or print them."""

from pathlib import Path

import numpy as np

from cnnfilt.cli.inspect.emit.common import are_rounded
from cnnfilt.core.engine.images import float_dtype
from cnnfilt.core.levels import Levels
from cnnfilt.core.noise import noise_of
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.files.capacity import needs_eight_bits
from cnnfilt.files.formats import FORMATS, format_of, named
from cnnfilt.files.matrix.column_names import names_line
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.inspect.emitted_run import EmittedRun

_ALIKE = ("png", "tiff", "bmp")
"""The formats that every library writes as the levels are; instead of others it writes PNG."""

_SEPARATORS = {"tsv": "\\t", "txt": " "}


def writing(run: EmittedRun, number: int, label: str, *, with_opencv: bool) -> list[str]:
    """Return the lines for result `number`, `y` of shape (H, W, maps); `label` tells it from others."""
    lines = _pixels(run, number)
    if run.in_one_file:
        lines.append(f"maps.append({_axes(run, number)})")
        return [*lines, *_stack(run)] if number == len(run.made) - 1 else lines
    target = f'TARGET.replace("{{}}", {label!r})' if label else "TARGET"
    if named(run.to).kind == "matrix":
        return [*lines, *_matrix(run, number, target)]
    if _suffix(run, with_opencv=with_opencv) == ".npy":
        return [*lines, f"np.save({target}, {_axes(run, number)})"]
    flat = run.made[number].channels == 1
    if with_opencv:
        return [*lines, f"cv2.imwrite({target}, {'pixels' if flat else 'pixels[:, :, ::-1]'})"]
    return [*lines, f"Image.fromarray(pixels{'[:, :, 0]' if flat else ''}).save({target})"]


def prints(run: EmittedRun) -> bool:
    """Return whether the script prints its results: rows of text, where no file is named for them."""
    return run.output is None and _is_text(run)


def default_target(run: EmittedRun, source: str, *, library: str) -> str:
    """Return the file that a script writes where its command line names none; {} stands for each filter's label."""
    suffix = _suffix(run, with_opencv=library == "opencv")
    if len(run.made) > 1 and not run.in_one_file:
        suffix = ".{}" + suffix
    if run.output not in (None, "-") and not str(run.output).endswith("/") and "{" not in str(run.output):
        given = Path(str(run.output))
        return str(given.with_name(f"{given.stem}.{library}{suffix}"))
    return f"{'stdin' if source == '-' else Path(source).stem}.{library}{suffix}"


def output_remarks(run: EmittedRun, *, with_opencv: bool) -> list[str]:
    """Return what is to be said of the file, which cannot be the one that the run writes."""
    if named(run.to).kind == "matrix":
        return []
    if _suffix(run, with_opencv=with_opencv) == ".npy":
        depth = "floats" if run.made[0].levels.values == "raw" else "16 bits"
        return [f"Written as .npy: Pillow has no colours in {depth}."]
    if run.to not in _ALIKE and run.output is not None:
        return [f"Written as .png: each library writes {FORMATS[run.to].title} in its own way."]
    return []


def mapping(run: EmittedRun, levels: Levels, *, noisy: bool = False) -> list[str]:
    """Return the lines from responses `y` to `pixels`: mapped, rounded half to even, clipped, and only then cast.

    Where the responses themselves are rounded, and so `noisy`, what rounding left is not stretched.
    """
    top, middle, lines = levels.top, (levels.top + 1) // 2, []
    found = "y"
    if run.may_hold_nan and levels.needs_range:
        lines, found = ["finite = np.append(y[np.isfinite(y)], [] if np.isfinite(y).any() else 0)"], "finite"
    if levels.values == "abs":
        lines.append("y = np.abs(y)" if found == "y" else "y, finite = np.abs(y), np.abs(finite)")
    if isinstance(levels.value_range, Percentiles):
        ends = f"[{levels.value_range.low!r}, {levels.value_range.high!r}]"
        lines.append(f"low, high = np.percentile({found}.astype(np.float64), {ends})")
        lines.append(f"y = (y - low) * {top} / max(high - low, 1e-290)")
    elif levels.value_range is not None:
        low, high = levels.value_range
        lines.append(f"y = (y - {low!r}) * {top} / {high - low!r}")
    elif levels.values == "minmax" and noisy:
        lines.append(f"spread = {found}.max() - {found}.min()")
        lines.append(f"if spread <= {noise_of(float_dtype(np.dtype(run.dtype)))!r} * np.abs({found}).max():")
        lines.append(f"    spread = spread * {4 * top} or 1  # all the same but for rounding")
        lines.append(f"y = (y - {found}.min()) * {top} / spread")
    elif levels.values == "minmax":
        lines.append(f"y = (y - {found}.min()) * {top} / ({found}.max() - {found}.min() or 1)")
    rounded = "np.rint(y)"
    if levels.values == "offset":
        rounded = f"np.rint(y / 2) + {middle}"
    elif levels.values == "symmetric":
        rounded = f"np.rint(y * {middle - 1} / (np.abs({found}).max() or 1)) + {middle}"
    clipped = f"np.clip({rounded}, 0, {top})"
    if run.may_hold_nan:
        clipped = f"np.nan_to_num({clipped})"
    return [*lines, f"pixels = {clipped}.astype({'np.uint8' if top == 255 else 'np.uint16'})"]


def _pixels(run: EmittedRun, number: int) -> list[str]:
    """Return the lines from responses `y` to `pixels`, in the type that the run writes."""
    one = run.made[number]
    if one.levels.values == "raw" or run.makes_mask:
        # What a library computes by Fourier transforms is a hair off whole numbers, and a cast would cut it off.
        lines = [f"pixels = {'y' if 'float' in one.dtype else 'np.rint(y)'}.astype(np.{one.dtype})"]
    else:
        lines = mapping(run, one.levels, noisy=are_rounded(run, number))
    if isinstance(run.operation, FindEdges) and run.operation.invert:
        lines.append(f"pixels = {one.levels.top} - pixels  # dark on white")
    is_image = named(run.to).kind == "image"
    if is_image and needs_eight_bits(run.to, channels=one.channels, sample=one.dtype, alpha=run.alpha):
        lines.append("pixels = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)  # from 16 bits")
    return lines


def _suffix(run: EmittedRun, *, with_opencv: bool) -> str:
    """Return the suffix of what the script writes."""
    one = run.made[0]
    if named(run.to).kind == "matrix":
        return FORMATS[run.to].suffixes[0] if _is_text(run) or run.to == "json" else ".npy"
    deep = one.levels.values == "raw" or (
        one.dtype == "uint16" and not needs_eight_bits(run.to, channels=one.channels, sample=one.dtype, alpha=run.alpha)
    )
    if deep and one.channels > 1 and not with_opencv:
        return ".npy"
    if one.levels.values == "raw":
        return ".tiff"
    if run.to not in _ALIKE:
        return ".png"
    given = Path(run.output or "").suffix
    return given if format_of(given or ".") == run.to else FORMATS[run.to].suffixes[0]


def _is_text(run: EmittedRun) -> bool:
    """Return whether all results go into text: one of more than one channel goes into no rows."""
    about = named(run.to)
    return about.kind == "matrix" and about.is_text and (about.stacks or all(one.channels == 1 for one in run.made))


def _axes(run: EmittedRun, number: int) -> str:
    return "pixels[:, :, 0]" if run.made[number].is_flat else "pixels"


def _matrix(run: EmittedRun, number: int, target: str) -> list[str]:
    if run.to == "json":
        return _json(run, _axes(run, number), target)
    if not _is_text(run):
        return [f"np.save({target}, {_axes(run, number)})"]
    separator = _SEPARATORS.get(run.to, ",")
    parted = ["print()"] if number and prints(run) else []
    where = "sys.stdout" if prints(run) else target
    heading = names_line(run.made[number].columns, run.to).decode().rstrip("\n") if run.made[number].columns else ""
    named = f', header={heading!r}, comments=""' if heading else ""
    if run.made[number].dtype == "float32":
        rows = '[[str(value).removesuffix(".0") for value in row] for row in pixels[:, :, 0]]'
        return [*parted, f'np.savetxt({where}, {rows}, fmt="%s", delimiter="{separator}"{named})']
    digits = "%.15g" if run.made[number].dtype == "float64" else "%d"
    return [*parted, f'np.savetxt({where}, pixels[:, :, 0], fmt="{digits}", delimiter="{separator}"{named})']


def _json(run: EmittedRun, values: str, target: str) -> list[str]:
    if prints(run):
        return [f"print(json.dumps({values}.tolist()))"]
    return [f'with open({target}, "w") as file:', f"    json.dump({values}.tolist(), file)"]


def _stack(run: EmittedRun) -> list[str]:
    stack = "np.stack(maps, axis=-1)"
    return _json(run, stack, "TARGET") if run.to == "json" else [f"np.save(TARGET, {stack})"]
