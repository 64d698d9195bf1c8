"""Transparency goes where the values of a chain go."""

import numpy as np
import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.values import values_taken
from cnnfilt.operations.chain_alpha import alpha_after

ALPHA = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def followed(words: str) -> np.ndarray | None:
    chain = parse_chain([words])
    alphas: list[np.ndarray | None] = [ALPHA]
    for report, taken in zip(describe(chain, Volume(3, 4, 3)), values_taken(chain), strict=True):
        alphas.append(alpha_after(report, [alphas[one] for one in taken]))
    return alphas[-1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bn relu dropout scale", ALPHA),
        ("conv:2,k=3", ALPHA[1:2, 1:3]),
        ("dw:k=3,p=1,s=2", ALPHA[::2, ::2]),
        ("up:2x1", ALPHA.repeat(2, axis=0)),
        ("crop:1x2", ALPHA[1:2, 1:3]),
        ("pad:1", np.pad(ALPHA, 1)),
        ("pad:1,mode=replicate", np.pad(ALPHA, 1, mode="edge")),
        ("tconv:2,k=2,s=2", ALPHA.repeat(2, axis=0).repeat(2, axis=1)),
        ("pool:avg,adaptive=3x2", ALPHA[:, ::2]),
        ("as:in pool:global sigmoid mul:in", ALPHA),
        ("as:in pool:global as:m from:in add:m", ALPHA),
        ("as:in relu cat:in take:0", ALPHA),
        ("as:in flatten fc:3 from:in", ALPHA),
        ("up:2,mode=bilinear crop:2x2", [[85, 95], [125, 135]]),
    ],
)
def test_alpha_follows(words: str, expected: np.ndarray) -> None:
    found = followed(words)
    assert found is not None
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


def test_a_list_of_values_has_none() -> None:
    assert followed("flatten relu") is None
