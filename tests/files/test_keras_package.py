"""Files that Keras itself has written: the size of each layer's output, and the number of parameters."""

import json
import random
from math import prod
from pathlib import Path
from typing import Any

import pytest

from cnnfilt.describe.graphs.graph import Graph, Input, Node
from cnnfilt.describe.graphs.keras_layers import KERAS
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.keras.network import _attribute, read_keras

keras = pytest.importorskip("keras")

# Each backend of Keras is a library of its own, and saving needs one more.
pytest.importorskip(keras.config.backend())
pytest.importorskip("h5py")
pytestmark = pytest.mark.filterwarnings("ignore")


def steps_of(path: Path, shape: tuple[int, ...]) -> list[Step]:
    return list(Walk(read_keras(str(path)), Value((1, *shape)), KERAS).steps())


def check(model: Any, shape: tuple[int, ...], tmp_path: Path) -> None:
    """Hold every layer's output against what Keras says, and all parameters against its count."""
    model.save(tmp_path / "net.keras")
    steps = steps_of(tmp_path / "net.keras", shape)
    assert all(not step.why for step in steps)
    by_name: dict[str, list[Step]] = {}
    for step in steps:
        by_name.setdefault(step.node.name.split("/")[-1], []).append(step)
    checked = 0
    for layer in model._flatten_layers():
        for node, step in zip(layer._inbound_nodes, by_name.get(layer.name, []), strict=False):
            assert step.values[0] is not None
            assert step.values[0].dims[1:] == tuple(node.output_tensors[0].shape)[1:], layer.name
            checked += 1
    assert checked >= len(by_name) * 0.5
    trained = sum(prod(v.shape) for v in model.trainable_variables)
    assert sum(step.params for step in steps) == trained
    assert sum(step.params + step.statistics for step in steps) == model.count_params()


@pytest.mark.parametrize(
    ("name", "params"), [("MobileNetV2", 3_504_872), ("EfficientNetB0", 5_288_548), ("DenseNet121", 7_978_856)]
)
def test_known_networks(name: str, params: int, tmp_path: Path) -> None:
    model = getattr(keras.applications, name)(weights=None)
    check(model, (224, 224, 3), tmp_path)
    assert sum(step.params for step in steps_of(tmp_path / "net.keras", (224, 224, 3))) == params


def test_a_network_of_ones_own_with_branches_operations_and_a_model_in_it(tmp_path: Path) -> None:
    layers = keras.layers
    inner = keras.Sequential([keras.Input((16, 12, 8)), layers.DepthwiseConv2D(3, padding="same"), layers.PReLU()])
    image = keras.Input((32, 24, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(image)
    y = inner(x)
    x = layers.add([x, inner(y)]) * 2.0 + 1
    x = keras.ops.concatenate([x, y], axis=-1)
    x = layers.Conv2DTranspose(4, 5, strides=3, padding="same")(x)
    x = layers.GroupNormalization(2)(layers.ZeroPadding2D(((1, 2), (3, 4)))(x))
    x = layers.SeparableConv2D(6, 3, depth_multiplier=2)(x)
    gate = layers.Dense(6, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = keras.ops.mean(layers.multiply([x, gate]), axis=(1, 2))
    check(keras.Model(image, layers.Dense(10)(x)), (32, 24, 3), tmp_path)


def test_channels_first_and_a_network_without_its_input(tmp_path: Path) -> None:
    layers = keras.layers
    first = {"data_format": "channels_first"}
    model = keras.Sequential(
        [
            keras.Input((3, 17, 16)),
            layers.Conv2D(8, 3, strides=2, padding="same", **first),
            layers.BatchNormalization(axis=1),
            layers.MaxPooling2D(2, **first),
            layers.UpSampling2D(2, **first),
            layers.GlobalAveragePooling2D(**first),
        ]
    )
    check(model, (3, 17, 16), tmp_path)
    model = keras.Sequential([layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(4)])
    model.build((None, 10, 9, 3))
    check(model, (10, 9, 3), tmp_path)


def test_drawn_layers_have_the_size_that_keras_computes() -> None:
    chance, compared = random.Random(3), 0
    layers = keras.layers
    for _ in range(1500):
        k, s, d, n = (chance.randint(1, most) for most in (5, 4, 3, 20))
        same, first = chance.choice(("same", "valid")), chance.choice(("channels_first", "channels_last"))
        common = {"padding": same, "data_format": first}
        extra = chance.choice((None, chance.randint(0, s - 1)))
        one = chance.choice(
            [
                lambda: layers.Conv2D(4, k, s, dilation_rate=d if s == 1 else 1, **common),  # noqa: B023
                lambda: layers.DepthwiseConv2D(k, s, depth_multiplier=2, **common),  # noqa: B023
                lambda: layers.SeparableConv2D(4, k, s, **common),  # noqa: B023
                lambda: layers.Conv2DTranspose(4, k, s, output_padding=extra, **common),  # noqa: B023
                lambda: layers.MaxPooling2D(k, s, **common),  # noqa: B023
                lambda: layers.AveragePooling2D(k, **common),  # noqa: B023
            ]
        )()
        shape = (2, 3, n, n + 1) if first == "channels_first" else (2, n, n + 1, 3)
        config = keras.layers.serialize(one)["config"]
        try:
            expected: tuple[int, ...] | None = tuple(one.compute_output_shape(shape))
        except ValueError:
            expected = None
        assert made(type(one).__name__, config, shape) == (expected if expected and min(expected) > 0 else None), config
        compared += expected is not None
    assert compared > 1000


def made(kind: str, settings: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the size of what a layer makes; None where it is refused."""
    attributes = {key: _attribute(value) for key, value in json.loads(json.dumps(settings)).items()}
    node = Node(kind, "one", ("x",), ("y",), attributes)
    graph = Graph((Input("x", shape, "float32"),), ("y",), (node,), {}, 0)
    try:
        (step,) = Walk(graph, Value(shape), KERAS).steps()
    except CnnfiltError:
        return None
    return step.values[0].dims if step.values[0] else None
