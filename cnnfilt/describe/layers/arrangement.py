"""Layers that put values in other places, repeat them or leave some out, and have no weights."""

from typing import Literal

from cnnfilt.describe.layers.base import Effect, Flat, LayerWord, Shape, Volume, along_axes, depth, rows_and_columns
from cnnfilt.describe.layers.norms import check_divides
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.reach import Taps, between, repeated, shifted
from cnnfilt.describe.window import require_at_least
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.parsing import parse_number, parse_numbers, parse_pair
from cnnfilt.terms import PaddingMode, Pair

UpMode = Literal["nearest", "bilinear"]
UP_MODES: tuple[UpMode, ...] = ("nearest", "bilinear")

Sides = tuple[Pair, Pair]
"""((top, bottom), (left, right))."""


class FlattenLayer(LayerWord):
    """Rows, columns and channels written as one list."""

    @classmethod
    def parse(cls, written: Written) -> "FlattenLayer":
        """Return the layer that is written: flatten."""
        return cls(written.bare())

    @property
    def flattens(self) -> bool:
        """Return True."""
        return True

    @property
    def makes_values(self) -> bool:
        """Return False: it is another view of the same values."""
        return False

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        return Effect(Flat(shape.values))


class DropoutLayer(LayerWord):
    """While a network is trained, a value is 0 with this probability, and 1 / (1 - p) times itself otherwise."""

    probability: float

    @classmethod
    def parse(cls, written: Written) -> "DropoutLayer":
        """Return the layer that is written: dropout:0.5."""
        probability = float(parse_number(written.head or "0.5", "the probability"))
        if not 0 <= probability < 1:
            raise ParameterError(f"the probability {written.head} is not from 0 to below 1")
        return cls(written.text, probability)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none."""
        return Effect(shape)


class UpLayer(LayerWord):
    """More rows and columns: each value repeated, or values between them."""

    factor: Pair
    mode: UpMode = "nearest"

    @classmethod
    def parse(cls, written: Written) -> "UpLayer":
        """Return the layer that is written: up:2."""
        if not written.head:
            raise ParameterError("say how many times, as in up:2")
        return cls(written.text, parse_pair(written.head, "the factor"), written.word("mode", UP_MODES, "nearest"))

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`."""
        volume = rows_and_columns(shape)
        for factor in self.factor:
            require_at_least(1, factor, "the factor")
        taps = repeated if self.mode == "nearest" else between
        output = Volume(volume.height * self.factor[0], volume.width * self.factor[1], volume.channels)
        return Effect(output, taps=(taps(self.factor[0]), taps(self.factor[1])))

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how many rows and columns come out."""
        pairs = zip(rows_and_columns(shape).size, self.factor, strict=True)
        rows, columns = (f"{n}*{factor} = {n * factor}" for n, factor in pairs)
        return along_axes(rows, columns)


class PadLayer(LayerWord):
    """Rows and columns put around."""

    sides: Sides
    mode: PaddingMode = "zeros"

    @classmethod
    def parse(cls, written: Written) -> "PadLayer":
        """Return the layer that is written: pad:1 or pad:0x1x0x1."""
        if not written.head:
            raise ParameterError("say how many rows and columns, as in pad:1 or pad:0x1x0x1 (top, bottom, left, right)")
        return cls(written.text, _sides(written.head), written.mode())

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`. ShapeError for a border that mirrors more than there is."""
        volume = rows_and_columns(shape)
        windows = Slide((1, 1), padding=self.sides).over(volume.size)
        for n, side, lines in zip(volume.size, self.sides, ("rows", "columns"), strict=True):
            most = {"reflect": n - 1, "symmetric": n, "circular": n}.get(self.mode, max(side))
            if max(side) > most:
                raise ShapeError(f"mode={self.mode} has only {counted(most, lines)} for {max(side)} at a side")
        return Effect(Volume(*windows.output_size, volume.channels), taps=_moved(self.sides, 1))

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how many rows and columns come out."""
        pairs = zip(rows_and_columns(shape).size, self.sides, strict=True)
        rows, columns = (f"{n} + {before} + {after} = {n + before + after}" for n, (before, after) in pairs)
        return along_axes(rows, columns)


class CropLayer(LayerWord):
    """Rows and columns cut off: so many at each side, or all but the middle `middle` rows and columns."""

    sides: Sides = ((0, 0), (0, 0))
    middle: Pair | None = None

    @classmethod
    def parse(cls, written: Written) -> "CropLayer":
        """Return the layer that is written: crop:4x4x4x4 or crop:56x56."""
        numbers = parse_numbers(written.head, "the crop") if written.head else ()
        if len(numbers) == 4:
            return cls(written.text, _sides(written.head))
        if len(numbers) == 2:
            return cls(written.text, middle=parse_pair(written.head, "the crop"))
        raise ParameterError(
            "say what is left, as in crop:56x56, or cut off, as in crop:4x4x4x4 (top, bottom, left, right)"
        )

    def sides_of(self, size: Pair) -> Sides:
        """Return what is cut off an input of `size` (height, width); of an odd number the smaller half before."""
        if self.middle is None:
            return self.sides
        (top, left), (rows, columns) = [(n - m) // 2 for n, m in zip(size, self.middle, strict=True)], self.middle
        return (top, size[0] - rows - top), (left, size[1] - columns - left)

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`. ShapeError where nothing would be left, or more than there is."""
        volume = rows_and_columns(shape)
        for wanted in self.middle or ():
            require_at_least(1, wanted, "the crop")
        sides = self.sides_of(volume.size)
        left = [n - before - after for n, (before, after) in zip(volume.size, sides, strict=True)]
        if min(left) < 1 or min(*sides[0], *sides[1]) < 0:
            raise ShapeError(
                f"its input, {volume}, is smaller than what is to be {'left' if self.middle else 'cut off'}"
            )
        lost = sum(sides[0]), sum(sides[1])
        return Effect(Volume(left[0], left[1], volume.channels), taps=_moved(sides, -1), lost=lost)

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how many rows and columns are left."""
        size = rows_and_columns(shape).size
        pairs = zip(size, self.sides_of(size), strict=True)
        rows, columns = (f"{n} - {before} - {after} = {n - before - after}" for n, (before, after) in pairs)
        return along_axes(rows, columns)


class TakeLayer(LayerWord):
    """Some of the channels, `first` to `last`, counted from 0."""

    first: int
    last: int

    @classmethod
    def parse(cls, written: Written) -> "TakeLayer":
        """Return the layer that is written: take:0-57."""
        first, dash, last = written.head.partition("-")
        if not (first.isdecimal() and (last.isdecimal() if dash else not last)) or int(last or first) < int(first):
            raise ParameterError("say which channels, counted from 0, as in take:0-57 or take:3")
        return cls(written.text, int(first), int(last or first))

    @property
    def maps(self) -> int:
        """Return how many channels are left."""
        return self.last - self.first + 1

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`. ShapeError for channels that it lacks."""
        channels = depth(shape)
        if self.last >= channels:
            raise ShapeError(f"its input, {shape}, has the channels 0 to {channels - 1}")
        size = self.maps
        return Effect(Volume(shape.height, shape.width, size) if isinstance(shape, Volume) else Flat(size))

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how many channels are left."""
        return (("channels", f"{self.last} - {self.first} + 1 = {self.maps}"),)


class ShuffleLayer(LayerWord):
    """The channels of `groups` taken turn about: the first of each, the second of each (Zhang et al. 2018)."""

    groups: int

    @classmethod
    def parse(cls, written: Written) -> "ShuffleLayer":
        """Return the layer that is written: shuffle:2."""
        return cls(written.text, written.count("groups", "shuffle:2"))

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none on its size. ShapeError for groups that do not divide the channels."""
        check_divides(self.groups, shape)
        return Effect(shape)


def _sides(text: str) -> Sides:
    numbers = parse_numbers(text, "the border")
    match numbers:
        case (all_around,):
            return (all_around, all_around), (all_around, all_around)
        case (rows, columns):
            return (rows, rows), (columns, columns)
        case (top, bottom, left, right):
            return (top, bottom), (left, right)
        case _:
            raise ParameterError(
                f"{text!r} has {len(numbers)} numbers; give N, HxW or TxBxLxR (top, bottom, left, right)"
            )


def _moved(sides: Sides, sign: int) -> tuple[Taps, Taps]:
    return shifted(sign * sides[0][0]), shifted(sign * sides[1][0])
