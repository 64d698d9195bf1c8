"""ONNX files, read by our own reader: what is there comes out, weights are left alone, and nothing is trusted."""

import io
import os
import struct
from pathlib import Path

import pytest

from cnnfilt.describe.graphs.graph import Graph, Tensor
from cnnfilt.errors import InputError
from cnnfilt.files.onnx import messages, wire
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.messages import Reader
from cnnfilt.files.onnx.model import read_onnx
from cnnfilt.files.onnx.wire import Wire
from tests.files import onnx_files as onnx


def read(data: bytes, folder: str = "/nowhere") -> Graph:
    return Reader(Wire(io.BytesIO(data), len(data)), External(folder)).model()


def refused(data: bytes, folder: str = "/nowhere") -> str:
    with pytest.raises(InputError) as caught:
        read(data, folder)
    assert "\n" not in caught.value.message
    return caught.value.about("net.onnx")


def test_a_network_comes_back_node_by_node() -> None:
    graph = read(onnx.small_network())
    assert [node.operator for node in graph.nodes][:3] == ["Conv", "BatchNormalization", "Relu"]
    stem = graph.nodes[0]
    assert (stem.name, stem.inputs, stem.outputs, stem.place) == ("stem", ("x", "w"), ("c",), 1)
    assert stem.attributes == {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1), "strides": (2, 2)}
    assert graph.nodes[3].attributes == {"group": 4, "auto_pad": "SAME_UPPER"}
    assert [(one.name, one.dims) for one in graph.inputs] == [("x", (1, 3, 8, 8))]
    assert graph.outputs == ("y",)
    assert graph.version == 17
    assert graph.tensors["w"].dims == (4, 3, 3, 3)
    assert graph.tensors["rest"].content == (-1,)


@pytest.mark.parametrize("dims", [("batch", 3, "height", "width"), (0, 3, -1, -1), ("n", 3, "", "h")])
def test_numbers_that_are_left_open_are_none(dims: tuple[int | str, ...]) -> None:
    graph = read(onnx.model([], inputs=[onnx.value_info("x", dims)]))
    assert graph.inputs[0].dims == (None, 3, None, None)


def test_weights_listed_among_the_inputs_are_no_inputs() -> None:
    inputs = [onnx.value_info("x", (1, 3, 8, 8)), onnx.value_info("w", (4, 3, 3, 3))]
    assert [one.name for one in read(onnx.model([], [onnx.tensor("w", [4, 3, 3, 3])], inputs=inputs)).inputs] == ["x"]


def one_tensor(data: bytes) -> Tensor:
    (found,) = read(onnx.model([], [data])).tensors.values()
    return found


@pytest.mark.parametrize("packed", [True, False])
def test_lists_may_be_packed_or_not(packed: bool) -> None:
    """Old writers have a field for each number; the axes are written so, too."""
    sizes = (2, 3)
    dims = onnx.field(1, b"".join(map(onnx.varint, sizes))) if packed else b"".join(onnx.field(1, n) for n in sizes)
    numbers = (1, -1, 300, 0, 5, 1 << 40)
    data = onnx.field(7, b"".join(map(onnx.varint, numbers)))
    if not packed:
        data = b"".join(onnx.field(7, number) for number in numbers)
    found = one_tensor(dims + onnx.field(2, 7) + onnx.field(8, "t") + data)
    assert (found.dims, found.content) == (sizes, numbers)


@pytest.mark.parametrize(
    ("kind", "field", "data", "content"),
    [
        (1, 4, struct.pack("<2f", 0.5, 2), (0.5, 2)),
        (1, 9, struct.pack("<2f", 0.5, 2), (0.5, 2)),
        (11, 10, struct.pack("<2d", 0.5, 2), (0.5, 2)),
        (10, 9, struct.pack("<2e", 0.5, 2), (0.5, 2)),
        (10, 5, onnx.varint(0x3800) + onnx.varint(0x4000), (0.5, 2)),
        (6, 5, onnx.varint(-3) + onnx.varint(4), (-3, 4)),
        (6, 9, struct.pack("<2i", -3, 4), (-3, 4)),
        (9, 9, b"\0\1", (0, 1)),
    ],
)
def test_the_numbers_of_small_tensors_are_read_wherever_they_are(
    kind: int, field: int, data: bytes, content: tuple[float, ...]
) -> None:
    assert one_tensor(onnx.field(1, 2) + onnx.field(2, kind) + onnx.field(field, data)).content == content


