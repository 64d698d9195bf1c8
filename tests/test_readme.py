"""The README is run: its console blocks print what they say, its pictures are what the tool makes."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.make_readme_pictures import PICTURES, make

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def console_commands() -> list[tuple[str, str]]:
    """Each command of the console blocks with the output shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    steps = [step for block in blocks for step in block.split("$ ")[1:]]
    return [(command, shown) for command, _, shown in (step.partition("\n") for step in steps)]


@pytest.mark.parametrize(("command", "shown"), console_commands(), ids=lambda value: value.splitlines()[0][:60])
def test_a_console_block_prints_what_it_shows(command: str, shown: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "cnnfilt"
    environment = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(
        [sys.executable, "-m", "cnnfilt", *arguments], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == shown.strip()


def test_the_python_block_computes_what_it_says() -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block is not None
    names: dict[str, object] = {}
    checked = 0
    for line in block[1].splitlines():
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


def test_every_file_the_readme_links_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def recipes() -> list[str]:
    """Each command of the recipes."""
    section = README.partition("## Recipes\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


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
