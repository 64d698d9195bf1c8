"""What one image of a TIFF says of itself. No NumPy, no Pillow.

Numbers are those of TIFF 6.0 and its technical notes, or of libtiff's tiff.h.
"""

from typing import Literal

from cnnfilt.errors import InputError, ShapeError, counted
from cnnfilt.files.decode.tiff_directory import Directory
from cnnfilt.files.streams import check_size
from cnnfilt.frozen import Frozen

Colours = Literal["gray", "palette", "rgb", "cmyk", "ycbcr", "lab"]
Numbers = Literal["unsigned", "signed", "float"]

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES = 273, 279, 324, 325
COLOUR_MAP, SAMPLES = 320, 277

_WHITE_IS_ZERO = 0
_COLOURS: dict[int, Colours] = {0: "gray", 1: "gray", 2: "rgb", 3: "palette", 5: "cmyk", 6: "ycbcr", 8: "lab"}
_SAMPLES_OF = {"gray": 1, "palette": 1, "rgb": 3, "cmyk": 4, "ycbcr": 3, "lab": 3}
_COLOURS_NOT_READ = {
    4: "a transparency mask",
    9: "ICC L*a*b* colours",
    10: "ITU L*a*b* colours",
    32803: "the raw samples of a camera",
    32844: "logarithmic brightness",
    32845: "logarithmic colours",
    34892: "the raw samples of a camera",
    51177: "a depth map",
}

_NUMBERS: dict[int, Numbers] = {1: "unsigned", 2: "signed", 3: "float", 4: "unsigned"}

_ASSOCIATED = 1
_ALPHAS = (_ASSOCIATED, 2, 999)  # The last is Corel Draw's.

PLAIN, JPEG = 1, 7
OUR_COMPRESSIONS = (PLAIN, 8, 32946)
_COMPRESSIONS = {
    PLAIN: "no compression",
    2: "CCITT run lengths",
    3: "CCITT group 3",
    4: "CCITT group 4",
    5: "LZW",
    6: "old-style JPEG",
    JPEG: "JPEG",
    8: "deflate",
    32773: "PackBits",
    32809: "ThunderScan",
    32946: "deflate",
    34712: "JPEG 2000",
    34887: "LERC",
    34925: "LZMA",
    34933: "PNG",
    34934: "JPEG XR",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}

_MOST_SAMPLES_OF_PIXEL = 4
"""An image may have as many values as one of the most pixels in colour and alpha: bands are no way around the limit."""


