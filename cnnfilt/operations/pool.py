"""One value kept of each window."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnfilt.core.alpha import premultiplied, unpremultiplied
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.core.pooling import adaptive_pool, global_pool, pool, pool_to_levels, pool_with_indices
from cnnfilt.describe.windows import adaptive_bounds
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import AUTO, Array, Result, Values, alpha_under, checked_windows, size_of, spelled
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, Padding, Pair, PoolKind

if TYPE_CHECKING:
    from cnnfilt.core.explain.pooling import Pooled


class Pool(Frozen, kw_only=True):
    """The image pooled by windows, by one window over it all (`whole`), or to a size (`adaptive`)."""

    kernel_size: Pair = (2, 2)
    stride: Pair | None = None
    padding: Padding = 0
    dilation: Pair = (1, 1)
    kind: PoolKind = "max"
    ceil_mode: bool = False
    count_include_pad: bool = False
    whole: bool = False
    adaptive: Pair | None = None
    indices: bool = False
    values: Values = AUTO
    alpha: AlphaMode = "keep"
    max_pixels: int = DEFAULT_MAX_PIXELS

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.whole and self.adaptive:
            raise ParameterError("--global and --adaptive exclude each other; leave one out")
        if self.indices and (self.whole or self.adaptive or self.kind == "avg" or self.alpha == "filter"):
            raise ParameterError(
                "--indices goes with windows of max or min, without --global, --adaptive or filtered alpha"
            )

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one pooled image, with the indices as its extra array where they were asked for."""
        levels = self.values.levels(image, format_name)
        if self.alpha == "filter" and image.alpha is not None:
            premultiplied_pool, _ = self._pool(image, premultiplied(image.pixels, image.alpha))
            colours, alpha = unpremultiplied(premultiplied_pool, image.pixels, image.alpha.dtype)
            pixels, loss = apply_levels(colours, levels)
            return [Result(pixels, alpha, self._how(), loss)]
        if not (self.whole or self.adaptive or self.indices):
            checked_windows(image, self.kernel_size, self.max_pixels, **self._geometry())
            pixels, loss = pool_to_levels(image.pixels, self.kernel_size, levels, **self._options())
            return [Result(pixels, self._alpha(image), self._how(), loss)]
        pooled, indices = self._pool(image, image.pixels)
        pixels, loss = apply_levels(pooled, levels)
        return [Result(pixels, self._alpha(image), self._how(), loss, indices)]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self.values.levels(image, format_name)

    def explain(
        self, image: Image, number: int, place: Pair, format_name: str
    ) -> tuple[str, Levels, "tuple[Pooled, ...]"]:
        """Return the kind, its mapping to pixels, and each channel explained at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.pooling import explain_adaptive_pool, explain_pool

        if self.alpha == "filter":
            raise ParameterError("--explain does not go with --alpha filter; keep or drop the alpha")
        if self.whole or self.adaptive:
            explained = explain_adaptive_pool(image.pixels, self.adaptive or 1, place, kind=self.kind)
        else:
            explained = explain_pool(image.pixels, self.kernel_size, place, **self._options())
        return self.kind, self.levels_of(image, number, format_name), explained

    def _pool(self, image: Image, pixels: Array) -> tuple[Array, Array | None]:
        if self.whole:
            return global_pool(pixels, kind=self.kind), None
        if self.adaptive:
            return adaptive_pool(pixels, self.adaptive, kind=self.kind), None
        checked_windows(image, self.kernel_size, self.max_pixels, **self._geometry())
        if self.indices:
            return pool_with_indices(pixels, self.kernel_size, kind=self.kind, **self._geometry())
        return pool(pixels, self.kernel_size, **self._options()), None

    def _options(self) -> dict[str, Any]:
        return {"kind": self.kind, "count_include_pad": self.count_include_pad, **self._geometry()}

    def _geometry(self) -> dict[str, Any]:
        return {
            "stride": self.stride or self.kernel_size,
            "padding": self.padding,
            "dilation": self.dilation,
            "ceil_mode": self.ceil_mode,
        }

    def _alpha(self, image: Image) -> Array | None:
        if image.alpha is None:
            return None
        if self.whole or self.adaptive:
            bounds = (adaptive_bounds(n, o) for n, o in zip(size_of(image), self.adaptive or (1, 1), strict=True))
            centres = ([(first + last - 1) // 2 for first, last in axis] for axis in bounds)
            return np.asarray(image.alpha[np.ix_(*centres)])
        return alpha_under(image, *checked_windows(image, self.kernel_size, self.max_pixels, **self._geometry()))

    def _how(self) -> str:
        if self.whole:
            return f"{self.kind} of it all"
        if self.adaptive:
            return f"{self.kind}, adaptive"
        stride = "" if self.stride in (None, self.kernel_size) else f", stride {spelled(self.stride or (1, 1))}"
        return f"{self.kind} {spelled(self.kernel_size)}{stride}"
