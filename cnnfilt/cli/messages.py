"""What goes to stderr: one line for a result, a warning or an error, safe for any terminal."""

import sys
from contextlib import suppress


def print_error(command: str, message: str) -> None:
    """Print one error line on stderr: `convolve: what was wrong, ...`."""
    _print(f"{command}: {message}")


def print_line(message: str) -> None:
    """Print one line of status or warning on stderr."""
    _print(message)


def printable(text: str) -> str:
    """Return `text` with control, bidirectional and surrogate characters escaped: a name cannot steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_plain(character) else _escaped(character) for character in text)


def _is_plain(character: str) -> bool:
    import unicodedata  # Few names need it.

    return unicodedata.category(character) not in _UNSAFE


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _print(line: str) -> None:
    text = printable(line)
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    # When nobody can read the messages, the work goes on.
    with suppress(OSError):
        # In one piece: the line of a signal that comes meanwhile must not land before the end of this one.
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
