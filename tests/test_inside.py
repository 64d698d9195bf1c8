"""How it works inside: each diff applies to a copy of the code, where its commands print what they show."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cnnfilt
from tests.conftest import ENVIRONMENT
from tests.documents import ROOT
from tests.test_house import FLOORS

INSIDE = (ROOT / "docs" / "inside.md").read_text(encoding="utf-8")

JOURNEY = """
import sys
from cnnfilt.cli.main import exit_code
assert exit_code(sys.argv[1:]) == 0
print(*(name for name in sys.modules if name.startswith("cnnfilt")))
"""


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def additions() -> dict[str, str]:
    """Each section on something to add, by its title."""
    _, *parts = re.split(r"^### (.*)$", INSIDE, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, its compiled core with it, and of what commands in docs read."""
    kept_out = shutil.ignore_patterns("__pycache__")
    for name in ("cnnfilt", "sample_images"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=kept_out)
    return tmp_path


@pytest.mark.parametrize("title", additions())
def test_what_is_added_works_as_shown(title: str, copy: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not here to apply diffs")
    (diff,), (session,) = fenced(additions()[title], "diff"), fenced(additions()[title], "shell-session")
    # In a folder that is no repository, nor in one.
    outside = {**os.environ, "GIT_CEILING_DIRECTORIES": str(copy.parent)}
    apply = ["git", "apply", "--verbose", "-"]
    applied = subprocess.run(apply, input=diff, cwd=copy, env=outside, capture_output=True, text=True)
    assert applied.returncode == 0, applied.stderr
    environment = {**ENVIRONMENT, "PYTHONPATH": str(copy), "COLUMNS": "80"}
    for step in f"\n{session}".split("\n$ ")[1:]:
        command, _, shown = step.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "cnnfilt"
        words = [sys.executable, "-m", "cnnfilt", *arguments]
        done = subprocess.run(words, cwd=copy, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said = done.stderr if "-v" in arguments else ""
        assert (said + done.stdout).strip() == shown.strip()


def test_the_house_has_every_floor() -> None:
    house = INSIDE.partition("## The house\n")[2].partition("\n## ")[0]
    mapped = re.findall(r"\w+", cnnfilt.__doc__ or "")
    for name in FLOORS:
        assert name in mapped, name
        assert not (ROOT / "cnnfilt" / name).is_dir() or f"`cnnfilt/{name}/`" in house, name


def test_everything_there_is_to_add_is_shown() -> None:
    assert list(additions()) == [
        "A named kernel",
        "An edge method",
        "A layer word",
        "A technique",
        "A file format",
        "A command",
    ]


def test_the_journey_passes_the_modules_that_are_named(tmp_path: Path) -> None:
    journey = INSIDE.partition("## The journey of one image\n")[2].partition("\n## ")[0]
    command = re.search(r"`cnnfilt (convolve .*) -o edges.png` passes", journey)
    assert command is not None
    words = [sys.executable, "-c", JOURNEY, *command[1].split(), "-o", str(tmp_path / "edges.png")]
    done = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    named = {path.removesuffix(".py").replace("/", ".") for path in re.findall(r"`(cnnfilt/[\w/]+\.py)`", journey)}
    assert len(named) > 20
    assert named <= set(done.stdout.split())
