"""What each file format is called, how it is told by its first bytes, and what it can hold. No NumPy, no Pillow."""

from pathlib import PurePath
from typing import Literal

from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest
from cnnfilt.terms import Pair

FileKind = Literal["image", "matrix"]

_NONE: frozenset[str] = frozenset()
_LEVELS = frozenset({"uint8"})
_DEEP_LEVELS = frozenset({"uint8", "uint16"})
_NUMBERS = frozenset({"uint8", "uint16", "int32", "float32", "float64"})
_ANY = 2**31 - 1


class Format(Frozen):
    """A file format: `gray` and `colour` name the NumPy types its samples can have, `alpha` those beside alpha.

    `several`: a file can hold several images, frames or pages. GIF is written only as such.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    kind: FileKind = "image"
    gray: frozenset[str] = _NONE
    colour: frozenset[str] = _NONE
    alpha: frozenset[str] = _NONE
    longest_side: int = _ANY
    several: bool = False

    @property
    def writable(self) -> bool:
        """Return whether cnnfilt writes this format at all."""
        return self.kind == "matrix" or bool(self.gray)


def _matrix(name: str) -> Format:
    return Format(name, name.upper(), (f".{name}",), kind="matrix")


_ALL = (
    Format("png", "PNG", (".png",), gray=_DEEP_LEVELS, colour=_DEEP_LEVELS, alpha=_DEEP_LEVELS, several=True),
    Format("jpeg", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), gray=_LEVELS, colour=_LEVELS, longest_side=65_500),
    Format("tiff", "TIFF", (".tif", ".tiff"), gray=_NUMBERS, colour=_NUMBERS, alpha=_DEEP_LEVELS, several=True),
    Format("webp", "WebP", (".webp",), gray=_LEVELS, colour=_LEVELS, alpha=_LEVELS, longest_side=16_383, several=True),
    Format("gif", "GIF", (".gif",), several=True),
    Format("bmp", "BMP", (".bmp", ".dib"), gray=_LEVELS, colour=_LEVELS),
    Format("ppm", "PPM", (".ppm",), gray=_DEEP_LEVELS, colour=_DEEP_LEVELS),
    Format("pgm", "PGM", (".pgm",), gray=_DEEP_LEVELS),
    Format("pnm", "PNM", (".pnm",), gray=_DEEP_LEVELS, colour=_DEEP_LEVELS),
    Format("pbm", "PBM", (".pbm",)),
    Format("pfm", "PFM", (".pfm",)),
    *(_matrix(name) for name in ("csv", "tsv", "txt", "json", "npy")),
)

FORMATS: dict[str, Format] = {format.name: format for format in _ALL}
ALL_FORMATS: tuple[str, ...] = tuple(FORMATS)
WRITABLE_FORMATS: tuple[str, ...] = tuple(format.name for format in _ALL if format.writable)
IMAGE_SUFFIXES = frozenset(suffix for format in _ALL if format.kind == "image" for suffix in format.suffixes)
MATRIX_SUFFIXES = frozenset(suffix for format in _ALL if format.kind == "matrix" for suffix in format.suffixes)

_BY_SUFFIX = {suffix: format.name for format in _ALL for suffix in format.suffixes}

SIGNATURE_LENGTH = 16
"""How many first bytes `told_by_signature` wants to see."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II\x2a\x00", "tiff"),
    (b"MM\x00\x2a", "tiff"),
    (b"II\x2b\x00", "tiff"),
    (b"MM\x00\x2b", "tiff"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"P1", "pbm"),
    (b"P4", "pbm"),
    (b"P2", "pgm"),
    (b"P5", "pgm"),
    (b"P3", "ppm"),
    (b"P6", "ppm"),
    (b"Pf", "pfm"),
    (b"\x93NUMPY", "npy"),
)

_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"%!", "PostScript"),
    (b"<", "an SVG or a web page"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL", "a JPEG XL"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
)


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


def told_by_signature(head: bytes) -> str | None:
    """Return the format of a file that starts with `head`, or None when no signature fits (text has none)."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)


def foreign(head: bytes) -> str | None:
    """Return in words what a file that starts with `head` is, when it is one people take for a readable image."""
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    return next((words for signature, words in _FOREIGN if head.startswith(signature)), None)


def narrows(format: str, *, channels: int, sample: str, alpha: bool = False) -> bool:
    """Return whether 16-bit samples must become 8-bit ones (v / 257) to be written as `format`."""
    about = named(format)
    held = about.colour if channels == 3 else about.gray
    return sample == "uint16" and ("uint16" not in held or (alpha and "uint16" not in about.alpha))


def check_holds(format: str, *, channels: int, sample: str, alpha: bool = False, size: Pair | None = None) -> None:
    """Refuse, with an OutputError, a result that `format` cannot hold.

    `channels` does not count alpha; `sample` is the name of the pixels' NumPy type ("uint8", "float32");
    `size` is (height, width) where it is known already.
    """
    about = named(format)
    if not about.writable:
        raise OutputError(f"{about.title} is read but not written; use another format, such as png", parameter="format")
    if alpha and not about.alpha:
        raise OutputError(
            f"{about.title} holds no transparency; use --alpha drop, --background COLOUR, or png, tiff or webp",
            parameter="alpha",
        )
    if about.kind == "matrix":
        _check_matrix(about, channels)
        return
    _check_channels(about, channels)
    _check_sample(about, sample, about.colour if channels == 3 else about.gray, alpha=alpha)
    if size and max(size) > about.longest_side:
        raise OutputError(
            f"{about.title} holds at most {about.longest_side:,} pixels a side and the result is "
            f"{size[0]}x{size[1]}; use png or tiff",
            parameter="format",
        )


def _check_matrix(about: Format, channels: int) -> None:
    if channels > 1 and about.name not in ("json", "npy"):
        raise OutputError(
            f"{about.title} holds one channel and the result has {channels}; use npy or json, or --gray",
            parameter="format",
        )


def _check_channels(about: Format, channels: int) -> None:
    if channels == 3 and not about.colour:
        raise OutputError(f"{about.title} holds gray only; use --gray, or ppm", parameter="format")
    if channels not in (1, 3):
        raise OutputError(f"an image has 1 or 3 channels and the result has {channels}; use npy", parameter="format")


def _check_sample(about: Format, sample: str, held: frozenset[str], *, alpha: bool) -> None:
    # 16 bits become 8 where they must; see `narrows`.
    if sample not in held and sample != "uint16":
        what = "float values" if sample.startswith("float") else f"{sample} values"
        raise OutputError(
            f"{about.title} holds no {what}; map them to levels with --values or --value-range, or use tiff or npy",
            parameter="values",
        )
    if alpha and sample not in about.alpha and sample != "uint16":
        raise OutputError(f"{about.title} holds no alpha beside {sample} values; use --alpha drop", parameter="alpha")
