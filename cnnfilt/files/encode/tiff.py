"""A TIFF of whatever samples: Pillow writes 16 bits and floats in gray only, and no EXIF beside compression."""

import io
import zlib
from collections.abc import Iterable
from itertools import accumulate

import numpy as np
import PIL.Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import AppendingTiffWriter, ImageFileDirectory_v2
from PIL.TiffTags import LONG

from cnnfilt.errors import OutputError
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array, Encoded, Image
from cnnfilt.files.metadata import KeptMetadata

DEFLATE_LEVEL = 4
"""Half the time of zlib's own choice, 6, for 2 to 4% more bytes (photographs and their edges)."""

_STRIP_BYTES = 1 << 20
_LARGEST = 2**32 - 2**20
"""Offsets have 32 bits; the directory needs a little of that."""

# Values from TIFF 6.0, sections 3, 8, 14, 18 and 19, and for deflate from its technical note 2.
_DEFLATE = 8
_HORIZONTAL_DIFFERENCES = 2
_BLACK_IS_ZERO, _RGB = 1, 2
_BAND, _UNASSOCIATED_ALPHA = 0, 2
_SAMPLE_FORMATS = {"u": 1, "i": 2, "f": 3}
_INCH = 2
_XMP_TAG = 700


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a deflated little-endian TIFF of pixels and, of the same type, their alpha."""
    channels = image.pixels.reshape(*image.pixels.shape[:2], -1)
    samples = channels if image.alpha is None else np.dstack((channels, image.alpha))
    # Doubles are written as singles, for hardly any program reads the former, unless they come from such a file.
    single = samples.dtype == np.float64 and image.format != about.name
    stored = np.dtype(np.float32) if single else samples.dtype
    samples = samples.astype(stored.newbyteorder("<"), copy=False)
    rows = max(_STRIP_BYTES // (samples.shape[1] * samples.shape[2] * samples.dtype.itemsize), 1)
    strips = [_deflated(samples[top : top + rows]) for top in range(0, len(samples), rows)]
    if sum(map(len, strips)) > _LARGEST:
        raise OutputError("the result is larger than the 4 GiB of a TIFF; use npy")
    directory = _directory(kept)
    _describe(directory, samples, has_alpha=image.alpha is not None, rows_per_strip=rows)
    lengths = [len(strip) for strip in strips]
    # Pillow adds to the offsets where the directory ends.
    directory[Base.StripOffsets] = (0, *accumulate(lengths[:-1]))
    directory[Base.StripByteCounts] = tuple(lengths)
    directory.tagtype[Base.StripOffsets] = directory.tagtype[Base.StripByteCounts] = LONG
    stream = io.BytesIO()
    directory.save(stream)
    stream.writelines(strips)
    return Encoded([stream.getvalue()])


def joined_pages(pages: Iterable[bytes]) -> bytes:
    """Return one TIFF with the only page of each of these."""
    stream = io.BytesIO()
    with AppendingTiffWriter(stream) as writer:
        for page in pages:
            writer.write(page)
            writer.newFrame()
        return stream.getvalue()


def _deflated(strip: Array) -> bytes:
    if strip.dtype.kind != "f":
        # Differences of neighbours deflate to two thirds; they wrap, and so does the reader's sum. Of floats
        # there is a kind of difference too, but few programs know it.
        strip = np.concatenate((strip[:, :1], strip[:, 1:] - strip[:, :-1]), axis=1)
    return zlib.compress(strip.tobytes(), DEFLATE_LEVEL)


def _describe(directory: ImageFileDirectory_v2, samples: Array, *, has_alpha: bool, rows_per_strip: int) -> None:
    height, width, count = samples.shape
    kind = samples.dtype.kind
    directory[Base.ImageWidth], directory[Base.ImageLength] = width, height
    directory[Base.BitsPerSample] = (samples.dtype.itemsize * 8,) * count
    directory[Base.SampleFormat] = (_SAMPLE_FORMATS[kind],) * count
    directory[Base.SamplesPerPixel] = count
    directory[Base.PhotometricInterpretation] = _RGB if count - has_alpha == 3 else _BLACK_IS_ZERO
    directory[Base.Compression] = _DEFLATE
    directory[Base.PlanarConfiguration] = 1
    directory[Base.RowsPerStrip] = rows_per_strip
    if kind != "f":
        directory[Base.Predictor] = _HORIZONTAL_DIFFERENCES
    more = count - has_alpha - (3 if count - has_alpha == 3 else 1)
    extras = (_BAND,) * more + (_UNASSOCIATED_ALPHA,) * has_alpha
    if extras:
        directory[Base.ExtraSamples] = extras


def _directory(kept: KeptMetadata) -> ImageFileDirectory_v2:
    """Return a directory of what came along."""
    directory = ImageFileDirectory_v2(prefix=b"II")
    exif = kept.exif or PIL.Image.Exif()
    for tag in exif:
        directory[tag] = exif.get_ifd(tag) if tag in (IFD.Exif, IFD.GPSInfo) else exif[tag]
    if kept.xmp:
        directory[_XMP_TAG] = kept.xmp
    if kept.icc_profile is not None:
        directory[Base.InterColorProfile] = kept.icc_profile
    if kept.dpi is not None:
        directory[Base.XResolution], directory[Base.YResolution] = kept.dpi
        directory[Base.ResolutionUnit] = _INCH
    return directory
