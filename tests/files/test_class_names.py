"""Names of classes in the metadata of .onnx files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.files.network_files import read_network
from cnnfilt.files.onnx.class_names import LONGEST, class_names
from tests.files.onnx_files import field, model, node

NAMES = st.lists(st.text(), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('["cat", "dog"]', ("cat", "dog")),
        ('{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ("{0: 'cat', 1: \"dog's\", 2: 'a\\\\b\\n\\xe9'}", ("cat", "dog's", "a\\b\n\u00e9")),
        ("{1: 'dog', 0: 'cat'}", ("cat", "dog")),
        ("[ 'cat' , 'dog' ]", ("cat", "dog")),
        ("cat\r\ndog\n", ("cat", "dog")),
        ('["\\ud83d"]', ("?",)),
        *((text, ()) for text in ("", "cat", "cat\n\ndog", "[", "[1, 2]", "{0: 'cat', 2: 'dog'}", "{'a': 'b'}")),
        *(
            (text, ())
            for text in ("['a', 1: 'b']", "['a'}", "['a'] + []", "[__import__('os')]", "{", '{"a": "b"}', "7")
        ),
        ("[" * 100_000, ()),
        ("{0: '" + "\\" * 100_000, ()),
    ],
)
def test_names_are_read_as_they_are_written(text: str, names: tuple[str, ...]) -> None:
    assert class_names(text) == names


@given(NAMES)
def test_what_json_and_python_write_comes_back(names: list[str]) -> None:
    numbered = dict(enumerate(names))
    for text in (json.dumps(names), json.dumps(numbered), json.dumps(names, ensure_ascii=False)):
        assert class_names(text) == tuple(names)
    if all(ord(one) < 0x10000 for name in names for one in name):  # Python writes some beyond as \\U.
        assert class_names(str(numbered)) == class_names(str(names)) == tuple(names)


def with_notes(*notes: tuple[str, str | bytes]) -> bytes:
    """A small network with these entries in its metadata."""
    return model([node("Relu", ["x"], ["y"])]) + b"".join(
        field(14, field(1, key) + field(2, text)) for key, text in notes
    )


@pytest.mark.parametrize(
    ("notes", "names"),
    [
        ([("task", "classify"), ("names", "{0: 'cat', 1: 'dog'}")], ("cat", "dog")),
        ([("labels", "no list"), ("classes", '["cat"]')], ("cat",)),
        ([("author", '["cat"]')], ()),
        ([("names", b"\xff\xfe")], ()),
        ([("names", json.dumps(["a" * LONGEST]))], ()),
        ([], ()),
    ],
)
def test_a_network_has_the_names_in_its_metadata(
    tmp_path: Path, notes: list[tuple[str, str | bytes]], names: tuple[str, ...]
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(with_notes(*notes))
    assert read_network(str(path)).graph.classes == names
