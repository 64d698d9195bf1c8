"""What --json prints, held against the schemas that cnnfilt publishes; no field may be there that is not declared."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from cnnfilt.cli.schema.table import commands, schema_of

Schema = dict[str, Any]


def check(arguments: Sequence[str], stdout: bytes | str) -> None:
    """Fail where a run of these arguments printed what its schema does not allow; nothing else is looked at."""
    command = command_in(arguments)
    if command is None or "--json" not in arguments or not stdout.strip():
        return
    for record in records(stdout):
        problem = fault(command, record)
        assert problem is None, (
            f"--json of {command}: {problem}; cnnfilt/cli/schema declares what it prints, each field and its meaning"
        )


def records(stdout: bytes | str) -> Iterator[Any]:
    """Each line as data; no text but JSON's is taken."""
    for line in stdout.splitlines():
        yield json.loads(line, parse_constant=_refuse)


def fault(command: str, record: Any) -> str | None:
    """What is wrong with a record; None where all of it is declared. None, too, without jsonschema."""
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match
    except ImportError:  # test_schema.py says so.
        return None
    error = best_match(Draft202012Validator(_closed_schema(command)).iter_errors(record))
    return None if error is None else f"{error.json_path}: {error.message:.500}"


def command_in(arguments: Sequence[str]) -> str | None:
    """The command that prints records, of the first words that name one."""
    words = [word for word in arguments[:2] if not word.startswith("-")]
    names = (" ".join(words), " ".join(words[:1]))
    return next((name for name in names if name in commands()), None)


@cache
def _closed_schema(command: str) -> Schema:
    closed: Schema = _closed(schema_of(command))
    return closed


def _closed(schema: Any) -> Any:
    """The same where no object has fields that are not declared."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _closed(part) for name, part in schema.items()}
    whole = schema.get("type") in ("object", ["object", "null"]) and "properties" in schema
    return {"additionalProperties": False} | found if whole else found


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")
