"""Files of Keras: the layers in config.json, in their order, and nothing in the file is trusted."""

import io
import json
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.keras_layers import KERAS
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.errors import InputError
from cnnfilt.files.keras import archive, network
from cnnfilt.files.keras.network import read_keras
from tests.files import keras_files as keras


def read(tmp_path: Path, config: object) -> Graph:
    (tmp_path / "net.keras").write_bytes(keras.packed(config))
    return read_keras(str(tmp_path / "net.keras"))


def refused(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "net.keras").write_bytes(data)
    with pytest.raises(InputError) as caught:
        steps_of(read_keras(str(tmp_path / "net.keras")))
    message = caught.value.about("net.keras")
    assert "\n" not in message
    return message


def steps_of(graph: Graph) -> list[Step]:
    image = Value(tuple(side or 1 for side in graph.inputs[0].dims))
    return list(Walk(graph, image, KERAS).steps())


def test_a_functional_network_comes_back_call_by_call(tmp_path: Path) -> None:
    steps = steps_of(read(tmp_path, keras.small_network()))
    assert [(step.node.name, step.values[0].dims if step.values[0] else None, step.params) for step in steps] == [
        ("stem", (1, 4, 4, 4), 112),
        ("bn", (1, 4, 4, 4), 8),
        ("dw", (1, 4, 4, 4), 40),
        ("dw", (1, 4, 4, 4), 0),
        ("add", (1, 4, 4, 4), 0),
        ("cat", (1, 4, 4, 8), 0),
        ("pool", (1, 2, 2, 8), 0),
        ("mean", (1, 8), 0),
        ("fc", (1, 10), 90),
    ]
    assert steps[1].statistics == 8
    assert [step.macs for step in steps] == [16 * 108, 0, 16 * 36, 16 * 36, 0, 0, 0, 0, 80]


def one(tmp_path: Path, shape: tuple[int, ...], kind: str, **settings: object) -> Step:
    config = keras.sequential(keras.image(*shape), keras.layer(kind, "one", **settings))
    (step,) = steps_of(read(tmp_path, config))
    return step


@pytest.mark.parametrize(
    ("kind", "settings", "dims", "params"),
    [
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3], "dilation_rate": [2, 2]}, (1, 6, 5, 8), 224),
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same"}, (1, 5, 5, 8), 224),
        ("Conv2D", {"filters": 9, "kernel_size": 1, "groups": 3, "use_bias": False}, (1, 10, 9, 9), 9),
        (
            "Conv2D",
            {"filters": 8, "kernel_size": [3, 3], "data_format": "channels_first"},
            (1, 8, 7, 1),
            728,
        ),
        ("SeparableConv2D", {"filters": 8, "kernel_size": [3, 3], "depth_multiplier": 2}, (1, 8, 7, 8), 54 + 48 + 8),
        ("Conv2DTranspose", {"filters": 8, "kernel_size": [3, 3], "strides": [2, 2]}, (1, 21, 19, 8), 224),
        (
            "Conv2DTranspose",
            {"filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same"},
            (1, 20, 18, 8),
            224,
        ),
        (
            "Conv2DTranspose",
            {"filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "output_padding": [0, 1]},
            (1, 19, 18, 8),
            224,
        ),
        ("AveragePooling2D", {"pool_size": [3, 2], "strides": [2, 2], "padding": "same"}, (1, 5, 5, 3), 0),
        ("ZeroPadding2D", {"padding": [[1, 0], [2, 3]]}, (1, 11, 14, 3), 0),
        ("Cropping2D", {"cropping": [[1, 0], [2, 3]]}, (1, 9, 4, 3), 0),
        ("UpSampling2D", {"size": [2, 3]}, (1, 20, 27, 3), 0),
        ("GlobalMaxPooling2D", {"keepdims": True}, (1, 1, 1, 3), 0),
        ("LayerNormalization", {"axis": -1}, (1, 10, 9, 3), 6),
        ("PReLU", {"shared_axes": [1, 2]}, (1, 10, 9, 3), 3),
        ("Reshape", {"target_shape": [-1, 3]}, (1, 90, 3), 0),
        ("Permute", {"dims": [3, 1, 2]}, (1, 3, 10, 9), 0),
        ("Flatten", {}, (1, 270), 0),
        ("Dense", {"units": 4}, (1, 10, 9, 4), 16),
        ("Resizing", {"height": 5, "width": 7}, (1, 5, 7, 3), 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_layers(kind: str, settings: dict[str, object], dims: tuple[int, ...], params: int, tmp_path: Path) -> None:
    step = one(tmp_path, (10, 9, 3), kind, **settings)
    assert step.values[0] is not None
    assert (step.values[0].dims, step.params) == (dims, params)


def test_models_in_models_are_opened_and_weights_used_twice_count_once(tmp_path: Path) -> None:
    inner = keras.sequential(
        keras.image(8, 8, 3), keras.layer("Conv2D", "c", filters=2, kernel_size=[1, 1]), name="inner"
    )
    config = keras.functional(
        keras.called(keras.image(8, 8, 3)),
        keras.called(inner, [keras.taken("image")], [keras.taken("image")]),
        keras.called(keras.layer("Average", "mean"), [[keras.taken("inner"), keras.taken("inner", 1)]]),
        outputs="mean",
    )
    steps = steps_of(read(tmp_path, config))
    assert [(step.node.name, step.params) for step in steps] == [("inner/c", 8), ("inner/c", 0), ("mean", 0)]


def test_calls_come_after_those_they_take_values_of(tmp_path: Path) -> None:
    config = keras.functional(
        keras.called(keras.layer("ReLU", "last"), [keras.taken("first")]),
        keras.called(keras.layer("ReLU", "first"), [keras.taken("image")]),
        keras.called(keras.image(8, 8, 3)),
        outputs="last",
    )
    assert [step.node.name for step in steps_of(read(tmp_path, config))] == ["first", "last"]


def test_the_way_before_keras_3_is_read_too(tmp_path: Path) -> None:
    relu = keras.layer("ReLU", "relu", module="keras.layers") | {
        "name": "relu",
        "inbound_nodes": [[["image", 0, 0, {}]]],
    }
    add = keras.layer("Add", "add") | {"name": "add", "inbound_nodes": [[["image", 0, 0, {}], ["relu", 0, 0, {}]]]}
    head = keras.layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 3]) | {
        "name": "image",
        "inbound_nodes": [],
    }
    config = keras.functional(head, relu, add, outputs="add")
    assert [step.node.inputs for step in steps_of(read(tmp_path, config))][1][0] == "image"


