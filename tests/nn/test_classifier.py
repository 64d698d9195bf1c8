"""The end of a network that tells classes apart: added where it lacks, refused where it says another number."""

import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.nn.classifier import for_classes


@pytest.mark.parametrize(
    ("words", "classes", "expected"),
    [
        ("", 10, "pool:max flatten fc:10 softmax"),
        ("", 2, "pool:max flatten fc:1 sigmoid"),
        ("conv:4,k=3", 3, "conv:4,k=3 flatten fc:3 softmax"),
        ("flatten fc:9 relu", 3, "flatten fc:9 relu fc:3 softmax"),
        ("flatten fc:3", 3, "flatten fc:3 softmax"),
        ("flatten fc:1", 2, "flatten fc:1 sigmoid"),
        ("flatten fc:2 softmax", 2, "flatten fc:2 softmax"),
    ],
)
def test_what_the_end_lacks_is_added(words: str, classes: int, expected: str) -> None:
    assert for_classes([words] if words else [], (8, 8, 1), classes).endswith(expected)


@pytest.mark.parametrize(
    ("words", "classes"),
    [("flatten fc:4", 3), ("flatten fc:1 sigmoid", 3), ("flatten fc:3 softmax", 2), ("softmax", 3)],
)
def test_an_end_for_other_classes_is_refused(words: str, classes: int) -> None:
    with pytest.raises(ParameterError, match=f"{classes} classes need"):
        for_classes([words], (8, 8, 1), classes)
