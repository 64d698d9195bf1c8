"""Files that PyTorch has exported, by either of its exporters: sizes as torch makes them, parameters as it counts."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.image import image_of
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.files.network_files import read_network
from cnnfilt.files.onnx_network import OnnxNetwork

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytestmark = pytest.mark.filterwarnings("ignore")


def network() -> Any:
    nn = torch.nn

    class Network(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(3, 16, 3, 2, 1)
            self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
            self.gate = nn.Conv2d(16, 16, 1)
            self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
            self.wide = nn.ConvTranspose2d(16, 8, 3, 2, 1, output_padding=1)
            self.norm, self.slopes = nn.LayerNorm(24), nn.PReLU(24)
            self.head = nn.Linear(24, 10)

        def forward(self, image: Any) -> Any:
            f = nn.functional
            x = f.relu(self.stem(image))
            y = self.depthwise(x) + x
            y = self.pool(y * torch.sigmoid(self.gate(f.adaptive_avg_pool2d(y, 1))))
            wide = self.wide(y)
            up = f.interpolate(y, scale_factor=2, mode="bilinear")
            x = f.gelu(self.slopes(torch.cat([wide, up[:, :, : wide.shape[2], : wide.shape[3]]], 1)))
            batch, channels, height, width = x.shape
            x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)
            one, other = x.chunk(2, 1)
            x = f.pad(torch.cat([one, f.hardswish(other)], 1), (1, 2, 3, 4))
            return torch.softmax(self.head(self.norm(x.mean((2, 3)))), 1)

    torch.manual_seed(0)
    return Network().eval()


def steps_of(path: Path, size: tuple[int, int] | None) -> list[Step]:
    found = read_network(str(path))
    image = image_of(found.graph, size, channels_first=True)
    return list(Walk(found.graph, image, found.operators).steps())


@pytest.mark.parametrize("dynamo", [False, True], ids=["script", "dynamo"])
@pytest.mark.parametrize("open_size", [False, True], ids=["fixed", "open"])
def test_an_exported_network_has_the_sizes_that_torch_makes(dynamo: bool, open_size: bool, tmp_path: Path) -> None:
    model, path = network(), tmp_path / "net.onnx"
    image = torch.randn(1, 3, 65, 64)
    open_axes: dict[str, Any] = {"dynamic_axes": {"image": {0: "batch", 2: "height", 3: "width"}}}
    if dynamo:
        auto = torch.export.Dim.AUTO
        open_axes = {"dynamic_shapes": ({2: auto, 3: auto},)}
    target: Any = str(path) if dynamo else io.BytesIO()
    torch.onnx.export(model, (image,), target, input_names=["image"], dynamo=dynamo, **(open_axes if open_size else {}))
    if not dynamo:
        path.write_bytes(target.getvalue())
    for size in ((65, 64), (80, 46)) if open_size else (None,):
        steps = [step for step in steps_of(path, size) if step.computes]
        assert [step.why for step in steps if step.why] == []
        made = seen_by_hooks(model, torch.randn(1, 3, *(size or (65, 64))))
        convolutions = [step for step in steps if step.node.operator in ("Conv", "ConvTranspose", "MaxPool", "Gemm")]
        assert [step.values[0].dims if step.values[0] else None for step in convolutions] == made
        assert sum(step.params for step in steps) == sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize("dynamo", [False, True], ids=["script", "dynamo"])
def test_an_exported_network_gives_the_values_that_torch_gives(dynamo: bool, tmp_path: Path) -> None:
    model, path = network(), tmp_path / "net.onnx"
    image = torch.randn(1, 3, 65, 64)
    with torch.inference_mode():
        want = model(image).numpy()
    target: Any = str(path) if dynamo else io.BytesIO()
    torch.onnx.export(model, (image,), target, input_names=["image"], dynamo=dynamo)
    if not dynamo:
        path.write_bytes(target.getvalue())
    opened = OnnxNetwork(str(path))
    pixels = image[0].permute(1, 2, 0).numpy()
    (made,) = opened.ready((65, 64), opened.graph.outputs)(opened.as_input(pixels)).values()
    np.testing.assert_allclose(made, want, rtol=1e-4, atol=1e-6)


def seen_by_hooks(model: Any, image: Any) -> list[tuple[int, ...]]:
    """Return the sizes of what the windowed layers and the last give, in the order in which they run."""
    made: list[tuple[int, ...]] = []
    watched = (torch.nn.Conv2d, torch.nn.ConvTranspose2d, torch.nn.MaxPool2d, torch.nn.Linear)
    hooks = [
        module.register_forward_hook(lambda _module, _taken, given: made.append(tuple(given.shape)))
        for module in model.modules()
        if isinstance(module, watched)
    ]
    model(image)
    for hook in hooks:
        hook.remove()
    return made
