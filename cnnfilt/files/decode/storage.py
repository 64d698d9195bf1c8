"""How a file stores its samples, and a decoded Pillow image, of whatever mode, taken apart. No NumPy."""

import PIL.Image

from cnnfilt.files.decode.header import is_gray
from cnnfilt.files.exif import stored_orientation
from cnnfilt.files.pillow import is_portable_map, is_tiff
from cnnfilt.files.records import Key, Storage

_SAMPLE_FORMAT_TAG = 339
_PHOTOMETRIC_TAG = 262
_BITS_TAG = 258
_SIGNED = 2
_WHITE_IS_ZERO = 0

# Pillow stretches these to 0..255 but leaves the transparent level as the file has it.
_STRETCHED = {"L;2": 85, "L;4": 17}


def storage(image: PIL.Image.Image) -> Storage:
    """Return the Storage of an opened image, to be asked before it is decoded: decoding forgets it."""
    raw_mode, maximum = _raw_mode(image)
    deep = is_tiff(image) and ";16" in raw_mode and not image.mode.startswith("I")
    tags = image.tag_v2 if is_tiff(image) else {}
    return Storage(
        mode=image.mode,
        raw_mode=raw_mode,
        maximum=maximum,
        orientation=stored_orientation(image),
        deep_colour=deep,
        key=_key(image, raw_mode),
        gray_16=image.mode == "I" and is_portable_map(image),
        signed=_SIGNED in tuple(tags.get(_SAMPLE_FORMAT_TAG, ())),
        bits=int(next(iter(tags.get(_BITS_TAG, ())), 0)),
        white_is_zero=tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO,
    )


def split_alpha(image: PIL.Image.Image) -> tuple[PIL.Image.Image, PIL.Image.Image | None]:
    """Return the image in mode L, RGB, I;16, I or F, and its alpha channel in mode L, or None."""
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # A transparent level is `Storage.key`'s business; Pillow would try to carry it through conversions.
    image.info.pop("transparency", None)
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    if image.mode in ("LA", "RGBA"):
        return image.convert(image.mode[:-1]), image.getchannel("A")
    if image.mode == "1":
        return image.convert("L"), None
    # Pillow copies an image that has the mode already.
    plain = image.mode == "RGB" or is_gray(image.mode)
    return (image if plain else image.convert("RGB")), None


def _raw_mode(image: PIL.Image.Image) -> tuple[str, int]:
    """Return the first tile's raw mode and, for a PNM, its maximal level (else 0)."""
    tiles = getattr(image, "tile", None)
    if not tiles:
        return "", 0
    arguments = tiles[0].args
    if not isinstance(arguments, tuple):
        return str(arguments), 0
    decoder_has_maximum = tiles[0].codec_name in ("ppm", "ppm_plain")
    return str(arguments[0]), int(arguments[1]) if decoder_has_maximum else 0


def _key(image: PIL.Image.Image, raw_mode: str) -> Key | None:
    """Return the transparent level or colour. A PNG says it in 16 bits, of which those of a sample count (11.3.1.1)."""
    key = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(key, tuple):
        return key if ";16" in raw_mode else tuple(level & 255 for level in key)
    if image.mode == "L" and isinstance(key, int):
        stretch = _STRETCHED.get(raw_mode, 1)
        return (key & 255 // stretch) * stretch
    return key if image.mode in ("1", "I;16") and isinstance(key, int) else None
