"""Central differences: what any gradient is checked against."""

from collections.abc import Callable

import numpy as np

from cnnfilt.nn.model import Sequential


def central_differences(loss: Callable[[], float], array: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Return d(loss)/d(array), one value after the other moved up and down by `step`."""
    gradient = np.empty_like(array)
    for place in np.ndindex(array.shape):
        before = array[place]
        array[place] = before + step
        above = loss()
        array[place] = before - step
        gradient[place] = (above - loss()) / (2 * step)
        array[place] = before
    return gradient


def check_gradients_of(words: str, size: tuple[int, int, int] = (5, 4, 4)) -> None:
    """Compare what a network sends back, to its input and to all that it learns, with central differences."""
    rng = np.random.default_rng(1)
    new = Sequential.new(words, size, rng)
    # Away from the first values, at which a wrong factor or addend might not show.
    network = Sequential(words, size, {name: rng.uniform(0.5, 1.5, array.shape) for name, array in new.arrays.items()})
    x = rng.normal(size=(3, *size)) * 3

    def forward() -> np.ndarray:
        # As the network learns; dropout leaves out the same values each time.
        network.learn_with(np.random.default_rng(3))
        return network.forward(x)

    d_output = rng.normal(size=forward().shape)

    def loss() -> float:
        return float((forward() * d_output).sum())

    expected = {name: central_differences(loss, array) for name, array in network.parameters.items()}
    d_x = central_differences(loss, x)
    forward()
    np.testing.assert_allclose(network.backward(d_output), d_x, atol=1e-6)
    found = gradients_of(network)
    assert found.keys() >= expected.keys()
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, atol=2e-6, err_msg=name)


def gradients_of(network: Sequential) -> dict[str, np.ndarray]:
    """Return d(loss)/d(parameter) of the last `backward`, by name."""
    layers = zip(network.names, network.layers, strict=True)
    return {f"{name}.{part}": gradient for name, layer in layers for part, gradient in layer.gradients.items()}
