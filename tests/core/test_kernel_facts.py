"""What is said of a kernel: against plain sums, the notes' filter, and kernels made to a known rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt import convolve, kernel
from cnnfilt.core.kernel_facts import kernel_facts
from cnnfilt.describe.kernels import NAMED
from cnnfilt.errors import KernelError


def test_the_notes_filter():
    facts = kernel_facts(kernel("vertical"))
    assert (facts.total, facts.zero_sum, facts.lowest, facts.highest) == (0, True, -765, 765)
    assert (facts.ranks, facts.factors) == ((1,), ((1, 1, 1), (1, 0, -1)))
    assert facts.turned == "negated"


@pytest.mark.parametrize(
    ("name", "rank", "turned"),
    [
        ("identity", 1, "same"),
        ("sobel-x", 1, "negated"),
        ("farid-y", 1, "negated"),
        ("roberts-1", 2, "negated"),
        ("laplacian4", 2, "same"),
        ("emboss", 3, "other"),
        ("gaussian:3", 1, "same"),
        ("box:7", 1, "same"),
        ("log", 3, "same"),
        ("kirsch", 2, "other"),
        ("motion:9", 1, "same"),
    ],
)
def test_named_kernels(name, rank, turned):
    facts = kernel_facts(kernel(name))
    assert (facts.ranks, facts.turned) == ((rank,), turned)


@pytest.mark.parametrize("name", NAMED)
def test_the_range_is_reached_and_never_left(name):
    """The picture that is white where the kernel is positive gives the highest response, its negative the lowest."""
    rows = np.array(kernel(name))
    facts = kernel_facts(rows)
    for picture, bound in ((rows > 0, facts.highest), (rows < 0, facts.lowest)):
        assert convolve(picture.astype(np.uint8) * 255, rows).item() == pytest.approx(bound, rel=1e-5, abs=1e-4)


coefficients = st.lists(st.integers(-9, 9), min_size=1, max_size=5)


@given(column=coefficients, row=coefficients, scale=st.sampled_from([1, 0.1, np.float32(1) / 3]))
def test_a_product_comes_apart_again(column, row, scale):
    product = np.outer(column, row) * scale
    facts = kernel_facts(product)
    if not product.any():
        assert (facts.ranks, facts.factors) == ((0,), None)
        return
    assert facts.ranks == (1,)
    assert np.outer(*facts.factors) == pytest.approx(product, rel=1e-5, abs=1e-7)
    if scale == 1:
        assert all(isinstance(value, int) for factor in facts.factors for value in factor)


def test_a_kernel_of_channels():
    facts = kernel_facts(np.dstack([np.eye(3), np.ones((3, 3)), np.zeros((3, 3))]))
    assert (facts.total, facts.ranks, facts.factors, facts.turned) == (12, (3, 1, 0), None, "same")


def test_single_precision_is_no_second_rank():
    bell = np.exp(-(np.arange(-6.0, 7) ** 2) / 8)
    assert kernel_facts(np.outer(bell, bell).astype(np.float32)).ranks == (1,)


def test_wide_whole_numbers_do_not_wrap():
    facts = kernel_facts([[2**62, 2**62], [0, -(2**63)]])
    assert (facts.highest, facts.lowest) == (255 * 2**63, -255 * 2**63)


def test_no_kernel():
    with pytest.raises(KernelError, match="not finite"):
        kernel_facts([[1.0, float("nan")]])
