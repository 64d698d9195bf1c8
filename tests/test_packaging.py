"""What is packed: the sdist holds the repository, the wheel the package and its man pages, and each installs."""

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from cnnfilt import __version__
from cnnfilt.cli.man.pages import man_pages
from cnnfilt.cli.schema.table import commands
from tests.conftest import ENVIRONMENT, ROOT

pytestmark = pytest.mark.package

INSTALLED = {name: value for name, value in ENVIRONMENT.items() if name not in {"PYTHONPATH", "CNNFILT_NATIVE"}}
"""Where what is installed runs, and not what is here, with the core that it has."""

NAME = f"cnnfilt-{__version__}"

MADE = {"PKG-INFO", "setup.cfg"}
"""What is in an sdist and not in the repository, or not as it is there; and all of the folder *.egg-info."""


def ran(*command: object, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """The output of a command that succeeds."""
    words = list(map(str, command))
    done = subprocess.run(words, cwd=cwd, env=environment or INSTALLED, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """The files of the repository."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no repository")
    return {name for name in done.stdout.splitlines() if (ROOT / name).exists()}


@pytest.fixture(scope="module")
def packed(tracked: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("packed")
    source = folder / "source"
    for name in sorted(tracked):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    ran(sys.executable, "-m", "build", "-o", folder / "dist", cwd=source)
    return folder / "dist"


def test_the_sdist_holds_the_repository_and_nothing_else(packed: Path, tracked: set[str]) -> None:
    with tarfile.open(packed / f"{NAME}.tar.gz") as archive:
        names = {str(PurePosixPath(one.name).relative_to(NAME)) for one in archive.getmembers() if one.isfile()}
    held = {name for name in names if not name.startswith("cnnfilt.egg-info/")}
    assert held - MADE == tracked - MADE


def test_the_wheel_holds_the_package_its_man_pages_and_nothing_else(packed: Path, tracked: set[str]) -> None:
    (path,) = packed.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        pages = {name: archive.read(name).decode() for name in names if name.startswith("cnnfilt/man/")}
    own = {name for name in names if not re.match(r"cnnfilt-[^/]*\.dist-info/", name)}
    compiled = {name for name in own if name.endswith((".so", ".pyd"))}
    package = {name for name in tracked if name.startswith("cnnfilt/")}
    assert own - compiled == package | {f"cnnfilt/man/man1/{name}" for name in man_pages()}
    assert {PurePosixPath(name).name: text for name, text in pages.items()} == man_pages()
    assert len(compiled) <= 1


def test_twine_finds_nothing_wrong(packed: Path) -> None:
    pytest.importorskip("twine")
    said = ran(sys.executable, "-m", "twine", "check", "--strict", *packed.iterdir(), cwd=packed)
    assert said.count("PASSED") == 2


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
@pytest.mark.parametrize("compiler", [True, False], ids=["with a compiler", "without"])
def test_each_installs_and_runs_the_worked_example(packed: Path, tmp_path: Path, kind: str, compiler: bool) -> None:
    if kind == "*.whl" and not compiler:
        pytest.skip("a wheel is built already")
    (path,) = packed.glob(kind)
    venv.create(tmp_path / "new", with_pip=True)
    programs = tmp_path / "new" / "bin"
    # A compiler that fails is what setuptools meets where there is none.
    environment = INSTALLED if compiler else INSTALLED | {"CC": "false"}
    ran(programs / "pip", "install", "-q", path, cwd=tmp_path, environment=environment)
    example = ROOT / "sample_images" / "worked_example.csv"
    answer = ran(programs / "cnnfilt", "convolve", example, "-k", "vertical", cwd=tmp_path)
    assert answer == "-8,-9,-2,14\n6,-3,-13,9\n4,-4,-8,5\n2,2,1,-3\n"
    version = ran(programs / "cnnfilt", "--version", cwd=tmp_path).splitlines()
    assert version[0] == f"cnnfilt {__version__}"
    assert compiler or version[1].endswith("NumPy core")
    if compiler and os.environ.get("CNNFILT_NATIVE") == "1":
        assert version[1].endswith("compiled core")
    manual = Path(ran(programs / "cnnfilt", "man", cwd=tmp_path).strip())
    assert {one.name for one in (manual / "man1").iterdir()} == set(man_pages())
    assert json.loads(ran(programs / "cnnfilt", "schema", cwd=tmp_path)).keys() == {*commands()}
    shell = INSTALLED | {"_CNNFILT_COMPLETE": "bash_source"}
    assert "complete -o nosort" in ran(programs / "cnnfilt", cwd=tmp_path, environment=shell)


def test_the_tests_run_from_the_sdist(packed: Path, tmp_path: Path) -> None:
    (path,) = packed.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / NAME
    environment = INSTALLED | {"PYTHONPATH": str(folder)}
    some = ("tests/describe/test_window.py", "tests/cli/test_man.py", "tests/test_project_files.py")
    said = ran(
        sys.executable, "-m", "pytest", "-rs", *some, "tests/test_readme.py", cwd=folder, environment=environment
    )
    assert "100%" in said
