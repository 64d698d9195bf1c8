"""What a network takes: at one size, in its channels, and finite."""

import numpy as np
import pytest

import cnnfilt.datasets.cache
import cnnfilt.datasets.decoding
from cnnfilt.errors import InputError
from cnnfilt.files.network_input import NetworkInput

INPUT = NetworkInput((6, 8), gray=False)


def test_a_matrix_of_other_channels_is_refused() -> None:
    with pytest.raises(InputError, match="2 channels; the network takes 3"):
        INPUT.levels(cnnfilt.files.network_input.Image(np.zeros((6, 8, 2)), kind="matrix"))


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(spoiled: float) -> None:
    values = np.ones((6, 8))
    values[2, 3] = spoiled
    with pytest.raises(InputError, match="nan or infinity"):
        INPUT.levels(cnnfilt.files.network_input.Image(values, kind="matrix"))
