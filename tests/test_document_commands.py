"""Every command in a shell block of docs runs, in the order of its page, in a folder with the files that it names.

The recipes, of which more is asked, are run by test_readme.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.command_tree import pages
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from tests.conftest import ENVIRONMENT
from tests.documents import DOCUMENTS, README, ROOT, name_of, shell_lines
from tests.files.onnx_of_words import onnx_of

SCENE = ROOT / "sample_images" / "scene.jpg"

ELSEWHERE = {
    "python3 -m venv": ".ci/run",
    "man -M": "tests/cli/test_man.py",
    'eval "$(_CNNFILT_COMPLETE': "tests/cli/test_completion.py",
    "_CNNFILT_COMPLETE=fish_source": "tests/cli/test_completion.py",
    "dask ": "tests/batch/test_cluster.py",
    "cnnfilt edges photos/ -r -o edges/ --cluster": "tests/batch/test_cluster.py",
    "export ": "tests/cli/test_habits.py",
}
"""How the lines begin that are not run here, and where what they do is tested."""


def files(desk: Path) -> None:
    (desk / "photos").mkdir()
    with Image.open(SCENE) as image:
        for number in range(2):
            image.resize((60, 40)).rotate(number).save(desk / "photos" / f"{number}.jpg")


def checking(desk: Path) -> None:
    files(desk)
    shutil.copytree(ROOT / "sample_images", desk / "sample_images")
    with Image.open(SCENE) as image:
        image.resize((120, 80)).save(desk / "photo.png")
        image.resize((120, 80)).save(desk / "photo.jpg")
    cnnfilt(desk, "convolve photo.png -k box:5 -p same -o look.png")


def networks(desk: Path) -> None:
    rng = np.random.default_rng(1)
    for folder, count in (("photos", 4), ("held-out", 2), ("new", 1)):
        for name, level in (("cats", 60), ("dogs", 190)):
            place = desk / folder / ("" if folder == "new" else name)
            place.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                pixels = np.clip(rng.normal(level, 20, (16, 16, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(place / f"{name}{number}.jpg")
    shutil.copy(desk / "new" / "cats0.jpg", desk / "photo.jpg")
    (desk / "net.txt").write_text("5*( conv:512,k=3,p=1 relu pool:max )  # VGG's halving\n")
    (desk / "names.txt").write_text("cat\ndog\nhorse\n")
    size = Volume(32, 32, 3)
    (desk / "net.onnx").write_bytes(
        onnx_of(describe(parse_chain(["conv:4,k=3 relu flatten fc:3"]), size), size, seed=4)
    )
    cnnfilt(desk, "net train photos/ -o model.npz --epochs 1")


def scripts(desk: Path) -> None:
    shutil.copy(SCENE, desk / "photo.jpg")


DESKS: dict[str, Callable[[Path], None]] = {
    "docs/files.md": files,
    "docs/checking.md": checking,
    "docs/networks.md": networks,
    "docs/scripts.md": scripts,
}
"""What fills the folder in which the commands of a page are run."""


def table(desk: Path) -> None:
    networks(desk)
    files_beside = {"photos/one.jpg": SCENE, "page.png": ROOT / "sample_images" / "face.png"}
    for name, source in files_beside.items():
        shutil.copy(source, desk / name)
    with Image.open(SCENE) as image:
        image.resize((120, 80)).save(desk / "a.png")
    cnnfilt(desk, "convolve a.png -k box:5 -p same -o b.png")
    (desk / "model.npz").unlink()


TABLE = re.findall(r"^\| `\w+` \|.*\| `cnnfilt ([^`]+)` \|$", README.read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", TABLE)
def test_the_examples_in_the_readme_s_table_run(command: str, tmp_path: Path) -> None:
    table(tmp_path)
    line = f"{shlex.quote(sys.executable)} -m cnnfilt {command}"
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    differs = command.startswith("diff ")  # And says so with its exit code.
    assert done.returncode == differs, done.stderr


OTHERS = {"--rows", "--repeats", "--list", "--inplace"}
"""Options of other programs that docs speak of."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_option_that_is_named_is_there(document: Path) -> None:
    known = {name for page in pages() for group in page.groups.values() for one in group for name in one.names}
    text = re.sub(r"^```(?:diff|text|py)\n.*?^```$", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    spans = [
        *re.findall(r"`([^`\n]+)`", text),
        *(line for line in shell_lines(document) if line.startswith("cnnfilt ")),
    ]
    named = {word for span in spans for word in re.findall(r"(?<![\w-])--[a-z][a-z-]*", span)}
    assert not named - {option for names in known for option in names.split("/")} - OTHERS


def cnnfilt(folder: Path, line: str) -> None:
    words = [sys.executable, "-m", "cnnfilt", *shlex.split(line)]
    done = subprocess.run(words, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def runs_elsewhere(line: str) -> bool:
    return any(line.startswith(start) for start in ELSEWHERE)


@pytest.mark.parametrize("name", DESKS)
def test_the_commands_of_a_page_run(name: str, tmp_path: Path) -> None:
    DESKS[name](tmp_path)
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "cnnfilt"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cnnfilt "$@"\n')
    shim.chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for line in shell_lines(ROOT / name):
        if runs_elsewhere(line):
            continue
        output = re.search(r" -o (\S+)", line)
        path = tmp_path / output[1] if output else None
        # What an earlier line made stands in the way of all but those that go on from it.
        if path is not None and path.exists() and "--skip-existing" not in line and "--if-newer" not in line:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        assert path is None or path.exists() != ("--dry-run" in line), line


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_shell_line_is_run_here_or_tested_elsewhere(document: Path) -> None:
    if name_of(document) not in (*DESKS, "docs/recipes.md"):
        assert all(runs_elsewhere(line) for line in shell_lines(document))


def test_what_is_tested_elsewhere_is_there() -> None:
    lines = [line for document in DOCUMENTS for line in shell_lines(document)]
    for start, place in ELSEWHERE.items():
        assert any(line.startswith(start) for line in lines)
        assert (ROOT / place).exists()
    assert shell_lines(README)
