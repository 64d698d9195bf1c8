"""Numbers, pairs, paddings and sizes as people type them: 3, 3x5, 3,5, same, 1,2,1,2, 224x224x3."""

import math
from collections.abc import Sequence
from typing import get_args

from cnnfilt.errors import ParameterError
from cnnfilt.terms import Padding, PaddingMode, PaddingWord, Pair

MAX_DIGITS = 12
"""Longer whole numbers are no size of anything here; refusing them keeps arithmetic and messages short."""


PRINTED_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2044\u2215", "/")
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
)
"""What is printed for a minus, a fraction and a blank: numbers that are pasted from a text mean the plain signs."""

FEW = 3
"""So many known words are listed whole; of more, only those near to what was typed."""

SHORTEST = 3
"""Fewer letters are near to everything."""


def parse_whole(text: str, name: str) -> int:
    """Return the whole number written in `text`; ParameterError naming `name` otherwise."""
    digits = text.strip()
    unsigned = digits[1:] if digits[:1] in ("+", "-") else digits
    if not unsigned.isdecimal() or not digits.isascii():
        raise ParameterError(f"{name} {text!r} is not a whole number", parameter=name)
    if len(digits) > MAX_DIGITS:
        raise ParameterError(f"{name} {text!r} is too large", parameter=name)
    return int(digits)


def parse_numbers(text: str, name: str) -> tuple[int, ...]:
    """Return the whole numbers of `3`, `3,5` or `3x5`."""
    parts = text.replace("x", ",").split(",")
    try:
        return tuple(parse_whole(part, name) for part in parts)
    except ParameterError:
        # The part alone, perhaps empty, would not tell what was typed.
        what = "is not a whole number" if len(parts) == 1 else "is not made of whole numbers"
        raise ParameterError(f"{name} {text!r} {what}", parameter=name) from None


def parse_pair(text: str, name: str) -> Pair:
    """Return (height, width) from `3` or `3x5` or `3,5`."""
    numbers = parse_numbers(text, name)
    if len(numbers) > 2:
        raise ParameterError(f"{name} {text!r} has {len(numbers)} numbers; give N or HxW", parameter=name)
    return numbers[0], numbers[-1]


def parse_padding(text: str) -> Padding:
    """Return the padding written as a word, N, `H,W` or `T,B,L,R` (`x` may stand for the comma)."""
    words: tuple[PaddingWord, ...] = get_args(PaddingWord)
    for word in words:
        if text == word:
            return word
    if text[:1].isalpha():
        if mode := _padding_mode(text):
            raise ParameterError(
                f"padding {text!r} is what a border holds (--padding-mode {mode}); "
                "say how wide it is: same, or a number",
                parameter="padding",
            )
        raise ParameterError(f"padding {text!r} is unknown; {nearest(text, words)}", parameter="padding")
    try:
        numbers = parse_numbers(text, "padding")
    except ParameterError as error:
        raise ParameterError(f"{error.message}; give pixels: N, H,W or T,B,L,R", parameter="padding") from None
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if len(numbers) == 4:
        top, bottom, left, right = numbers
        return (top, bottom), (left, right)
    raise ParameterError(f"padding {text!r} has {len(numbers)} numbers; give N, H,W or T,B,L,R", parameter="padding")


def _padding_mode(word: str) -> str | None:
    """Return the padding mode that `word` is, or that others call so; None for any other word."""
    from cnnfilt.elsewhere import OURS  # Only errors need it.

    return next((mode for mode in (word, *OURS.get(word.lower(), ())) if mode in get_args(PaddingMode)), None)


def parse_size(text: str) -> tuple[int, int, int]:
    """Return (height, width, channels) from `224x224x3`; without channels there is 1, and `7` is 7x7."""
    numbers = parse_numbers(text, "size")
    if len(numbers) > 3 or min(numbers) < 1:
        raise ParameterError(
            f"size {text!r} is not HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS in whole numbers of 1 or more",
            parameter="size",
        )
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    return numbers[0], numbers[-1], 1


def parse_number(text: str, name: str) -> int | float:
    """Return the number written as 3, -2.5, 1e-3 or 1/9; whole numbers stay int. ParameterError if not finite."""
    cleaned = text.translate(PRINTED_SIGNS).strip()
    try:
        value = _fraction(cleaned) if "/" in cleaned else float(cleaned)
        # Only Python reads "1_000" as a number.
        if "_" in cleaned:
            raise ValueError
    except OverflowError:
        value = math.inf
    except (ValueError, ZeroDivisionError):
        raise ParameterError(f"{name} {text!r} is not a number", parameter=name) from None
    if not math.isfinite(value):
        raise ParameterError(f"{name} {text!r} is not finite", parameter=name)
    written_whole = cleaned.lstrip("+-").isdecimal()
    return int(cleaned) if written_whole else value


MANY, FIRST_OF_MANY = 60, 8
"""Of more words than these only the first are named."""


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return what to write for `word`: our name for what others call so, the known words near to it, or all of them."""
    if len(known) <= FEW:
        return f"use {', '.join(known[:-1])} or {known[-1]}"
    # Imported here because only errors need it, and every run would pay for it.
    from cnnfilt.elsewhere import OURS

    ours = [name for name in OURS.get(word.lower(), ()) if name.partition(":")[0] in known]
    if ours:
        return f"here it is called {' or '.join(ours)}"
    near = words_near(word, known)
    if near:
        return f"did you mean {' or '.join(near)}?"
    more = f" and {len(known) - FIRST_OF_MANY:,} more" if len(known) > MANY else ""
    return f"use one of {', '.join(known[:FIRST_OF_MANY] if more else known)}{more}"


def words_near(word: str, known: Sequence[str]) -> list[str]:
    """Return the known words that `word` is a slip of the finger or a part of: three at most, the nearest first."""
    typed = word.lower()
    if len(typed) < SHORTEST:
        return []
    edits = {name: _edits(typed, name.lower()) for name in known}
    near = [name for name in known if edits[name] <= max(1, (len(name) + 1) // 4) or _begins(name.lower(), typed)]
    return sorted(near, key=edits.__getitem__)[:FEW]


def _begins(name: str, typed: str) -> bool:
    """Return whether one of the two is how the other begins: gauss for gaussian, padding for pad."""
    # Of what was typed a short name may be the beginning by chance.
    whole = len(name) >= SHORTEST and len(typed) <= 2 * len(name) + 2 and typed.startswith(name)
    return whole or name.startswith(typed)


def _edits(one: str, other: str) -> int:
    """Return how many letters are put in, left out, exchanged or swapped with their neighbour between two words.

    Damerau (1964), as the "optimal string alignment" distance.
    """
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _fraction(text: str) -> float:
    # Imported here because few kernels have fractions, and every run would pay for it.
    from fractions import Fraction

    return float(Fraction(text))
