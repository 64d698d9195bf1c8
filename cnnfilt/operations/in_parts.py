"""An operation that changes only a part of an image: regions, or what a mask shows."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from cnnfilt.core.blending import Shares, blended, faded, faded_rectangle
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.describe.parts import Box, Parts
from cnnfilt.errors import OutputError, ParameterError, ShapeError, counted
from cnnfilt.files.image import Image
from cnnfilt.files.mask import read_mask
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.around import neighbourhood
from cnnfilt.operations.base import Array, ExplainedValues, Operation, Result, size_of
from cnnfilt.operations.hints import Hint
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

_AGAIN = Hint("is changed a little outside, too", "JPEG compresses all of it again; a .png keeps the rest as it is")


class Piece(Frozen, eq=False):
    """One rectangle that changes, and the share of the change at each of its pixels; None: all of it."""

    box: Box
    shares: Shares | None = None


class InParts(Operation, kw_only=True):
    """The `operation` where the `parts` say, and the image itself everywhere else; or these parts alone.

    Where regions overlap, the one with the larger share shows, of equal ones the later. `in_gray`: it was to see the
    image in shades of gray, though nobody asked that all of it become gray.
    """

    operation: Operation
    parts: Parts
    in_gray: bool = False

    def __post_init__(self) -> None:
        """Refuse what is made of a whole image, and what would give another size."""
        self.operation.reach()
        if self.operation.has_extra:
            raise ParameterError(
                "--angle and --indices write an array of the whole image; leave out --region and --mask"
            )
        if self.operation.treatment.alpha == "filter" and (self.parts.mask is not None or self.parts.feather):
            raise ParameterError(
                "--alpha filter cannot be combined with --mask and --feather; use --alpha keep or drop"
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
    def regions(self) -> tuple[str, ...]:
        """Return the number of each region that is a result of its own."""
        return tuple(str(number) for number, _ in enumerate(self.parts.regions, 1)) if self.parts.crop else ("",)

    @property
    def bytes_per_pixel(self) -> int:
        """Return what the operation needs."""
        return self.operation.bytes_per_pixel

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self.operation.levels_of(image, number % len(self.labels), format_name)

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return one changed image for each label, or each region of each."""
        pieces = self._pieces(image)
        made = self._made(image, pieces, format_name)
        if self.parts.crop:
            found = zip(pieces, made, strict=True)
            return [self._cropped(image, piece, result) for piece, results in found for result in results]
        if not made:
            return [self._as_it_is(image, number, format_name) for number in range(len(self.labels))]
        return [self._pasted(image, pieces, results, format_name) for results in zip(*made, strict=True)]

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how result `number` came to its values at `place`, where that is not the image's own pixel."""
        pieces, label = self._pieces(image), number % len(self.labels)
        if self.parts.crop:
            box, (row, column) = pieces[number // len(self.labels)].box, place
            explained = self._explain_in(box, image, label, (row + box.top, column + box.left), format_name)
            return replace(explained, values=[replace(one, row=row, column=column) for one in explained.values])
        shown, share = _shown_at(place, pieces)
        if shown is None:
            raise ShapeError(
                f"row {place[0]}, column {place[1]} of {{image}} is outside of what changes: it stays as it is"
            )
        if share < 1:
            raise ShapeError(
                f"row {place[0]}, column {place[1]} of {{image}} is {share:.3g} of the result and for the rest the "
                "image; --explain explains pixels that are all of the result"
            )
        return self._explain_in(shown, image, label, place, format_name)

    def _explain_in(self, box: Box, image: Image, label: int, place: Pair, format_name: str) -> ExplainedValues:
        return self.operation.settled(image, box).explain(image, label, place, format_name)

    def _pieces(self, image: Image) -> list[Piece]:
        """Return what changes of `image`: the regions, or the rectangle around all that the mask shows."""
        size, parts = size_of(image), self.parts
        boxes = [region.within(size) for region in parts.regions]
        if parts.mask is None:
            return [Piece(box, _faded(box, size, parts) if parts.feather else None) for box in boxes]
        shares = _mask(parts.mask, parts.feather, self.treatment.max_pixels)
        if shares.shape != size:
            raise ShapeError(
                f"mask {parts.mask} is {spelled_size(shares.shape)} and {{image}} {spelled_size(size)}; they must "
                "have one size"
            )
        if not boxes:
            return _shown(shares)
        return [Piece(box, shares[box.slices] * (_faded(box, size, parts) if parts.feather else 1)) for box in boxes]

    def _made(self, image: Image, pieces: list[Piece], format_name: str) -> list[list[Result]]:
        """Return the results of each piece: of what its pixels depend on, or of all of the image, once for all."""
        if not pieces:
            return []
        boxes, reach = [piece.box for piece in pieces], self.operation.reach(image)
        made: Iterable[list[Result]]
        if reach is None:
            made = self.operation.in_boxes(image, boxes, format_name)
        else:
            made = (self.operation.part(*neighbourhood(image, box, reach), format_name) for box in boxes)
        return [[self._checked(image, result) for result in results] for results in made]

    def _checked(self, image: Image, result: Result) -> Result:
        """Return `result`, once its channels are known to go into the image. ShapeError."""
        if self.parts.crop and self.parts.mask is None:
            return result
        channels = 1 if result.pixels.ndim == 2 else result.pixels.shape[2]
        if self.in_gray and image.channels > 1:
            raise ShapeError(
                "{image} is in colour and its result in gray; --no-gray treats each colour, --gray makes all of it "
                "gray, and --crop writes the region alone"
            )
        if channels != image.channels:
            raise ShapeError(
                f"the result has {counted(channels, 'channels')} and {{image}} {image.channels}, which do not go into "
                "one image; use --gray, or --crop"
            )
        return result

    def _cropped(self, image: Image, piece: Piece, result: Result) -> Result:
        how = f"{result.how}; {spelled_size((piece.box.height, piece.box.width))} at {piece.box.top},{piece.box.left}"
        if piece.shares is None:
            return replace(result, how=how)
        before = _unchanged(image, result.pixels.dtype)[piece.box.slices]
        pixels = before.astype(result.pixels.dtype)
        _paste(pixels, before, result.pixels.reshape(pixels.shape), piece, [])
        return replace(result, pixels=pixels, how=how)

    def _pasted(self, image: Image, pieces: list[Piece], results: tuple[Result, ...], format_name: str) -> Result:
        """Return the image with the result of each piece in its place."""
        before = _unchanged(image, results[0].pixels.dtype)
        pixels, alpha = before.copy(), None if image.alpha is None else image.alpha.copy()
        for number, (piece, result) in enumerate(zip(pieces, results, strict=True)):
            part = result.pixels.reshape(pixels[piece.box.slices].shape)
            _paste(pixels[piece.box.slices], before[piece.box.slices], part, piece, pieces[:number])
            if alpha is not None and result.alpha is not None and piece.shares is None:
                alpha[piece.box.slices] = result.alpha
        losses = [one.loss for one in results if one.loss is not None]
        loss = sum(losses[1:], losses[0]) if losses else None
        hints = tuple(dict.fromkeys(hint for one in results for hint in one.hints))
        hints += (_AGAIN,) if format_name == "jpeg" else ()
        return replace(
            results[0], pixels=pixels, alpha=alpha, how=f"{results[0].how}; {self._where()}", loss=loss, hints=hints
        )

    def _where(self) -> str:
        """Return in words what changed."""
        count = len(self.parts.regions)
        regions = f"region {self.parts.regions[0].word}" if count == 1 else f"{count} regions"
        mask = "" if self.parts.mask is None else f"mask {self.parts.mask}"
        return " and ".join(filter(None, (regions if count else "", mask)))

    def _as_it_is(self, image: Image, number: int, format_name: str) -> Result:
        levels = self.levels_of(image, number, format_name)
        pixels = _unchanged(image, levels.pixel_dtype(image.pixels.dtype))
        help = "the mask is black all over" + (", or nowhere wider than --feather" if self.parts.feather else "")
        return Result(pixels, image.alpha, self._where(), hints=(Hint("is unchanged", help),))


def _shown_at(place: Pair, pieces: list[Piece]) -> tuple[Box | None, float]:
    """Return the box of the piece that shows at `place`, and the share of its change; (None, 0) where none does."""
    row, column = place
    best: tuple[Box | None, float] = None, 0.0
    for piece in pieces:
        if piece.box.common(Box(row, column, 1, 1)):
            inside = row - piece.box.top, column - piece.box.left
            share = 1.0 if piece.shares is None else float(piece.shares[inside])
            best = (piece.box, share) if share and share >= best[1] else best
    return best


def _paste(pixels: Array, before: Array, after: Array, piece: Piece, earlier: list[Piece]) -> None:
    """Write `after` over `pixels`, all three cut to the piece, as far as it shows and no earlier piece shows more."""
    if piece.shares is None:
        pixels[...] = after
        return
    shows = piece.shares > 0
    for other in earlier:
        common = piece.box.common(other.box)
        if common is not None:
            here, there = (common.moved(-one.box.top, -one.box.left).slices for one in (piece, other))
            shows[here] &= piece.shares[here] >= (1 if other.shares is None else other.shares[there])
    pixels[shows] = blended(before[shows], after[shows], piece.shares[shows])


def _unchanged(image: Image, dtype: np.dtype[Any]) -> Array:
    """Return the pixels of `image` beside results of `dtype`, in a type that holds both.

    Whole numbers beside levels are levels, too. OutputError for floats beside levels: what they would be as levels only
    a mapping could say, and what is around a region is not mapped.
    """
    own, levels = image.pixels.dtype, (np.dtype(np.uint8), np.dtype(np.uint16))
    if own == dtype:
        return image.pixels
    if dtype in levels and own.kind in "iub" and own not in levels:
        return apply_levels(image.pixels, Levels("clip", dtype))[0]
    both = np.result_type(own, dtype)
    if dtype in levels and both != dtype:
        raise OutputError(
            f"{{image}} holds {'floats' if own.kind == 'f' else '16-bit levels'}, and the region's result is levels of "
            f"{8 * dtype.itemsize} bits; leave out --values and --value-range, or use --crop"
        )
    if both.kind == "f" and own.kind in "iu" and dtype.kind in "iu":
        raise OutputError(f"{{image}} holds {own}, which does not go into one array with the result's {dtype}")
    return image.pixels.astype(both)


def _faded(box: Box, size: Pair, parts: Parts) -> Shares:
    """Return the shares in `box` of an image of `size`. ShapeError where it is too small to be whole anywhere."""
    outside = (box.top, size[0] - box.bottom), (box.left, size[1] - box.right)
    shares = faded_rectangle((box.height, box.width), parts.feather, outside)
    if shares.max() < 1:
        raise ShapeError(
            f"--feather {parts.feather} is too wide for a region of {spelled_size((box.height, box.width))} in "
            "{image}: nowhere would all of the change show"
        )
    return shares


def _shown(shares: Shares) -> list[Piece]:
    """Return the rectangle around all that is not black, if there is any."""
    rows, columns = (np.flatnonzero(shares.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return []
    box = Box(int(rows[0]), int(columns[0]), int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1)
    return [Piece(box, shares[box.slices])]


@lru_cache(maxsize=1)
def _mask(path: str, feather: int, max_pixels: int) -> Shares:
    """Return the mask in `path`: each worker reads it once, which is less than to send it with every file."""
    return faded(read_mask(path, max_pixels=max_pixels), feather)
