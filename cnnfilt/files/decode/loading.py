"""An image file loaded: upright, its alpha apart, with what came along. No NumPy where Pillow decodes it."""

from io import BytesIO
from mmap import mmap
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import PIL.Image
import PIL.ImageFile

from cnnfilt.errors import counted
from cnnfilt.files.codec_errors import PILLOW_ERRORS
from cnnfilt.files.decode.decoders import SEVERAL
from cnnfilt.files.decode.header import ALPHA_NOT_SAID, is_deep_png, open_image
from cnnfilt.files.decode.image_streams import first_alone, note_on_rest, parts_of
from cnnfilt.files.decode.jpeg_coding import is_luma_coded
from cnnfilt.files.decode.memory import lend
from cnnfilt.files.decode.metadata import read_metadata, upright, with_texts
from cnnfilt.files.decode.png_chunks import check_checksums, check_length, texts_alone
from cnnfilt.files.decode.storage import split_alpha, storage
from cnnfilt.files.exif import TURNS, TURNS_BACK
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.pillow import (
    decoding,
    is_gif,
    is_jpeg,
    is_png,
    is_portable_map,
    is_tiff,
    opened_by_plugin,
    stream_of,
)
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.records import Metadata, Storage
from cnnfilt.frozen import replace

if TYPE_CHECKING:
    from cnnfilt.files.image import Array

_DAMAGED_EXIF = "its EXIF data is damaged, so it is taken as upright"

_BLOCK_BYTES = 1 << 24
"""How much of a file is decoded at once: between blocks a decoder waits for the interpreter."""


class Loaded(NamedTuple):
    """A decoded image: `base` in mode L, RGB, I;16, I or F and `alpha` in mode L, or arrays of our own decoder.

    `memory` is what `base` lies in if that is ours (see `memory`).
    """

    base: "PIL.Image.Image | Array"
    memory: mmap | None
    alpha: "PIL.Image.Image | Array | None"
    stored: Storage
    format: str
    metadata: Metadata
    notes: tuple[str, ...]


def load_image(stream: BinaryIO, format: str, options: ReadOptions) -> Loaded:
    """Return the image of this format in `stream`, but for its background, which needs NumPy.

    It is in gray, if asked for, where nothing is transparent; else what lies behind it must be settled first.
    Raises InputError, or ShapeError for more than the most pixels.
    """
    with decoding(FORMATS[format], max_pixels=options.max_pixels) as warned:
        parts = parts_of(stream, format)
        opened = open_image(first_alone(stream, format, parts), format, max_pixels=options.max_pixels)
        notes = (SEVERAL,) if len(parts) > 1 else note_on_rest(stream, format, parts)
        image = decode_opened(opened, format, options)
    image = image._replace(notes=tuple(dict.fromkeys(image.notes + notes)))
    return _with_exif_note(image, warned)


def decode_opened(image: PIL.ImageFile.ImageFile, format: str, options: ReadOptions, *, lends: bool = True) -> Loaded:
    """Return an opened image decoded; to be called within `decoding`. `lends`: it may decode into memory of ours."""
    metadata, stored = read_metadata(image), storage(image)
    orientation = stored.orientation
    notes = _header_notes(
        damaged_exif=orientation is None,
        deep_colour=stored.deep_colour,
        several=FORMATS[format].several is not None and _is_animated(image),
    )
    if is_deep_png(image):
        return _deep(image, stored, options, metadata, tuple(notes))
    if is_portable_map(image) and stored.maximum not in (0, 255):
        from cnnfilt.files.decode.pnm import decode_map

        return Loaded(decode_map(stream_of(image)), None, None, stored, format, metadata, tuple(notes))
    uncovered = _uncovered(image) if is_gif(image) else None
    memory = _load(image, format, options, turns=orientation not in (1, None), lends=lends)
    if is_png(image):
        metadata = with_texts(metadata, image)
    if image.mode == "P":
        notes += _outside_palette(image)
    whole, metadata = _turned(image, orientation or 1, metadata, auto_orient=options.auto_orient)
    if whole.mode == "CMYK":
        from cnnfilt.files.decode.cmyk import cmyk_to_rgb

        whole, note = cmyk_to_rgb(whole)
        notes.append(note)
    base, alpha = split_alpha(whole)
    if alpha is not None and ALPHA_NOT_SAID in image.info and alpha.getextrema() == (255, 255):
        alpha = None
    if uncovered is not None and alpha is None and stored.key is None:
        alpha = uncovered
        base = PIL.Image.composite(base, PIL.Image.new(base.mode, base.size), alpha)
    if options.gray and base.mode == "RGB" and alpha is None and stored.key is None:
        base = base.convert("L")
    return Loaded(base, memory, alpha, stored, format, metadata, tuple(notes))


