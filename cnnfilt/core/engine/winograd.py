"""Many 3x3 filters over many channels with a quarter of the multiplications: Winograd's F(4x4, 3x3).

A tile of 4x4 results is computed from the 6x6 values d under it and the kernel g as

    A^T [ (G g G^T) * (B^T d B) ] A

(Lavin & Gray, "Fast algorithms for convolutional neural networks", 2016). The star multiplies 36 numbers where the
sum would multiply 144; summed over the channels it is 36 matrix products, and each transform is a product with one
matrix too: B^T d B = (B^T x B^T) d for d as a column of 36.

Of images of floats, tiles that would not be precise enough are summed plainly: see faint_tiles.

A dilation of d leaves d * d images of every d-th row and column, each convolved without one. Not for stride 2, where
three quarters of each tile would be thrown away, nor for few channels, where the transforms cost more than the sums.
Against torch, channels last, two AVX2 cores: 64 -> 64 at 512x512 0.9 to 1.15, at 224x224 0.9 to 1.25, dilation 2 1.0
to 1.1.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.faint_tiles import LONGEST, PATCH, TILE, faint_tiles
from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.products import multiply
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite
from cnnfilt.core.engine.technique import Technique

WINOGRAD_CHANNELS = 48
"""From so many channels and filters on, the products that Winograd saves outweigh its transforms."""

WINOGRAD_PIXELS = 256
"""Below so many pixels there are too few tiles to multiply at once."""

POINTS = (0, 3 / 4, -3 / 4, 3 / 2, -3 / 2)
"""Where the polynomials are evaluated, beside infinity. The customary 0, 1, -1, 2, -2 err six times as much: for a
kernel of a few taps beyond what is promised of every float result."""


def transforms(points: tuple[float, ...]) -> tuple[Array, Array, Array]:
    """Return (A^T, G, B^T), (4, 6), (6, 3) and (6, 6): Toom and Cook's algorithm, transposed.

    Each point p adds a row [1, p, p^2] / N(p) to G, with N(p) the product of its distances to the others, and a
    row of the coefficients of the product of (x - q) over the others to B^T; infinity the leading coefficients.
    """
    at = np.array(points)
    others = [np.delete(at, index) for index in range(len(at))]
    a_t = np.column_stack([np.vander(at, TILE, increasing=True).T, np.eye(TILE)[-1]])
    g = np.vander(at, 3, increasing=True) / [[np.prod(p - rest)] for p, rest in zip(at, others, strict=True)]
    b_t = np.zeros((PATCH, PATCH))
    for row, rest in enumerate(others):
        b_t[row, :-1] = np.poly(rest)[::-1]
    b_t[-1] = np.poly(at)[::-1]
    return a_t, np.vstack([g, [0, 0, 1]]), b_t


A_T, G, B_T = transforms(POINTS)
PATCH_TRANSFORM = np.kron(B_T, B_T).astype(np.float32)
TILE_TRANSFORM = np.kron(A_T, A_T).astype(np.float32)

BLOCK_TILES = 128
"""How many tiles are computed at once: enough rows for BLAS, and few enough to stay near the processor."""


class Winograd(Technique):
    """Multiplies transformed tiles; for float32, 3x3 kernels, stride 1, and strips that hold no infinity or NaN."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None where a matrix product is faster or, for float64, more precise."""
        height, width, channels, filters = job.weights.shape
        if job.each or dtype != np.float32 or (height, width) != (3, 3) or job.rows.stride * job.columns.stride > 1:
            return None
        pixels = job.rows.output_size * job.columns.output_size
        if min(channels, filters) < WINOGRAD_CHANNELS or pixels < WINOGRAD_PIXELS:
            return None
        if not is_small(job.image.dtype) and not job.weight.is_even:
            return None
        return f"{filters} filters in tiles of 4x4 (Winograd): {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._job, self._dtype = job, dtype
        self._weights = transformed_weights(job.weights, dtype)
        # Of small whole numbers the error is promised beside the largest.
        self._checks = not is_small(job.image.dtype)
        self._bias = job.bias.astype(dtype)
        self.row_bytes = job.columns.output_size * job.maps * dtype.itemsize
        self._dilation = job.rows.dilation, job.columns.dilation
        columns = _parts(_parts(job.columns.output_size, job.columns.dilation), TILE)
        self._across = _parts(columns, _parts(columns, BLOCK_TILES))
        self._down = max(1, BLOCK_TILES // self._across)
        self.strip_rows = TILE * self._down * job.rows.dilation

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._taps = SpareTaps(self._job, self._dtype)
        tiles, (_, channels, filters) = self._down * self._across, self._weights.shape
        self._patches, self._inputs = np.empty((2, PATCH * PATCH * tiles * channels), self._dtype)
        self._outputs = np.empty(PATCH * PATCH * tiles * filters, self._dtype)
        self._products = np.empty(self._outputs.size if channels > LONGEST else 0, self._dtype)
        self._results = np.empty(TILE * TILE * tiles * filters, self._dtype)
        self._edge = np.zeros((TILE * self._down + 2, TILE * self._across + 2, channels), self._dtype)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * filters)."""
        _, channels, filters = self._weights.shape
        image = strip.padded.reshape(len(strip.padded), -1, channels)
        maps = out.reshape(strip.height, -1, filters)
        down, across = self._dilation
        for y in range(min(down, maps.shape[0])):
            for x in range(min(across, maps.shape[1])):
                self._write_image(image[y::down, x::across], maps[y::down, x::across])
        # What one infinity or NaN has touched is a whole tile, and a transform may pass the float range alone.
        if not all_finite(out):
            self._taps.write(strip, out)

    def _write_image(self, image: Array, out: Array) -> None:
        high, wide = TILE * self._down, TILE * self._across
        for y in range(0, out.shape[0], high):
            for x in range(0, out.shape[1], wide):
                self._write_block(image[y : y + high + 2, x : x + wide + 2], out[y : y + high, x : x + wide])

    def _write_block(self, image: Array, out: Array) -> None:
        """Write `out` (h, w, filters), a block of tiles or what is left of one, from `image` (h + 2, w + 2, C)."""
        _, channels, filters = self._weights.shape
        down, across = _parts(out.shape[0], TILE), _parts(out.shape[1], TILE)
        tiles = down * across
        patches, inputs = (
            buffer[: PATCH * PATCH * tiles * channels].reshape(PATCH * PATCH, tiles * channels)
            for buffer in (self._patches, self._inputs)
        )
        outputs = self._outputs[: PATCH * PATCH * tiles * filters].reshape(PATCH * PATCH, tiles, filters)
        results = self._results[: TILE * TILE * tiles * filters].reshape(TILE * TILE, tiles * filters)
        cube = patches.reshape(PATCH, PATCH, down, across, channels)
        whole = self._whole(image, down, across)
        np.copyto(cube, _overlapping(whole, cube.shape))
        faint = self._faint(whole, (out.shape[0], out.shape[1]), tiles)
        if not faint.all():
            multiply(patches.T, PATCH_TRANSFORM.T, out=inputs.T)
            self._multiply_channels(inputs.reshape(PATCH * PATCH, tiles, channels), outputs)
            multiply(outputs.reshape(PATCH * PATCH, -1).T, TILE_TRANSFORM.T, out=results.T)
        if faint.any():
            sums = self._summed(cube.reshape(PATCH, PATCH, tiles, channels)[:, :, faint])
            results.reshape(TILE, TILE, tiles, filters)[:, :, faint] = sums
        if self._bias.any():
            maps = results.reshape(-1, filters)
            np.add(maps, self._bias, out=maps)
        _put(results.reshape(TILE, TILE, down, across, filters), out)

    def _faint(self, whole: Array, size: tuple[int, int], tiles: int) -> Array:
        """Return for each tile whether it has to be summed plainly."""
        if not self._checks:
            return np.zeros(tiles, np.bool_)
        # What is made of the patches afterwards takes more room than the block that they overlap in.
        return faint_tiles(whole, size, self._job.weight, self._inputs[: whole.size].reshape(whole.shape))

    def _multiply_channels(self, inputs: Array, outputs: Array) -> None:
        """Write the products of `inputs` (36, tiles, C) with the weights to `outputs` (36, tiles, filters)."""
        channels = inputs.shape[2]
        multiply(inputs[..., :LONGEST], self._weights[:, :LONGEST], out=outputs)
        for first in range(LONGEST, channels, LONGEST):
            products, part = self._products[: outputs.size].reshape(outputs.shape), slice(first, first + LONGEST)
            multiply(inputs[..., part], self._weights[:, part], out=products)
            np.add(outputs, products, out=outputs)

    def _summed(self, patches: Array) -> Array:
        """Return the sums (TILE, TILE, n, filters) of n patches (PATCH, PATCH, n, C), tap by tap."""
        weights = self._job.weights.astype(self._dtype)
        _, _, tiles, channels = patches.shape
        filters = weights.shape[3]
        sums, product = np.zeros((2, TILE * TILE * tiles, filters), self._dtype)
        for i, j in np.ndindex(3, 3):
            for first in range(0, channels, LONGEST):
                part = slice(first, first + LONGEST)
                met = np.ascontiguousarray(patches[i : i + TILE, j : j + TILE, :, part])
                multiply(met.reshape(len(sums), -1), weights[i, j, part], out=product)
                np.add(sums, product, out=sums)
        return np.asarray(sums.reshape(TILE, TILE, tiles, filters))

    def _whole(self, image: Array, down: int, across: int) -> Array:
        """Return `image` filled up with zeros to whole tiles."""
        height, width = TILE * down + 2, TILE * across + 2
        if image.shape[:2] == (height, width):
            return image
        edge = self._edge[:height, :width]
        edge[: image.shape[0], : image.shape[1]] = image
        edge[image.shape[0] :] = 0
        edge[:, image.shape[1] :] = 0
        return edge


def transformed_weights(weights: Array, dtype: np.dtype) -> Array:
    """Return G g G^T for every filter and channel of `weights` (3, 3, C, N): (36, C, N)."""
    _, _, channels, filters = weights.shape
    both = np.kron(G, G) @ weights.reshape(9, -1)
    return np.ascontiguousarray(both.reshape(PATCH * PATCH, channels, filters), dtype)


def _overlapping(image: Array, shape: tuple[int, ...]) -> Array:
    """Return a view of `image` as patches of `shape` (PATCH, PATCH, down, across, C), each TILE further on."""
    row, column, channel = image.strides
    return as_strided(image, shape, (row, column, TILE * row, TILE * column, channel), writeable=False)


def _put(results: Array, out: Array) -> None:
    """Write tiles (TILE, TILE, down, across, filters) to `out`, which may end within the last ones."""
    _, _, down, across, filters = results.shape
    if out.shape[:2] == (TILE * down, TILE * across):
        np.copyto(out.reshape(down, TILE, across, TILE, filters), results.transpose(2, 0, 3, 1, 4))
        return
    for y in range(TILE):
        for x in range(TILE):
            places = out[y::TILE, x::TILE]
            np.copyto(places, results[y, x, : places.shape[0], : places.shape[1]])


def _parts(n: int, size: int) -> int:
    """Return how many parts of at most `size` hold `n`."""
    return -(-n // size)
