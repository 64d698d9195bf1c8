"""Pages that mkdocs finds here and no one writes: one for each command, and the exit codes, made of the code."""

from collections.abc import Iterator
from typing import Any

from mkdocs.structure.files import File, Files

from cnnfilt.cli.command_tree import Page, pages
from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES


def on_config(config: Any) -> Any:
    """Put a page for each command into the menu."""
    config.nav = [*config.nav, {"Commands": [{page.name: _path(page)} for page in pages()]}]
    return config


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages that are made."""
    made = {_path(page): "\n".join(_lines(page)) for page in pages()} | {"exit-codes.md": _exit_codes()}
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


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
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("*", "&#42;"), ("_", "&#95;")):
        text = text.replace(sign, entity)
    return text


def _exit_codes() -> str:
    codes = _table("code", {str(code): text for code, text in EXIT_CODES.items()})
    return "\n".join(["# Exit codes", "", *codes, "## Environment", "", *_table("variable", ENVIRONMENT)])
