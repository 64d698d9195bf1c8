"""ONNX files written byte by byte, in the plainest way: what the reader is held against without any package."""

import struct
from collections.abc import Mapping, Sequence

Parts = Sequence[bytes]


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number is one of 64 bits."""
    number &= (1 << 64) - 1
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: int | float | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name: str, dims: Sequence[int], data: bytes | None = None, *, kind: int = 1) -> bytes:
    """A TensorProto of float32, or of another kind; by default its numbers are zeros."""
    size = {1: 4, 6: 4, 7: 8, 9: 1, 11: 8}[kind]
    count = 1
    for side in dims:
        count *= max(side, 0)
    raw = bytes(size * count) if data is None else data
    return b"".join(field(1, side) for side in dims) + field(2, kind) + field(8, name) + field(9, raw)


def int64s(name: str, *numbers: int) -> bytes:
    """A list of whole numbers as a tensor."""
    return tensor(name, [len(numbers)], struct.pack(f"<{len(numbers)}q", *numbers), kind=7)


def attribute(name: str, value: int | float | str | bytes | Sequence[int] | Sequence[float]) -> bytes:
    """An AttributeProto; bytes are a tensor."""
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, 1)
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    if isinstance(value, str):
        return field(1, name) + field(4, value) + field(20, 3)
    if isinstance(value, bytes):
        return field(1, name) + field(5, value) + field(20, 4)
    if value and isinstance(value[0], float):
        return field(1, name) + b"".join(field(7, float(one)) for one in value) + field(20, 6)
    return field(1, name) + b"".join(field(8, int(one)) for one in value) + field(20, 7)


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    attributes: Mapping[str, int | float | str | bytes | Sequence[int] | Sequence[float]] | None = None,
    *,
    name: str = "",
    domain: str = "",
) -> bytes:
    out = b"".join(field(1, one) for one in inputs) + b"".join(field(2, one) for one in outputs)
    out += field(3, name) + field(4, operator) + (field(7, domain) if domain else b"")
    return out + b"".join(field(5, attribute(key, value)) for key, value in (attributes or {}).items())


def value_info(name: str, dims: Sequence[int | str]) -> bytes:
    """A ValueInfoProto; a word is the name of an open number."""
    shape = b"".join(field(1, field(1, side) if isinstance(side, int) else field(2, side)) for side in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


IMAGE, OUTPUT = (value_info("x", (1, 3, 8, 8)),), (value_info("y", ()),)


def model(
    nodes: Parts,
    tensors: Parts = (),
    *,
    inputs: Parts = IMAGE,
    outputs: Parts = OUTPUT,
    version: int = 17,
) -> bytes:
    graph = b"".join(field(1, one) for one in nodes) + field(2, "net")
    graph += b"".join(field(5, one) for one in tensors)
    graph += b"".join(field(11, one) for one in inputs) + b"".join(field(12, one) for one in outputs)
    return field(1, 8) + field(8, field(1, "") + field(2, version)) + field(7, graph)


def small_network(*, version: int = 17) -> bytes:
    """A network with a branch: conv, bn, relu, pool, depthwise conv, add, mean, flatten, gemm, softmax."""
    nodes = [
        node("Conv", ["x", "w"], ["c"], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}, name="stem"),
        node("BatchNormalization", ["c", "scale", "bias", "mean", "var"], ["b"], {"epsilon": 1e-5}),
        node("Relu", ["b"], ["r"], name="relu"),
        node("Conv", ["r", "dw", "dwb"], ["d"], {"group": 4, "auto_pad": "SAME_UPPER"}, name="depthwise"),
        node("Add", ["d", "r"], ["a"], name="add"),
        node("MaxPool", ["a"], ["p"], {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, name="pool"),
        node("GlobalAveragePool", ["p"], ["g"], name="mean"),
        node("Shape", ["g"], ["s"]),
        node("Gather", ["s", "zero"], ["n"], {"axis": 0}),
        node("Concat", ["n", "rest"], ["size"], {"axis": 0}),
        node("Reshape", ["g", "size"], ["f"], name="flat"),
        node("Gemm", ["f", "fw", "fb"], ["z"], {"transB": 1, "alpha": 1.0}, name="fc"),
        node("Softmax", ["z"], ["y"], {"axis": 1}, name="softmax"),
    ]
    tensors = [
        tensor("w", [4, 3, 3, 3]),
        *(tensor(name, [4]) for name in ("scale", "bias", "mean", "var", "dwb")),
        tensor("dw", [4, 1, 3, 3]),
        int64s("zero", 0),
        int64s("rest", -1),
        tensor("fw", [10, 4]),
        tensor("fb", [10]),
    ]
    return model(nodes, tensors, version=version)
