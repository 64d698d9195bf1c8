"""A network run on a large image tile by tile, each of which gives its part of the result."""

from itertools import product

import numpy as np

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.task import Read
from cnnfilt.nn.operators.tiling import Cut, Tiling


class TiledNetwork(RunnableNetwork):
    """The value named `wanted` of a network from a file, for an image cut as `tiling` says.

    Its numbers are those of the whole, but for the rounding of float sums, whose order may be another one.
    """

    def __init__(self, graph: Graph, tiling: Tiling, read: Read, wanted: str, *, most: int = 0) -> None:
        super().__init__(graph, tiling.tile, read, [wanted], most=most)
        self.tiling = tiling

    def __call__(self, x: Array) -> dict[str, Array]:
        """Return the wanted value of the whole image `x`."""
        (name,), tiling = self.wanted, self.tiling
        axes, out = tiling.tile.axes, None
        for row, column in product(range(len(tiling.rows.starts)), range(len(tiling.columns.starts))):
            at = {"H": (tiling.rows, row), "W": (tiling.columns, column)}
            made = super().__call__(x[_slices(axes, {letter: _taken(*one) for letter, one in at.items()})])[name]
            letters = self.axes_of(name)
            if out is None:
                sides = {"H": tiling.rows.gives[-1][1], "W": tiling.columns.gives[-1][1]}
                out = _empty([sides.get(axis, side) for axis, side in zip(letters, made.shape, strict=True)], made)
            there = _slices(letters, {letter: slice(*cut.gives[number]) for letter, (cut, number) in at.items()})
            out[there] = made[_slices(letters, {letter: _given(*one) for letter, one in at.items()})]
        assert out is not None, "there is a tile"
        return {name: out}


def _slices(axes: str, slices: dict[str, slice]) -> tuple[slice, ...]:
    return tuple(slices.get(axis, slice(None)) for axis in axes)


def _taken(cut: Cut, number: int) -> slice:
    """Return the part of the image that a tile is."""
    return slice(cut.starts[number], cut.starts[number] + cut.size)


def _given(cut: Cut, number: int) -> slice:
    """Return the part of what a tile makes that goes into the result."""
    first, end = cut.gives[number]
    return slice(cut.skips[number], cut.skips[number] + end - first)


def _empty(dims: list[int], like: Array) -> Array:
    """Return room for numbers of these dims, whose axes lie in memory in the order that those of `like` have."""
    order = sorted(range(like.ndim), key=lambda axis: -like.strides[axis])
    return np.empty([dims[axis] for axis in order], like.dtype).transpose(np.argsort(order))
