"""The page of one operation: the image and what became of it, value by value."""

from cnnfilt.files.image import Image
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.inspect.thumbnails import Thumbnails
from cnnfilt.page.arrays import picture
from cnnfilt.page.document import Page

_THUMBNAIL = 360
"""How high and wide, in pixels, the pictures of the whole images are at most."""


def page(image: Image, operation: Operation, results: list[Result], format_name: str) -> Page:
    """Return the page of `results`."""
    shown = Thumbnails(_THUMBNAIL, _THUMBNAIL)(image, operation, results, format_name)
    pictures = [{"caption": one.caption, "picture": picture(one.pixels)} for one in shown]
    return Page("operation", {"pictures": pictures})
