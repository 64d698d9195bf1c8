"""How each program is started, for the rows of whole processes.

Command lines are written as in a shell, with names for what differs from run to run: {jpg}, {png} and {ppm} are the
colour picture, {small} is the gray one of 256x256, {photographs} is a folder of JPEGs, {prewitt} and {large} are
kernels in .csv files, {out} is a folder, {magick}, {mogrify}, {gm}, {vips}, {cnnfilt} and {python} are the programs.
"""

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.images import Images
from tests.benchmarks.measure import Process
from tests.benchmarks.peers import IMPORTS, program
from tests.benchmarks.rows import Make

PREWITT = "1,0,-1\n1,0,-1\n1,0,-1\n"
LARGE_WEIGHTS = np.random.default_rng(15).integers(1, 99, (15, 15))
LARGE = "\n".join(",".join(f"{value:.6f}" for value in row) for row in LARGE_WEIGHTS / LARGE_WEIGHTS.sum()) + "\n"
"""A float kernel of 15x15 that sums to 1, with no pattern to make use of."""

WITHOUT_FSYNC = Path(__file__).with_name("without_fsync")
"""A Python that finds this folder in its path has an os.fsync that does nothing."""

PLACES: dict[str, Callable[[Images], str]] = {
    "{jpg}": lambda images: images.file(".jpg"),
    "{png}": lambda images: images.file(".png"),
    "{ppm}": lambda images: images.file(".ppm"),
    "{small}": lambda images: images.small_png,
    "{photographs}": lambda images: images.photographs,
    "{prewitt}": lambda images: images.text("prewitt.csv", PREWITT),
    "{large}": lambda images: images.text("large.csv", LARGE),
    "{out}": lambda images: str(images.folder),
    "{magick}": lambda images: program("ImageMagick") or "convert",
    "{mogrify}": lambda images: _mogrify(program("ImageMagick") or "convert"),
    "{gm}": lambda images: program("GraphicsMagick") or "gm",
    "{vips}": lambda images: program("vips") or "vips",
    "{cnnfilt}": lambda images: shlex.join(_cnnfilt()),
    "{python}": lambda images: shlex.quote(sys.executable),
}


def ours(words: str) -> Make:
    """Return our command, as users start it."""
    return _started(_cnnfilt(), words, idle=_python(IMPORTS[1]))


def imports(statement: str) -> Make:
    """Return an interpreter that only imports."""
    return _started(_python(statement), "", idle=_python("pass"))


def cv2_script(script: str, words: str) -> Make:
    """Return an interpreter that runs a script of OpenCV's users."""
    return _started(_python(script), words, idle=_python("import cv2, numpy"))


def magick(words: str) -> Make:
    """Return ImageMagick's command."""
    return _started(("{magick}",), words, idle=("{magick}", "-version"))


def graphics_magick(words: str) -> Make:
    """Return GraphicsMagick's command."""
    return _started(("{gm}", "convert"), words, idle=("{gm}", "version"))


def vips(words: str) -> Make:
    """Return libvips's command."""
    return _started(("{vips}",), words, idle=("{vips}", "--version"))


def vips_twice(first: str, second: str) -> Make:
    """Return two of libvips's commands, one after the other: it does one operation at a time."""
    both = f"{{vips}} {first} && {{vips}} {second}"
    return _started(("sh", "-c"), shlex.quote(both), idle=("{vips}", "--version"))


def into_new_folder(name: str, line: str) -> Make:
    """Return a line for the shell, run once the folder {out}/`name` is there and empty."""
    folder = f"{{out}}/{name}"
    return _started(("sh", "-c"), shlex.quote(f"rm -rf {folder} && mkdir {folder} && {line}"), idle=("true",))


def without_fsync(line: str) -> str:
    """Return the line with fsync switched off in every Python that it starts, and in those that these start."""
    return f"PYTHONPATH={shlex.quote(str(WITHOUT_FSYNC))}:$PYTHONPATH {line}"


def _cnnfilt() -> tuple[str, ...]:
    script = Path(sys.executable).with_name("cnnfilt")
    return (str(script),) if script.exists() else (sys.executable, "-m", "cnnfilt")


def _mogrify(magick: str) -> str:
    """Return how to start ImageMagick's mogrify; version 7 has one program for all."""
    path = Path(magick)
    return f"{magick} mogrify" if path.name == "magick" else str(path.with_name("mogrify"))


def _python(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


def _started(start: tuple[str, ...], words: str, *, idle: tuple[str, ...]) -> Make:
    def make(images: Images) -> Process:
        return Process(_filled((*start, *shlex.split(words)), images), _filled(idle, images), images.pixels)

    return make


def _filled(command: tuple[str, ...], images: Images) -> tuple[str, ...]:
    """Return the words with every name in them replaced by what it stands for."""
    return tuple(re.sub(r"\{[a-z]+\}", lambda name: PLACES[name.group()](images), word) for word in command)
