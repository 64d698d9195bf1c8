"""An image as the bytes of a file: what all formats need is done here, the rest in the module of each."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from cnnfilt.files.codec_errors import encoding
from cnnfilt.files.formats import FORMATS, Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import KeptMetadata, colour_space_lost, kept_metadata
from cnnfilt.files.read_write_options import WriteOptions

Encode = Callable[[Format, Image, KeptMetadata, int | None], Encoded]
"""What `encode` is in every module: of an image that the format holds, what is kept beside it, and the quality."""


def encode_image(image: Image, format: str, options: WriteOptions) -> Encoded:
    """Return `image` as an image file, with notes on metadata that was left out.

    The caller has made sure that `format` holds these pixels. Raises OutputError if the encoder fails. The memory
    of `image` may be used again.
    """
    about = FORMATS[format]
    encode: Encode = encoder(about).encode if about.module else _by_pillow
    with encoding(about):
        kept, notes = kept_metadata(
            image.metadata,
            options.metadata if about.metadata else "none",
            gray=image.pixels.ndim == 2,
            size=image.pixels.shape[:2],
        )
        if about.name != "png":
            notes += colour_space_lost(kept, about.title)
        encoded = encode(about, image, kept, options.quality)
    return Encoded(encoded.parts, notes + encoded.notes)


def encoder(about: Format) -> ModuleType:
    """Return the module that writes this format, imported only now, for few runs need more than one."""
    return import_module(f"cnnfilt.files.encode.{about.module}")


def _by_pillow(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    # We write PNGs without it.
    from cnnfilt.files.pillow import saved
    from cnnfilt.files.pixels import from_array

    return Encoded([saved(from_array(image.pixels, image.alpha), about, kept.arguments())])
