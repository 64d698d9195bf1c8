"""The file formats, a row each: what it is called, how it is recognised, what it holds, what opens and writes it.

To add a format, add its row and, where Pillow alone does not write it well, its module in `encode` (for a matrix in
`matrix`). No NumPy, no Pillow.
"""

from pathlib import PurePath
from typing import Literal

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest

FileKind = Literal["image", "matrix"]
Several = Literal["frames", "pages", "images"]

ANY_SIDE = 2**31 - 1
"""The longest side of formats that set no limit of their own."""

_NONE: frozenset[str] = frozenset()
_LEVELS = frozenset({"uint8"})
_DEEP_LEVELS = frozenset({"uint8", "uint16"})
_AS_FLOATS = frozenset({"uint8", "uint16", "float32"})
_NUMBERS = frozenset({"uint8", "uint16", "int32", "float32", "float64"})


class Format(Frozen):
    """All that cnnfilt knows of a file format, but for how its bytes are made."""

    name: str
    """What it is called in options and in the code."""
    title: str
    """What it is called in messages."""
    suffixes: tuple[str, ...]
    """The first is that of new files."""
    kind: FileKind = "image"
    signatures: tuple[bytes, ...] = ()
    """How a file may start; `?` stands for any byte."""
    family: str = ""
    """What it is listed as where several formats have one name."""
    suffix_only: bool = False
    """Whether a suffix can ask for it, but not --format."""

    plugin: str = ""
    """Pillow's plugin that opens it, `Png` for PIL.PngImagePlugin."""
    decoder: str = ""
    """The module of `decode` that reads what Pillow cannot; without one Pillow reads all."""
    module: str = ""
    """The module of `encode`, or for a matrix of `matrix`, that writes it; without one Pillow does."""
    fills_memory: bool = False
    """Whether Pillow decodes it into memory that is there already; most plugins have their own ways."""
    reuses_memory: bool = False
    """Whether our encoder takes the memory that the input was decoded into."""
    decoder_prints: bool = False
    """Whether the decoder complains past Python, on the process's own stderr."""

    gray: frozenset[str] = _NONE
    """The NumPy types that its samples can have in one channel,"""
    colour: frozenset[str] = _NONE
    """in three channels,"""
    alpha: frozenset[str] = _NONE
    """and beside alpha."""
    bands: bool = False
    """Whether an image can have any number of channels."""
    longest_side: int = ANY_SIDE
    most_colours: int | None = None
    """How many colours one image can have, where that is limited."""
    metadata: bool = True
    """Whether anything that comes along with the pixels has a place in it."""
    several: Several | None = None
    """What they are called where a file can hold more than one image."""
    frames_only: bool = False
    """Whether it is written only as an animation."""
    counts_repeats: bool = False
    """Whether an animation says how often it starts again, not how often it is played."""
    is_text: bool = False
    only_read: bool = False
    """Whether it is a matrix that is not written."""
    stacks: bool = False
    """Whether a matrix can have more axes than rows and columns."""

    @property
    def writable(self) -> bool:
        """Return whether cnnfilt writes a single image or a matrix in this format."""
        return not self.only_read and (self.kind == "matrix" or bool(self.gray and not self.frames_only))


def _portable_map(
    name: str,
    signatures: tuple[bytes, ...] = (),
    *,
    gray: frozenset[str] = _NONE,
    colour: frozenset[str] = _NONE,
    alpha: frozenset[str] = _NONE,
    suffix_only: bool = False,
    decoder: str = "",
    bands: bool = False,
    several: Several | None = None,
) -> Format:
    return Format(
        name,
        name.upper(),
        (f".{name}",),
        signatures=signatures,
        family="PNM",
        suffix_only=suffix_only,
        plugin="Ppm",
        decoder=decoder,
        module="pnm",
        fills_memory=True,
        gray=gray,
        colour=colour,
        alpha=alpha,
        bands=bands,
        metadata=False,
        several=several,
    )


def _matrix(
    name: str,
    *,
    module: str,
    signatures: tuple[bytes, ...] = (),
    is_text: bool = True,
    stacks: bool = False,
    several: Several | None = None,
    only_read: bool = False,
) -> Format:
    return Format(
        name,
        name.upper(),
        (f".{name}",),
        "matrix",
        signatures,
        module=module,
        is_text=is_text,
        stacks=stacks,
        several=several,
        only_read=only_read,
    )


