"""What a file holds, by its first bytes. No NumPy, no Pillow."""

import os
import stat

from cnnfilt.files.formats import FORMATS

SIGNATURE_LENGTH = 16
"""How many first bytes the functions here want to see."""

_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened that a pipe may have taken the place of meanwhile."""

_ANY_BYTE = ord("?")

_NOT_READ = (
    (b"????ftyp", "a HEIC or video file"),
    (b"%PDF", "a PDF"),
    (b"%!", "PostScript"),
    (b"<", "an SVG or a web page"),
    (b"8BPS", "a Photoshop file"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL", "a JPEG XL"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
)
"""What people take for an image that can be read."""


def format_by_signature(head: bytes) -> str | None:
    """Return the format of a file that starts with `head`, or None when no signature fits (text has none)."""
    if _is_line_of_names(head):
        return None
    signatures = ((signature, format.name) for format in FORMATS.values() for signature in format.signatures)
    return next((name for signature, name in signatures if _fits(signature, head)), None)


def format_of_file(path: str) -> str | None:
    """Return the format of the file at `path` by its first bytes; None also for one that cannot be opened.

    Only a regular file is read: to open a pipe would wait for whoever fills it, to read a device may change it.
    """
    try:
        descriptor = os.open(path, _WITHOUT_WAITING)
    except OSError:
        return None
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return format_by_signature(os.read(descriptor, SIGNATURE_LENGTH)) if regular else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def kind_not_read(head: bytes) -> str | None:
    """Return in words what a file that starts with `head` is, when it is one people take for a readable image."""
    return next((words for signature, words in _NOT_READ if _fits(signature, head)), None)


def titles_read() -> str:
    """Return the titles of all images that are read, as a list in words."""
    titles = (format.family or format.title for format in FORMATS.values() if format.kind == "image")
    return ", ".join(dict.fromkeys(titles))


def _is_line_of_names(head: bytes) -> bool:
    """Return whether `head` starts as some images do, and is a text: "P1,P2", "BMI,age"."""
    if head[:3] == b"P7\n":
        return False  # What follows is a word.
    if head[:2] in (b"Pf", b"PF"):
        return not head[2:3].isspace()
    if head[:1] == b"P" and head[1:2].isdigit():
        # After the magic number there is a blank, and then the width or a comment.
        after = head[2:].lstrip()[:1]
        return len(head) > 2 and not (head[2:3].isspace() and (after in (b"", b"#") or after.isdigit()))
    return head[:2] == b"BM" and b"\0" not in head and len(head) == SIGNATURE_LENGTH


def _fits(signature: bytes, head: bytes) -> bool:
    wanted = zip(signature, head[: len(signature)], strict=False)
    return len(head) >= len(signature) and all(byte in (found, _ANY_BYTE) for byte, found in wanted)
