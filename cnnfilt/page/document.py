"""One HTML file that holds everything it shows: its style, its script, and the data as JSON."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from cnnfilt import __version__
from cnnfilt.frozen import Frozen

_FIELD = re.compile(r"{{(\w+)}}")

_ESCAPED = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}
"""What could end the script that the data stands in, or a line of it."""


USES = {
    "operation": ("cells",),
    "shape": ("network", "field"),
    "chain": ("network", "field", "exact", "chain_maps", "chain_steps", "chain_norms"),
}
"""By the kind of page the scripts, and styles of their names, that it has before its own; most have none."""


class Section(Frozen):
    """A part of the page that needs no script: a heading, facts as (name, what it is), and lines of text."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


class Page(Frozen):
    """What a page shows before it has a title: its `kind` names the script, `data` is what that draws.

    `data` is what JSON holds: numbers that are finite, text, lists, and arrays as `arrays.packed` makes them.
    """

    kind: str
    data: dict[str, Any]
    sections: tuple[Section, ...] = ()


def document(title: str, kind: str, sections: Sequence[Section], data: dict[str, Any]) -> str:
    """Return the whole page as the text of one HTML file, which asks no network for anything.

    `kind` names the script templates/KIND.js, which runs after common.js and those in USES, and draws `data`; a style
    templates/KIND.css comes after style.css. ValueError for data that JSON does not hold.
    """
    names = (*USES.get(kind, ()), kind)
    style = "".join(_template(f"{name}.css") for name in ("style", *names) if _is_there(f"{name}.css"))
    script = "".join(_template(f"{name}.js") for name in ("common", *names))
    parts = {
        "policy": policy(style, script),
        "version": html.escape(__version__),
        "title": html.escape(title),
        "kind": html.escape(kind),
        "style": style,
        "sections": "\n".join(map(_as_html, sections)),
        "data": as_json(data),
        "script": script,
    }
    # All at once: what stands in one part is no field of another.
    return _FIELD.sub(lambda found: parts[found[1]], _template("page.html"))


def as_json(data: object) -> str:
    """Return data as JSON that may stand in a script element: ASCII, without <, > and &."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).translate(_ESCAPED)


def policy(style: str, script: str) -> str:
    """Return what the browser is told to allow: this style and this script, pictures that are in the file, no more."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _is_there(name: str) -> bool:
    return files("cnnfilt.page").joinpath("templates", name).is_file()


@cache
def _template(name: str) -> str:
    return files("cnnfilt.page").joinpath("templates", name).read_text(encoding="utf-8")


def _as_html(section: Section) -> str:
    facts = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(what)}</dd>" for name, what in section.facts)
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in section.lines)
    heading = html.escape(section.heading)
    return f"<section><h2>{heading}</h2>{f'<dl>{facts}</dl>' if facts else ''}{lines}</section>"