@pytest.mark.parametrize(
    "odd",
    [
        keras.layer("Mine", "odd", module=None),
        keras.layer("Conv2D", "odd", module="my.layers", filters=3, kernel_size=[3, 3]),
        keras.layer("Conv2D", "odd", filters=3, kernel_size=[3, 3]) | {"registered_name": "mine>Conv2D"},
        keras.layer("Lambda", "odd"),
        keras.layer("LSTM", "odd", units=3),
    ],
)
def test_layers_that_are_not_known_are_named(odd: keras.Layer, tmp_path: Path) -> None:
    config = keras.sequential(keras.image(8, 8, 3), odd, keras.layer("ReLU", "after"))
    first, second = steps_of(read(tmp_path, config))
    assert (first.values, second.values) == ((None,), (None,))
    assert (first.why, second.why) == ("its operator is not known", "")


def test_an_array_among_arguments_makes_it_unknown(tmp_path: Path) -> None:
    array = {"class_name": "__numpy__", "config": {"value": [[1, 2]], "dtype": "float32"}}
    config = keras.functional(
        keras.called(keras.image(8, 8, 3)),
        keras.called(keras.layer("Add", "add", module="keras.src.ops.numpy"), [keras.taken("image"), array]),
        outputs="add",
    )
    (step,) = steps_of(read(tmp_path, config))
    assert (step.values, step.why) == ((None,), "an array is among its arguments")


