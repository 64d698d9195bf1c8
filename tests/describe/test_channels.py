"""Arrays whose channels seem to come first."""

import pytest

from cnnfilt.describe.channels import channels_first_hint, stack_hint


@pytest.mark.parametrize(
    ("shape", "meant"),
    [
        ((3, 224, 224), "224x224x3"),
        ((1, 28, 28), "28x28x1"),
        ((4, 16, 17), "16x17x4"),
        ((5, 224, 224), None),
        ((3, 15, 224), None),
        ((3, 224, 4), None),
        ((224, 224, 3), None),
        ((3, 224), None),
        ((1, 3, 224, 224), None),
    ],
)
def test_what_may_be_meant(shape: tuple[int, ...], meant: str | None) -> None:
    hint = channels_first_hint(shape)
    assert (hint is None) == (meant is None)
    assert meant is None or (hint is not None and f"{meant} may be meant" in hint)


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ((5, 300, 400), 5),
        ((64, 224, 224), 64),
        ((112, 224, 224), 112),
        ((3, 224, 224), None),  # channels that come first
        ((113, 224, 224), None),
        ((14, 14, 512), None),
        ((7, 7, 512), None),
        ((10, 100, 512), None),
        ((480, 640, 3), None),
        ((5, 12, 12), None),
        ((5, 300), None),
    ],
)
def test_what_may_be_a_stack(shape: tuple[int, ...], count: int | None) -> None:
    hint = stack_hint(shape)
    assert (hint is None) == (count is None)
    assert hint is None or f"a stack of {count} images" in hint
