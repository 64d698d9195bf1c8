"""The one place where what --json prints is written: with the number of its schema, and as JSON that all can read."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA_VERSION = 1
"""In every record; it grows when a field goes, or means something else. A field that is new leaves it."""

Record = Mapping[str, Any]


def json_text(data: Record | Sequence[Record]) -> str:
    """Return a record, or a list of them, on one line; null stands for numbers that JSON does not have."""
    from json import dumps  # Most runs do without.

    found = _numbered(data) if isinstance(data, Mapping) else [_numbered(one) for one in data]
    try:
        return dumps(found, allow_nan=False)
    except ValueError:
        return dumps(_finite(found), allow_nan=False)


def _numbered(record: Record) -> dict[str, Any]:
    return {"schema": SCHEMA_VERSION, **record}


def _finite(data: Any) -> Any:
    """Return `data` with None for nan and infinity, which dumps would write as words that are no JSON."""
    match data:
        case float():
            return data if math.isfinite(data) else None
        case Mapping():
            return {name: _finite(value) for name, value in data.items()}
        case list() | tuple():
            return [_finite(value) for value in data]
    return data
