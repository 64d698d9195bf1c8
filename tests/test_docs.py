"""The documentation is built without a warning, and its pages of commands say what the commands do."""

import inspect
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import cnnfilt
from cnnfilt import errors
from cnnfilt.cli.command_tree import pages
from cnnfilt.cli.exit_codes import EXIT_CODES
from tests.conftest import ENVIRONMENT, ROOT

pytest.importorskip("mkdocs", reason="could not import mkdocs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", folder]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_each_command_has_a_page_with_its_options_and_examples(site: Path) -> None:
    for page in pages():
        text = unescape((site / "commands" / "-".join(page.path) / "index.html").read_text())
        for option in (one for group in page.groups.values() for one in group):
            assert f"<code>{', '.join(option.names)} {option.value}".rstrip() in text
            assert option.text in text
        for line in (*page.examples, *page.commands.values()):
            assert line in text


def test_the_library_s_page_has_every_public_name_with_its_docstring(site: Path) -> None:
    text = unescape((site / "library" / "index.html").read_text())
    for name in cnnfilt.__all__:
        assert f"<code>cnnfilt.{name}</code></h3>" in text
        found = getattr(cnnfilt, name)
        if inspect.isfunction(found):
            assert (inspect.getdoc(found) or name) in text
            assert all(f"    {parameter}: " in text for parameter in inspect.signature(found).parameters)
    assert all(f"{kind.__name__}: " in text for kind in (errors.CnnfiltError, errors.InputError, errors.KernelError))


def test_the_exit_codes_are_those_of_the_man_pages(site: Path) -> None:
    text = unescape((site / "exit-codes" / "index.html").read_text())
    assert all(f"<code>{code}</code>" in text and meaning in text for code, meaning in EXIT_CODES.items())
