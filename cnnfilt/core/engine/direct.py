"""Filters over all channels in compiled loops: blocks of windows times panels of filters, read where they lie.

`native/filters.h` says how; `taps` is the definition, `im2col` the way of NumPy.
"""

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.cells import LONGEST, even_cells
from cnnfilt.core.engine.correlate import outside_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.memory import aligned
from cnnfilt.core.engine.padded import NO_SIDES, Sides
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite
from cnnfilt.core.engine.technique import Technique
from cnnfilt.describe.window import Window
from cnnfilt.errors import counted
from cnnfilt.terms import Pair

PANELS = {8: 0.6, 16: 0.8, 32: 1.0}
"""How many filters a panel may have, and how fast it is next to one of 32; of those the processor has to have room."""


class Filters:
    """Filters (h, w, C, maps) as the loops take them, in 32-bit floats; they multiply zero taps, too."""

    def __init__(self, weights: Array, bias: Array) -> None:
        height, width, channels, self.maps = weights.shape
        self.size, self.channels = (height, width), channels
        cells = list(even_cells((height, width, channels), LONGEST))
        panel = panel_of(self.maps)
        self.panels = -(-self.maps // panel)
        self._parts = np.array([one.part for one in cells], np.int32)
        in_parts = [in_panels(one.of(weights).reshape(-1, self.maps), panel) for one in cells]
        memory = aligned((sum(map(len, in_parts)), panel), np.dtype(np.float32))
        self._weights = np.concatenate(in_parts, out=memory, casting="same_kind")
        self._bias = bias.astype(np.float32)
        self._none_outside = np.zeros(channels, np.float32)

    @property
    def nbytes(self) -> int:
        """Return how much memory their weights take."""
        return int(self._weights.nbytes)

    def write(
        self,
        rows: Array,
        out: Array,
        windows: tuple[Window, Window],
        sides: Sides = NO_SIDES,
        outside: Array | None = None,
        panels: Pair | None = None,
        images: int = 1,
    ) -> None:
        """Write what windows over `rows` (n, W * C) give, bias included, to `out` (rows, W', maps), contiguous.

        Of the panels of filters (first, last) alone, if they are given; of several images, one below the other.
        """
        assert native.loops is not None, "nothing comes here without them"
        native.loops.filters(
            rows,
            sides.places,
            self._parts,
            self._weights,
            self._bias,
            self._none_outside if outside is None else outside,
            out,
            self.channels,
            *native.steps_of(*windows),
            sides.padding,
            self.size,
            panels or (0, self.panels),
            images,
        )


class Direct(Technique):
    """Sums blocks of windows in registers; for 32-bit floats only, and for strips in which every value is finite."""

    sides_apart = True

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless it has float filters over all channels, and with no loop."""
        if native.loops is None or job.each or dtype != np.float32 or not job.tap_count:
            return None
        return f"{counted(job.maps, 'filters')} over all channels at once: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._filters = Filters(job.weights, job.bias)
        self._windows = job.rows, job.columns
        self._taps = SpareTaps(job, dtype)
        self.row_bytes = job.columns.output_size * job.maps * dtype.itemsize

    def prepare(self, height: int) -> None:
        """Do nothing: the loops need no memory."""

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * filters)."""
        # A product would spread an infinity through zero taps, which shows in what comes out, too.
        looks_at_sums = out.size < strip.padded.size
        if looks_at_sums or all_finite(strip.padded):
            maps = out.reshape(strip.height, -1, self._filters.maps)
            outside = outside_of(strip, strip.channels, np.dtype(np.float32))
            self._filters.write(strip.padded, maps, self._windows, strip.sides, outside)
            if not looks_at_sums or all_finite(out):
                return
        self._taps.write(strip, out)


def panel_of(maps: int) -> int:
    """Return how many filters a panel should have, for so many maps."""
    widest = native.loops.PANEL if native.loops else max(PANELS)
    return min((size for size in PANELS if size <= widest), key=lambda size: -(-maps // size) * size / PANELS[size])


def in_panels(weights: Array, panel: int) -> Array:
    """Return `weights` (values, maps) as (panels * values, panel): panel by panel, the last filled up with zeros."""
    values, maps = weights.shape
    full = np.zeros((values, -(-maps // panel) * panel), weights.dtype)
    full[:, :maps] = weights
    return full.reshape(values, -1, panel).swapaxes(0, 1).reshape(-1, panel)
