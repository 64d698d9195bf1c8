"""A part of an image: regions by their places, the share of each pixel by a mask, and how softly it ends.

What is computed is what the whole image would give; only where it shows differs.
"""

import re

from cnnfilt.describe.lengths import Length, parse_length
from cnnfilt.describe.operations import Description
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.frozen import Frozen, option
from cnnfilt.parsing import parse_whole
from cnnfilt.terms import Pair

_FORM = "TOP,LEFT,HEIGHTxWIDTH, in pixels or %"


class Box(Frozen):
    """Some rows and columns of an image: from (top, left) on, so many."""

    top: int
    left: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """Return the first row below it."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """Return the first column beside it."""
        return self.left + self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return what cuts it out of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def moved(self, rows: int, columns: int) -> "Box":
        """Return the same further down and to the right."""
        return Box(self.top + rows, self.left + columns, self.height, self.width)

    def grown(self, by: int, size: Pair) -> "Box":
        """Return it with so many rows and columns more on every side, as far as an image of `size` has them."""
        top, left = max(self.top - by, 0), max(self.left - by, 0)
        return Box(top, left, min(self.bottom + by, size[0]) - top, min(self.right + by, size[1]) - left)

    def common(self, other: "Box") -> "Box | None":
        """Return what lies in both; None if nothing does."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        height, width = min(self.bottom, other.bottom) - top, min(self.right, other.right) - left
        return Box(top, left, height, width) if min(height, width) > 0 else None


class Region(Frozen):
    """A rectangle of an image, as it was written: `word` is that text."""

    word: str
    top: Length
    left: Length
    height: Length
    width: Length

    def within(self, size: Pair) -> Box:
        """Return which pixels of an image of `size` (height, width) it is. ShapeError where it is empty, or outside.

        Where both are shares the end is rounded, not the extent: regions that meet in % meet in pixels.
        """
        rows = _along(self.top, self.height, size[0])
        columns = _along(self.left, self.width, size[1])
        box = Box(rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0])
        seen = f"{{image}} is {size[0]}x{size[1]}, and --region {self.word}"
        if min(box.height, box.width) < 1:
            raise ShapeError(f"{seen} is not one pixel of it", parameter="region")
        if box.bottom > size[0] or box.right > size[1]:
            past = f"row {box.bottom - 1}" if box.bottom > size[0] else f"column {box.right - 1}"
            raise ShapeError(f"{seen} reaches {past} (from 0); a region lies inside the image", parameter="region")
        return box


class Parts(Description, kw_only=True):
    """Which part of an image an operation changes; all of it where nothing is said."""

    regions: tuple[Region, ...] = option(
        "--region",
        read=lambda text, name: parse_region(text, name),
        metavar="T,L,HxW",
        default=(),
        repeated=True,
        help="Change only this part: top, left, height x width.\f Its windows still see what is around it; in pixels, "
        "counted when the photo is upright, or %. Repeat it for several: each sees the image as it was.",
    )
    crop: bool = option(
        "--crop",
        default=False,
        help="Write the region alone.\f For several regions put {region}, their number, into -o.",
    )
    mask: str | None = option(
        "--mask",
        metavar="FILE",
        default=None,
        help="Change only where this gray image is white.\f Gray is a share of both; black stays as it was.",
    )
    feather: int = option(
        "--feather",
        read=lambda text, name: _read_feather(text, name),
        metavar="N",
        default=0,
        help="Let the change fade in over the N pixels inside the edge of a region or mask.",
    )

    def __post_init__(self) -> None:
        """Refuse what would be ignored."""
        super().__post_init__()
        if self.crop and not self.regions:
            raise ParameterError("--crop writes a region alone: say which, with --region TOP,LEFT,HEIGHTxWIDTH")
        if self.feather and not (self.regions or self.mask is not None):
            raise ParameterError("--feather softens the edge of a --region or --mask; give one, too")
        if self.feather and self.crop:
            raise ParameterError("--feather fades into what is around a region, which --crop leaves out; leave out one")

    @property
    def is_all(self) -> bool:
        """Tell whether it is all of the image."""
        return not self.regions and self.mask is None

    @property
    def pastes(self) -> bool:
        """Tell whether what lies around it is in the result, too."""
        return not self.is_all and not self.crop


def parse_region(text: str, name: str) -> Region:
    """Return the region written as `TOP,LEFT,HEIGHTxWIDTH`."""
    if re.fullmatch(r"\d+x\d+[+]\d+[+]\d+", text):
        width, height, left, top = re.split("[x+]", text)
        raise ParameterError(
            f"{name} {text!r} has the width first; write TOP,LEFT,HEIGHTxWIDTH: {top},{left},{height}x{width}"
        )
    parts = re.sub(r"(?<=[\d%\s])x", ",", text).split(",")
    if len(parts) != 4:
        raise ParameterError(f"{name} {text!r} is not {_FORM}, such as 40,60,100x80", parameter="region")
    try:
        top, left, height, width = (parse_length(part, name) for part in parts)
    except ParameterError:
        raise ParameterError(f"{name} {text!r} is not {_FORM}, such as 40,60,100x80", parameter="region") from None
    if not (height.count and width.count):
        raise ParameterError(f"{name} {text!r} is empty; height and width are 1 pixel or more", parameter="region")
    return Region(text, top, left, height, width)


def _along(start: Length, extent: Length, n: int) -> Pair:
    first = start.of(n)
    return first, (start + extent).of(n) if start.is_share and extent.is_share else first + extent.of(n)


def _read_feather(text: str, name: str) -> int:
    width = parse_whole(text, name)
    if width < 0:
        raise ParameterError(f"{name} {text!r} is not a whole number of 0 or more", parameter="feather")
    return width
