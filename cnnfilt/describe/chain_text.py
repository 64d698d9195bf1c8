"""The text of a chain taken apart: layers between blanks, comments, repeats in brackets, and files that hold more."""

import os
import re
from collections.abc import Callable, Iterator, Sequence

from cnnfilt.describe.words import WORDS
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen

ReadWords = Callable[[str], str]
"""Returns the text of the file of this name, which holds words. Raises InputError."""

MOST_LAYERS = 10_000
"""A chain of more is a slip, or made to take all memory."""

MOST_FILES = 100
"""A chain is read from no more files: files that name each other several times would never end."""


class Block(Frozen):
    """What stands in brackets: `times` times the same layers."""

    times: int
    items: tuple["str | Block", ...]

    @property
    def layers(self) -> int:
        """Return how many layers it is."""
        return self.times * sum(item.layers if isinstance(item, Block) else 1 for item in self.items)


def blocks_of(
    words: Sequence[str],
    *,
    with_files: bool,
    read_words: ReadWords | None = None,
    check: Callable[[str], object] = str,
) -> Block:
    """Return the texts of the layers in `words`, those in brackets in a Block.

    `with_files`, the name of a kernel's file may go on after a blank until it has a suffix; `read_words` reads files
    that hold chains, @net.txt. `check` is called with the text of each layer, and what it raises is said with the file
    that the layer is in. Raises ParameterError for brackets that do not match, repeats of none or too many.
    """
    reader = _Reader(with_files, read_words, check)
    return reader.block(" ".join(map(_without_comments, words)), ())


def texts_of(block: Block) -> Iterator[str]:
    """Yield the text of each layer, those of a repeat as often as it says."""
    for _ in range(block.times):
        for item in block.items:
            if isinstance(item, Block):
                yield from texts_of(item)
            else:
                yield item


class _Reader:
    """Reads blocks, counting the files that they come from."""

    def __init__(self, with_files: bool, read_words: ReadWords | None, check: Callable[[str], object]) -> None:
        self._with_files, self._read_words, self._check = with_files, read_words, check
        self._files = 0

    def block(self, text: str, within: tuple[str, ...]) -> Block:
        """Return what `text` holds, which is in the files `within`, each named in the one before it."""
        open_blocks: list[tuple[str, list[str | Block]]] = [("", [])]
        # A space after a comma or before a number is inside a layer: "conv:8, k=3", "filter:0 1 0; 1 -4 1; 0 1 0".
        for part in _split_at_brackets(re.sub(r"([,:])\s+", r"\1", text.strip())):
            if part == ")":
                opened, items = open_blocks.pop()
                if not open_blocks:
                    raise ParameterError("a ) closes no bracket; a repeat is written 3*( ... )", parameter="layer")
                open_blocks[-1][1].append(_repeat(opened, items))
            elif part.endswith("(") and _OPENING.fullmatch(part):
                open_blocks.append((part, []))
            else:
                open_blocks[-1][1].extend(self._items(part, within))
        if len(open_blocks) > 1:
            opened, items = open_blocks[-1]
            after = f" after {_shown(items)}" if items else ""
            raise ParameterError(f"{opened} is not closed; a ) is missing{after}", parameter="layer")
        found = Block(1, tuple(open_blocks[0][1]))
        _check_length(found)
        return found

    def _items(self, text: str, within: tuple[str, ...]) -> Iterator[str | Block]:
        """Yield the layers of a text without brackets, with those of each file named in it."""
        for layer in _layers_in(text, with_files=self._with_files):
            if layer.startswith("@"):
                yield from self._file(layer[1:], within).items
            elif repeat := _BARE_REPEAT.match(layer):
                raise ParameterError(f"a repeat needs brackets: write {repeat[1]}*( {repeat[2]} )", parameter="layer")
            else:
                self._check(layer)
                yield layer

    def _file(self, path: str, within: tuple[str, ...]) -> Block:
        if self._read_words is None:
            raise ParameterError(f"@{path}: the layers of a network are not read from a file here", parameter="layer")
        known = os.path.realpath(path)
        if known in map(os.path.realpath, within):
            raise ParameterError(f"{path} reads itself: {' -> '.join([*within, path])}", parameter="layer")
        self._files += 1
        if self._files > MOST_FILES:
            raise ParameterError(
                f"{path} is file {self._files} of the chain; the limit is {MOST_FILES}", parameter="layer"
            )
        try:
            return self.block(
                _beside(os.path.dirname(path), _without_comments(self._read_words(path))), (*within, path)
            )
        except ParameterError as error:
            # In a file within another, the innermost is named.
            named = error.message if error.message.startswith("@") else f"@{path}: {error.message}"
            raise type(error)(named, parameter=error.parameter) from None


