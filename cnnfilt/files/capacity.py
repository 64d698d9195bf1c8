"""What a format can hold: a result that it cannot is refused with a way out. No NumPy, no Pillow."""

from cnnfilt.errors import OutputError
from cnnfilt.files.formats import FORMATS, Format, named
from cnnfilt.terms import Pair


def needs_eight_bits(format: str, *, channels: int, sample: str, alpha: bool = False) -> bool:
    """Return whether 16-bit samples must become 8-bit ones (v / 257) to be written as `format`."""
    about = named(format)
    held = about.colour if channels == 3 else about.gray
    return sample == "uint16" and ("uint16" not in held or (alpha and "uint16" not in about.alpha))


def check_holds(
    format: str, *, channels: int, sample: str, alpha: bool = False, size: Pair | None = None, frame: bool = False
) -> None:
    """Refuse, with an OutputError, a result that `format` cannot hold.

    `channels` does not count alpha; `sample` is the name of the pixels' NumPy type ("uint8", "float32");
    `size` is (height, width) where it is known already. A `frame` is one image of several.
    """
    about = named(format)
    if not (about.writable or frame):
        raise OutputError(f"{about.title} is read but not written; use another format, such as png", parameter="format")
    if alpha and not about.alpha:
        raise OutputError(
            f"{about.title} holds no transparency; use --alpha drop, --background COLOUR, or {_formats_with_alpha()}",
            parameter="alpha",
        )
    if about.kind == "matrix":
        _check_matrix(about, channels)
        return
    _check_channels(about, channels)
    _check_sample(about, sample, about.colour if channels == 3 else about.gray, alpha=alpha)
    if size and max(size) > about.longest_side:
        raise OutputError(
            f"{about.title} holds at most {about.longest_side:,} pixels per side and the result is "
            f"{size[0]}x{size[1]}; use png or tiff",
            parameter="format",
        )


def _formats_with_alpha() -> str:
    *names, last = (format.name for format in FORMATS.values() if format.writable and format.alpha)
    return f"{', '.join(names)} or {last}"


def _check_matrix(about: Format, channels: int) -> None:
    if channels > 1 and not about.stacks:
        raise OutputError(
            f"{about.title} holds one channel and the result has {channels}; use npy or json, or --gray",
            parameter="format",
        )


def _check_channels(about: Format, channels: int) -> None:
    if channels == 3 and not about.colour:
        raise OutputError(f"{about.title} holds gray only; use --gray, or ppm", parameter="format")
    if channels not in (1, 3) and not about.bands:
        raise OutputError(
            f"{about.title} holds 1 or 3 channels and the result has {channels}; "
            "choose with --bands, or use tiff, pam or npy",
            parameter="format",
        )


def _check_sample(about: Format, sample: str, held: frozenset[str], *, alpha: bool) -> None:
    # 16 bits become 8 where they must, see `needs_eight_bits`, and doubles singles.
    if sample == "float64" and "float32" in held:
        sample = "float32"
    if sample not in held and sample != "uint16":
        what = "float values" if sample.startswith("float") else f"{sample} values"
        raise OutputError(
            f"{about.title} holds no {what}; map them to levels with --values or --value-range, or use tiff or npy",
            parameter="values",
        )
    if alpha and sample not in about.alpha and sample != "uint16":
        raise OutputError(f"{about.title} holds no alpha beside {sample} values; use --alpha drop", parameter="alpha")
