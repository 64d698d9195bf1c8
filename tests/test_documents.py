"""README and docs tell the truth: what they name is there, and every command they show is one that runs."""

import re
from pathlib import Path

import pytest

from tests.benchmarks.report import names
from tests.documents import DOCUMENTS, ROOT, blocks, name_of

CONFIG = (ROOT / "setup.cfg").read_text(encoding="utf-8").replace("\t", "    ")  # An sdist has it with tabs.
SAFETY = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
SPEED = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_files_and_sets_of_tests_that_are_named_are_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:tests|cnnfilt|docs|\.ci)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path
    for marker in re.findall(r"pytest -m (\w+)", text):
        assert f"    {marker}: " in CONFIG, marker


def test_every_promise_names_the_tests_that_hold_it() -> None:
    rows = [line for line in SAFETY.splitlines() if line.startswith("| ") and "| held by" not in line]
    assert len(rows) > 20
    for row in rows:
        tests = re.findall(r"`(tests/[\w/]+(?:\.py)?)`", row.split(" | ")[1])
        assert tests, row
        for path in tests:
            assert (ROOT / path).is_dir() or "def test_" in (ROOT / path).read_text(encoding="utf-8"), path


def test_each_table_of_speed_is_what_the_command_above_it_measures() -> None:
    shown: list[tuple[str, list[str]]] = []
    for line in SPEED.splitlines():
        if found := re.match(r"`(?:CNNFILT_NATIVE=0 )?python -m tests\.benchmarks .*?--rows '?([^'`]+)'?`", line):
            shown.append((found[1], []))
        elif line.startswith("| ") and not line.startswith("| row"):
            shown[-1][1].append(line[2:].partition(" | ")[0])
    for rows, measured in shown:
        there = [name.removeprefix(f"{rows}: ") for name in names(rows)]
        assert there
        assert not measured or measured == there, rows


def test_shell_blocks_hold_commands_alone() -> None:
    """What stands in them can be copied into a shell: no prompts, no output."""
    for document in DOCUMENTS:
        assert not any(line.startswith("$ ") for block in blocks(document, "sh", "bash") for line in block.splitlines())
