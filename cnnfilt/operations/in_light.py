"""An operation on the light that levels stand for, whose results become levels again."""

from functools import lru_cache

import numpy as np

from cnnfilt.core.levels import Levels, Loss, range_in
from cnnfilt.core.light import Light, from_light, light_of, srgb, to_light
from cnnfilt.describe.parts import Box
from cnnfilt.errors import OutputError, ParameterError, ShapeError
from cnnfilt.files.formats import named
from cnnfilt.files.icc_curves import curves_in
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.frozen import replace
from cnnfilt.operations.base import ExplainedValues, Operation, Reach, Result, Values
from cnnfilt.operations.hints import Hint
from cnnfilt.terms import Pair

_MAPPINGS = ("auto", "clip", "abs", "minmax")
"""What may be done with light before it becomes levels: it has no middle, and levels are no numbers to be kept raw."""

_PLAIN = Hint("has a colour profile without a plain curve", "--light linear took the curve of sRGB")


class InLight(Operation, kw_only=True):
    """The `operation` on light, by the curves of the image's colour profile, or of sRGB where it has none."""

    operation: Operation

    def __post_init__(self) -> None:
        """Refuse mappings that say nothing of light."""
        if self.treatment.values.mapping not in _MAPPINGS:
            raise ParameterError(
                f"--light linear goes with --values clip, abs or minmax, not {self.treatment.values.mapping}"
            )

    @property
    def command(self) -> str:  # type: ignore[override]
        """Return the command of the operation."""
        return self.operation.command

    @property
    def labels(self) -> tuple[str, ...]:
        """Return those of the operation."""
        return self.operation.labels

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return those of the operation, which show light."""
        return self.operation.pictures

    @property
    def has_extra(self) -> bool:
        """Tell whether an array goes beside the result."""
        return self.operation.has_extra

    @property
    def bytes_per_pixel(self) -> int:
        """Return what light takes for three colours, and the responses to it, or what the operation needs if more."""
        return max(2 * 3 * 8, self.operation.bytes_per_pixel)

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the results of the operation on the light of `image`."""
        raw = self._on_light(image)
        return self._as_levels(raw(self._lit(image, format_name), "npy"), image, format_name)

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how light is mapped before it becomes levels."""
        return self.operation.levels_of(image, number, format_name)

    def reach(self, image: Image | None = None) -> Reach | None:
        """Return what the operation's pixels depend on."""
        return self.operation.reach(image)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the results are in `box`."""
        raw = self._on_light(image)
        return self._as_levels(raw.part(self._lit(image, format_name), box, "npy"), image, format_name)

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how the light of result `number` came to its values at `place`."""
        explained = self._on_light(image).explain(self._lit(image, format_name), number, place, "npy")
        levels = self.levels_of(image, number, format_name)
        return replace(explained, levels=levels, curve=_curve_name(image))

    def _on_light(self, image: Image) -> Operation:
        """Return the operation that gives light as it is; what it was told in levels it sees as light."""
        of = _lights(image)[0].at
        raw = replace(self.operation, treatment=replace(self.operation.treatment, values=Values("raw")))
        return raw.in_light(of)

    def _lit(self, image: Image, format_name: str) -> Image:
        if image.kind == "matrix" or image.pixels.dtype not in (np.uint8, np.uint16):
            raise ShapeError(
                f"--light linear is for images of 8 or 16 bits, whose levels follow a curve; {{image}} holds "
                f"{image.pixels.dtype}{' numbers' if image.kind == 'matrix' else ''}"
            )
        if named(format_name).kind == "matrix":
            raise OutputError(f"--light linear makes levels of an image, and {format_name} holds numbers; write .png")
        return replace(image, pixels=to_light(image.pixels, _lights(image)), memory=None)

    def _as_levels(self, results: list[Result], image: Image, format_name: str) -> list[Result]:
        """Return results of light as levels, each channel by the image's own curve; maps of all take the first."""
        lights, found = _lights(image), []
        for number, result in enumerate(results):
            channels = 1 if result.pixels.ndim == 2 else result.pixels.shape[2]
            curves = lights if channels == len(lights) else lights[:1] * channels
            pixels, loss = _mapped(result.pixels, curves, self.levels_of(image, number % len(self.labels), format_name))
            hints = (*result.hints, *(() if _has_plain_curves(image) else (_PLAIN,)))
            found.append(replace(result, pixels=pixels, loss=loss, hints=hints, how=f"{result.how}; linear light"))
        return found


def _mapped(light: Array, curves: tuple[Light, ...], levels: Levels) -> tuple[Array, Loss]:
    found, alike = range_in(light, levels)
    return from_light(light, curves, levels.scale(found, alike=alike))


def _lights(image: Image) -> tuple[Light, ...]:
    """Return the tables of each channel of `image`."""
    return _tables(image.metadata.icc_profile, image.channels, top_level(image.pixels.dtype))[0]


def _has_plain_curves(image: Image) -> bool:
    """Return whether the tables are those that the image says, or means by saying nothing."""
    return _tables(image.metadata.icc_profile, image.channels, top_level(image.pixels.dtype))[1]


def _curve_name(image: Image) -> str:
    return "the profile's curve" if image.metadata.icc_profile and _has_plain_curves(image) else "the sRGB curve"


@lru_cache(maxsize=4)
def _tables(profile: bytes | None, channels: int, top: int) -> tuple[tuple[Light, ...], bool]:
    """Return the tables for each of the channels, and whether they are those of `profile` if there is one."""
    curves = curves_in(profile, gray=channels == 1) if profile else None
    lights = [light_of(curve, top) for curve in curves or ()]
    own = tuple(one for one in lights if one is not None)
    if curves is not None and len(own) == len(curves) == channels:
        return own, True
    plain = light_of(srgb, top)
    assert plain is not None, "the curve of sRGB rises from level to level"
    return (plain,) * channels, profile is None
