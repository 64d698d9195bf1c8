"""Nothing goes over the network, but to the cluster that --cluster names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT, ROOT

TALKERS = {"socket", "ssl", "urllib", "http", "ftplib", "smtplib", "asyncio", "requests", "distributed"}
"""Modules through which a program speaks with others; `distributed` is Dask's."""

PACKAGE = ROOT / "cnnfilt"

WATCHED = """
import sys

def watch(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        sys.stderr.write(f"NETWORK: {event}\\n")

sys.addaudithook(watch)
from cnnfilt.cli.main import run
run(sys.argv[1:])
"""


def imported(path: Path) -> set[str]:
    """The packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_only_the_cluster_s_module_imports_what_speaks_with_others() -> None:
    speaking = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if imported(path) & TALKERS}
    assert speaking == {"batch/cluster.py"}


def watched(*words: object, code: str = WATCHED) -> "subprocess.CompletedProcess[str]":
    """The command, run by a Python that says on stderr what it does with sockets."""
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)


@pytest.mark.parametrize(
    "command",
    [
        "edges {samples}/face.png -o {out}/edges.png",
        "convolve {samples}/scene.jpg -k gaussian:2 -p same -o {out}/soft.jpg",
        "apply conv:vertical,p=1 {samples}/face.png -o {out}/maps.npy",
        "shape --model resnet50",
        "diff {samples}/face.png {samples}/face.png",
        "convolve {samples}/worked_example.csv -k vertical --emit torch",
    ],
)
def test_no_socket_is_made(command: str, tmp_path: Path) -> None:
    words = [word.format(samples=ROOT / "sample_images", out=tmp_path) for word in command.split()]
    done = watched(*words)
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr


def test_the_watch_sees_a_socket() -> None:
    opened = WATCHED.replace("from cnnfilt.cli.main import run", "import socket; socket.socket(); sys.exit()")
    assert "NETWORK: socket.__new__" in watched(code=opened).stderr


def test_workers_are_handed_their_files_without_a_socket(tmp_path: Path) -> None:
    """What a worker does itself is what the tests above watch."""
    photos = tmp_path / "photos"
    photos.mkdir()
    content = (ROOT / "sample_images" / "face.png").read_bytes()
    for number in range(8):
        (photos / f"{number}.png").write_bytes(content)
    done = watched("edges", photos, "-j", 2, "-o", f"{tmp_path}/out/")
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr
