"""What there is to compare with: the peers that are installed, under the names they have in the tables."""

import os
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = {
    "cv2": "opencv-python-headless",
    "torch": "torch",
    "torch, channels first": "torch",
    "scikit-image": "scikit-image",
    "onnxruntime": "onnxruntime",
    "scipy": "scipy",
    "Pillow": "pillow",
}
"""The package behind each peer that is a library, as pip names it. (`torch` alone is its channels-last layout.)"""

PROGRAMS = {"vips": ("vips",), "ImageMagick": ("magick", "convert"), "GraphicsMagick": ("gm",)}
"""The names under which each peer that is a program may be found."""

WAYS = {
    "mogrify": "ImageMagick",
    "xargs -P2 ImageMagick": "ImageMagick",
    "xargs -P2 vips": "vips",
    "GraphicsMagick mogrify": "GraphicsMagick",
    "cv2, 2 threads": "cv2",
}
"""Peers that are another way to use one of those above, which has to be installed for it."""

IMPORTS = ("import click", "import click, numpy, PIL.Image")
"""Peers that are an interpreter with these imports and nothing else: the least that a program like ours can take."""

WITHOUT_FSYNC = "cnnfilt without fsync"
"""Ourselves, with what we write left to the system to store when it likes, as all the others do."""

NO_PEERS = (*IMPORTS, WITHOUT_FSYNC)
"""What stands beside us in the tables without doing the same by other means."""


@cache
def version_of(peer: str) -> str | None:
    """Return the version of `peer`, or None if it is not installed."""
    if peer in NO_PEERS:
        return "the same"
    if peer in WAYS:
        return version_of(WAYS[peer])
    if peer in PROGRAMS:
        found = program(peer)
        return found and _told_version(found)
    try:
        return version(PACKAGES[peer])
    except PackageNotFoundError:
        return None


@cache
def program(peer: str) -> str | None:
    """Return the path of the program `peer`, or None.

    Scripts do not count: on some machines one stands in for `convert`, and starting its interpreter takes longer
    than much of what is measured.
    """
    candidates = (Path(folder) / name for name in PROGRAMS[peer] for folder in os.get_exec_path())
    return next((str(path) for path in candidates if _is_binary(path) and peer in _greeting(path)), None)


def _is_binary(path: Path) -> bool:
    if not os.access(path, os.X_OK) or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) != b"#!"


def _greeting(path: Path) -> str:
    argument = "--version" if path.name == "vips" else "-version"
    return subprocess.run([path, argument], capture_output=True, text=True, check=False).stdout


def _told_version(path: str) -> str:
    found = re.search(r"\d+\.\d+[\d.-]*", _greeting(Path(path)))
    return found.group() if found else "?"
