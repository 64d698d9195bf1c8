"""Processes held at a chosen place, until the test lets go: no moment is guessed, however fast the machine is."""

import io
import os
from pathlib import Path

import PIL.Image
import PIL.PngImagePlugin

from tests.conftest import ROOT


def on_path(*folders: str) -> dict[str, str]:
    """The environment in which Python runs the sitecustomize.py of one of these folders first."""
    return {"PYTHONPATH": os.pathsep.join([*(str(ROOT / "tests" / folder) for folder in folders), str(ROOT)])}


HELD_DECODER, UNHURRIED = on_path("held_decoder"), on_path("unhurried")


def held_import(where: str) -> dict[str, str]:
    """The environment in which this import, or the birth of a `worker`, is held."""
    return {**on_path("held_import"), "HELD_IMPORT": where}


def hold(folder: Path) -> None:
    """Hold what is held in processes that run in `folder`."""
    os.mkfifo(folder / "held")


def let_go(folder: Path) -> None:
    """Let one go on that has said `begun`, or says it yet."""
    (folder / "held").write_bytes(b"")


def held_picture(folder: Path, suffix: str = ".jpg") -> Path:
    """A small picture whose name the held decoder knows, which is Pillow's: so a PNG has a text in it."""
    text = PIL.PngImagePlugin.PngInfo()
    text.add_text("Title", "slow")
    PIL.Image.linear_gradient("L").save(folder / f"slow{suffix}", pnginfo=text)
    return folder / f"slow{suffix}"


def endless_jpeg(path: Path) -> None:
    """A progressive JPEG whose last scan comes 20,000 times more: it holds a decoder for minutes on any machine."""
    stream = io.BytesIO()
    PIL.Image.new("L", (6000, 6000)).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    path.write_bytes(data[:-2] + last_scan * 20_000 + data[-2:])
