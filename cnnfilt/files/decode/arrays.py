"""A loaded image as arrays, in the levels that the file means."""

from cnnfilt.errors import InputError
from cnnfilt.files.decode.loading import Loaded
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Image
from cnnfilt.files.pixels import to_array
from cnnfilt.files.planes import keyed_alpha, true_levels


def as_arrays(loaded: Loaded) -> Image:
    """Return the image with its alpha; `loaded` is used up, for its memory becomes that of the arrays."""
    stored = loaded.stored
    try:
        alpha: Array | None = None
        pixels = true_levels(to_array(loaded.base, loaded.memory), stored, loaded.format)
        if stored.key is not None:
            alpha = keyed_alpha(pixels, stored.key)
        elif loaded.alpha is not None:
            alpha = to_array(loaded.alpha)
    except MemoryError:
        raise InputError(f"this {FORMATS[loaded.format].title} needs more memory than there is") from None
    return Image(
        pixels, alpha, format=loaded.format, metadata=loaded.metadata, notes=loaded.notes, memory=loaded.memory
    )
