"""Windows for which a library has no call of its own, tap by tap in NumPy: nan in the padding does not count."""

import numpy as np

from cnnfilt.cli.inspect.emit.common import is_padded, pads_of
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ParameterError

_FOLDS = {"max": "np.nanmax(taps, axis=0)", "min": "np.nanmin(taps, axis=0)", "avg": "np.nanmean(taps, axis=0)",
          "range": "np.nanmax(taps, axis=0) - np.nanmin(taps, axis=0)"}  # fmt: skip


def has_call(asked: Pooling) -> bool:
    """Return whether libraries of layers know such pooling: of whole windows, and no median and no range."""
    return asked.taps is None and asked.kind in ("max", "min", "avg")


def refuse_adaptive(asked: Pooling) -> None:
    """Raise ParameterError for a median or range of windows that no library has."""
    if asked.output_size is not None and asked.kind in ("median", "range"):
        raise ParameterError(f"--emit has no {asked.kind} for --global and --adaptive", parameter="emit")


def by_taps(asked: Pooling, windows: Windows, *, may_hold_nan: bool) -> list[str]:
    """Return the lines from `x` to `y`, (H, W, C) arrays of NumPy."""
    met = f"[{taken('padded', windows)}{each_tap(asked, windows)}]"
    lines = [*shape_of(asked, windows), f"padded = {_filled(asked, windows)}", f"taps = np.array({met})"]
    if asked.kind == "median":
        lines += [
            "taps.sort(axis=0)  # what is nan stands last",
            "middle = (np.sum(~np.isnan(taps), axis=0, keepdims=True) - 1) // 2",
            "y = np.take_along_axis(taps, middle, axis=0)[0]",
        ]
    else:
        lines.append(f"y = {_FOLDS[asked.kind]}")
    if not may_hold_nan or asked.kind == "avg":
        return lines
    held = f"np.pad(np.isnan(x), {_sides(windows)})"
    return [
        *lines,
        "# A window with a nan of the image has no other value.",
        f"padded = {held}",
        f"y = np.where(np.any({met}, axis=0), np.nan, y)",
    ]


def shape_of(asked: Pooling, windows: Windows) -> list[str]:
    """Return the line that says which taps a window has, where it has not all."""
    return [] if asked.taps is None else [f"places = {np.argwhere(asked.taps).tolist()!r}  # the taps of the window"]


def taken(padded: str, windows: Windows, before: str = "") -> str:
    """Return what tap (i, j) of all windows meets in `padded`."""
    (height, width), (down, along) = windows.output_size, windows.stride
    return f"{padded}[{before}i : i + {(height - 1) * down + 1} : {down}, j : j + {(width - 1) * along + 1} : {along}]"


def each_tap(asked: Pooling, windows: Windows) -> str:
    """Return what lets i and j run over the taps."""
    down, along = windows.dilation
    if asked.taps is None:
        return f" for i in range(0, {windows.rows.span}, {down}) for j in range(0, {windows.columns.span}, {along})"
    if windows.dilation == (1, 1):
        return " for i, j in places"
    return f" for i, j in [({down} * i, {along} * j) for i, j in places]"


def _filled(asked: Pooling, windows: Windows) -> str:
    if not is_padded(windows):
        return "x"
    if not asked.count_include_pad:
        return f"np.pad(x, {_sides(windows)}, constant_values=np.nan)"
    rows, columns = windows.rows, windows.columns
    counted = f"(({rows.before}, {rows.after}), ({columns.before}, {columns.after}), (0, 0))"
    over = f"((0, {rows.overhang}), (0, {columns.overhang}), (0, 0))"
    return f"np.pad(np.pad(x, {counted}), {over}, constant_values=np.nan)"


def _sides(windows: Windows) -> str:
    (top, bottom), (left, right) = pads_of(windows)
    return f"(({top}, {bottom}), ({left}, {right}), (0, 0))"
