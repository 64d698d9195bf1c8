"""The whole network against torch's autograd: outputs, every gradient, one training step and fifty."""

from typing import Any

import numpy as np
import pytest

from cnnfilt.nn.from_pytorch import from_pytorch
from cnnfilt.nn.losses import sparse_categorical_cross_entropy
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.optimizers import SGD, Adam, Optimizer, RMSprop, decay
from cnnfilt.nn.parallel import ParallelNetwork

torch: Any = pytest.importorskip("torch")

WORDS = "conv:6,k=3,p=1 relu pool:avg conv:8,k=3,s=2,p=1,g=2 tanh pool:max,k=3,s=2,p=1 flatten fc:12 sigmoid fc:5"
SIZE = (17, 14, 3)


@pytest.fixture
def pair() -> tuple[Any, Sequential]:
    """The same network twice, with torch's first weights."""
    torch.manual_seed(0)
    nn = torch.nn
    theirs = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 8, 3, stride=2, padding=1, groups=2),
        nn.Tanh(),
        nn.MaxPool2d(3, 2, padding=1),
        nn.Flatten(),
        nn.Linear(8 * 2 * 2, 12),
        nn.Sigmoid(),
        nn.Linear(12, 5),
    ).double()
    return theirs, Sequential(WORDS, SIZE, ours(theirs))


def ours(theirs: Any) -> dict[str, np.ndarray]:
    """Return torch's weights, turned to channels-last."""
    state = {name: value.detach().numpy().copy() for name, value in theirs.state_dict().items()}
    return from_pytorch(WORDS, SIZE, state)


def gradients(theirs: Any) -> dict[str, np.ndarray]:
    """Return torch's gradients, turned to channels-last."""
    return from_pytorch(WORDS, SIZE, {name: value.grad.numpy() for name, value in theirs.named_parameters()})


def weights_apart(theirs: Any, decayed: float) -> list[dict[str, Any]]:
    """Return torch's parameters in two groups: those of one dimension do not decay."""
    groups: list[list[Any]] = [[], []]
    for parameter in theirs.parameters():
        groups[parameter.ndim > 1].append(parameter)
    return [{"params": groups[0], "weight_decay": 0.0}, {"params": groups[1], "weight_decay": decayed}]


def batch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, *SIZE)), rng.integers(0, 5, 6)


def theirs_of(images: np.ndarray) -> Any:
    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy())


def test_layer_by_layer(pair: tuple[Any, Sequential]) -> None:
    theirs, network = pair
    x, _ = batch(1)
    there = theirs_of(x)
    for layer, module in zip(network.layers, theirs, strict=True):
        x, there = layer.forward(x), module(there)
        found = there.detach().numpy()
        if found.ndim == 4:
            np.testing.assert_allclose(x, found.transpose(0, 2, 3, 1), atol=1e-12)
        elif not isinstance(module, torch.nn.Flatten):  # the same numbers in another order
            np.testing.assert_allclose(x, found, atol=1e-12)


def test_every_gradient(pair: tuple[Any, Sequential]) -> None:
    theirs, network = pair
    x, labels = batch(1)
    there = theirs_of(x).requires_grad_()
    loss = torch.nn.functional.cross_entropy(theirs(there), torch.from_numpy(labels))
    loss.backward()
    ours_loss, d_logits = sparse_categorical_cross_entropy(network.forward(x), labels)
    d_x = network.backward(d_logits)
    assert ours_loss == pytest.approx(loss.item(), abs=1e-12)
    np.testing.assert_allclose(d_x, there.grad.numpy().transpose(0, 2, 3, 1), atol=1e-12)
    expected = gradients(theirs)
    for name, layer in zip(network.names, network.layers, strict=True):
        for part, gradient in layer.gradients.items():
            np.testing.assert_allclose(gradient, expected[f"{name}.{part}"], atol=1e-12, err_msg=name)


