"""First weights: as wide as the layer asks for, and settled by the seed."""

import numpy as np
import pytest

from cnnfilt.nn.initializers import fans, first_weights


@pytest.mark.parametrize("shape", [(400, 300), (3, 3, 40, 60)])
def test_weights_have_the_variance_of_their_papers(shape: tuple[int, ...]) -> None:
    fan_in, fan_out = fans(shape)
    he = first_weights("kernel", shape, np.random.default_rng(0), before_relu=True)
    glorot = first_weights("kernel", shape, np.random.default_rng(0), before_relu=False)
    assert he.var() == pytest.approx(2 / fan_in, rel=0.05)
    assert glorot.var() == pytest.approx(2 / (fan_in + fan_out), rel=0.05)
    assert np.abs(glorot).max() <= np.sqrt(6 / (fan_in + fan_out))
    assert he.dtype == glorot.dtype == np.float32


def test_biases_and_factors_change_nothing_at_first() -> None:
    generator = np.random.default_rng(0)
    assert first_weights("bias", (3,), generator, before_relu=True).tolist() == [0, 0, 0]
    assert first_weights("kernel", (3,), generator, before_relu=True).tolist() == [1, 1, 1]
    assert generator.integers(1000) == np.random.default_rng(0).integers(1000), "nothing was drawn"
