"""The names of classes that a file holds beside its network, as the programmes that write such files put them down."""

import json
import re

KEYS = ("names", "classes", "class_names", "labels", "id2label")
"""What their entry in the file's metadata is called: by Ultralytics, by others, by Hugging Face."""

LONGEST = 1 << 20
"""Names in so many bytes: of 20,000 classes each may have 50."""

_STRING = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ENTRY = re.compile(rf"\s*(?:(\d{{1,9}})\s*:\s*)?({_STRING})\s*(,|[\]}}])", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def class_names(text: str) -> tuple[str, ...]:
    """Return the names that `text` lists, in the order of their numbers; () where it is no list of names.

    That is a list or numbered names as JSON or as Python writes them, or a name a line. Nothing in it is run.

    >>> class_names('["cat", "dog"]'), class_names("{0: 'cat', 1: 'dog'}"), class_names("cat\\ndog")
    (('cat', 'dog'), ('cat', 'dog'), ('cat', 'dog'))
    """
    written = text.strip()
    if not written.startswith(("[", "{")):
        lines = tuple(line.strip() for line in written.splitlines())
        return lines if len(lines) > 1 and all(lines) else ()
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        found = _of_python(written)
    names = _in_order(found) if isinstance(found, dict) else found
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    # Half a character of two, which JSON can spell, is none.
    return tuple(str(name).encode("utf-8", "replace").decode() for name in names)


def _in_order(numbered: dict[str, object]) -> list[object]:
    """Return what is numbered from 0 in this order; [] where numbers are left out."""
    found = [numbered.get(str(number)) for number in range(len(numbered))]
    return [] if None in found else found


def _of_python(written: str) -> dict[str, object] | list[object]:
    """Return the strings of a list or a dict of Python; [] where it holds anything else."""
    names, place = list[tuple[str | None, str]](), 1
    while entry := _ENTRY.match(written, place):
        names.append((entry[1], _ESCAPE.sub(_unescaped, entry[2][1:-1])))
        place = entry.end()
        if entry[3] != ",":
            break
    closed = bool(names) and place == len(written) and written[-1] == {"[": "]", "{": "}"}[written[0]]
    if not closed or len({number is None for number, _ in names}) > 1:
        return []
    if names[0][0] is None:
        return [name for _, name in names]
    return {str(int(number)): name for number, name in names if number is not None}


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)
