"""A large image carried through a network tile by tile, each of which gives its part of the result."""

from collections.abc import Callable, Sequence

import numpy as np

from cnnfilt.describe.tiles import Tiling
from cnnfilt.nn.layer import Array


def carried(
    tiling: Tiling, x: Array, run: Callable[[Array], Array], axes: str = "HWC", axes_of_result: str = "HWC"
) -> Array:
    """Return what `run` makes of `x`, cut as `tiling` says; `axes` has a letter for each, "H" and "W" among them.

    The result lies in memory as what it makes of a tile does.
    """
    out: Array | None = None
    for number in tiling.numbers:
        cuts = [*zip("HW", (tiling.rows, tiling.columns), number, strict=True)]
        made = run(x[_slices(axes, {letter: cut.taken(at) for letter, cut, at in cuts})])
        if out is None:
            sides = dict(zip("HW", tiling.output_size, strict=True))
            out = _room([sides.get(axis, side) for axis, side in zip(axes_of_result, made.shape, strict=True)], made)
        elif out.dtype != made.dtype:
            # What sums need may differ with what is in a tile.
            out = out.astype(np.result_type(out, made), copy=False)
        there = _slices(axes_of_result, {letter: cut.filled(at) for letter, cut, at in cuts})
        out[there] = made[_slices(axes_of_result, {letter: cut.given(at) for letter, cut, at in cuts})]
    assert out is not None, "there is a tile"
    return out


def _slices(axes: str, slices: dict[str, slice]) -> tuple[slice, ...]:
    return tuple(slices.get(axis, slice(None)) for axis in axes)


def _room(dims: Sequence[int], like: Array) -> Array:
    """Return memory for numbers of these dims, whose axes lie in the order that those of `like` have."""
    order = sorted(range(like.ndim), key=lambda axis: -like.strides[axis])
    return np.empty([dims[axis] for axis in order], like.dtype).transpose(np.argsort(order))
