"""The JSON Schema of each command that has --json, whole: with the number that every record begins with."""

from typing import Any

from cnnfilt.cli.json_text import SCHEMA_VERSION
from cnnfilt.cli.schema import diff, images, kernels, learn, net, shape
from cnnfilt.cli.schema.fields import Schema

_RECORDS = {
    "convolve": images.FILE,
    "pad": images.FILE,
    "pool": images.FILE,
    "morph": images.FILE,
    "edges": images.FILE,
    "apply": images.FILE,
    "shape": shape.ANSWER,
    "kernels": kernels.LISTED,
    "kernels show": kernels.SHOWN,
    "diff": diff.PAIR,
    "learn": learn.LEARNED,
    "net train": net.EPOCH,
    "net predict": net.PREDICTED,
    "net evaluate": net.EVALUATED,
    "net summary": net.SUMMARY,
    "net kernels": net.WEIGHTS,
    "net backward": net.GRADIENTS,
}

_VERSION = {
    "const": SCHEMA_VERSION,
    "description": "The number of this schema. It grows when a field goes or means something else; new fields, which "
    "a reader passes over, leave it.",
}


def commands() -> list[str]:
    """Return the commands that have --json, as they are typed."""
    return [*_RECORDS]


def schema_of(command: str) -> Schema:
    """Return the schema of what this command prints: of a line, where it prints a line for each file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"cnnfilt {command} --json",
        **_numbered(_RECORDS[command]),
    }


def _numbered(schema: Schema) -> Schema:
    """Return the same with the number in each record: in the one, each of a list, or all kinds there are."""
    if "properties" in schema:
        found: dict[str, Any] = {"properties": {"schema": _VERSION, **schema["properties"]}}
        return schema | found | {"required": ["schema", *schema["required"]]}
    if "items" in schema:
        return schema | {"items": _numbered(schema["items"])}
    return schema | {"anyOf": [_numbered(kind) for kind in schema["anyOf"]]}
