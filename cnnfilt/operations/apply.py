"""A chain of layers carried to an image, at full precision from the first to the last."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import float_dtype, is_small
from cnnfilt.core.levels import Levels, apply_levels_to_sums
from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.layers import ActivationLayer, Flat, Layer, Volume
from cnnfilt.describe.parts import Box
from cnnfilt.describe.values import values_taken
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.files.image import Image
from cnnfilt.files.model_file import Model, load_model
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen, replace
from cnnfilt.nn.classifier import class_of_each
from cnnfilt.nn.inference import last_output, outputs, tiling_of_chain
from cnnfilt.nn.weights import new_arrays
from cnnfilt.operations.base import AUTO, Array, Operation, Reach, Result
from cnnfilt.operations.chain_alpha import alpha_after
from cnnfilt.operations.chain_reach import reach_of_chain
from cnnfilt.operations.hints import saturation_hints
from cnnfilt.operations.map_names import (
    bytes_per_pixel,
    channels_of,
    ends_flat,
    has_picture,
    labels_of,
    pictures_of,
    shown_as,
)
from cnnfilt.operations.sheets import sheet_of

MOST_MAPS = 65_536
"""Each has a name, and may become a file."""

VALUES_PER_PIXEL = 4
"""A layer may give this many values for each pixel of --max-pixels: maps take memory as pixels do."""


class Opened(Frozen, eq=False):
    """A chain before it meets an image: what each layer makes of the one before, and with which weights.

    `first` are the values that go into it, (H, W, C): the image's `levels`, at the size that is wanted, times `scale`.
    """

    reports: tuple[Report, ...]
    arrays: Mapping[str, Array]
    levels: Array
    scale: float
    first: Array


class _Run(Frozen, eq=False):
    """What the last layer gives, (H, W, C) or a list, the alpha under it, and the pictures of all layers."""

    y: Array
    alpha: Array | None
    sheets: tuple[Array, ...] = ()
    plan: str = ""


class ApplyChain(Operation, kw_only=True):
    """The layers of `chain` one after another: one result for each map, or colours where no layer mixes them.

    Weights come from the file `model`, whose layers these are then, or are drawn from `seed`. `draw` asks for a picture
    of every layer's maps as well, with `scale_each_map` each map on a scale of its own.
    """

    chain: tuple[Layer, ...]
    model: str | None = None
    seed: int | None = None
    input_scale: float | None = None
    draw: bool = False
    scale_each_map: bool = False

    command = "apply"

    def __post_init__(self) -> None:
        """Refuse what no image could make right."""
        if self.treatment.alpha == "filter":
            raise ParameterError("--alpha filter cannot be combined with a chain of layers; use --alpha keep or drop")
        if not self.chain:
            raise ParameterError("the chain is empty; write layers, such as 'filter:sobel-x,p=same relu'")
        _ = self.labels  # Known beforehand, or refused.
        for layer in self.chain:
            if layer.maps is not None and layer.maps > MOST_MAPS:
                raise ParameterError(f"layer {layer.word} gives {layer.maps:,} maps; the limit is {MOST_MAPS:,}")
        nameless = [layer.word for layer in self.chain if layer.learns]
        if nameless and self.seed is None and self.model is None:
            raise ParameterError(
                f"layer {nameless[0]} needs weights; --seed 0 draws random ones, --model FILE takes a trained network"
            )
        if self.seed is not None and not nameless:
            raise ParameterError("--seed draws weights, and no layer here has any to draw (conv:N, fc:N); leave it out")

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what tells the results of one image apart; one "" for a single result."""
        return labels_of(self.chain)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the names of the pictures of all layers, where they are wanted."""
        return pictures_of(self.chain) if self.draw else ()

    @property
    def bytes_per_pixel(self) -> int:
        """Return what two neighbouring layers' maps take for each pixel of the image."""
        return bytes_per_pixel(self.chain)

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return one result for each of the chain's labels; the first has the pictures of the layers."""
        run = self._run(image)
        results = self._results(run, image, format_name)
        return [replace(results[0], sheets=run.sheets), *results[1:]]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of each map become pixels."""
        levels = self.treatment.values.levels(image, format_name)
        if self.treatment.values != AUTO or levels.values == "raw":
            return levels
        mapping, value_range = shown_as(self.chain, levels.top * abs(self.scale_of(image.pixels.dtype)))
        plain = value_range == (0, levels.top)
        return replace(levels, values=mapping, value_range=None if plain else value_range)

    def reach(self, image: Image | None = None) -> Reach | None:
        """Return what the last layer's pixels depend on; None where a layer is of a kind that may see everything."""
        if self.model is not None or self.draw or ends_flat(self.chain):
            what = "--model" if self.model is not None else "--maps" if self.draw else "a chain that ends in a list"
            raise ParameterError(f"--region and --mask cannot be combined with {what}; leave them out")
        if image is None:
            return None
        return reach_of_chain(self.chain, image)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the maps are in `box`."""
        run = self._run(image)
        alpha = None if run.alpha is None else run.alpha[box.slices]
        return self._results(replace(run, y=run.y[box.slices], alpha=alpha), image, format_name)

    def opened(self, image: Image) -> Opened:
        """Return the chain as it is for `image`; CnnfiltError where it cannot be carried to it."""
        levels, scale = self._levels(image), self.scale_of(image.pixels.dtype)
        x = _scaled(levels, scale)
        reports = describe(self.chain, Volume(*x.shape), max_pixels=self.treatment.max_pixels)
        _check_memory(reports, self.treatment.max_pixels)
        _refuse_softmax_of_one(reports)
        return Opened(tuple(reports), self._arrays(x.shape), levels, scale, x)

    def _run(self, image: Image) -> _Run:
        opened = self.opened(image)
        if not self.draw:
            tiling = tiling_of_chain(opened.reports) if _is_cut(opened.first) else None
            y = last_output(opened.reports, opened.first, opened.arrays, tiling)
            return _Run(y, self._alpha(opened.reports, image.alpha), plan=f"in {tiling}" if tiling else "")
        sheets, y = [], opened.first
        values = outputs(opened.reports, opened.first, opened.arrays)
        for number, (report, y) in enumerate(zip(opened.reports, values, strict=True), 1):
            if has_picture(self.chain[number - 1]):
                names = self.classes_of(y, number) or channels_of(self.chain[:number], y.shape[-1])
                sheets.append(sheet_of(number, report, y, names, each=self.scale_each_map))
        return _Run(y, self._alpha(opened.reports, image.alpha), tuple(sheets))

    def _alpha(self, reports: Sequence[Report], alpha: Array | None) -> Array | None:
        """Return the alpha under the last layer's output."""
        alphas = [alpha]
        for report, taken in zip(reports, values_taken(self.chain), strict=True):
            alphas.append(alpha_after(report, [alphas[one] for one in taken]))
        return alphas[-1]

    def _results(self, run: _Run, image: Image, format_name: str) -> list[Result]:
        levels, how, scale = (
            self.levels_of(image, 0, format_name),
            counted(len(self.chain), "layers"),
            self.scale_of(image.pixels.dtype),
        )
        functions = [layer.function for layer in self.chain if isinstance(layer, ActivationLayer)]
        results = []
        for part in _parts(run.y, self.chain):
            pixels, loss = apply_levels_to_sums(part, levels)
            hints = saturation_hints(image, pixels, functions, scale)
            columns = self.classes_of(run.y, len(self.chain))
            results.append(Result(pixels, run.alpha, how, loss, plan=run.plan, columns=columns, hints=hints))
        return results

    def _levels(self, image: Image) -> Array:
        """Return the pixels (H, W, C) at the size that the chain takes, before they are scaled."""
        if self.form is not None:
            return self.form.fitted(image)
        pixels = image.pixels if image.pixels.ndim == 3 else image.pixels[:, :, np.newaxis]
        if pixels.dtype.kind in "iu" and not is_small(pixels.dtype):
            return pixels.astype(np.int64)  # What layers make of it says then that it was wide.
        return pixels

    @property
    def form(self) -> NetworkInput | None:
        """Return what the trained network wants its images to be like, where there is one."""
        if self.model is None:
            return None
        form = _loaded(self.model).form
        return form if self.input_scale is None else replace(form, input_scale=self.input_scale)

    def scale_of(self, dtype: "np.dtype[Any]") -> float:
        """Return what pixels of this type are multiplied by."""
        if self.form is not None:
            return self.form.scale(dtype)
        return 1.0 if self.input_scale is None else self.input_scale

    def classes_of(self, values: Array, number: int) -> tuple[str, ...]:
        """Return the class that each of the values of layer `number` tells of, at the end of a trained network.

        That is the last layer, and under an activation what it is of.
        """
        first = len(self.chain)
        while first > 1 and isinstance(self.chain[first - 1], ActivationLayer):
            first -= 1
        if self.model is None or values.ndim > 1 or number < first:
            return ()
        return class_of_each(_loaded(self.model).classes, len(values))

    def _arrays(self, size: tuple[int, ...]) -> dict[str, Array]:
        if self.model is not None:
            return _loaded(self.model).network.arrays
        return {} if self.seed is None else _drawn(self.chain, (size[0], size[1], size[2]), self.seed)