def test_weights_are_stepped_over() -> None:
    """Of a file with a hundred megabytes of them, a few blocks are read."""

    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            Counting.taken += len(found)
            return found

    data = onnx.model([], [onnx.tensor(f"w{i}", [1 << 21]) for i in range(4)])
    assert len(data) > 32 << 20
    graph = Reader(Wire(Counting(data), len(data)), External("/nowhere")).model()
    assert [one.count for one in graph.tensors.values()] == [1 << 21] * 4
    assert all(one.content is None for one in graph.tensors.values())
    assert Counting.taken < 1 << 20


def test_a_file_whose_weights_were_taken_out_still_says_their_sizes() -> None:
    found = one_tensor(onnx.field(1, 64) + onnx.field(1, 3) + onnx.field(2, 1) + onnx.field(8, "w"))
    assert (found.dims, found.content) == ((64, 3), None)


def test_a_missing_value_of_an_attribute_is_zero_as_proto_3_writes_it() -> None:
    bare = onnx.field(1, "axis") + onnx.field(20, 2)
    graph = read(onnx.model([onnx.node("Flatten", ["x"], ["y"]) + onnx.field(5, bare)]))
    assert graph.nodes[0].attributes == {"axis": 0}


def test_the_kind_of_an_old_attribute_is_told_by_its_value() -> None:
    old = onnx.field(1, "pads") + onnx.field(8, 1) + onnx.field(8, 2)
    graph = read(onnx.model([onnx.node("Pad", ["x"], ["y"]) + onnx.field(5, old)]))
    assert graph.nodes[0].attributes == {"pads": (1, 2)}


@pytest.mark.parametrize("numbers", [[1] * 5000, [300] * 5000, [0.5] * 5000])
def test_long_lists_are_left_where_they_are(numbers: list[int] | list[float]) -> None:
    graph = read(onnx.model([onnx.node("Pad", ["x"], ["y"], {"pads": numbers, "axis": 3})]))
    assert graph.nodes[0].attributes == {"pads": None, "axis": 3}


