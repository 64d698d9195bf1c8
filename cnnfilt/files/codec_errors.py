"""What decoders and encoders raise, and one line for it. No NumPy, no Pillow."""

import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from cnnfilt.errors import CnnfiltError, OutputError
from cnnfilt.files.formats import Format
from cnnfilt.files.streams import first_line

PILLOW_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What Pillow has been seen to raise on damaged data: nearly everything, but not a bare Exception."""

_TRUNCATED = r"(?i)truncated|unexpected end|unpack requires|not enough (image )?data|reached eof"


@contextmanager
def encoding(about: Format) -> Iterator[None]:
    """Turn an encoder's exceptions into OutputError, and pass over its warnings: notes say what is lost."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except CnnfiltError:
            raise
        except MemoryError:
            raise OutputError(f"encoding the {about.title} needs more memory than there is") from None
        except PILLOW_ERRORS as error:
            raise OutputError(f"encoding the {about.title} failed ({first_line(str(error))})") from error


def damage_in_words(title: str, error: Exception) -> str:
    """Return what a decoder's error says of a file of the format `title`."""
    reason = str(error) or type(error).__name__
    if re.search(_TRUNCATED, reason) or isinstance(error, EOFError):
        return f"the {title} is truncated or damaged ({first_line(reason)})"
    return f"the {title} is damaged or of a kind that is not supported ({first_line(reason)})"