def _load(
    image: PIL.ImageFile.ImageFile, format: str, options: ReadOptions, *, turns: bool, lends: bool
) -> mmap | None:
    """Let Pillow decode an opened image; return the memory of ours that it lies in, if it does."""
    if options.gray and is_jpeg(image) and is_luma_coded(image):
        # The decoder then gives the file's own Y plane, and leaves the chroma alone.
        image.draft("L", image.size)
    stream = stream_of(image) if is_png(image) else None
    if stream is not None:
        check_checksums(stream)
    image.decodermaxblock = _BLOCK_BYTES
    stays = not turns and not (options.gray and image.mode == "RGB")
    lent = lend(image) if lends and stays and FORMATS[format].fills_memory else None
    image.load()
    if stream is not None and _may_be_short(image):
        check_length(stream)
    return lent.memory if lent and lent.holds(image) else None


def _may_be_short(image: PIL.Image.Image) -> bool:
    """Return whether rows of a decoded PNG may be missing: Pillow leaves them black, and says nothing."""
    last = image.crop((0, image.height - 1, *image.size))
    return bool(image.info.get("interlace")) or last.getbbox(alpha_only=False) is None


def _deep(
    image: PIL.ImageFile.ImageFile, stored: Storage, options: ReadOptions, metadata: Metadata, notes: tuple[str, ...]
) -> Loaded:
    """Return a PNG of 16 bits in colour, or beside alpha, decoded by ourselves."""
    from cnnfilt.files.decode.png import decode
    from cnnfilt.files.pixels import upright_array

    stream = stream_of(image)
    pixels, alpha = decode(stream)
    texts = opened_by_plugin(BytesIO(texts_alone(stream)), FORMATS["png"])
    texts.load()
    metadata = with_texts(metadata, texts)
    orientation = stored.orientation or 1
    if orientation != 1 and options.auto_orient:
        pixels, metadata = upright_array(pixels, orientation), upright(metadata, orientation)
        alpha = None if alpha is None else upright_array(alpha, orientation)
    elif orientation != 1:
        metadata = replace(metadata, orientation=orientation)
    return Loaded(pixels, None, alpha, stored, "png", metadata, notes)


def _uncovered(image: PIL.ImageFile.ImageFile) -> PIL.Image.Image | None:
    """Return the alpha of a GIF whose first frame does not cover its screen, as browsers show it; else None.

    Pillow fills the rest with the first colour of the palette.
    """
    place = image.tile[0].extents
    if place is None or place == (0, 0, *image.size):
        return None
    alpha = PIL.Image.new("L", image.size)
    alpha.paste(255, place)
    return alpha


def _turned(
    image: PIL.ImageFile.ImageFile, orientation: int, metadata: Metadata, *, auto_orient: bool
) -> tuple[PIL.Image.Image, Metadata]:
    """Return the image upright, or as it is stored, and what is then true of it."""
    turned_by_pillow = is_tiff(image)
    if orientation == 1:
        return image, metadata
    if auto_orient:
        return image if turned_by_pillow else image.transpose(TURNS[orientation]), upright(metadata, orientation)
    stored = image.transpose(TURNS_BACK[orientation]) if turned_by_pillow else image
    return stored, replace(metadata, orientation=orientation)


def _header_notes(*, damaged_exif: bool, deep_colour: bool, several: bool) -> list[str]:
    notes = []
    if damaged_exif:
        notes.append(_DAMAGED_EXIF)
    if deep_colour:
        notes.append("16-bit colour, read as 8-bit (only gray is read as 16-bit)")
    if several:
        notes.append(SEVERAL)
    return notes


def _outside_palette(image: PIL.ImageFile.ImageFile) -> list[str]:
    """Return a note where pixels of a decoded image name colours that its palette does not have."""
    if image.palette is None:
        return []
    colours = len(image.palette.palette) // len(image.palette.mode)
    _, highest = image.getextrema()
    if not isinstance(highest, int) or highest < colours:
        return []
    return [f"some of its pixels are beyond its palette of {counted(colours, 'colours')}; they are black"]


def _is_animated(image: PIL.Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except PILLOW_ERRORS:
        return False


def _with_exif_note(image: Loaded, warned: list[str]) -> Loaded:
    damaged = any("EXIF" in warning or "Truncated File Read" in warning for warning in warned)
    if not damaged or _DAMAGED_EXIF in image.notes:
        return image
    return image._replace(notes=(*image.notes, "some of its EXIF data is damaged"))