def _beside(folder: str, text: str) -> str:
    """Return the text of a file in `folder`, its names of other files as seen from here."""
    return re.sub(r"(?<!\w)@(?=[^\s/])", lambda _: f"@{folder}/", text) if folder else text


def _without_comments(text: str) -> str:
    # A file has lines of its own; the name of a map in a model (@model.npz#conv1) has no blank before its sign.
    return re.sub(r"(?m)(?:^|(?<=\s))#.*$", "", text)


_OPENING = re.compile(r"(?:(\d+)\s*\*\s*)?\(")
_BETWEEN_LAYERS = re.compile(r"(\s+)(?=[^\W\d]|(?<![*+]\s)@|\d+\s*\*\s*[^\W\d])")
_BARE_REPEAT = re.compile(r"(\d+)\s*\*\s*([^\W\d].*)")


def _split_at_brackets(text: str) -> Iterator[str]:
    """Yield what is between brackets, and these: `3*(`, `(` and `)`. Those in the name of a file stay in it."""
    pending: list[str] = []
    for token in re.split(r"(\s+)", re.sub(r"(?<!\S)(\d+)\s*\*\s*\(", r"\1*(", text)):
        if token.startswith("(") and _is_in_a_name(pending):
            pending.append(token)
            continue
        while token:
            if opened := _OPENING.match(token):
                yield from _joined(pending)
                yield opened[0]
                token = token[opened.end() :]
            elif (end := _unmatched(token)) is not None:
                pending.append(token[:end])
                yield from _joined(pending)
                yield ")"
                token = token[end + 1 :]
            else:
                pending.append(token)
                break
    yield from _joined(pending)


def _is_in_a_name(pending: Sequence[str]) -> bool:
    last = "".join(pending).split(" @")[-1]
    return not last.startswith("@") and _ends_in_unfinished_name(last)


def _unmatched(token: str) -> int | None:
    """Return where a bracket closes that opens outside `token`."""
    depth = 0
    for place, sign in enumerate(token):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return place
    return None


def _joined(pending: list[str]) -> Iterator[str]:
    text = "".join(pending).strip()
    pending.clear()
    if text:
        yield text


def _repeat(opened: str, items: Sequence[str | Block]) -> Block:
    found = _OPENING.fullmatch(opened)
    number = found[1] if found and found[1] else "1"
    if not items:
        raise ParameterError(f"{opened} ) holds no layer", parameter="layer")
    if len(number) > 9 or int(number) < 1:
        raise ParameterError(
            f"{opened} repeats {number} times; it is 1 or more, up to {MOST_LAYERS:,}", parameter="layer"
        )
    block = Block(int(number), tuple(items))
    _check_length(block)
    return block


def _check_length(block: Block) -> None:
    if block.layers > MOST_LAYERS:
        raise ParameterError(f"the chain has {block.layers:,} layers; the limit is {MOST_LAYERS:,}", parameter="layer")


def _shown(items: Sequence[str | Block]) -> str:
    last = items[-1]
    return ")" if isinstance(last, Block) else last


def _layers_in(text: str, *, with_files: bool) -> list[str]:
    """Return the text of each layer; `with_files`, the name of one may go on after a blank until it has a suffix."""
    _refuse_separators(text)
    first, *pieces = _BETWEEN_LAYERS.split(text)
    layers = [first]
    for blanks, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if with_files and _ends_in_unfinished_name(layers[-1]) and piece.partition(":")[0] not in WORDS:
            layers[-1] += blanks + piece
        else:
            layers.append(piece)
    return [layer for layer in layers if layer]


def _ends_in_unfinished_name(text: str) -> bool:
    _, sign, name = text.rpartition("@")
    return bool(sign) and not set(name) & set(",+") and re.search(r"\.\w{3,4}$", name) is None


def _refuse_separators(chain: str) -> None:
    """Refuse what parts layers in other notations: commas, arrows, bars."""
    words = "|".join(WORDS)
    if "@" in chain:  # The name of a file may hold anything.
        return
    # A semicolon after a number ends the row of a kernel.
    parted = rf"\s*(?:-+>|=+>|[|\u2192\u21d2]|(?:[,+/>]|(?<!\d);)\s*(?=(?:{words})(?![\w.=-])))\s*"
    if re.search(parted, chain):
        raise ParameterError(
            f"layers have only blanks between them, no commas or arrows: write {re.sub(parted, ' ', chain)!r}",
            parameter="layer",
        )
