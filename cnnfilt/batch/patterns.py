"""Patterns of names, such as out/{stem}-{kernel}.png: the fields they may have, and what stands for each."""

import os
import re
from collections.abc import Iterator, Sequence

from cnnfilt.batch.sources import Source
from cnnfilt.errors import PlanError
from cnnfilt.windows import ends_as_folder

FIELDS = ("stem", "name", "ext", "parent", "kernel", "region", "frame")
"""What a pattern may hold in braces: of the input's name the part before the suffix, all of it, the suffix that the
output gets, and its folder; the kernel (or map), the number of the region and that of the frame it is of."""

_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")
_BRACES = re.compile(r"\{[^{}/]*\}")


def is_pattern(text: str) -> bool:
    """Return whether `text` holds a field to be replaced."""
    return _FIELD.search(text) is not None


def has_field(text: str | None, field: str) -> bool:
    """Return whether `text` holds this field."""
    return text is not None and f"{{{field}}}" in text


def filled(pattern: str, source: Source, *, ext: str, kernel: str = "", region: str = "", frame: str = "") -> str:
    """Return the name that `pattern` gives the output of `source`; one that ends in / is a folder for {stem}.{ext}."""
    values = {
        "stem": source.stem,
        "name": source.name,
        "ext": ext,
        "parent": source.folder,
        "kernel": kernel,
        "region": region,
        "frame": frame,
    }
    if ends_as_folder(pattern):
        pattern += "{stem}.{ext}"
    # In one pass, so that a file called {kernel}.png stays what it is.
    return _FIELD.sub(lambda field: values[field[1]], pattern)


def check_fields(text: str, inputs: Sequence[str], *, option: str = "-o", known: Sequence[str] = FIELDS) -> None:
    """Raise PlanError for braces in `text` that are no field.

    Those in the name of an input, or of a folder that is there, are part of a name.
    """
    folder = os.path.dirname(text)
    for found in _BRACES.findall(text):
        is_name = any(found in path for path in inputs) or (found in folder and os.path.isdir(folder))
        if found[1:-1] in known or is_name or os.path.isdir(text):
            continue
        fields = [f"{{{field}}}" for field in known]
        raise PlanError(f"{found} in {option} {text} is unknown; use {', '.join(fields[:-1])} or {fields[-1]}")


def patterns_apart(pattern: str) -> Iterator[str]:
    """Yield patterns like this one that may tell more inputs apart: by their suffix, their folder, or both."""
    folder, name = os.path.split(pattern)
    if not (has_field(name, "stem") or has_field(name, "name")):
        name = f"{{stem}}-{name}"
        yield os.path.join(folder, name)
    with_suffix = name.replace("{stem}", "{name}")
    yield os.path.join(folder, with_suffix)
    yield os.path.join(folder, "{parent}", name)
    yield os.path.join(folder, "{parent}", with_suffix)
