"""Memory is lent again, and never to two at once."""

import numpy as np

from cnnfilt.nn.scratch import KEPT, scratch

FLOAT = np.dtype(np.float32)


def test_the_same_memory_is_lent_again() -> None:
    with scratch((4, 5), FLOAT) as first:
        first[...] = 7
    with scratch((20,), FLOAT) as again:
        assert np.shares_memory(first, again)


def test_two_have_their_own() -> None:
    with scratch((4,), FLOAT) as one, scratch((4,), FLOAT) as other:
        assert not np.shares_memory(one, other)


def test_large_pieces_are_not_kept() -> None:
    with scratch((KEPT,), FLOAT) as large:
        assert large.shape == (KEPT,)
    with scratch((4,), FLOAT) as small:
        assert not np.shares_memory(large, small)
