"""README and docs are run: blocks print what they show, recipes do what they are for, pictures are the tool's."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.documents import (
    DOCUMENTS,
    MADE_PAGES,
    PAGES,
    README,
    ROOT,
    blocks,
    console_commands,
    links,
    name_of,
    shell_lines,
)
from tests.make_readme_pictures import PICTURES, make

CONSOLE = [(document, *step) for document in DOCUMENTS for step in console_commands(document)]


def named(value: object) -> str:
    return name_of(value) if isinstance(value, Path) else str(value).partition("\n")[0][:60]


@pytest.mark.parametrize(("document", "command", "shown"), CONSOLE, ids=named)
def test_a_console_block_prints_what_it_shows(document: Path, command: str, shown: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "cnnfilt"
    environment = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(
        [sys.executable, "-m", "cnnfilt", *arguments], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == shown.strip()


def test_the_readme_has_lines_to_try() -> None:
    assert len(console_commands(README)) >= 10


PYTHON = [(document, block) for document in DOCUMENTS for block in blocks(document, "python")]


@pytest.mark.parametrize(("document", "block"), PYTHON, ids=named)
def test_a_python_block_computes_what_it_says(document: Path, block: str) -> None:
    names: dict[str, object] = {}
    checked = 0
    for line in block.splitlines():
        code, _, comment = line.partition("  # ")
        if comment:
            assert repr(eval(code, names)) == comment
            checked += 1
        else:
            exec(code, names)
    assert checked


def test_the_pictures_are_what_the_tool_makes(tmp_path: Path) -> None:
    make(tmp_path)
    assert {path.name for path in (ROOT / "sample_images" / "made").iterdir()} == set(PICTURES)
    for name in PICTURES:
        with Image.open(tmp_path / name) as again, Image.open(ROOT / "sample_images" / "made" / name) as shown:
            assert np.array_equal(np.asarray(again), np.asarray(shown)), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_file_that_is_linked_is_there(document: Path) -> None:
    assert document not in (README, ROOT / "docs/index.md") or links(document)
    for target in links(document):
        assert target in MADE_PAGES or (document.parent / target).exists(), target


def test_the_start_page_and_the_readme_lead_to_every_page() -> None:
    for page in PAGES:
        assert page.name == "index.md" or page.name in links(ROOT / "docs/index.md")
        assert f"docs/{page.name}" in links(README)


def recipes() -> list[str]:
    """Each command of the recipes."""
    return shell_lines(ROOT / "docs/recipes.md")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the recipes are for, and `cnnfilt` as a shell finds it."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "photos").mkdir()
    with Image.open(ROOT / "sample_images" / "scene.jpg") as image:
        small = image.resize((400, 300))
    small.save(folder / "photo.jpg")
    for number in range(3):
        small.rotate(number).save(folder / "photos" / f"{number}.jpg")
    mask = np.zeros((300, 400), np.uint8)
    mask[50:100, 60:120] = 255
    Image.fromarray(mask).save(folder / "painted.png")
    page = np.full((300, 400), 255) * np.linspace(1, 0.5, 400)  # In shadow to the right.
    for top in range(50, 250, 20):
        page[top : top + 3, 40:360] = 20
    page[97::97, 89::89] = 20  # Specks.
    Image.fromarray(page.astype(np.uint8)).save(folder / "page.png")
    (folder / "bin").mkdir()
    shim = folder / "bin" / "cnnfilt"
    shim.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m cnnfilt "$@"\n'
    )
    shim.chmod(0o755)
    return folder


@pytest.mark.parametrize("command", recipes(), ids=lambda value: value.partition(" -o")[0][:60])
def test_recipes_do_what_they_are_for(desk: Path, command: str) -> None:
    path = f"{desk / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        command, shell=True, capture_output=True, text=True, cwd=desk, env={**os.environ, "PATH": path}
    )
    assert run.returncode == 0, run.stderr
    output = command.partition("#")[0].rpartition(" -o ")[2].split()[0]
    if output == "-":
        assert 0 < float(run.stdout) < 255
    else:
        assert (desk / output).exists()


def test_a_scan_comes_clean(desk: Path) -> None:
    """Specks go, lines stay or grow; ink is white on black, or black on white again, without the shadow."""
    page, made = np.asarray(Image.open(desk / "page.png")), {}
    for name in ("unspecked", "ink", "clean", "bold"):
        (desk / f"{name}.png").unlink(missing_ok=True)
        (recipe,) = [command for command in recipes() if command.endswith(f" {name}.png")]
        test_recipes_do_what_they_are_for(desk, recipe)
        made[name] = np.asarray(Image.open(desk / f"{name}.png"))
    line, speck, paper = (51, 200), (97, 89), (60, 200)
    assert page[line] == page[speck] == made["unspecked"][line] == 20
    assert made["unspecked"][speck] > 200
    assert made["ink"][line] > 150
    assert made["ink"][paper] < 5
    np.testing.assert_array_equal(made["clean"], 255 - made["ink"])
    assert (made["bold"] == 20).sum() > (page == 20).sum()
