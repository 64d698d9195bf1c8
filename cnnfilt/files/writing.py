"""An Image becomes a file: fitted to what the format holds, encoded, and put in its place in one step."""

from pathlib import Path

import numpy as np

from cnnfilt.errors import ParameterError
from cnnfilt.files.atomic import write_atomically
from cnnfilt.files.capacity import check_holds, needs_eight_bits
from cnnfilt.files.formats import WRITABLE_FORMATS, format_of, named
from cnnfilt.files.image import Array, Encoded, Image
from cnnfilt.files.read_write_options import DEFAULT_WRITE_OPTIONS, WriteOptions
from cnnfilt.files.records import Lost
from cnnfilt.frozen import replace


def write(
    image: Image, target: str | Path, options: WriteOptions = DEFAULT_WRITE_OPTIONS, *, format: str | None = None
) -> tuple[str, ...]:
    """Write `image` to the file `target` and return notes on what it could not keep.

    The format is that of the suffix unless given. Nothing is touched unless all goes well. Raises OutputError, or
    ParameterError for a format that is not known.
    """
    encoded = encode(image, format or _format_for(target), options)
    write_atomically(
        target, lambda stream: stream.writelines(encoded.parts), overwrite=options.overwrite, date=options.date
    )
    return encoded.notes


def encode(image: Image, format: str, options: WriteOptions = DEFAULT_WRITE_OPTIONS) -> Encoded:
    """Return `image` as the content of a file of this format.

    16-bit levels become v / 257 where the format cannot hold them, with a note. Alpha that is opaque all over
    is left out where there is no place for it. OutputError for anything else the format cannot hold.
    """
    pixels = image.pixels[..., 0] if image.pixels.shape[2:] == (1,) else image.pixels
    alpha = image.alpha if image.transparent or named(format).alpha else None
    size = (pixels.shape[0], pixels.shape[1])
    check_holds(format, channels=image.channels, sample=image.sample, alpha=alpha is not None, size=size)
    if named(format).kind == "matrix":
        # The writers of text are imported only for matrices, and Pillow only for images.
        from cnnfilt.files.matrix.column_names import names_line
        from cnnfilt.files.matrix.matrices import write_matrix

        numbers = write_matrix(image.pixels, format, for_people=options.for_people)
        return Encoded([names_line(image.columns, format), numbers] if image.columns else [numbers])
    notes: tuple[str, ...] = ()
    if needs_eight_bits(format, channels=image.channels, sample=image.sample, alpha=alpha is not None):
        pixels, alpha = to_eight_bits(pixels), None if alpha is None else to_eight_bits(alpha)
        why = f"because {named(format).title} holds no more here"
        notes = (Lost(f"16-bit levels written as 8-bit (v / 257), {why}"),)
    if image.sample == "float64" and "float64" not in named(format).gray:
        singles = pixels.astype(np.float32)
        if not np.array_equal(singles, pixels, equal_nan=True):
            notes = (Lost(f"64-bit floats rounded to 32 bits, because {named(format).title} holds no more"),)
        pixels = singles
    from cnnfilt.files.encode.encoders import encode_image

    encoded = encode_image(replace(image, pixels=pixels, alpha=alpha), format, options)
    return Encoded(encoded.parts, notes + encoded.notes)


def to_eight_bits(levels: Array) -> Array:
    """Return 0..65535 as 0..255: v / 257, rounded, so that white stays white."""
    # 257 is odd, so no level lies halfway.
    return ((levels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _format_for(target: str | Path) -> str:
    format = format_of(target)
    if format is None:
        raise ParameterError(
            f"{str(target)!r} does not say its format; use a suffix of {', '.join(WRITABLE_FORMATS)}, or --format",
            parameter="format",
        )
    return format
