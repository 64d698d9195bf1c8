"""The inner loops in C, where they were built; elsewhere NumPy computes the same.

`loops` is the module, or None. The environment variable CNNFILT_NATIVE chooses: 0 leaves the loops out, 1 insists on
them (an ImportError where they are missing).
"""

import os
from types import ModuleType

from cnnfilt.describe.window import Window
from cnnfilt.terms import Pair

DOORS = 7
"""Counts the changes of what the loops are told; `module.c` has the same number."""


def _load() -> ModuleType | None:
    chosen = os.environ.get("CNNFILT_NATIVE", "")
    if chosen == "0":
        return None
    try:
        from cnnfilt.core.engine.native import _native
    except ImportError:
        if chosen == "1":
            raise ImportError("CNNFILT_NATIVE=1, but the compiled core was not built; install a C compiler") from None
        return None
    if getattr(_native, "DOORS", 0) == DOORS:
        return _native
    # A folder whose sources were brought up to date after it was installed.
    if chosen == "1":
        raise ImportError("CNNFILT_NATIVE=1, but the compiled core is that of another version; install cnnfilt again")
    return None


loops = _load()

BLOCK, REACH = 512, 2048
"""How many values are worked on at once, and how many more along a row their windows may meet."""


def reaches(taps: int, dilation: int, stride: int, channels: int) -> bool:
    """Tell whether a loop can hold windows of so many taps along a row."""
    return (taps - 1) * dilation * channels <= REACH and (stride == 1 or stride * channels <= BLOCK)


def steps_of(rows: Window, columns: Window) -> tuple[Pair, Pair]:
    """Return the strides and the dilations, (down, along) each, as the loops take them.

    A longer one than they take is that of an only window, or of an only tap: nothing is ever that far away.
    """
    most = 1 << 30
    strides = min(rows.stride, most), min(columns.stride, most)
    return strides, (min(rows.dilation, most), min(columns.dilation, most))


def in_words() -> str:
    """Return which core computes: "compiled core", or "NumPy core"."""
    return "compiled core" if loops else "NumPy core"