def nested(depth: int) -> keras.Layer:
    one = keras.sequential(keras.image(8, 8, 3), keras.layer("ReLU", "relu"), name="m")
    for _ in range(depth):
        one = keras.sequential(keras.image(8, 8, 3), one, name="m")
    return one


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "net.keras is empty"),
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, which is not read; save the network as .keras"),
        (b"{}", "is not a .keras file: it is no .zip"),
        (b"PK\3\4" + b"x" * 100, "damaged or incomplete"),
        (keras.packed(keras.small_network())[:-30], "damaged or incomplete"),
        (keras.packed(None), "it holds no config.json"),
        (keras.packed(b"[1, 2"), "its config.json cannot be read"),
        (keras.packed(b"\xff\xfe\xff"), "its config.json cannot be read"),
        (keras.packed([1, 2]), "holds no network"),
        (keras.packed({"class_name": "Mine"}), "holds a Mine, a class of its own"),
        (keras.packed({"class_name": "Sequential"}), "has no settings"),
        (keras.packed(keras.sequential()), "has no layers"),
        (keras.packed(keras.sequential(keras.layer("ReLU", "a"))), "does not say the size of its input"),
        (keras.packed(keras.sequential(keras.image(8), keras.image(8))), "two of its layers have one name"),
        (keras.packed(keras.sequential(keras.image(0, 8))), "its input has the size [None, 0, 8]"),
        (keras.packed(keras.sequential(keras.image(8), {"class_name": 3, "config": {}})), "no class or no name"),
        (keras.packed(keras.sequential(keras.image(8), "x")), "a layer in it is none"),  # type: ignore[arg-type]
        (keras.packed(nested(20)), "models in models, more than 16 deep"),
        (keras.packed(b"[" * 300_000), "nested too deep"),
        (keras.packed(b"[" * 500_000), "more parts than any network"),
        (keras.packed(b'{"a":' * 200_000), "nested too deep"),
        (keras.packed(b"0," * 1_000_001), "more parts than any network"),
        (keras.packed(b" " * (9 << 20)), "config.json of 9,437,184 bytes or more; the limit is 8,388,608"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_damaged_files_are_refused_in_one_line(data: bytes, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, data)


def circle() -> keras.Layer:
    return keras.functional(
        keras.called(keras.image(8, 8, 3)),
        keras.called(keras.layer("ReLU", "a"), [keras.taken("b")]),
        keras.called(keras.layer("ReLU", "b"), [keras.taken("a")]),
        outputs="b",
    )


def dangling() -> keras.Layer:
    return keras.functional(
        keras.called(keras.image(8, 8, 3)), keras.called(keras.layer("ReLU", "a"), [keras.taken("c")]), outputs="a"
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (circle(), "take each other's values in a circle"),
        (dangling(), "a takes c:0:0, which nothing makes"),
        (keras.functional(keras.called(keras.image(8)), outputs="z"), "is made by no layer"),
        (
            keras.sequential(keras.image(8, 8, 3), keras.layer("Conv2D", "c", filters=2, kernel_size=[9, 9])),
            "node 1 (Conv2D c): kernel spans 9 rows but its input is 8 rows high",
        ),
        (
            keras.sequential(keras.image(8, 8, 3), keras.layer("Conv2D", "c", filters=-2, kernel_size=[1, 1])),
            "3 channels into -2 filters",
        ),
        (
            keras.sequential(keras.image(8, 8, 3), keras.layer("MaxPooling2D", "p", pool_size=[2, 2, 2])),
            "its pool_size 2x2x2 does not fit",
        ),
        (keras.sequential(keras.image(8, 8, 3), keras.layer("Add", "a", axis=1.5)), ""),
    ],
)
def test_networks_that_do_not_fit_are_refused_in_one_line(config: keras.Layer, said: str, tmp_path: Path) -> None:
    if said:
        assert said in refused(tmp_path, keras.packed(config))
    else:
        assert len(steps_of(read(tmp_path, config))) == 1


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A config.json of a gigabyte in a file of one megabyte, whether it says so or not."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("config.json", "w") as entry:
        for _ in range(128):
            entry.write(b" " * (1 << 20))
    data = stream.getvalue()
    liar = data.replace((128 << 20).to_bytes(4, "little"), (1 << 20).to_bytes(4, "little"))
    for one_ in (data, liar):
        tracemalloc.start()
        refused(tmp_path, one_)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 40 << 20


def test_a_table_of_contents_is_not_read_whole_where_it_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST_AT_ONCE", 10_000)
    others = {f"entry{i}": b"" for i in range(1000)}
    assert "table of contents of" in refused(tmp_path, keras.packed(keras.small_network(), **others))


def test_models_that_multiply_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of ten levels holds the one below twice: a thousand layers of a file of ten."""
    monkeypatch.setattr(network, "MOST_NODES", 500)
    one_ = keras.sequential(keras.image(8, 8, 3), keras.layer("ReLU", "relu"), name="m0")
    for level in range(1, 11):
        below = one_["config"]["name"]
        one_ = keras.functional(
            keras.called(keras.image(8, 8, 3)),
            keras.called(one_, [keras.taken("image")], [keras.taken(below)]),
            keras.called(keras.layer("ReLU", "end"), [keras.taken(below, 1)]),
            outputs="end",
            name=f"m{level}",
        )
    assert "more than 500 layers" in refused(tmp_path, keras.packed(one_))


def test_a_setting_of_an_odd_kind_is_no_size(tmp_path: Path) -> None:
    text = json.dumps(keras.small_network())
    for odd in (
        '"x"',
        "null",
        "[]",
        "{}",
        "1.5",
        "-1",
        "true",
        "[[1,2],[3]]",
        "[null]",
        "1e400",
        "99999999999999999999",
    ):
        for right in ("[3, 3]", "[2, 2]", '"same"', "-1", "10", "4"):
            data = keras.packed(text.replace(right, odd).encode())
            (tmp_path / "net.keras").write_bytes(data)
            with suppress(InputError):
                steps_of(read_keras(str(tmp_path / "net.keras")))
