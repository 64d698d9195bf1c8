"""How other programs write a matrix in one piece: ImageMagick, MATLAB, NumPy, Mathematica and C, libvips."""

import re
from collections.abc import Sequence

from cnnfilt.describe.number_lines import Line
from cnnfilt.errors import ParameterError

_GEOMETRY = re.compile(r"\s*(\d{1,4})(?:[xX×](\d{1,4}))?([@<>]*)([+-]\d+[+-]\d+)?([@<>]*)\s*:")
_OPENING = re.compile(r"\s*(?:[A-Za-z_]\w*\s*=\s*)?((?:\w+\.)?(?:as)?(?:array|tensor|matrix)\s*)?(?=[\[({])")
_ASSIGNED = re.compile(r"\s*[A-Za-z_]\w*\s*=\s*(?=[\d+.-])")
_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_SQUARE = str.maketrans("({)}", "[[]]")
_CELL = re.compile(r"[^\s,;]+")
_POSITIVE = re.compile(r"[1-9]\d{0,5}")


def of_imagemagick(text: str) -> tuple[tuple[Line, ...], tuple[str, ...]] | None:
    """Return the rows of "3x3: 0,1,0 1,-4,1 0,1,0" with commas between their cells, and notes; None for other text.

    The origin ("3x3+1+1:") says where the result goes: the middle, (side - 1) // 2, is where ours goes.
    ParameterError for another count of numbers, and for kernels that ImageMagick would turn.
    """
    head = _GEOMETRY.match(text)
    if head is None:
        return None
    width, height = int(head[1]), int(head[2] or head[1])
    cells = _CELL.findall(text, head.end())
    if head[2] is None and (width < 2 or len(cells) != width * height):
        return None  # A time of day, say.
    if head[3] or head[5]:
        raise ParameterError(f"'{head[0].strip()}' stands for several rotated kernels; give each separately")
    if len(cells) != width * height:
        raise ParameterError(f"'{head[0].strip()}' announces {width * height} numbers, but has {len(cells)}")
    rows = (cells[start : start + width] for start in range(0, len(cells), width))
    middle = f"+{(width - 1) // 2}+{(height - 1) // 2}"
    notes = () if head[4] in (None, middle) else (f"its origin is {head[4]}; here results go to the middle, {middle}",)
    return tuple((place, ",".join(row)) for place, row in enumerate(rows, 1)), notes


def is_notation(text: str) -> bool:
    """Return whether `text` begins as a matrix in brackets does, or as one that is given a name."""
    return (_OPENING.match(text) or _ASSIGNED.match(text)) is not None


def is_enclosed(text: str) -> bool:
    """Return whether one pair of brackets encloses `text`."""
    return _depth(text.strip("; \t\r\n").translate(_SQUARE)) > 0


def in_brackets(text: str) -> str | tuple[Line, ...] | None:
    """Return what one pair of brackets encloses: the text in it, or a line for each pair within; None for other text.

    "[0 1; 1 0]" of MATLAB, "[[0 1]\\n [1 0]]" and "array([[0, 1], [1, 0]], dtype=int)" of NumPy, "{{0,1},{1,0}}" of
    Mathematica and C; a name and an equals sign may stand before each. ParameterError for deeper brackets.
    """
    if assigned := _ASSIGNED.match(text):
        return text[assigned.end() :].rstrip("; \t\r\n")
    opening = _OPENING.match(text)
    if opening is None:
        return None
    body = text[opening.end() :].translate(_SQUARE).rstrip("; \t\r\n")
    depth = _depth(body)
    if depth and (opening[1] or (depth > 1 and text[opening.end()] == "(" and body[1:].lstrip()[:1] == "[")):
        # The parentheses of a call, and what follows the numbers in them: a type, a device.
        inner = re.sub(r"\]\s*,\s*[A-Za-z_][^\[\]]*$", "]", body[1:-1].strip())
        body, depth = (inner, _depth(inner)) if _depth(inner) else (body, depth)
    if not depth:
        return None
    if depth > 2:
        raise ParameterError("has more than rows and columns; keep it in a file: '@kernel.json'")
    if depth == 1:
        # MATLAB goes on in the next line after three points.
        return re.sub(r"\.\.\.[ \t]*\r?\n", " ", body[1:-1])
    if "..." in body:
        raise ParameterError("leaves numbers out ('...'); print it whole (in NumPy: set_printoptions(threshold=1e9))")
    if _INNERMOST.sub("", body[1:-1]).strip(",; \t\r\n") or any(";" in row for row in _INNERMOST.findall(body)):
        raise ParameterError("is not a list of rows; write [0 1; 1 0] or [[0, 1], [1, 0]]")
    rows = (re.sub(r"\s+", " ", row).strip(" ,") for row in _INNERMOST.findall(body))
    return tuple(enumerate(rows, 1))


def from_libvips(lines: Sequence[Line]) -> tuple[tuple[Line, ...], float | None, tuple[str, ...]]:
    """Return the lines without libvips's first one, "width height scale offset", the scale in it, and notes.

    The scale is None for other text. A first line that is as long as the others is a row of numbers like them; a note
    says what else it could be. ParameterError for an offset, which no kernel can hold.
    """
    lines = tuple(lines)
    # It parts them by blanks, and a single number needs no header.
    head = lines[0][1].split() if lines else []
    if not (2 <= len(head) <= 4 and all(map(_POSITIVE.fullmatch, head[:2])) and int(head[1]) == len(lines) - 1):
        return lines, None, ()
    width, height = int(head[0]), int(head[1])
    if width * height == 1 or any(len(_CELL.findall(text)) != width for _, text in lines[1:]):
        return lines, None, ()
    shown = " ".join(head)
    if len(head) == width:
        return lines, None, (f"read {shown!r} as numbers; to libvips it would be a header",)
    try:
        scale, offset = (float(cell) for cell in (*head[2:], *("1", "0")[len(head) - 2 :]))
    except ValueError:
        return lines, None, ()
    if not scale:
        return lines, None, ()
    if offset:
        raise ParameterError(f"the libvips header {shown!r} has the offset {offset:g}; make it 0 and use --bias")
    divided = f", divided by {scale:g}" if scale != 1 else ""
    return lines[1:], scale, (f"read line {lines[0][0]}, {shown!r}, as a libvips header: {height}x{width}{divided}",)


def _depth(text: str) -> int:
    """Return how deep square brackets go in `text`, 0 if they are not one pair around all of it."""
    depth = deepest = 0
    for bracket in re.finditer(r"[\[\]]", text):
        depth += 1 if bracket[0] == "[" else -1
        deepest = max(deepest, depth)
        if depth <= 0 and bracket.end() < len(text):
            return 0
    return deepest if text.startswith("[") and depth == 0 else 0
