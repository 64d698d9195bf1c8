"""Bytes become text: byte order marks and UTF-16 are settled here, for numbers and for lists of names. No NumPy."""

from cnnfilt.errors import InputError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    # The mark of 32 bits begins as that of 16 does.
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decoded_text(data: bytes) -> str:
    """Return `data` as text, without a byte order mark; InputError, one line, if it is none in UTF-8 or UTF-16."""
    mark, encoding = encoding_of(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, len(mark) + error.start) + 1
        raise InputError(f"not text in UTF-8 or UTF-16 (line {line}, byte 0x{error.object[error.start]:02x})") from None
    if "\0" in text:
        raise InputError("not text")
    return text


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark at the start of `data`, b"" without one, and the encoding.

    UTF-16 without a mark shows itself: of plain characters every other byte is zero.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    if len(data) > 1 and data[1] == 0 and not any(data[1::2]):
        return b"", "utf-16-le"
    if data[:1] == b"\0" and not any(data[::2]):
        return b"", "utf-16-be"
    return b"", "utf-8"