def _is_cut(pixels: Array) -> bool:
    """Return whether tiles are as good as the whole: of wide whole numbers the largest decides how sums are made."""
    return pixels.dtype.kind == "f" or is_small(pixels.dtype)


def _scaled(levels: Array, scale: float) -> Array:
    """Return the values that the first layer sees."""
    if scale == 1:
        return levels
    dtype = float_dtype(levels.dtype)
    return np.asarray(np.multiply(levels, dtype.type(scale), dtype=dtype))


@lru_cache(maxsize=1)
def _loaded(path: str) -> Model:
    """Return the model in `path`: each worker reads it once, which is less than to send it with every file."""
    return load_model(path)


@lru_cache(maxsize=1)
def _drawn(chain: tuple[Layer, ...], size: tuple[int, int, int], seed: int) -> dict[str, Array]:
    return new_arrays(describe(chain, Volume(*size)), np.random.default_rng(seed))


def _check_memory(reports: Sequence[Report], max_pixels: int) -> None:
    """Refuse layers whose padded input or whose maps together are beyond the limit, before any is made."""
    for report in reports:
        if report.effect.windows is not None:
            check_pixels(report.effect.windows.padded_size, max_pixels, f"the input of {report.layer.word}")
        shape = report.output
        values = shape.values
        if max_pixels and values > VALUES_PER_PIXEL * max_pixels:
            raise ShapeError(
                f"layer {report.layer.word} would give {shape} = {values:,} values; "
                f"the limit is {VALUES_PER_PIXEL * max_pixels:,} ({VALUES_PER_PIXEL} for each of --max-pixels)"
            )


def _refuse_softmax_of_one(reports: Sequence[Report]) -> None:
    """Refuse softmax over a single channel, or a list of one value: whatever the values are, all would become 1."""
    for number, report in enumerate(reports, 1):
        if isinstance(report.layer, ActivationLayer) and report.layer.function == "softmax":
            if isinstance(report.input, Volume) and report.input.channels == 1:
                raise ShapeError(
                    f"layer {number} (softmax): it is over the channels at each position, and here there is one, so "
                    "that every value would be 1; for all values together write flatten softmax"
                )
            if isinstance(report.input, Flat) and report.input.features == 1:
                raise ShapeError(f"layer {number} (softmax): of a single value it is always 1; give it several")


def _parts(x: Array, chain: Sequence[Layer]) -> list[Array]:
    """Return what goes into one output each: a row of values, an image, or each of several maps."""
    if ends_flat(chain):
        return [x[np.newaxis]]
    if len(labels_of(chain)) > 1:
        return [x[..., number] for number in range(x.shape[2])]
    return [x[..., 0] if x.shape[2] == 1 else x]
