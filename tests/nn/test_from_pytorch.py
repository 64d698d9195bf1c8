"""PyTorch's weights are turned to channels-last, each to its place."""

import numpy as np
import pytest

from cnnfilt.describe.layers import PoolLayer
from cnnfilt.errors import ShapeError
from cnnfilt.nn.from_pytorch import from_pytorch


def test_pytorch_weights_are_turned() -> None:
    """Each number says its place: o, i, y, x."""
    o, i, y, x = np.indices((2, 3, 2, 2))
    conv = (1000 * o + 100 * i + 10 * y + x).astype(np.float32)
    o, i, y, x = np.indices((4, 2, 3, 5))
    dense = (1000 * o + 100 * i + 10 * y + x).astype(np.float32).reshape(4, -1)
    state = {"0.weight": conv, "0.bias": np.zeros(2), "3.weight": dense, "3.bias": np.zeros(4)}
    weights = from_pytorch("conv:2,k=2 relu flatten fc:4", (4, 6, 3), state)
    assert weights["conv1.kernel"][1, 0, 2, 1] == 1210
    assert weights["fc1.kernel"].reshape(3, 5, 2, 4)[2, 4, 1, 3] == 3124
    with pytest.raises(ShapeError, match=r"0.weight of shape .* does not fit"):
        from_pytorch("conv:2,k=3 relu flatten fc:4", (4, 6, 3), state)
    with pytest.raises(ShapeError, match="4 arrays"):
        from_pytorch("conv:2,k=3", (4, 6, 3), state)


def test_a_layer_whose_weights_are_kept_in_no_known_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PoolLayer, "learns", True)
    with pytest.raises(ShapeError, match=r"how PyTorch keeps the weights of pool:max is not known"):
        from_pytorch("pool:max flatten fc:4", (4, 6, 3), {})
