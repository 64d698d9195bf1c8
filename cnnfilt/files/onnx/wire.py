"""How protobuf writes a message: fields, each a number and a value. Read where it lies, and only what is asked for.

https://protobuf.dev/programming-guides/encoding/ is the whole of it. Weights are stepped over by their length alone, so
that a file of gigabytes costs no more than the names in it.
"""

from collections.abc import Iterator, Mapping
from struct import error, iter_unpack
from typing import Any, BinaryIO

from cnnfilt.errors import InputError

Span = tuple[int, int]
"""Where something lies in the file: its first byte, and the one after its last."""

Field = tuple[int, int, Span]
"""The number of a field, its value where that is one whole number (else 0), and where it lies."""

Forms = Mapping[int, tuple[int, ...]]
"""The fields of a message that matter, each with the kinds in which it may be written."""

WHOLE, BYTES, WHOLES = (0,), (2,), (0, 2)
FLOAT, FLOATS, DOUBLES = (5,), (5, 2), (1, 2)
"""Lists of numbers may be packed into one field of bytes, or have a field for each."""

MOST_FIELDS = 1_000_000
"""Networks of ten thousand nodes have half as many. Fields of two bytes each would hold us for minutes."""

MOST_NUMBERS, MOST_TEXT = 1_000_000, 16 << 20
"""What is read of all lists of numbers together, and the bytes of all names: in memory each costs more."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10
_BLOCK = 1 << 16


class Wire:
    """The fields in a seekable stream of `size` bytes, of which one block at a time is in memory."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.size = size
        self._stream = stream
        self._fields = self._numbers = self._text = 0
        self._start, self._block = 0, b""

    def fields(self, span: Span, forms: Forms) -> Iterator[Field]:
        """Yield those fields of the message at `span` that `forms` holds. InputError where it is damaged."""
        place, end = span
        while place < end:
            self._fields += 1
            if self._fields > MOST_FIELDS:
                raise InputError(f"{{image}} has more than {MOST_FIELDS:,} fields; no network needs as many")
            key, place = self._varint(place)
            kind, start, value = key & 7, place, 0
            if kind == _VARINT:
                value, place = self._varint(place)
            elif kind == _BYTES:
                length, start = self._varint(place)
                place = start + length
            elif kind in (_FIXED32, _FIXED64):
                place += 4 if kind == _FIXED32 else 8
            else:
                raise damaged(f"no field is of kind {kind}")
            if place > end or not key >> 3:
                raise damaged("a field ends after what it is in" if place > end else "a field has the number 0")
            if (number := key >> 3) in forms:
                if kind not in forms[number]:
                    raise damaged(f"field {number} is of kind {kind}")
                yield number, value, (start, place)

    def content(self, span: Span, *, most: int) -> bytes:
        """Return the bytes at `span`; InputError for more than `most` of them."""
        start, end = span
        if end - start > most:
            raise InputError(f"{{image}} has a name or a list of {end - start:,} bytes; the limit is {most:,}")
        if self._start <= start and end <= self._start + len(self._block):
            return self._block[start - self._start : end - self._start]
        return self._read(start, end)

    def text(self, span: Span, *, most: int = 4096) -> str:
        """Return the text at `span`; InputError for what is none, or longer than `most` bytes."""
        self._text += span[1] - span[0]
        if self._text > MOST_TEXT:
            raise InputError(f"{{image}} has names of more than {MOST_TEXT >> 20} MiB; no network needs as many")
        try:
            return self.content(span, most=most).decode()
        except UnicodeDecodeError:
            raise damaged("a name in it is not text") from None

    def varints(self, span: Span, *, most: int) -> list[int]:
        """Return the whole numbers at `span`, one after the other, as they are packed; at most `most` of them."""
        place, end = span
        if end - place > most * _LONGEST_VARINT:
            raise _too_many(most)
        numbers = []
        while place < end:
            value, place = self._varint(place)
            numbers.append(value)
        if place > end or len(numbers) > most:
            raise damaged("a number ends after what it is in") if place > end else _too_many(most)
        return self._counted(numbers)

    def numbers(self, span: Span, format: str, *, most: int) -> list[int | float]:
        """Return the numbers at `span`, each written as struct's `format` says; at most `most` of them."""
        data = self.content(span, most=most * 8)
        try:
            return self._counted([value for (value,) in iter_unpack(format, data)])
        except error:
            raise damaged("a list of numbers has no whole number of them") from None

    def _counted(self, numbers: list[Any]) -> list[Any]:
        self._numbers += len(numbers)
        if self._numbers > MOST_NUMBERS:
            raise _too_many(MOST_NUMBERS)
        return numbers

    def _varint(self, place: int) -> tuple[int, int]:
        """Return the number at `place`, seven bits a byte, the lowest first, and the place after it."""
        offset = place - self._start
        if not 0 <= offset <= len(self._block) - _LONGEST_VARINT:
            self._load(place)
            offset = 0
        block = self._block
        byte = block[offset]
        if byte < 0x80:
            return byte, place + 1
        value, shift = byte & 0x7F, 7
        while byte >= 0x80:
            if shift == 7 * _LONGEST_VARINT:
                raise damaged("a number has no end")
            offset += 1
            byte = block[offset]
            value |= (byte & 0x7F) << shift
            shift += 7
        return value & 0xFFFF_FFFF_FFFF_FFFF, self._start + offset + 1

    def _load(self, place: int) -> None:
        self._block, self._start = self._read(place, place + _BLOCK), place
        if len(self._block) < _BLOCK:
            # Zeros after the file let a number that is cut off end there, and so after what it is in.
            self._block += bytes(_LONGEST_VARINT)

    def _read(self, start: int, end: int) -> bytes:
        self._stream.seek(start)
        return self._stream.read(end - start)


def signed(value: int) -> int:
    """Return a whole number of 64 bits as one with a sign."""
    return value - (1 << 64) if value >> 63 else value


def damaged(why: str) -> InputError:
    """Return the error of a file that is not whole; `why` is for those who look into it."""
    return InputError(f"{{image}} is damaged or incomplete, or no ONNX model ({why})")


def _too_many(most: int) -> InputError:
    return InputError(f"{{image}} has lists of more than {most:,} numbers, which is the limit")
