"""Pillow as cnnfilt uses it: its plugins, which file an image was opened from, and one line for what it raises."""

import io
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard, cast

import PIL.Image
import PIL.ImageFile

from cnnfilt.errors import CnnfiltError, InputError, ShapeError
from cnnfilt.files.codec_errors import PILLOW_ERRORS, damage_in_words
from cnnfilt.files.formats import Format

if TYPE_CHECKING:  # The plugins cost a short run much.
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.TiffImagePlugin import TiffImageFile

_STDERR = 2


def opened_by_plugin(stream: BinaryIO, about: Format) -> PIL.ImageFile.ImageFile:
    """Return the image in `stream` with its header read by the plugin of its format, and by no other."""
    # `PIL.Image.open` imports five plugins first, which takes longer than a small image.
    _import_plugin(about)
    # Most plugins go by their own name; one has several formats, one another name.
    factory, _ = PIL.Image.OPEN.get(about.name.upper()) or PIL.Image.OPEN[about.plugin.upper()]
    return factory(stream, "")


def saved(picture: PIL.Image.Image, about: Format, arguments: Mapping[str, Any]) -> memoryview:
    """Return `picture` as a file of this format, written by Pillow with these arguments; to be called in `encoding`."""
    # Else Pillow imports all of its forty plugins to find the one.
    _import_plugin(about)
    stream = io.BytesIO()
    picture.save(stream, format=about.plugin, **arguments)
    return stream.getbuffer()


def stream_of(image: PIL.ImageFile.ImageFile) -> BinaryIO:
    """Return the stream that an image was opened from, until it is decoded."""
    assert image.fp is not None
    return cast(BinaryIO, image.fp)


def is_jpeg(image: PIL.Image.Image) -> "TypeGuard[JpegImageFile]":
    """Return whether `image` is an opened JPEG, or an MPO, which starts with one."""
    return image.format in ("JPEG", "MPO")


def is_png(image: PIL.Image.Image) -> "TypeGuard[PngImageFile]":
    """Return whether `image` is an opened PNG."""
    return image.format == "PNG"


def is_gif(image: PIL.Image.Image) -> bool:
    """Return whether `image` is an opened GIF."""
    return image.format == "GIF"


def is_tiff(image: PIL.Image.Image) -> "TypeGuard[TiffImageFile]":
    """Return whether `image` is an opened TIFF."""
    return image.format == "TIFF"


def is_portable_map(image: PIL.Image.Image) -> bool:
    """Return whether `image` is an opened PBM, PGM, PPM or PFM."""
    return image.format == "PPM"


@contextmanager
def decoding(about: Format, *, max_pixels: int) -> Iterator[list[str]]:
    """Give the list of a decoder's warnings, filled at the end, and turn its exceptions into InputError.

    Errors of cnnfilt's own pass through. Pillow's own limit is set to `max_pixels` (0: none) meanwhile.
    """
    warned: list[str] = []
    silence = _stderr_closed() if about.decoder_prints else nullcontext()
    with _limit_set(max_pixels), silence, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield warned
        except CnnfiltError:
            raise
        except MemoryError:
            raise InputError(f"this {about.title} needs more memory than there is") from None
        except PIL.Image.DecompressionBombError as error:
            raise _too_many_pixels(error, max_pixels) from None
        except PILLOW_ERRORS as error:
            raise InputError(damage_in_words(about.title, error)) from error
        finally:
            warned.extend(str(warning.message) for warning in caught)


def _import_plugin(about: Format) -> None:
    import_module(f"PIL.{about.plugin}ImagePlugin")


@contextmanager
def _limit_set(max_pixels: int) -> Iterator[None]:
    before = PIL.Image.MAX_IMAGE_PIXELS
    PIL.Image.MAX_IMAGE_PIXELS = max_pixels or None
    try:
        yield
    finally:
        PIL.Image.MAX_IMAGE_PIXELS = before


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Keep a library that complains past Python, on the process's own stderr, from adding lines to our one."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # There is no stderr to write to.
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _too_many_pixels(error: Exception, max_pixels: int) -> ShapeError:
    # Pillow refuses from twice the limit on, before it tells the size; its message has the pixels in it.
    found = re.findall(r"\d+", str(error))
    pixels = f"{int(found[0]):,}" if found else "too many"
    return ShapeError(
        f"{{image}} has {pixels} pixels; the limit is {max_pixels:,} (--max-pixels changes it, 0 lifts it)",
        parameter="max_pixels",
    )
