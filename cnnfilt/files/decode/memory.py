"""Memory that Pillow decodes into and NumPy then reads as it is. No NumPy.

Pillow's own comes in small pages and is given back with each image. That is half of the time that a large JPEG takes to
decode, and NumPy would have to copy from it.
"""

import mmap
import sys
from contextlib import suppress
from typing import Any, NamedTuple

import PIL.ImageFile

PIXEL_BYTES = {"L": 1, "RGB": 4}
"""The modes it is lent for, and what Pillow takes for a pixel of each: colours have a fourth byte that says nothing."""


class Lent(NamedTuple):
    """Memory lent to Pillow, and Pillow's own view of it."""

    memory: mmap.mmap
    view: Any

    def holds(self, image: PIL.ImageFile.ImageFile) -> bool:
        """Return whether the image was decoded into it: a plugin may have made memory of its own nevertheless."""
        return image.im is self.view


def lend(image: PIL.ImageFile.ImageFile) -> Lent | None:
    """Return the memory that an opened image of mode L or RGB will be decoded into, or None for other modes.

    Not for images that Pillow is to convert or turn afterwards.
    """
    if image.mode not in PIXEL_BYTES:
        return None
    memory = _large_pages(image.width * image.height * PIXEL_BYTES[image.mode])
    # Pillow maps a buffer of mode RGBX but not of RGB; they look the same in memory.
    mode = "RGBX" if image.mode == "RGB" else image.mode
    image.im = PIL.Image.frombuffer(mode, image.size, memory, "raw", mode, 0, 1).im  # type: ignore[arg-type]  # It takes any buffer.
    return Lent(memory, image.im)


def _large_pages(size: int) -> mmap.mmap:
    """Return zeros of the process's own, in large pages where the system has them."""
    try:
        if sys.platform == "win32":
            return mmap.mmap(-1, size)
        # Python's own choice is memory to be shared with other processes, which never comes in large pages.
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        raise MemoryError from None
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # A kernel may know no large pages.
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