_ALL = (
    Format(
        "png",
        "PNG",
        (".png",),
        signatures=(b"\x89PNG\r\n\x1a\n",),
        plugin="Png",
        module="png",
        fills_memory=True,
        gray=_DEEP_LEVELS,
        colour=_DEEP_LEVELS,
        alpha=_DEEP_LEVELS,
        several="frames",
    ),
    Format(
        "jpeg",
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        signatures=(b"\xff\xd8\xff",),
        plugin="Jpeg",  # It opens an MPO as the JPEG that it starts with.
        module="jpeg",
        fills_memory=True,
        reuses_memory=True,
        gray=_LEVELS,
        colour=_LEVELS,
        longest_side=65_500,
    ),
    Format(
        "tiff",
        "TIFF",
        (".tif", ".tiff"),
        signatures=(b"II\x2a\x00", b"MM\x00\x2a", b"II\x2b\x00", b"MM\x00\x2b"),
        plugin="Tiff",
        decoder="tiff",
        module="tiff",
        decoder_prints=True,
        gray=_NUMBERS,
        colour=_NUMBERS,
        alpha=_DEEP_LEVELS,
        bands=True,
        several="pages",
    ),
    Format(
        "webp",
        "WebP",
        (".webp",),
        signatures=(b"RIFF????WEBP",),
        plugin="WebP",
        module="webp",
        gray=_LEVELS,
        colour=_LEVELS,
        alpha=_LEVELS,
        longest_side=16_383,
        several="frames",
    ),
    Format(
        "gif",
        "GIF",
        (".gif",),
        signatures=(b"GIF87a", b"GIF89a"),
        plugin="Gif",
        module="gif",
        gray=_LEVELS,
        colour=_LEVELS,
        alpha=_LEVELS,
        longest_side=65_535,
        most_colours=256,
        metadata=False,
        several="frames",
        frames_only=True,
        counts_repeats=True,
    ),
    Format(
        "avif",
        "AVIF",
        (".avif",),
        signatures=(b"????ftypavif", b"????ftypavis"),
        plugin="Avif",
        decoder="avif",
        module="avif",
        gray=_LEVELS,
        colour=_LEVELS,
        alpha=_LEVELS,
        longest_side=65_535,
        several="frames",
    ),
    Format(
        "jpeg2000",
        "JPEG 2000",
        (".jp2", ".j2k", ".jpx", ".jpf", ".j2c", ".jpc"),
        signatures=(b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
        plugin="Jpeg2K",
        decoder="jpeg2000",
        decoder_prints=True,
    ),
    Format(
        "bmp", "BMP", (".bmp", ".dib"), signatures=(b"BM",), plugin="Bmp", decoder="bmp", gray=_LEVELS, colour=_LEVELS
    ),
    _portable_map("ppm", (b"P3", b"P6"), gray=_DEEP_LEVELS, colour=_DEEP_LEVELS),
    _portable_map("pgm", (b"P2", b"P5"), gray=_DEEP_LEVELS),
    _portable_map("pnm", gray=_DEEP_LEVELS, colour=_DEEP_LEVELS, suffix_only=True),
    _portable_map("pbm", (b"P1", b"P4")),
    _portable_map(
        "pam",
        (b"P7\n",),
        gray=_DEEP_LEVELS,
        colour=_DEEP_LEVELS,
        alpha=_DEEP_LEVELS,
        decoder="pam",
        bands=True,
        several="pages",
    ),
    _portable_map("pfm", (b"Pf", b"PF"), gray=_AS_FLOATS, colour=_AS_FLOATS, decoder="pfm"),
    _matrix("csv", module="text"),
    _matrix("tsv", module="text"),
    _matrix("txt", module="text"),
    _matrix("json", module="nested_lists", stacks=True),
    _matrix("npy", module="npy", signatures=(b"\x93NUMPY",), is_text=False, stacks=True, several="images"),
    _matrix("npz", module="npz_matrices", signatures=(b"PK\3\4",), is_text=False, several="images", only_read=True),
)

FORMATS: dict[str, Format] = {format.name: format for format in _ALL}
WRITABLE_FORMATS = tuple(format.name for format in _ALL if format.writable)
FORMAT_WORDS = tuple(format.name for format in _ALL if format.writable and not format.suffix_only)
"""What --format can say."""

IMAGE_FORMATS = frozenset(format.name for format in _ALL if format.kind == "image")
MATRIX_FORMATS = tuple(format.name for format in _ALL if format.kind == "matrix")
IMAGE_SUFFIXES = frozenset(suffix for name in IMAGE_FORMATS for suffix in FORMATS[name].suffixes)
MATRIX_SUFFIXES = frozenset(suffix for name in MATRIX_FORMATS for suffix in FORMATS[name].suffixes)

_BY_SUFFIX = {suffix: format.name for format in _ALL for suffix in format.suffixes}


def format_of(path: str | PurePath) -> str | None:
    """Return the format that the suffix of `path` (`a.JPG`, `.jpg`) stands for, or None for an unknown one."""
    name = str(path)
    suffix = name if name.startswith(".") and name.count(".") == 1 else PurePath(name).suffix
    return _BY_SUFFIX.get(suffix.lower())


def named(name: str) -> Format:
    """Return the Format called `name`; ParameterError with the nearest names otherwise."""
    if name in FORMATS:
        return FORMATS[name]
    raise ParameterError(f"format {name!r} is unknown; {nearest(name, WRITABLE_FORMATS)}", parameter="format")
