"""A file becomes an Image: decoded, upright, in plain levels, with its alpha apart and what came along remembered."""

import numpy as np

from cnnfilt.core.gray import to_gray
from cnnfilt.errors import ShapeError, counted
from cnnfilt.files.decode.ahead import ReadAhead, take_loaded
from cnnfilt.files.decode.decoders import SEVERAL, opened_by_us
from cnnfilt.files.decode.plain_png import read_plain
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Image
from cnnfilt.files.read_write_options import DEFAULT_READ_OPTIONS, ReadOptions
from cnnfilt.files.streams import Source, check_size, format_in, open_stream
from cnnfilt.frozen import replace

_TWELVE_BITS = 4096

DARK = "its 16-bit values stay under 4096; --value-range 0,4095 brings 12-bit data to full brightness"
"""A note for whoever looks at the result; to other mappings, and to numbers, it does not apply."""


def read(source: Source, options: ReadOptions = DEFAULT_READ_OPTIONS, *, name: str | None = None) -> Image:
    """Return the image or matrix in `source`, a path or the content itself.

    `name` stands in for the path where its suffix must tell what a text matrix is. Raises InputError, or ShapeError
    for more than the most pixels.
    """
    return finished(_content(source, name, options.decoding), options)


def read_bytes(data: bytes, options: ReadOptions = DEFAULT_READ_OPTIONS, *, name: str = "stdin") -> Image:
    """Return the image or matrix in `data`, recognised by its signature as an image or .npy, else a text matrix."""
    return read(data, options, name=name)


def read_typed_matrix(text: str, options: ReadOptions = DEFAULT_READ_OPTIONS) -> Image:
    """Return the matrix that is typed out in `text`, as that of a .csv. InputError."""
    from cnnfilt.files.matrix.text import read_typed

    matrix, notes = read_typed(text)
    check_size(matrix.shape[0], matrix.shape[1], options.max_pixels)
    return finished(Image(matrix, kind="matrix", format="csv", notes=notes), options)


def finished(image: Image, options: ReadOptions) -> Image:
    """Return a decoded `image` in the bands that are wanted, on its background, with hints, and in gray."""
    if options.bands is not None:
        image = _with_bands(image, options.bands)
    image = _with_hints(image) if options.background is None else _on(options.background, image)
    if options.alpha == "drop":
        image = replace(image, alpha=None)
    return replace(image, pixels=to_gray(image.pixels)) if options.gray else image


def _on(background: str, image: Image) -> Image:
    """Return `image` on this colour where it is transparent."""
    from cnnfilt.files.colours import flatten, parse_colour  # Most images have no background.

    colour = parse_colour(background, "background")
    if image.alpha is None:
        return image
    return replace(image, pixels=flatten(image.pixels, image.alpha, colour), alpha=None)


def _with_bands(image: Image, bands: tuple[int, ...]) -> Image:
    """Return `image` with these of its channels alone, counted from 1. ShapeError for one that is not there."""
    if max(bands) > image.channels:
        raise ShapeError(
            f"{{image}} has {counted(image.channels, 'channels')}; --bands {max(bands)} does not exist",
            parameter="bands",
        )
    if image.pixels.ndim == 2:
        pixels = image.pixels if len(bands) == 1 else np.stack([image.pixels] * len(bands), axis=-1)
    else:
        chosen = [band - 1 for band in bands]
        pixels = image.pixels[..., chosen[0]] if len(bands) == 1 else image.pixels[..., chosen]
    return replace(image, pixels=np.ascontiguousarray(pixels), memory=None)


def _content(source: Source, name: str | None, options: ReadOptions) -> Image:
    loaded = take_loaded(ReadAhead(source, options))
    if loaded is None:
        with open_stream(source) as stream:
            path = "" if isinstance(source, bytes) else str(source)
            format = format_in(stream, name=path if name is None else name)
            if format is None or FORMATS[format].kind == "matrix":
                return _matrix(stream.read(), format, max_pixels=options.max_pixels)
            ours = opened_by_us(stream, FORMATS[format], options)
            if ours is not None and ours.size(0, options) is not None:
                image = ours.image(0, options)
                several = (SEVERAL,) if ours.count > 1 else ()
                return replace(image, notes=(*image.notes, *several, *ours.notes))
            plain = read_plain(stream, max_pixels=options.max_pixels) if format == "png" else None
            if plain is not None:
                return plain
            # Pillow is imported only for images, and not for all.
            from cnnfilt.files.decode.loading import load_image

            loaded = load_image(stream, format, options)
            loaded = loaded._replace(notes=loaded.notes + (ours.notes if ours else ()))
    from cnnfilt.files.decode.arrays import as_arrays

    return as_arrays(loaded)


def _matrix(data: bytes, format: str | None, *, max_pixels: int) -> Image:
    # The readers of text are imported only for matrices.
    from cnnfilt.describe.channels import channels_first_hint, stack_hint
    from cnnfilt.files.matrix.matrices import read_noted_matrix, text_format

    matrix, notes = read_noted_matrix(data, format, max_pixels=max_pixels)
    hint = channels_first_hint(matrix.shape)
    if hint is not None:
        notes = (*notes, f"{hint} (np.moveaxis(x, 0, -1) makes it so)")
    hint = stack_hint(matrix.shape)
    if hint is not None:
        notes = (*notes, hint)
    return Image(matrix, kind="matrix", format=format or text_format(data), notes=notes)


def _with_hints(image: Image) -> Image:
    """Return `image` with a word on what would otherwise come out dark or empty."""
    notes = image.notes
    # Levels whose file names the highest have been brought to full brightness.
    unscaled = image.kind == "image" and image.pixels.dtype == np.uint16 and image.stored.maximum in (0, 65535)
    if unscaled and 0 < image.pixels.max() < _TWELVE_BITS:
        notes += (DARK,)
    if image.alpha is not None and _shape_is_all_in_alpha(image.pixels, image.alpha):
        notes += (
            "its visible pixels have one colour, and its shape is all in the transparency; try --background white",
        )
    return replace(image, notes=notes)


def _shape_is_all_in_alpha(pixels: Array, alpha: Array) -> bool:
    """Return whether all that shows has one colour, so that the picture is drawn by its alpha alone."""
    visible = alpha > 0
    if not visible.any() or (alpha == alpha.flat[0]).all():
        return False
    colour = pixels[np.unravel_index(visible.argmax(), alpha.shape)]
    # Row by row, for almost every image is settled by its first visible row.
    return all(bool((row[shown] == colour).all()) for row, shown in zip(pixels, visible, strict=True))
