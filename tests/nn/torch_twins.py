"""A layer of ours beside PyTorch's: the same weights, the same batch, and what both make of it."""

from typing import Any

import numpy as np

from cnnfilt.nn.from_pytorch import from_pytorch
from cnnfilt.nn.model import Sequential
from tests.nn.gradients import gradients_of


def check_against_torch(words: str, module: Any, size: tuple[int, int, int]) -> None:
    """Compare output, gradients and statistics over three batches as the network learns, then the output in use."""
    import torch

    torch.manual_seed(0)
    module = module.double().train()
    for parameter in module.parameters():
        torch.nn.init.uniform_(parameter, 0.5, 1.5)
    network = Sequential(words, size, ours(words, size, module))
    rng = np.random.default_rng(1)
    for _ in range(3):
        x = rng.normal(1.0, 2.0, size=(6, *size))
        there = torch.from_numpy(channels_first(x)).requires_grad_()
        network.learn_with(rng)
        y, theirs = network.forward(x), module(there)
        d = rng.normal(size=y.shape)
        module.zero_grad()
        theirs.backward(torch.from_numpy(channels_first(d)))
        d_x = network.backward(d)
        network.remember()
        np.testing.assert_allclose(channels_first(y), theirs.detach().numpy(), atol=1e-10)
        np.testing.assert_allclose(channels_first(d_x), there.grad.numpy(), atol=1e-10)
    expected = from_pytorch(words, size, {n: p.grad.numpy() for n, p in module.named_parameters()})
    found = gradients_of(network)
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, atol=1e-9, err_msg=name)
    for name, array in ours(words, size, module).items():
        np.testing.assert_allclose(network.arrays[name], array, atol=1e-12, err_msg=name)
    network.learn_with(None)
    expected_used = module.eval()(torch.from_numpy(channels_first(x))).detach().numpy()
    np.testing.assert_allclose(channels_first(network.forward(x)), expected_used, atol=1e-10)


def ours(words: str, size: tuple[int, int, int], module: Any) -> dict[str, np.ndarray]:
    """Return the module's arrays, turned to channels-last."""
    state = {name: value.detach().numpy().copy() for name, value in module.state_dict().items()}
    return from_pytorch(words, size, state)


def channels_first(x: np.ndarray) -> np.ndarray:
    return x.transpose(0, 3, 1, 2).copy() if x.ndim == 4 else x
