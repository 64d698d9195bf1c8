"""Decoding an image while NumPy is still being imported. No NumPy, and no Pillow where nothing is to be decoded."""

import os
import stat
import sys
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from cnnfilt.files.decode.decoders import opened_by_us
from cnnfilt.files.formats import FORMATS, Format, format_of
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import Source, format_in, open_stream
from cnnfilt.terms import WORK_THREAD

if TYPE_CHECKING:
    from cnnfilt.files.decode.loading import Loaded

_SMALLEST_BYTES = 1 << 18
"""A smaller file is decoded in no time; two threads that both want the interpreter would only delay each other."""

_SWITCH_SECONDS = 0.0002
"""How long a thread that has decoded a piece waits for the interpreter; Python's own choice would be 0.005."""


class ReadAhead(NamedTuple):
    """An image that will be read, and how."""

    source: Source
    options: ReadOptions


_begun: "dict[ReadAhead, _Loading]" = {}


def begin_loading(request: ReadAhead) -> None:
    """Start to load an image in a thread of its own; `take_loaded` with the same request then waits for it.

    Nothing happens where the source is a small file or no regular one, or not called an image.
    """
    path = str(request.source)
    format = format_of(path)
    if format is None or not _can_begin(FORMATS[format]):
        return
    if not _is_large_file(path):
        return
    _begun[request] = _Loading(request)


def take_loaded(request: ReadAhead) -> "Loaded | None":
    """Return the image that `begin_loading` was asked for, or None. What its loading raised is raised here."""
    begun = _begun.pop(request, None)
    return begun.wait() if begun else None


def _can_begin(about: Format) -> bool:
    # While a decoder is kept from printing, nothing else can be said on stderr (see `decoding`).
    return about.kind == "image" and not about.decoder_prints


def _is_large_file(path: str) -> bool:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return False  # The reader will say what is wrong.
    return stat.S_ISREG(status.st_mode) and status.st_size >= _SMALLEST_BYTES


class _Loading(Thread):
    """An image being loaded. Python does not wait for this thread at its end."""

    def __init__(self, request: ReadAhead) -> None:
        import cnnfilt.files.decode.loading  # noqa: F401 - before the others want the interpreter, too.

        super().__init__(name=WORK_THREAD, daemon=True)
        self._request = request
        self._loaded: Loaded | None = None
        self._error: BaseException | None = None
        self._switch_seconds = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.start()

    def run(self) -> None:
        """Load the image, or remember what went wrong."""
        from cnnfilt.files.decode.loading import load_image

        source, options = self._request
        try:
            with open_stream(source) as stream:
                format = format_in(stream, name=str(source))
                if format is None or not _can_begin(FORMATS[format]):
                    return
                ours = opened_by_us(stream, FORMATS[format], options)
                if ours is None or ours.size(0, options) is None:
                    stream.seek(0)
                    self._loaded = load_image(stream, format, options)
        except BaseException as error:
            self._error = error

    def wait(self) -> "Loaded | None":
        """Return the image, or None if the file turned out to be something else."""
        self.join()
        sys.setswitchinterval(self._switch_seconds)
        if self._error is not None:
            raise self._error
        return self._loaded
