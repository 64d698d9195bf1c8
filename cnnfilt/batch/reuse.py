"""Memory for one image after another: what the last one has left is taken by the next."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Parameters of glibc's `mallopt`, by their numbers in malloc.h."""

_KEPT_BYTES = 64 << 20
"""How much a process may keep for its next image; a worker is reckoned to take more anyway."""

_LARGEST_KEPT = 32 << 20
"""The largest array that is not returned to the system at once; glibc takes no higher threshold."""

_STEP_BYTES = 4 << 20


def reuse_memory() -> None:
    """Keep the memory of an image for the next one of this process.

    Else every array comes from the system, which clears its pages, and goes back to it: for photographs of 1 megapixel
    that was a fifth of the whole work. The setting is the process's own, so it is for the command line alone. Without
    glibc nothing happens.
    """
    with suppress(OSError, AttributeError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        # Each file has a thread of its own; with memory of their own they would not find what the last one left.
        set_option(_ARENA_MAX, 1)
        set_option(_MMAP_THRESHOLD, _LARGEST_KEPT)
        set_option(_TRIM_THRESHOLD, _KEPT_BYTES)
        set_option(_TOP_PAD, _STEP_BYTES)
