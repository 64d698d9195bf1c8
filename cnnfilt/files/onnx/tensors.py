"""TensorProto: weights, of which only the size is read, and the few numbers that themselves say a size."""

from math import prod
from struct import pack, unpack
from typing import Literal

from cnnfilt.describe.graphs.graph import Number, Stored, Tensor
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.wire import BYTES, DOUBLES, FLOATS, WHOLE, WHOLES, Forms, Span, Wire, damaged, signed
from cnnfilt.files.streams import first_line
from cnnfilt.frozen import Frozen

MOST_AXES = 32
LARGEST_SIDE = 1 << 40


class Kind(Frozen):
    """How numbers of one kind are kept: NumPy's name, the bits of each, struct's format, and how many are read at most.

    Longer lists are weights and no sizes.
    """

    name: str
    bits: int
    format: str = ""
    most: int = 0


KINDS = {
    1: Kind("float32", 32, "<f", 64),
    2: Kind("uint8", 8, "<B", 64),
    3: Kind("int8", 8, "<b", 64),
    4: Kind("uint16", 16),
    5: Kind("int16", 16),
    6: Kind("int32", 32, "<i", 4096),
    7: Kind("int64", 64, "<q", 4096),
    8: Kind("string", 0),
    9: Kind("bool", 8, "<?", 4096),
    10: Kind("float16", 16, "<e", 64),
    11: Kind("float64", 64, "<d", 64),
    12: Kind("uint32", 32),
    13: Kind("uint64", 64),
    14: Kind("complex64", 64),
    15: Kind("complex128", 128),
    16: Kind("bfloat16", 16),
    **dict.fromkeys((17, 18, 19, 20, 24), Kind("float8", 8)),
    **dict.fromkeys((21, 22), Kind("int4", 4)),
    23: Kind("float4", 4),
    **dict.fromkeys((25, 26), Kind("int2", 2)),
    **dict.fromkeys((27, 28), Kind("float6", 6)),
}
"""TensorProto.DataType."""

_DIMS, _KIND, _SEGMENT, _NAME, _RAW, _ENTRY, _LOCATION = 1, 2, 3, 8, 9, 13, 14
_FLOATS, _INT32S, _STRINGS, _INT64S, _DOUBLES, _UINT64S = 4, 5, 6, 7, 10, 11
_FORMS: Forms = {
    _DIMS: WHOLES,
    _KIND: WHOLE,
    _SEGMENT: BYTES,
    _FLOATS: FLOATS,
    _INT32S: WHOLES,
    _STRINGS: BYTES,
    _INT64S: WHOLES,
    _NAME: BYTES,
    _RAW: BYTES,
    _DOUBLES: DOUBLES,
    _UINT64S: WHOLES,
    _ENTRY: BYTES,
    _LOCATION: WHOLE,
}
_WRITTEN: dict[int, Literal["raw", "float32", "float64", "varints"]] = {
    _RAW: "raw",
    _FLOATS: "float32",
    _DOUBLES: "float64",
    **dict.fromkeys((_INT32S, _INT64S, _UINT64S), "varints"),
}
"""How the numbers in each field are written, but for texts."""

_ENTRY_FORMS: Forms = {1: BYTES, 2: BYTES}


def read_tensor(wire: Wire, span: Span, external: External) -> Tensor:
    """Return the TensorProto at `span`. InputError where its size and its numbers do not agree."""
    dims: list[int] = []
    number, name, elsewhere = 0, "", False
    data: dict[int, list[Span]] = {}
    entries: dict[str, str] = {}
    for field, value, where in wire.fields(span, _FORMS):
        match field:
            case 1:
                dims += map(signed, wire.varints(where, most=MOST_AXES))
            case 2:
                number = value
            case 8:
                name = wire.text(where)
            case 13:
                entries |= _entry(wire, where)
            case 14:
                elsewhere = value == 1
            case _:
                data.setdefault(field, []).append(where)
    kind = check_size(dims, number, name)
    count = prod(dims)
    if elsewhere and not data:
        length = (count * kind.bits + 7) // 8
        path, offset = external.place(entries, length)
        stored: Stored | None = Stored("raw", ((offset, offset + length),), path)
        content = _content_elsewhere(external, entries, count, kind)
    else:
        stored = _stored(data)
        content = _content(wire, data, count, kind, name)
    return Tensor(name, tuple(dims), kind.name, content, stored)


def check_size(dims: list[int], number: int, name: str) -> Kind:
    """Return the kind of number that `number` stands for. InputError for a size or a kind that nothing has."""
    if number not in KINDS:
        raise damaged(f"{shown(name)} has numbers of the unknown kind {number}")
    if len(dims) > MOST_AXES:
        raise damaged(f"{shown(name)} has {len(dims):,} axes")
    if any(not 0 <= side <= LARGEST_SIDE for side in dims):
        raise InputError(f"{{image}} is damaged: {shown(name)} has the size {'x'.join(map(str, dims))}")
    return KINDS[number]


def shown(name: str) -> str:
    """Return the name of a value as messages have it."""
    return f"value {first_line(name)!r}" if name else "a value without a name"


def _entry(wire: Wire, span: Span) -> dict[str, str]:
    texts = {1: "", 2: ""}
    for field, _, where in wire.fields(span, _ENTRY_FORMS):
        texts[field] = wire.text(where)
    return {texts[1]: texts[2]}


def _stored(data: dict[int, list[Span]]) -> Stored | None:
    found = [(_WRITTEN[field], spans) for field, spans in data.items() if field in _WRITTEN]
    return Stored(found[0][0], tuple(found[0][1])) if found else None


def _content_elsewhere(
    external: External, entries: dict[str, str], count: int, kind: Kind
) -> tuple[Number, ...] | None:
    if count > kind.most:
        return None
    length = (count * kind.bits + 7) // 8
    return unpack(f"<{count}{kind.format[1]}", external.read(entries, length))


def _content(wire: Wire, data: dict[int, list[Span]], count: int, kind: Kind, name: str) -> tuple[Number, ...] | None:
    if _SEGMENT in data or len(data) > 1:
        raise damaged(f"the numbers of {shown(name)} are in several places")
    if not data:
        # A file without its weights says their sizes all the same; what has none has no numbers.
        return () if count == 0 else None
    ((field, spans),) = data.items()
    length = sum(end - start for start, end in spans)
    if field in (_RAW, _FLOATS, _DOUBLES):
        fits = length == (count * kind.bits + 7) // 8
    else:
        # Each takes one to ten bytes; how many there are shows only when they are read. Texts are not.
        fits = field == _STRINGS or count <= length <= 10 * max(count, 1)
    if not fits:
        raise InputError(
            f"{{image}} is damaged: {shown(name)} is {count} numbers of {kind.name}, "
            f"which do not fit its {length:,} bytes"
        )
    if count == 0:
        return ()
    return _numbers(wire, field, spans, kind, count) if count <= kind.most else None


def _numbers(wire: Wire, field: int, spans: list[Span], kind: Kind, count: int) -> tuple[Number, ...] | None:
    if field in (_INT32S, _INT64S):
        wholes = [signed(value) for span in spans for value in wire.varints(span, most=count)]
        if len(wholes) != count:
            raise damaged(f"there are {len(wholes):,} numbers where {count:,} are said")
        # Half precision is kept as the bits of a whole number.
        return tuple(unpack("<e", pack("<H", n & 0xFFFF))[0] for n in wholes) if kind.name == "float16" else (*wholes,)
    if field in (_RAW, _FLOATS, _DOUBLES):
        return tuple(number for span in spans for number in wire.numbers(span, kind.format, most=count))
    return None
