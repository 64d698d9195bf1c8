"""A photograph of 12 megapixels through networks with branches: what it is, and how much memory it takes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from tests.conftest import ENVIRONMENT
from tests.files.onnx_of_words import onnx_of

SIZE = (3000, 4000)
MOST_BYTES = 1 << 30

WORDS = "conv:16,k=3,p=1 relu as:a conv:32,k=3,p=1,s=2 relu conv:16,k=3,p=1 up:2 add:a conv:1,k=3,p=1"
"""At once its values would take more than 3 GB."""


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thousand random pixels made large, so that nothing is flat."""
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    pixels = np.random.default_rng(8).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize(SIZE[::-1], Image.Resampling.BICUBIC).save(path)
    return path


STATUS = Path("/proc/self/status")

MEASURE = """
import re, sys
from cnnfilt.cli.main import exit_code
code = exit_code(sys.argv[1:])
print(int(re.search("VmHWM: *([0-9]+) kB", open("/proc/self/status").read().replace("\\t", " "))[1]) * 1024)
sys.exit(code)
"""


def measured(*words: object) -> tuple[str, int]:
    """What the command says on the way, and the most bytes that it held at once."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 0, done.stderr
    return done.stderr, int(done.stdout)


@pytest.mark.skipif(not STATUS.exists(), reason="no file here says how much memory a process had")
@pytest.mark.parametrize("kind", ["onnx", "words"])
def test_it_takes_less_than_a_gigabyte(kind: str, photo: Path, tmp_path: Path) -> None:
    network = tmp_path / "net.onnx"
    volume = Volume(*SIZE, 3)
    network.write_bytes(onnx_of(describe(parse_chain([WORDS]), volume), volume, seed=1))
    how = ("--model", network) if kind == "onnx" else (WORDS, "--seed", "0")
    said, most = measured("apply", *how, photo, "-v", "-o", tmp_path / "out.png")
    assert " tiles of " in said
    assert most < MOST_BYTES
    with Image.open(tmp_path / "out.png") as made:
        assert made.size == SIZE[::-1]
