"""Pages that mkdocs finds here and no one writes: one for each command, and the exit codes, made of the code.

What the pages link to outside of docs/ (`../CHANGELOG.md`, `../sample_images/made/edges.png`) is shown with them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from cnnfilt.cli.command_tree import Page, pages
from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES
from cnnfilt.cli.habits import every_habit

LINK = re.compile(r"(?<=\]\()(?!https?:)([^)#\s]+)")

README = "readme.md"
"""What the README is here: mkdocs would take README.md for the start page."""


def on_config(config: Any) -> Any:
    """Put a page for each command into the menu."""
    config.nav = [*config.nav, {"Commands": [{page.name: _path(page)} for page in pages()]}]
    return config


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages that are made."""
    made = {_path(page): "\n".join(_lines(page)) for page in pages()} | {"exit-codes.md": _exit_codes()}
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    root = Path(config.docs_dir).parent
    for path in sorted(_outside(root)):
        files.append(File.generated(config, _shown(path), abs_src_path=str(root / path)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Return the page with its links leading to where the site shows what lies outside of docs/."""
    return LINK.sub(lambda link: _shown(link[1].removeprefix("../").removeprefix("docs/")), markdown)


def _outside(root: Path) -> set[str]:
    """Return the paths, from `root`, of all that the pages link to outside of docs/, and the pages among it in turn."""
    found, left = (
        set[str](),
        [path for page in root.glob("docs/*.md") for path in _links(page) if path.startswith("../")],
    )
    while left:
        path = left.pop().removeprefix("../")
        if path not in found and not path.startswith("docs/"):
            found.add(path)
            left += _links(root / path) if path.endswith(".md") else []
    return found


def _links(page: Path) -> list[str]:
    return LINK.findall(page.read_text(encoding="utf-8"))


def _shown(path: str) -> str:
    return README if path == "README.md" else path


def _path(page: Page) -> str:
    return f"commands/{'-'.join(page.path)}.md"


def _lines(page: Page) -> Iterator[str]:
    yield from (f"# {page.name}", "", page.summary, "", "```text", f"{page.name} {page.usage}", "```", "")
    for paragraph in page.paragraphs:
        yield from (("```text", paragraph.strip("\n"), "```", "") if paragraph.startswith("\n") else (paragraph, ""))
    if page.commands:
        yield from _table("command", {f"{page.name} {name}": line for name, line in page.commands.items()})
    for title, group in page.groups.items():
        yield from (f"## {title}", "")
        rows = {f"{', '.join(one.names)} {one.value}".rstrip(): one.text for one in group}
        yield from _table("option", rows)
    if page.examples:
        yield from ("## Examples", "", "```sh", *page.examples, "```", "")


def _table(heading: str, rows: dict[str, str]) -> Iterator[str]:
    yield from (f"| {heading} | what it does |", "|---|---|")
    yield from (f"| <code>{_plain(name)}</code> | {_plain(text)} |" for name, text in rows.items())
    yield ""


def _plain(text: str) -> str:
    """Return text as it is: no part of it is a mark of Markdown, or of HTML."""
    for sign, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("|", "&#124;"),
        ("*", "&#42;"),
        ("_", "&#95;"),
        ("`", "&#96;"),
    ):
        text = text.replace(sign, entity)
    return text


def _exit_codes() -> str:
    codes = _table("code", {str(code): text for code, text in EXIT_CODES.items()})
    variables = _table("variable", ENVIRONMENT | every_habit())
    return "\n".join(["# Exit codes", "", *codes, "## Environment", "", *variables])
