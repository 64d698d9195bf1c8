"""The words that other tools have taught people."""

from typing import get_args

import pytest

from cnnfilt.cli.main import COMMANDS
from cnnfilt.describe.chain import WORDS
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.elsewhere import OURS
from cnnfilt.files.formats import FORMAT_WORDS
from cnnfilt.parsing import nearest
from cnnfilt.terms import MorphOperation, PaddingMode, PaddingWord, PoolKind, ValueMapping


@pytest.mark.parametrize(
    ("word", "known", "ours"),
    [
        ("mirror", get_args(PaddingMode), "reflect"),
        ("edge", get_args(PaddingMode), "replicate"),
        ("wrap", get_args(PaddingMode), "circular"),
        ("constant", get_args(PaddingMode), "zeros"),
        ("edge", tuple(COMMANDS), "edges"),
        ("blur", tuple(NAMED), "box or gaussian"),
        ("sobel", tuple(NAMED), "sobel-x or sobel-y"),
        ("MaxPool2d", tuple(WORDS), "pool:max"),
        ("erosion", get_args(MorphOperation), "erode"),
        ("linear", tuple(WORDS), "fc"),
    ],
)
def test_the_words_of_other_tools_are_answered_with_ours(word, known, ours):
    assert nearest(word, known) == f"here it is called {ours}"


def test_ours_are_no_words_of_others_for_the_same_thing():
    """What is known is never answered with another name; and every name that is given as ours is known somewhere."""
    known = [get_args(words) for words in (MorphOperation, PaddingMode, PaddingWord, PoolKind, ValueMapping)]
    known += [tuple(NAMED), tuple(WORDS), tuple(COMMANDS), FORMAT_WORDS]
    for theirs, ours in OURS.items():
        assert theirs == theirs.lower()
        for name in ours:
            homes = [words for words in known if name.partition(":")[0] in words]
            assert homes
            assert not any(theirs in words for words in homes)
