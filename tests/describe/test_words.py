"""The table of words: each has a class, a way to be written that can be parsed, and a line of help."""

import re
from typing import get_args

import pytest

from cnnfilt.describe import layers as specs
from cnnfilt.describe.words import WORDS, parse_word


@pytest.mark.parametrize("name", WORDS)
def test_each_word_says_how_it_is_written(name):
    for usage, meaning in WORDS[name].usage:
        assert usage.partition(":")[0] == name
        assert len(usage) <= 37, "the help has two columns"
        assert len(meaning) <= 38
        assert meaning[:1] != " "
        for option in re.findall(r"[\[,](\w+)=", usage):
            assert option in WORDS[name].takes


@pytest.mark.parametrize("name", WORDS)
def test_what_is_completed_can_be_parsed(name):
    for example in WORDS[name].examples or ("",):
        if name in ("conv", "filter") and ":" not in example and not example[0].isdigit():
            continue  # Kernels that need numbers after their name.
        if name == "pool" and example not in ("max", "avg", "min", "global"):
            continue
        assert type(parse_word(f"{name}:{example}" if example else name, None)) is WORDS[name].layer


def test_every_class_of_layers_has_its_word():
    assert {word.layer for word in WORDS.values()} == set(get_args(specs.Layer))
    functions = {name for name, word in WORDS.items() if word.layer is specs.ActivationLayer}
    assert functions == set(get_args(specs.Function))