def test_parts_of_networks_in_attributes_are_not_read() -> None:
    """However deep they are nested: nothing descends into them."""
    inner = b""
    for _ in range(3000):
        inner = onnx.field(1, onnx.field(5, onnx.field(1, "body") + onnx.field(6, inner) + onnx.field(20, 5)))
    graph = read(
        onnx.model([onnx.node("Loop", ["x"], ["y"]) + onnx.field(5, onnx.field(6, inner) + onnx.field(20, 5))])
    )
    assert graph.nodes[0].attributes == {"": None}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x08", "damaged or incomplete"),
        (b"\x0b\x00", "no field is of kind 3"),
        (b"\xff" * 20, "a number has no end"),
        (onnx.small_network()[:-30], "damaged or incomplete"),
        (onnx.field(1, 8), "it holds no network"),
        (onnx.small_network() * 2, "it holds several networks"),
        (onnx.model([onnx.field(1, "x")]), "node 1 has no operator"),
        (onnx.model([onnx.field(4, b"\xff\xfe")]), "a name in it is not text"),
        (onnx.model([onnx.field(4, 7)]), "field 4 is of kind 0"),
        (onnx.model([onnx.node("Relu", ["x" * 5000], ["y"])]), "the limit is 4,096"),
        (onnx.model([], [onnx.tensor("w", [2, -3])]), "value 'w' has the size 2x-3"),
        (onnx.model([], [onnx.tensor("w", [1 << 50], b"")]), "has the size 1125899906842624"),
        (onnx.model([], [onnx.tensor("w", [4, 4], b"1234")]), "16 numbers of float32, which do not fit its 4 bytes"),
        (onnx.model([], [onnx.tensor("w", [1] * 40)]), "40 axes"),
        (onnx.model([], [onnx.tensor("w", [2]), onnx.tensor("w", [2])]), "value 'w' is there twice"),
        (onnx.model([], [onnx.field(1, 2) + onnx.field(2, 99)]), "numbers of the unknown kind 99"),
        (onnx.model([], [onnx.tensor("w", [2]) + onnx.field(4, 1.0)]), "in several places"),
        (onnx.model([], [onnx.field(1, 3) + onnx.field(2, 7) + onnx.field(7, b"\1\2")]), "do not fit its 2 bytes"),
        (onnx.model([], [onnx.field(1, 2) + onnx.field(2, 7) + onnx.field(7, b"\1\2\3")]), "lists of more than 2"),
        (onnx.model([], inputs=[onnx.value_info("x", [1] * 40)]), "40 axes"),
    ],
)
def test_damaged_files_are_refused_in_one_line(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_every_file_cut_off_is_refused() -> None:
    whole = onnx.small_network()
    for length in range(1, len(whole)):
        refused(whole[:length])


def test_counts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of empty nodes, of names alone, of numbers alone: each is given up before it has filled the memory."""
    monkeypatch.setattr(wire, "MOST_FIELDS", 500)
    assert "more than 500 fields" in refused(b"\x10\x01" * 501 + onnx.model([]))
    monkeypatch.undo()
    monkeypatch.setattr(messages, "MOST_PARTS", 50)
    assert "more than 50 nodes" in refused(onnx.model([onnx.node("Relu", ["x"], ["y"])] * 51))
    assert "a node of more than 5,000 values" in refused(onnx.model([onnx.node("Sum", ["x"] * 5001, ["y"])]))
    monkeypatch.setattr(wire, "MOST_TEXT", 100)
    assert "names of more than" in refused(onnx.model([onnx.node("Relu", ["x" * 90], ["y"])] * 2))
    monkeypatch.setattr(wire, "MOST_NUMBERS", 100)
    assert "more than 100 numbers" in refused(onnx.model([], [onnx.int64s(str(i), *range(60)) for i in range(2)]))


def elsewhere(location: str, *, offset: str = "0", length: str = "", dims: int = 2) -> bytes:
    entries = {"location": location, "offset": offset} | ({"length": length} if length else {})
    data = onnx.field(1, dims) + onnx.field(2, 7) + onnx.field(8, "w") + onnx.field(14, 1)
    data += b"".join(onnx.field(13, onnx.field(1, key) + onnx.field(2, value)) for key, value in entries.items())
    return onnx.model([], [data])


def test_numbers_in_another_file_are_read_there(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "a.bin").write_bytes(b"12345678" + struct.pack("<2q", -1, 512))
    data = elsewhere("weights/a.bin", offset="8", length="16")
    assert read(data, str(tmp_path)).tensors["w"].content == (-1, 512)


def test_weights_in_another_file_need_not_be_there(tmp_path: Path) -> None:
    assert read(elsewhere("a.bin", dims=10_000), str(tmp_path)).tensors["w"].dims == (10_000,)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("../a.bin", "is not a file in its folder"),
        ("/etc/passwd", "is not a file in its folder"),
        ("a/../../b", "is not a file in its folder"),
        ("..\\a", "is not a file in its folder"),
        ("C:/a", "is not a file in its folder"),
        ("", "is not a file in its folder"),
        ("a\0b", "is not a file in its folder"),
        ("link", "leads out of its folder"),
        ("folder", "is no regular file"),
        ("short", "has 3 bytes, where 80,000 are needed"),
    ],
)
def test_nothing_outside_the_folder_is_looked_at(location: str, said: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    (home / "short").write_bytes(b"abc")
    (tmp_path / "secret").write_bytes(bytes(100))
    (home / "link").symlink_to(tmp_path / "secret")
    assert said in refused(elsewhere(location, dims=10_000), str(home))


@pytest.mark.parametrize(("offset", "length"), [("-1", ""), ("1_0", ""), ("9" * 30, ""), ("0", "17"), ("x", "")])
def test_places_in_other_files_are_whole_numbers(offset: str, length: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100))
    refused(elsewhere("a", offset=offset, length=length), str(tmp_path))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "net.onnx is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "pointer of Git LFS"),
        (b"<!DOCTYPE html>", "is a web page"),
        (b"PK\3\4....", "is a .zip file"),
        (b"\x89HDF\r\n", "is an HDF5 file"),
    ],
)
def test_what_else_is_called_a_model_is_told(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_onnx(str(tmp_path / "net.onnx"))
    assert said in caught.value.about("net.onnx")


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(onnx.small_network())
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    assert len(read_onnx(str(tmp_path / "net.onnx")).nodes) == 13
    assert len(os.listdir("/proc/self/fd") if before else []) == len(before)
