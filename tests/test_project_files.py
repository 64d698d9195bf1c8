"""What stands at the top for those who pack, cite and change cnnfilt: each agrees with the others."""

import re

import cnnfilt
from tests.conftest import ROOT

CONFIG = (ROOT / "setup.cfg").read_text(encoding="utf-8").replace("\t", "    ")  # An sdist has it with tabs.


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {cnnfilt.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_workflow_tries_the_versions_of_python_that_are_promised() -> None:
    promised = re.findall(r"Python :: (3\.\d+)$", CONFIG, re.MULTILINE)
    assert promised
    assert f"python: {[*promised]}".replace("'", '"') in (ROOT / ".github/workflows/tests.yml").read_text()
    assert f"python_requires = >={promised[0]}" in CONFIG


def test_the_man_pages_are_made_with_the_click_that_commands_need() -> None:
    asked = re.search(r"^    click>=(.*)$", CONFIG, re.MULTILINE)
    assert asked is not None
    assert f'"click>={asked[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_files_that_are_named_are_there() -> None:
    for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text()
        for path in re.findall(r"`((?:tests|cnnfilt|\.ci)/[\w./]*)`", text):
            assert (ROOT / path).exists(), f"{name} names {path}"
        for name_of_marker in re.findall(r"pytest -m (\w+)", text):
            assert f"    {name_of_marker}: " in CONFIG
