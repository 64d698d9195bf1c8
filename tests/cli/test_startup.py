"""What a command may import, asked of a fresh interpreter: start-up is most of a short run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnnfilt.core.engine import native

SAMPLES = Path(__file__).parents[2] / "sample_images"

PROBE = """
import json, sys
before = set(sys.modules)
from cnnfilt.cli.main import exit_code
sys.stdout = open(sys.argv[1], "w")
code = exit_code(sys.argv[2:])
sys.stdout.close()
json.dump([code, sorted({name.split(".")[0] for name in set(sys.modules) - before})], open(sys.argv[1], "w"))
"""


def imported_by(tmp_path: Path, *arguments: str) -> set[str]:
    log = tmp_path / "log"
    run = subprocess.run(
        [sys.executable, "-c", PROBE, str(log), *arguments], capture_output=True, text=True, check=True
    )
    code, modules = json.loads(log.read_text())
    assert code == 0, run.stderr
    return set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["convolve", "--help"],
        ["pad", "--help"],
        ["pool", "--help"],
        ["edges", "--help"],
        ["apply", "--help"],
        ["shape", "--help"],
        ["kernels"],
        ["kernels", "--help"],
        ["kernels", "show", "--help"],
        ["kernels", "export", "--help"],
        ["diff", "--help"],
        ["learn", "--help"],
        ["schema", "convolve"],
        ["shape", "6x6", "-f", "3"],
        ["net", "--help"],
        ["net", "train", "--help"],
        ["net", "predict", "--help"],
        ["net", "evaluate", "--help"],
        ["net", "summary", "--help"],
        ["net", "backward", "--help"],
        ["net", "kernels", "--help"],
    ],
    ids=" ".join,
)
def test_help_and_sizes_import_neither_numpy_nor_pillow(tmp_path: Path, arguments: list[str]) -> None:
    assert not imported_by(tmp_path, *arguments) & {"numpy", "PIL", "scipy", "rich"}


@pytest.mark.parametrize("content", ["0,1,0\n1,-4,1\n0,1,0\n", "a;b\n1;2,5\n3;4\n", "[0 1; 1 0]"])
def test_a_kernel_in_text_needs_no_numpy(tmp_path: Path, content: str) -> None:
    kernel = tmp_path / "k.txt"
    kernel.write_text(content)
    assert not imported_by(tmp_path, "shape", "9x9", f"filter:@{kernel}") & {"numpy", "PIL", "scipy", "rich", "csv"}
    (tmp_path / "k.json").write_text("[[1, 2], [3, 4]]")
    assert not imported_by(tmp_path, "shape", "9x9", f"conv:@{tmp_path}/k.json") & {"numpy", "PIL", "scipy", "rich"}


def test_the_size_of_an_image_needs_no_numpy(tmp_path: Path) -> None:
    modules = imported_by(tmp_path, "shape", str(SAMPLES / "scene.jpg"), "-f", "3", "-s", "2")
    assert "PIL" in modules
    assert not modules & {"numpy", "scipy"}


NOT_NEEDED = {"scipy", "rich", "concurrent", "shlex", "shutil"}
"""What a run on an image would take a tenth longer for: for mistakes, help and many files alone.

Not difflib and locale, in 2 ms: click finds what a short option could have been meant for before it knows it as one.
"""


@pytest.mark.parametrize("arguments", [["convolve", "-k", "vertical"], ["edges", "-q", "-y"]], ids=" ".join)
def test_a_small_image_needs_little(tmp_path: Path, arguments: list[str]) -> None:
    out = tmp_path / "out.png"
    modules = imported_by(tmp_path, *arguments, str(SAMPLES / "face.png"), "-o", str(out))
    assert out.exists()
    # Without the compiled core Pillow unfilters faster.
    assert not modules & (NOT_NEEDED | ({"PIL", "logging", "fractions"} if native.loops else set()))
