"""The man pages, made from the commands themselves: what --help-all says, in the marks of man(7)."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cnnfilt import __version__
from cnnfilt.cli.command_tree import Described, Page, pages
from cnnfilt.cli.exit_codes import EXIT_CODES

SECTION = "man1"


def man_pages() -> dict[str, str]:
    """Return the content of each page by its file's name: cnnfilt.1, cnnfilt-convolve.1, cnnfilt-net-train.1, ..."""
    found = list(pages())
    return {f"{_title(page)}.1": "\n".join(_lines(page, found)) + "\n" for page in found}


def write_pages(folder: Path) -> list[Path]:
    """Write all pages to `folder`/man1, where man looks for them under `folder`, and return their paths."""
    section = folder / SECTION
    section.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in man_pages().items():
        written.append(section / name)
        written[-1].write_text(text, encoding="utf-8")
    return written


def _title(page: Page) -> str:
    return "-".join(page.path)


def _lines(page: Page, every_page: Iterable[Page]) -> Iterator[str]:
    # Without a date: what is made of one version is the same file, whenever it is built.
    yield f'.TH "{_escaped(_title(page)).upper()}" 1 "" "cnnfilt {__version__}" "User Commands"'
    yield from (".nh", ".ad l")  # Options are to be found, and copied, whole.
    yield from (".SH NAME", f"{_escaped(_title(page))} \\- {_escaped(_as_name(page.summary))}")
    yield from (".SH SYNOPSIS", f".B {_escaped(page.name)}", _escaped(page.usage))
    yield ".SH DESCRIPTION"
    yield from _paragraphs(page.paragraphs)
    if page.commands:
        yield ".SH COMMANDS"
        for name, summary in page.commands.items():
            yield from (".TP", f"\\fB{_escaped(f'{page.name} {name}')}\\fR", _text(summary))
    yield ".SH OPTIONS"
    for title, group in page.groups.items():
        yield from () if len(page.groups) == 1 else (f".SS {_escaped(title)}",)
        for option in group:
            yield from (".TP", _tag(option), _text(option.text))
    if page.examples:
        yield from (".SH EXAMPLES", ".nf", *map(_text, page.examples), ".fi")
    yield from _table("EXIT STATUS", {str(code): text for code, text in EXIT_CODES.items()})
    yield from _table("ENVIRONMENT", page.environment)
    yield from (".SH SEE ALSO", ",\n".join(f".BR {_escaped(_title(one))} (1)" for one in _related(page, every_page)))


def _as_name(summary: str) -> str:
    """Return a summary as a line of NAME has it, without a capital and a full stop: whatis lists it."""
    return summary[:1].lower() + summary[1:].removesuffix(".")


def _paragraphs(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        if paragraph.startswith("\n"):
            yield from (".nf", *map(_text, paragraph.strip("\n").splitlines()), ".fi")
        else:
            yield _text(paragraph)


def _tag(option: Described) -> str:
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in option.names)
    return f"{names} \\fI{_escaped(option.value)}\\fR" if option.value else names


def _table(title: str, rows: dict[str, str]) -> Iterator[str]:
    yield f".SH {title}"
    for name, text in rows.items():
        yield from (".TP", f"\\fB{_escaped(name)}\\fR", _text(text))


def _related(page: Page, every_page: Iterable[Page]) -> list[Page]:
    """Return the pages that are worth a look: those above this one, beside it, and in it."""
    above = page.path[:-1]
    near = {page.path[:1], above, *((*page.path, name) for name in page.commands)}
    return [one for one in every_page if one != page and (one.path in near or one.path[:-1] == above)]


def _text(text: str) -> str:
    """Return a line of text; one that begins as a request does is kept from being one."""
    bold = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", _escaped(text))
    return f"\\&{bold}" if bold[:1] in (".", "'", "") else bold


def _escaped(text: str) -> str:
    """Return `text` with its own backslashes, and with hyphens that can be copied to a shell."""
    return text.replace("\\", "\\e").replace("-", "\\-")
