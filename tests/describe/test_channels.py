"""Arrays whose channels seem to come first."""

import pytest

from cnnfilt.describe.channels import channels_first_hint


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
