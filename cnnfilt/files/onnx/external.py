"""Weights that lie in other files beside the model: where they may lie, and the few of them that say a size."""

import os
import stat
from collections.abc import Mapping

from cnnfilt.errors import InputError
from cnnfilt.files.streams import first_line


class External:
    """The files in the folder of a model, and in those below it; nothing outside is named, opened or looked at."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def place(self, entries: Mapping[str, str], length: int) -> tuple[str, int]:
        """Return the path and the first byte of `length` bytes that a tensor's `entries` say.

        InputError for a path out of the folder, and for a file that is there and shorter. One that is missing is no
        fault as long as no number in it is needed.
        """
        location, offset = entries.get("location", ""), _whole(entries.get("offset", "0"))
        parts = location.replace("\\", "/").split("/")
        if not location or ".." in parts or os.path.isabs(location) or parts[0][1:2] == ":" or "\0" in location:
            raise _refused(location, "is not a file in its folder")
        path = os.path.join(self._folder, *parts)
        inside = os.path.realpath(self._folder)
        if os.path.commonpath([inside, os.path.realpath(path)]) != inside:
            raise _refused(location, "leads out of its folder")
        if "length" in entries and _whole(entries["length"]) != length:
            raise _refused(location, f"is said to hold {_whole(entries['length']):,} bytes for {length:,}")
        if os.path.exists(path):
            about = os.stat(path)
            if not stat.S_ISREG(about.st_mode):
                raise _refused(location, "is no regular file")
            if about.st_size < offset + length:
                raise _refused(location, f"has {about.st_size:,} bytes, where {offset + length:,} are needed")
        return path, offset

    def read(self, entries: Mapping[str, str], length: int) -> bytes:
        """Return `length` bytes of them. InputError if they cannot be read."""
        path, offset = self.place(entries, length)
        try:
            with open(path, "rb") as stream:
                stream.seek(offset)
                data = stream.read(length)
        except OSError as error:
            raise _refused(entries["location"], f"cannot be read: {error.strerror}") from None
        if len(data) < length:
            raise _refused(entries["location"], "ends too early")
        return data


def _whole(text: str) -> int:
    # int() takes blanks, signs and underscores, and any number of digits.
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise InputError(f"{{image}} has weights in another file at {first_line(text)!r}, which is no whole number")
    return int(text)


def _refused(location: str, why: str) -> InputError:
    return InputError(f"{{image}} has weights in {first_line(location)!r}, which {why}")
