"""Random whole networks, written by hand as .onnx files, against what torch computes of the same weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.image import image_of
from cnnfilt.files.onnx.model import read_onnx
from cnnfilt.files.onnx.weights import read_weights
from cnnfilt.nn.operators.layout import first, last
from cnnfilt.nn.operators.network import RunnableNetwork
from tests.files import onnx_files as onnx

torch = pytest.importorskip("torch")
functional = torch.nn.functional

NETWORKS, LAYERS = 60, 9


class Drawn:
    """A network drawn layer by layer: a node is written for each, and torch computes it at once."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        sides = [int(one) for one in self.rng.integers(6, 14, 2)]
        self.input = self.rng.normal(size=(1, int(self.rng.integers(1, 5)), *sides)).astype(np.float32)
        self.values = [("x", torch.from_numpy(self.input))]

    @property
    def value(self) -> Any:
        return self.values[-1][1]

    def one_of(self, *numbers: int) -> int:
        return int(self.rng.choice(numbers))

    def weight(self, *dims: int) -> tuple[str, Any]:
        name = f"w{len(self.tensors)}"
        numbers = self.rng.normal(0, 1 / np.sqrt(max(np.prod(dims[1:]), 1)), dims).astype("<f4")
        self.tensors.append(onnx.tensor(name, dims, numbers.tobytes()))
        return name, torch.from_numpy(numbers.astype(np.float32))

    def sizes(self, *numbers: int) -> str:
        name = f"w{len(self.tensors)}"
        self.tensors.append(onnx.int64s(name, *numbers))
        return name

    def add(self, operator: str, more: list[str], made: Any, **attributes: Any) -> None:
        """Write a node that takes the last value, and what else is named."""
        name = f"v{len(self.nodes)}"
        self.nodes.append(onnx.node(operator, [self.values[-1][0], *more], [name], attributes))
        self.values.append((name, made))

    def layer(self) -> None:
        """Draw one more layer, of those that fit what is there."""
        kinds: list[Callable[[], None]] = [self.conv, self.conv, self.depthwise, self.norm, self.function, self.pad]
        kinds += [self.transposed, self.up, self.pool, self.pool, self.join, self.gate, self.shuffle, self.part]
        kinds[int(self.rng.integers(len(kinds)))]()

    def conv(self) -> None:
        groups = self.one_of(1, 1, 2) if self.value.shape[1] % 2 == 0 else 1
        size, stride, pad, step = self.one_of(1, 2, 3), self.one_of(1, 1, 2), self.one_of(0, 1, 2), self.one_of(1, 1, 2)
        if min(self.value.shape[2:]) + 2 * pad < (size - 1) * step + 1:
            return
        maps = 2 * self.one_of(1, 2, 3)
        w, weight = self.weight(maps, self.value.shape[1] // groups, size, size)
        b, bias = self.weight(maps)
        made = functional.conv2d(self.value, weight, bias, stride, pad, step, groups)
        options = {"strides": [stride] * 2, "pads": [pad] * 4, "dilations": [step] * 2, "group": groups}
        self.add("Conv", [w, b], made, **options)

    def depthwise(self) -> None:
        channels, stride = self.value.shape[1], self.one_of(1, 2)
        w, weight = self.weight(channels, 1, 3, 3)
        made = functional.conv2d(self.value, weight, None, stride, 1, 1, channels)
        self.add("Conv", [w], made, strides=[stride] * 2, pads=[1] * 4, group=channels)

    def transposed(self) -> None:
        if max(self.value.shape[2:]) > 20:
            return
        groups = 2 if self.value.shape[1] % 2 == 0 else 1
        size, stride, pad = self.one_of(2, 3, 4), self.one_of(1, 2, 3), self.one_of(0, 1)
        extra = self.one_of(*range(stride))
        w, weight = self.weight(self.value.shape[1], 2, size, size)
        b, bias = self.weight(2 * groups)
        made = functional.conv_transpose2d(self.value, weight, bias, stride, pad, extra, groups)
        options = {"strides": [stride] * 2, "pads": [pad] * 4, "output_padding": [extra] * 2, "group": groups}
        self.add("ConvTranspose", [w, b], made, **options)

    def norm(self) -> None:
        channels = self.value.shape[1]
        (s, scale), (b, bias), (m, mean) = (self.weight(channels) for _ in range(3))
        v, variance = self.weight(channels)
        self.tensors[-1] = onnx.tensor(v, [channels], (variance.abs() + 0.5).numpy().astype("<f4").tobytes())
        made = functional.batch_norm(self.value, mean, variance.abs() + 0.5, scale, bias, eps=1e-3)
        self.add("BatchNormalization", [s, b, m, v], made, epsilon=1e-3)

    def function(self) -> None:
        name, compute = [
            ("Relu", torch.relu),
            ("Sigmoid", torch.sigmoid),
            ("Tanh", torch.tanh),
            ("LeakyRelu", lambda x: functional.leaky_relu(x, 0.01)),
            ("Elu", functional.elu),
            ("Selu", functional.selu),
            ("HardSwish", functional.hardswish),
            ("Softplus", functional.softplus),
            ("Mish", functional.mish),
        ][int(self.rng.integers(9))]
        self.add(name, [], compute(self.value))

    def pad(self) -> None:
        top, left, below, right = (int(one) for one in self.rng.integers(0, 3, 4))
        mode = ["constant", "reflect", "edge"][self.one_of(0, 1, 2)]
        if mode == "reflect" and min(self.value.shape[2:]) <= 2:
            return
        made = functional.pad(self.value, (left, right, top, below), {"edge": "replicate"}.get(mode, mode))
        self.add("Pad", [self.sizes(0, 0, top, left, 0, 0, below, right)], made, mode=mode)

    def up(self) -> None:
        if max(self.value.shape[2:]) > 12:
            return
        height, width = self.value.shape[2] * 2, self.value.shape[3] + 3
        mode = ["nearest", "linear"][self.one_of(0, 1)]
        names = ["", "", self.sizes(*self.value.shape[:2], height, width)]
        if mode == "nearest":
            made = functional.interpolate(self.value, size=(height, width))
            how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        else:
            made = functional.interpolate(self.value, size=(height, width), mode="bilinear")
            how = {"coordinate_transformation_mode": "half_pixel"}
        self.add("Resize", names, made, mode=mode, **how)

    def pool(self) -> None:
        if min(self.value.shape[2:]) < 3:
            return
        size, stride, ceil = self.one_of(2, 3), self.one_of(1, 2), self.one_of(0, 1)
        pad = self.one_of(0, size // 2)
        options = {"kernel_shape": [size] * 2, "strides": [stride] * 2, "pads": [pad] * 4, "ceil_mode": ceil}
        if self.one_of(0, 1):
            made = functional.max_pool2d(self.value, size, stride, pad, ceil_mode=bool(ceil))
            self.add("MaxPool", [], made, **options)
        else:
            made = functional.avg_pool2d(self.value, size, stride, pad, bool(ceil), count_include_pad=False)
            self.add("AveragePool", [], made, **options)

    def join(self) -> None:
        """Add or append a value that was there before, of the same size."""
        name, other = self.values[int(self.rng.integers(len(self.values)))]
        if other.shape == self.value.shape and self.one_of(0, 1):
            self.add("Add", [name], self.value + other)
        elif other.shape[2:] == self.value.shape[2:] and self.value.shape[1] + other.shape[1] < 30:
            self.add("Concat", [name], torch.cat([self.value, other], 1), axis=1)

    def gate(self) -> None:
        """Squeeze and excitation: a factor a channel."""
        name, value = self.values[-1]
        self.add("GlobalAveragePool", [], value.mean((2, 3), keepdim=True))
        self.add("Mul", [name], self.value * value)

    def shuffle(self) -> None:
        batch, channels, height, width = self.value.shape
        if channels % 2:
            return
        parts = self.value.reshape(batch, 2, channels // 2, height, width)
        self.add("Reshape", [self.sizes(batch, 2, channels // 2, height, width)], parts)
        self.add("Transpose", [], parts.transpose(1, 2), perm=[0, 2, 1, 3, 4])
        self.add("Reshape", [self.sizes(batch, channels, height, width)], self.value.reshape(batch, -1, height, width))

    def part(self) -> None:
        if self.value.shape[1] > 2 and min(self.value.shape[2:]) > 3:
            ends = [self.sizes(1, 1), self.sizes(1 << 40, -1), self.sizes(1, 3), self.sizes(1, 2)]
            self.add("Slice", ends, self.value[:, 1:, :, 1:-1:2])

    def end(self) -> None:
        flat = self.value.flatten(1)
        self.add("Flatten", [], flat)
        w, weight = self.weight(5, flat.shape[1])
        b, bias = self.weight(5)
        self.add("Gemm", [w, b], functional.linear(flat, weight, bias), transB=1)
        self.add("Softmax", [], torch.softmax(self.value, 1))

    def file(self) -> bytes:
        inputs = [onnx.value_info("x", self.input.shape)]
        outputs = [onnx.value_info(self.values[-1][0], ())]
        return onnx.model(self.nodes, self.tensors, inputs=inputs, outputs=outputs, version=20)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_a_network_gives_what_torch_gives(seed: int, tmp_path: Path) -> None:
    drawn = Drawn(seed)
    with torch.inference_mode():
        for _ in range(LAYERS):
            drawn.layer()
        drawn.end()
    path = tmp_path / "net.onnx"
    path.write_bytes(drawn.file())
    graph = read_onnx(str(path))
    image = image_of(graph, None, channels_first=True)
    x = first(np.ascontiguousarray(last(drawn.input)))
    for names in ([drawn.values[-1][0]], [name for name, _ in drawn.values[1:]]):
        made = RunnableNetwork(graph, image, lambda one: read_weights(str(path), one), names)(x)
        for name, value in drawn.values:
            if name in names:
                np.testing.assert_allclose(made[name], value.numpy(), rtol=1e-3, atol=1e-4, err_msg=name)
