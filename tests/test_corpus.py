"""Images that no one here made: each gives a picture, or one line that says why not."""

import fcntl
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cnnfilt-tests"
PACKAGES = {
    "pillow-13.0.0": (["--no-binary", "pillow", "pillow==13.0.0"], "pillow-13.0.0/Tests/images/"),
    "scikit_image": (["--only-binary", "scikit-image", "scikit-image"], "skimage/data/"),
}
"""What pip is asked for, and where in it the images are."""

PARTS = {"pillow-13.0.0": 20, "scikit_image": 2}
"""Each package's images are cut into as many tests, which several processes can share."""

MOST_SECONDS = 30
MOST_BYTES = 600 << 20


def test_what_is_at_hand(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    whole = (ROOT / "sample_images" / "scene.jpg").read_bytes()
    for number, data in enumerate((b"", b"x", whole[:999], whole[: len(whole) // 2], whole[:300] + bytes(9000))):
        (broken / f"{number}.jpg").write_bytes(data)
    files = [path for folder in (ROOT / "sample_images", broken) for path in folder.iterdir() if path.is_file()]
    codes = survey(files, tmp_path)
    assert codes.count(0) >= 6
    assert codes.count(1) >= 5


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("package", "part"), [(package, part) for package in PACKAGES for part in range(PARTS[package])]
)
def test_a_corpus(package: str, part: int, tmp_path: Path) -> None:
    files = [path for path in sorted(fetched(package).rglob("*")) if path.is_file()][part :: PARTS[package]]
    assert len(files) > 10
    codes = survey(files, tmp_path)
    print(f"{package}: {len(files)} files, {codes.count(0)} pictures, {codes.count(1)} refused")
    assert codes.count(0) > len(files) / 4


def fetched(package: str) -> Path:
    """The folder of a package's images, downloaded if it is not there yet: once, though several processes ask."""
    folder = CACHE / package
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{package}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
                os.rename(unpacked(package, Path(scratch)), folder)
    return folder


def unpacked(package: str, scratch: Path) -> Path:
    request, inside = PACKAGES[package]
    (scratch / "download").mkdir()
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(scratch / "download"), *request]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"the images of {package} were not downloaded, and without them nothing is shown: {done.stderr}")
    (archive,) = (scratch / "download").iterdir()
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(scratch / "images", [name for name in wheel.namelist() if name.startswith(inside)])
    else:
        with tarfile.open(archive) as sdist:
            wanted = [member for member in sdist.getmembers() if member.name.startswith(inside)]
            sdist.extractall(scratch / "images", wanted, filter="data")
    return scratch / "images"


def survey(files: list[Path], folder: Path) -> list[int]:
    """Run `edges` over each file, check what came of it, and return the exit codes."""
    out = folder / "out"
    out.mkdir()
    names = "".join(f"{path}\n" for path in files)
    run = subprocess.run(
        [sys.executable, "-m", "tests.harness", str(out)],
        input=names,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(found) == len(files)
    faults = [f"{record['path']}: {fault}" for record in found for fault in faults_of(record)]
    assert not faults, "\n".join(faults)
    print(f"slowest {max(r['seconds'] for r in found):.1f} s, most memory {max(r['bytes'] for r in found) >> 20} MiB")
    return [record["code"] for record in found]


def faults_of(record: dict[str, Any]) -> list[str]:
    faults = []
    # What a file could not keep is said with -q, too, after the file's name alone.
    lines = [line for line in record["stderr"].splitlines() if not line.startswith(f"{record['path']}: ")]
    if record["code"] not in (0, 1):
        faults.append(f"ended with {record['code']}")
    if "Traceback" in record["stderr"] or "error in cnnfilt itself" in record["stderr"] or len(lines) != record["code"]:
        faults.append(f"said {record['stderr']!r}")
    if record["code"] == 0 and not is_picture(record["out"]):
        faults.append("wrote no picture")
    if record["code"] == 1 and os.path.exists(record["out"]):
        faults.append("left an output")
    if record["seconds"] > MOST_SECONDS or record["bytes"] > MOST_BYTES:
        faults.append(f"took {record['seconds']:.1f} s and {record['bytes'] >> 20} MiB")
    return faults


def is_picture(path: str) -> bool:
    with PIL.Image.open(path) as image:
        return np.asarray(image).size > 0
