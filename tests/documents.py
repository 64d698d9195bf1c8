"""The README and the pages of docs/, and what can be run of them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [README, *PAGES]

MADE_PAGES = {"exit-codes.md"}
"""Pages that docs/made_pages.py writes when the site is built."""


def name_of(document: Path) -> str:
    """What a document is called in the names of tests."""
    return str(document.relative_to(ROOT))


def blocks(document: Path, *languages: str) -> list[str]:
    """The fenced blocks of a document in these languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [body for language, body in found if language in languages]


def console_commands(document: Path) -> list[tuple[str, str]]:
    """Each command of the console blocks with the output shown below it."""
    steps = [step for block in blocks(document, "console") for step in f"\n{block}".split("\n$ ")[1:]]
    return [(command, shown) for command, _, shown in (step.partition("\n") for step in steps)]


def shell_lines(document: Path) -> list[str]:
    """Each command of the shell blocks, which show no output; one may go on after a backslash."""
    found = (block.replace("\\\n", " ") for block in blocks(document, "sh", "bash"))
    return [line for block in found for line in block.splitlines() if line.strip()]


def links(document: Path) -> list[str]:
    """What a document links to in the repository: paths from its own folder, without the place on the page."""
    return re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text(encoding="utf-8"))
