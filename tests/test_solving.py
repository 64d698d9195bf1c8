"""From the wanted size back: every answer gives it, and trying all values finds no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.solving import Axis, solve
from cnnfilt.describe.window import check_pool_padding
from cnnfilt.errors import CnnfiltError, DemandError
from cnnfilt.frozen import replace


def pads(windows):
    return [(window.before, window.after) for window in windows]


def test_the_first_layer_of_resnet():
    axis = Axis(224, 7, 2)
    assert pads(solve(axis, "padding", 112)) == [(2, 3), (3, 2), (3, 3)]
    assert [window.stride for window in solve(Axis(224, 7, padding=3), "stride", 112)] == [2]
    assert [window.kernel_size for window in solve(Axis(224, stride=2, padding=3), "kernel-size", 112)] == [7, 8]


@pytest.mark.parametrize(
    ("axis", "unknown", "wanted", "message"),
    [
        (Axis(224, 3), "stride", 100, "a stride of 2 makes 111 and 3 makes 74"),
        (Axis(224, 3), "stride", 300, "a stride of 1 makes 222"),
        (Axis(224, 3), "padding", 221, "without any, 222 come out"),
        (Axis(10, stride=2), "kernel-size", 9, "a kernel size of 1 makes 5"),
        (Axis(10, stride=2, padding="same"), "kernel-size", 4, "makes 5"),
        (Axis(10, 2, 2, ceil_mode=True), "padding", 9, "with padding up to half the window"),
    ],
)
def test_no_answer_says_what_comes_nearest(axis, unknown, wanted, message):
    with pytest.raises(DemandError, match=message):
        solve(axis, unknown, wanted)


def answers_found(axis, unknown, wanted):
    try:
        return solve(axis, unknown, wanted)
    except DemandError:
        return []


axes = st.builds(
    Axis,
    size=st.integers(1, 12),
    kernel_size=st.integers(1, 4),
    stride=st.integers(1, 4),
    padding=st.one_of(st.sampled_from(["same", "same-lower", "valid", "full"]), st.integers(0, 3)),
    dilation=st.integers(1, 3),
    ceil_mode=st.booleans(),
)


@given(axis=axes, wanted=st.integers(1, 14), unknown=st.sampled_from(["stride", "kernel-size"]))
def test_no_stride_and_no_kernel_size_is_missed(axis, wanted, unknown):
    name = unknown.replace("-", "_")
    try:
        found = [getattr(window, name) for window in answers_found(axis, unknown, wanted)]
    except CnnfiltError:
        with pytest.raises(CnnfiltError):
            axis.window  # noqa: B018 - the kernel is too large already
        return
    expected = []
    for value in range(1, 100):
        changed = replace(axis, **{name: value})
        try:
            fits = changed.window.output_size == wanted
            if axis.ceil_mode:
                check_pool_padding(changed.window)
        except CnnfiltError:
            continue
        expected += [value] * fits
    # Beyond the padded input a stride changes nothing any more, and a kernel is wider than the image.
    assert found == [value for value in expected if not found or value <= max(found)]
    if unknown == "stride":
        assert bool(found) == bool(expected)


@given(axis=axes, wanted=st.integers(1, 14))
def test_no_even_padding_is_missed(axis, wanted):
    if axis.ceil_mode:
        return
    expected = []
    for total in range(70):
        for before, after in dict.fromkeys([(total // 2, total - total // 2), (total - total // 2, total // 2)]):
            try:
                fits = replace(axis, padding=(before, after)).window.output_size == wanted
            except CnnfiltError:
                continue
            expected += [(before, after)] * fits
    try:
        assert pads(answers_found(axis, "padding", wanted)) == expected
    except CnnfiltError:
        assert not expected
