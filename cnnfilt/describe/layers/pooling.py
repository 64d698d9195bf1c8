"""Pooling: one value kept of each window."""

from typing import get_args

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, Volume, along_axes, output_of, rows_and_columns
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.reach import adaptive
from cnnfilt.describe.window import require_at_least
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import nearest
from cnnfilt.terms import Pair, PoolKind

WHOLE = "global"
"""One window over the whole input, as a kind or a size."""


class PoolLayer(LayerWord):
    """Pooling by windows, by one over the whole input, or by as many as are wanted."""

    pooling: Pooling

    @classmethod
    def parse(cls, written: Written) -> "PoolLayer":
        """Return the layer that is written: pool:max."""
        kinds: tuple[PoolKind, ...] = get_args(PoolKind)
        head, options = written.head, written.given
        kind = next((kind for kind in kinds if kind == head), None)
        whole = WHOLE in (head, options.get("k"))
        if not head:
            raise ParameterError("say which, as in pool:max or pool:avg")
        if kind is None and head != WHOLE:
            raise ParameterError(f"kind {head!r} is unknown; {nearest(head, (*kinds, WHOLE))}")
        if whole and options.keys() - {"k"}:
            raise ParameterError("pooling over the whole input takes no other option")
        if "adaptive" in options and len(options) > 1:
            raise ParameterError("adaptive pooling chooses its windows itself; it takes no other option")
        return cls(
            written.text,
            Pooling(
                # Networks end in the average of each map; the maximum has to be asked for.
                kind=kind or "avg",
                whole=whole,
                adaptive=written.pair("adaptive", "") if "adaptive" in options else None,
                kernel_size=written.pair("k", "") if "k" in options and not whole else None,
                stride=written.pair("s", "") if "s" in options else None,
                padding=written.padding,
                dilation=written.dilation,
                ceil_mode=written.flag("ceil", False),
            ),
        )

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = rows_and_columns(shape)
        if self.pooling.adaptive is None:
            windows = self.slide(volume.size).over(volume.size).check_pool_padding()
            return Effect(output_of(windows, volume.channels), windows)
        rows, columns = self.pooling.adaptive
        for wanted in (rows, columns):
            require_at_least(1, wanted, "adaptive")
        taps = adaptive(volume.height, rows), adaptive(volume.width, columns)
        return Effect(Volume(rows, columns, volume.channels), taps=taps)

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return where the windows of adaptive pooling lie."""
        if self.pooling.adaptive is None:
            return ()
        size, wanted = rows_and_columns(shape).size, self.pooling.adaptive
        rows, columns = (
            f"window i from floor(i*{n}/{out}) to below ceil((i + 1)*{n}/{out})"
            for n, out in zip(size, wanted, strict=True)
        )
        return along_axes(rows, columns)

    def slide(self, size: Pair) -> Slide:
        """Return how the window slides over an input of `size` (height, width)."""
        return Slide(size) if self.pooling.whole else self.pooling.slide