@pytest.mark.parametrize("steps", [1, 50])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "rmsprop", "adamw"])
def test_training_steps(pair: tuple[Any, Sequential], name: str, steps: int) -> None:
    theirs, network = pair
    optim = torch.optim
    made: dict[str, tuple[Optimizer, Any]] = {
        "sgd": (SGD(0.1), optim.SGD(theirs.parameters(), 0.1)),
        "momentum": (SGD(0.02, momentum=0.9), optim.SGD(theirs.parameters(), 0.02, momentum=0.9)),
        "adam": (Adam(0.01), optim.Adam(theirs.parameters(), 0.01)),
        "rmsprop": (RMSprop(0.001), optim.RMSprop(theirs.parameters(), 0.001)),
        "adamw": (Adam(0.01), optim.AdamW(weights_apart(theirs, 0.1), 0.01)),
    }
    mine, there = made[name]
    for step in range(steps):
        x, labels = batch(step)
        there.zero_grad()
        torch.nn.functional.cross_entropy(theirs(theirs_of(x)), torch.from_numpy(labels)).backward()
        there.step()
        network.backward_from_logits(sparse_categorical_cross_entropy(network.logits(x), labels)[1])
        decay(network.trained, 0.01 * 0.1 if name == "adamw" else 0)
        mine.step(network.trained)
    expected = ours(theirs)
    for parameter, array in network.parameters.items():
        np.testing.assert_allclose(array, expected[parameter], rtol=1e-5, atol=1e-7, err_msg=parameter)


RESIDUAL = (
    "conv:6,k=3,p=1,bias=0 bn relu as:in conv:6,k=3,p=1,bias=0 bn relu conv:6,k=3,p=1,bias=0 bn add:in relu as:up "
    "conv:8,k=3,s=2,p=1 bn silu tconv:4,k=2,s=2 prelu up:1 dw:k=3,p=1 cat:up pool:global flatten fc:5 softmax"
)


def residual() -> Any:
    nn = torch.nn

    class Residual(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.norm = nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
            self.first, self.norm_1 = nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
            self.second, self.norm_2 = nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
            self.down, self.norm_3 = nn.Conv2d(6, 8, 3, 2, padding=1), nn.BatchNorm2d(8)
            self.up, self.slopes = nn.ConvTranspose2d(8, 4, 2, 2), nn.PReLU(4)
            self.each, self.end = nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Linear(10, 5)

        def forward(self, x: Any) -> Any:
            x = self.norm(self.stem(x)).relu()
            block = (self.norm_2(self.second(self.norm_1(self.first(x)).relu())) + x).relu()
            y = self.slopes(self.up(nn.functional.silu(self.norm_3(self.down(block)))))
            return self.end(torch.cat([block, self.each(y)], 1).mean((2, 3)))

    return Residual().double()


@pytest.mark.parametrize("steps", [1, 50])
def test_a_residual_network_learns_as_torch_does(steps: int) -> None:
    """Also in parts, whose statistics are those of the whole batch; afterwards it predicts with the running ones."""
    torch.manual_seed(1)
    size, there = (8, 6, 3), residual()
    state = {name: value.detach().numpy().copy() for name, value in there.state_dict().items()}
    network = Sequential(RESIDUAL, size, from_pytorch(RESIDUAL, size, state))
    mine, theirs = SGD(0.05, momentum=0.9), torch.optim.SGD(there.parameters(), 0.05, momentum=0.9)
    for step in range(steps):
        rng = np.random.default_rng(step)
        x, labels = rng.normal(size=(20, *size)), rng.integers(0, 5, 20)
        theirs.zero_grad()
        torch.nn.functional.cross_entropy(there(theirs_of(x)), torch.from_numpy(labels)).backward()
        theirs.step()
        ParallelNetwork(network).learn(x, labels, sparse_categorical_cross_entropy, rng)
        mine.step(network.trained)
    state = {name: value.detach().numpy() for name, value in there.state_dict().items()}
    for name, array in from_pytorch(RESIDUAL, size, state).items():
        np.testing.assert_allclose(network.arrays[name], array, rtol=1e-6, atol=1e-8, err_msg=name)
    np.testing.assert_allclose(network.logits(x), there.eval()(theirs_of(x)).detach().numpy(), rtol=1e-5, atol=1e-7)
