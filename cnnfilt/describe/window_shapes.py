"""Windows that are no rectangles: a disk, a cross, a diamond, or what a file says. No arrays."""

from cnnfilt.describe.named_kernels import disk_rows
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_number
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

Taps = tuple[tuple[int, ...], ...]
"""1 where the window has a tap and 0 where not, row by row."""

SIZED = ("cross", "diamond")
"""What takes its size from -f, 3 unless given."""


class WindowShape(Frozen):
    """A shape: its `word`, and its `rows` where these have a size of their own; of a file that is not read, none."""

    word: str
    rows: Taps = ()

    @property
    def path(self) -> str | None:
        """Return the file that it is in, or None."""
        return self.word[1:] if self.word.startswith("@") else None

    @property
    def turned(self) -> "WindowShape":
        """Return it turned by 180 degrees."""
        return WindowShape(self.word, tuple(row[::-1] for row in self.rows[::-1]))

    def check(self, asked: Pair | None) -> None:
        """Raise ParameterError for a kernel size that does not go with it."""
        if asked is None:
            return
        if self.word not in SIZED:
            raise ParameterError(f"--window {self.word} has a size of its own; leave out -f", parameter="kernel_size")
        if any(n % 2 == 0 for n in asked):
            raise ParameterError(
                f"a {self.word} has a middle: its size is {spelled_size(asked)}, and must be odd",
                parameter="kernel_size",
            )

    def size(self, asked: Pair | None) -> Pair:
        """Return (height, width) where -f is `asked`."""
        taps = self._rows(asked)
        return len(taps), len(taps[0])

    def taps(self, asked: Pair | None) -> Taps | None:
        """Return its taps, row by row, where -f is `asked`; None for all of them."""
        taps = self._rows(asked)
        return None if all(map(all, taps)) else taps

    def in_words(self, asked: Pair | None) -> str:
        """Return the shape in words, with its size where the word has none: cross 5x5."""
        return f"{self.word} {spelled_size(self.size(asked))}" if self.word in SIZED else self.word

    def _rows(self, asked: Pair | None) -> Taps:
        if self.word not in SIZED:
            return self.rows
        height, width = asked or (3, 3)
        tall, wide = height // 2, width // 2
        places = [[(abs(y - tall), abs(x - wide)) for x in range(width)] for y in range(height)]
        if self.word == "cross":
            return tuple(tuple(int(0 in place) for place in row) for row in places)
        return tuple(tuple(int(y * wide + x * tall <= tall * wide) for y, x in row) for row in places)


def parse_window(text: str, name: str) -> WindowShape:
    """Return the shape written as disk:R, cross or diamond, or as @file, which is not read. Raises ParameterError."""
    word, _, rest = text.partition(":")
    if text.startswith("@") and len(text) > 1:
        return WindowShape(text)
    if text in SIZED:
        return WindowShape(text)
    if word in SIZED:
        raise ParameterError(f"{name} {text!r}: the size of a {word} is that of -f", parameter="window")
    if word == "disk":
        if not rest:
            raise ParameterError(f"{name} {text!r} has no radius; write disk:3", parameter="window")
        try:
            return WindowShape(text, disk_rows(parse_number(rest, "R")))
        except ParameterError as error:
            raise ParameterError(f"{name} {text!r}: {error.message}", parameter="window") from None
    raise ParameterError(f"{name} {text!r} is unknown; use disk:R, cross, diamond or @file", parameter="window")


def typed_window(text: str) -> WindowShape:
    """Return the shape written in `text`, that of no file. Raises ParameterError."""
    shape = parse_window(text, "window")
    if shape.path is not None:
        raise ParameterError(f"window {text!r} is a file, which only the command line reads", parameter="window")
    return shape


def shape_in_file(word: str, rows: tuple[tuple[float, ...], ...]) -> WindowShape:
    """Return the shape that a file holds: a tap wherever it has no 0. ParameterError if that is nowhere."""
    taps = tuple(tuple(int(value != 0) for value in row) for row in rows)
    if not any(map(any, taps)):
        raise ParameterError(f"window {word} is all zeros; put a 1 where a value counts", parameter="window")
    return WindowShape(word, taps)