class Page(Frozen, eq=False):
    """One image: its size and how its samples lie and are meant.

    `white_is_zero`: its lowest level is white. `segment`: the height and width of its strips or tiles. `planes`: how
    often the segments follow each other, each time with `samples // planes` samples.
    """

    directory: Directory
    height: int
    width: int
    samples: int
    bits: int
    numbers: Numbers
    colours: Colours
    white_is_zero: bool
    extras: tuple[int, ...]
    compression: int
    predictor: int
    fill_reversed: bool
    planes: int
    tiled: bool
    segment: tuple[int, int]
    orientation: int

    @property
    def alpha(self) -> int | None:
        """Return which sample is the alpha, or None."""
        places = [number for number, kind in enumerate(self.extras) if kind in _ALPHAS]
        return self.samples - len(self.extras) + places[0] if places else None

    @property
    def alpha_is_associated(self) -> bool:
        """Return whether the colours have been multiplied by the alpha."""
        return next((kind for kind in self.extras if kind in _ALPHAS), 0) == _ASSOCIATED

    @property
    def alpha_apart(self) -> bool:
        """Return whether the alpha is kept as such: of floats and wide whole numbers no one can say what is opaque."""
        return self.alpha is not None and self.numbers == "unsigned" and self.bits <= 16

    @property
    def channels(self) -> int:
        """Return the channels of the image as it is read, without its alpha."""
        if self.colours in ("palette", "cmyk", "ycbcr", "lab"):
            return 3
        return self.samples - self.alpha_apart

    @property
    def sample_bytes(self) -> int:
        """Return how many bytes a sample takes when it is decoded."""
        return next(size for size in (1, 2, 4, 8) if self.bits <= size * 8)

    @property
    def grid(self) -> tuple[int, int]:
        """Return how many rows and columns of segments cover the image."""
        return -(-self.height // self.segment[0]), -(-self.width // self.segment[1])

    def places(self) -> list[tuple[int, int]]:
        """Return where each segment begins and its bytes, (0, 0) for one that was left out. InputError."""
        directory, plain = self.directory, self.compression == PLAIN
        offsets = directory.integers(TILE_OFFSETS if self.tiled else STRIP_OFFSETS)
        counts = directory.integers(TILE_BYTES if self.tiled else STRIP_BYTES)
        wanted = self.grid[0] * self.grid[1] * self.planes
        if not counts and plain and len(offsets) == wanted:
            counts = (self.segment_bytes,) * wanted
        if len(offsets) < wanted or len(counts) < wanted:
            raise InputError(f"the TIFF is damaged: it needs {counted(wanted, 'segments')} and lists {len(offsets):,}")
        return list(zip(offsets[:wanted], counts[:wanted], strict=True))

    @property
    def compression_name(self) -> str:
        """Return what its compression is called."""
        return _COMPRESSIONS.get(self.compression, f"method {self.compression}")

    @property
    def row_bytes(self) -> int:
        """Return the bytes of a row of a segment: samples of a few bits are packed, each row on its own."""
        return -(-self.segment[1] * (self.samples // self.planes) * self.bits // 8)

    @property
    def segment_bytes(self) -> int:
        """Return the bytes of a whole segment, unpacked."""
        return self.segment[0] * self.row_bytes


def page_of(directory: Directory, *, max_pixels: int) -> Page:
    """Return what a directory says of its image. InputError, ShapeError for more than `max_pixels` (0: no limit)."""
    photometric, compression = directory.integer(PHOTOMETRIC, _WHITE_IS_ZERO), directory.integer(COMPRESSION, PLAIN)
    colours = "ycbcr" if compression == 6 else _COLOURS.get(photometric)
    if colours is None:
        what = _COLOURS_NOT_READ.get(photometric, f"colours of kind {photometric}")
        raise InputError(f"the TIFF holds {what}, which cnnfilt does not read; save it as gray or RGB")
    height, width = directory.integer(HEIGHT, 0), directory.integer(WIDTH, 0)
    if min(height, width) < 1:
        raise InputError("the TIFF is damaged: it does not say its height and width")
    check_size(height, width, max_pixels)
    samples = directory.integer(SAMPLES, 3 if compression == 6 else 1)
    _check_samples(height, width, samples, max_pixels)
    planes = samples if directory.integer(284, 1) == 2 else 1
    tiled = TILE_OFFSETS in directory.entries
    orientation = directory.integer(274, 1)
    return Page(
        directory,
        height=height,
        width=width,
        samples=samples,
        bits=_same_for_all(directory, BITS, samples, default=1, what="bits"),
        numbers=_numbers(directory, samples),
        colours=colours,
        white_is_zero=colours == "gray" and photometric == _WHITE_IS_ZERO,
        extras=_extras(directory, colours, samples),
        compression=compression,
        predictor=directory.integer(317, 1) if compression != PLAIN else 1,
        fill_reversed=directory.integer(266, 1) == 2,
        planes=planes,
        tiled=tiled,
        segment=_segment(directory, height, width, tiled=tiled),
        orientation=orientation if 1 <= orientation <= 8 else 1,
    )


def _same_for_all(directory: Directory, tag: int, samples: int, *, default: int, what: str) -> int:
    values = set(directory.integers(tag)[:samples]) or {default}
    if len(values) > 1:
        raise InputError(f"the TIFF has samples of different {what}: {', '.join(map(str, sorted(values)))}")
    return values.pop()


def _numbers(directory: Directory, samples: int) -> Numbers:
    kind = _same_for_all(directory, 339, samples, default=1, what="kinds")
    if kind not in _NUMBERS:
        what = "complex numbers" if kind in (5, 6) else f"samples of kind {kind}"
        raise InputError(f"the TIFF holds {what}; give real numbers")
    return _NUMBERS[kind]


def _check_samples(height: int, width: int, samples: int, max_pixels: int) -> None:
    if samples < 1:
        raise InputError("the TIFF is damaged: its pixels have no samples")
    most = max_pixels * _MOST_SAMPLES_OF_PIXEL
    if max_pixels and height * width * samples > most:
        raise ShapeError(
            f"{{image}} has {height}x{width}x{samples} = {height * width * samples:,} values; the limit is {most:,}, "
            f"{_MOST_SAMPLES_OF_PIXEL} times --max-pixels (0 lifts it)",
            parameter="max_pixels",
        )


def _extras(directory: Directory, colours: Colours, samples: int) -> tuple[int, ...]:
    """Return what each sample beyond the colours is; where nothing is said, a fourth one beside RGB is an alpha."""
    more = samples - _SAMPLES_OF[colours]
    if more < 0:
        raise InputError(f"the TIFF is damaged: {colours} colours cannot have {counted(samples, 'samples')}")
    said = directory.integers(338)[:more]
    if not said and colours == "rgb" and more == 1:
        return (2,)
    return said + (0,) * (more - len(said))


def _segment(directory: Directory, height: int, width: int, *, tiled: bool) -> tuple[int, int]:
    if directory.integer(32997, 1) > 1:
        raise InputError("the TIFF holds a volume; only flat images are read")
    rows = directory.integer(323, 0) if tiled else min(directory.integer(278, height), height)
    columns = directory.integer(322, 0) if tiled else width
    # A tile that is larger than any image would be a way around the limit on pixels.
    if min(rows, columns) < 1 or max(rows, columns) > max(height, width) + 65_536:
        raise InputError(f"the TIFF is damaged: it has {'tiles' if tiled else 'strips'} of {rows}x{columns}")
    return rows, columns
