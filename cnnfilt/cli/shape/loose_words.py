"""What stands where layers should: numbers, as in `shape 7x7 f=3 s=2` and `shape 6 6 -f 3`, or the files of *.png."""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

import click

from cnnfilt.files.formats import format_of
from cnnfilt.files.network_files import is_network_file, may_hold_layers

OTHER_SIDES = 2
"""At most a width and channels follow a height."""


def refuse_loose_words(source: str, layers: Sequence[str], *, window: bool) -> None:
    """Raise UsageError where `layers` are numbers, saying in which word or option they are meant, and for a file.

    `window` tells whether -f was given. Numbers are read in the order of the formula: size, window, stride, padding.
    """
    if source.startswith("@"):
        raise click.UsageError(f"the size of the input comes first: write 224x224x3 {source}")
    sides = list(takewhile(str.isdecimal, layers))
    followed = len(sides) < len(layers)
    if source.isdecimal() and 0 < len(sides) <= OTHER_SIDES and (followed or 2 * int(sides[0]) >= int(source)):
        size = "x".join([source, *sides])
        other = "" if followed or window else f"; for a window write {source} {' '.join(_flags(layers, window))}"
        raise click.UsageError(f"a size is one word: write {size}{other}")
    if layers and all(map(_LOOSE.fullmatch, layers)):
        flags = " ".join(_flags(layers, window))
        raise click.UsageError(f"{' '.join(layers)} is not a layer; for one window write {flags}")
    for word in layers:
        if is_network_file(word):
            raise click.UsageError(f"{word} is a whole network; write its name first: {word} {source}")
        if may_hold_layers(word) and os.path.lexists(word):
            raise click.UsageError(f"{word} is a file, not a layer; for the layers in it write @{word}")
        if format_of(word) and os.path.lexists(word):
            raise click.UsageError(f"{word} is a file, not a layer; shape takes one image, so run it for each")


def _flags(words: Sequence[str], window: bool) -> Iterator[str]:
    """Yield `-f 3` for each of the words, 3 or f=3."""
    found = [match for word in words if (match := _LOOSE.fullmatch(word))]
    named = [match[1].replace("k", "f") if match[1] else "" for match in found]
    free = iter([letter for letter in "fspd" if letter not in named and not (letter == "f" and window)])
    for letter, match in zip(named, found, strict=True):
        yield f"-{letter or next(free, 'f')} {match[2]}"


_LOOSE = re.compile(r"(?:([fkspd])=)?(\d+(?:[x,]\d+)*|(?<==)[a-z-]+)")
"""An option without its dash; what follows the letter may be a word, such as same."""
