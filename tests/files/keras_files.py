"""Files of Keras, as Keras 3 writes them, without Keras: the parts of config.json that say a network."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

Layer = dict[str, Any]


def packed(config: object, **others: bytes) -> bytes:
    """A .keras with this config.json, and other entries."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.5.0"}')
        if config is not None:
            archive.writestr("config.json", config if isinstance(config, bytes) else json.dumps(config))
        for name, data in others.items():
            archive.writestr(name, data)
    return stream.getvalue()


def layer(kind: str, name: str, *, module: str | None = "keras.layers", **settings: object) -> Layer:
    return {"module": module, "class_name": kind, "config": {"name": name, **settings}, "registered_name": None}


def image(*shape: int | None, name: str = "image") -> Layer:
    return layer("InputLayer", name, batch_shape=[None, *shape], dtype="float32")


def sequential(*layers: Layer, name: str = "net", **settings: object) -> Layer:
    return layer("Sequential", name, module="keras", layers=list(layers), **settings)


def taken(name: str, call: int = 0) -> Layer:
    return {"class_name": "__keras_tensor__", "config": {"shape": [], "keras_history": [name, call, 0]}}


def called(one: Layer, *calls: Sequence[object]) -> Layer:
    """A layer of a functional network, with the arguments of each of its calls."""
    nodes = [{"args": list(arguments), "kwargs": {}} for arguments in calls]
    return one | {"name": one["config"]["name"], "inbound_nodes": nodes}


def functional(*layers: Layer, outputs: str, name: str = "net") -> Layer:
    heads = [[one["name"], 0, 0] for one in layers if one["class_name"] == "InputLayer"]
    settings = {"layers": list(layers), "input_layers": heads, "output_layers": [outputs, 0, 0]}
    return layer("Functional", name, module="keras.src.models.functional", **settings)


def small_network() -> Layer:
    """A network with a branch, and a layer that is used twice."""
    return functional(
        called(image(8, 8, 3)),
        called(
            layer("Conv2D", "stem", filters=4, kernel_size=[3, 3], strides=[2, 2], padding="same"), [taken("image")]
        ),
        called(layer("BatchNormalization", "bn", axis=-1, center=True, scale=True), [taken("stem")]),
        called(
            layer("DepthwiseConv2D", "dw", kernel_size=[3, 3], padding="same", depth_multiplier=1),
            [taken("bn")],
            [taken("dw")],
        ),
        called(layer("Add", "add"), [[taken("dw", 1), taken("bn")]]),
        called(layer("Concatenate", "cat", axis=-1), [[taken("add"), taken("dw")]]),
        called(layer("MaxPooling2D", "pool", pool_size=[2, 2], strides=None), [taken("cat")]),
        called(layer("GlobalAveragePooling2D", "mean"), [taken("pool")]),
        called(layer("Dense", "fc", units=10, use_bias=True), [taken("mean")]),
        outputs="fc",
    )
