"""How a field of a record is declared: what it holds, what it means and in which unit, as JSON Schema has it.

Nothing forbids fields that are not declared: the next version may have more, and its records are to pass here, too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
"""A part of a JSON Schema."""


def text(means: str) -> Schema:
    """Return a field of text."""
    return {"type": "string", "description": means}


def word(means: str, *words: str) -> Schema:
    """Return a field that is one of `words`."""
    return {"enum": [*words], "description": means}


def flag(means: str) -> Schema:
    """Return a field that is true or false."""
    return {"type": "boolean", "description": means}


def count(means: str) -> Schema:
    """Return a field of whole numbers from 0."""
    return {"type": "integer", "minimum": 0, "description": means}


def number(means: str, **limits: float) -> Schema:
    """Return a field of numbers, with `minimum` and `maximum` where it has them."""
    return {"type": "number", **limits, "description": means}


def array(means: str, of: Schema, *, length: int | None = None) -> Schema:
    """Return a field of several, each `of` this kind."""
    limits = {} if length is None else {"minItems": length, "maxItems": length}
    return {"type": "array", "items": of, **limits, "description": means}


def matrix(means: str, of: Schema) -> Schema:
    """Return a field of rows from the top, each of what stands in it from the left."""
    return array(means, {"type": "array", "items": of})


def nested(means: str) -> Schema:
    """Return a field of numbers in as many lists as the array has axes."""
    inner: Schema = {"anyOf": [{"type": ["number", "null"]}, {"type": "array"}]}
    return array(means, inner)


def or_null(field: Schema, when: str) -> Schema:
    """Return the same field, or null, and what that stands for."""
    means = f"{field['description'].rstrip('.')}; null {when}."
    if "enum" in field:
        return field | {"enum": [*field["enum"], None], "description": means}
    if "type" in field:
        return field | {"type": [field["type"], "null"], "description": means}
    return field | {"anyOf": [*field["anyOf"], {"type": "null"}], "description": means}


def one_of(means: str, *kinds: Schema) -> Schema:
    """Return a field that is of one of several kinds."""
    return {"anyOf": [*kinds], "description": means}


def record(means: str, fields: Mapping[str, Schema], *, sometimes: Sequence[str] = ()) -> Schema:
    """Return an object of these fields; those in `sometimes` may be missing."""
    assert fields.keys() >= set(sometimes), "those that may be missing are fields"
    needed = [name for name in fields if name not in sometimes]
    return {"type": "object", "description": means, "properties": {**fields}, "required": needed}


def told_apart(by: str, whole: Schema, **needed: Sequence[str]) -> Schema:
    """Return a record whose field `by` tells which of the fields are there: `needed`, by its words."""
    cases = [
        {"properties": {by: {"const": value}}, "required": [*whole["required"], *names]}
        for value, names in needed.items()
    ]
    return whole | {"oneOf": cases}
