"""The compiled core with address and undefined-behaviour checks: its tests, and 100,000 hostile calls."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from cnnfilt.core.engine import native

pytestmark = pytest.mark.sanitize

FLAGS = (
    "-std=c11 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all"
)

TESTED = "native convolution pooling depthwise integers separable box averages levels edges infinities medians"

PROJECT = Path(__file__).parents[2]


def test_nothing_is_out_of_bounds_or_undefined(tmp_path: Path) -> None:
    compiler = shutil.which("gcc")
    if compiler is None or not Path(sysconfig.get_paths()["include"], "Python.h").is_file():
        pytest.skip("needs gcc and Python.h")
    package = tmp_path / "cnnfilt"
    shutil.copytree(PROJECT / "cnnfilt", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    shutil.copytree(PROJECT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "sample_images", tmp_path / "sample_images")
    shutil.copy(PROJECT / "setup.cfg", tmp_path)
    folder = package / Path(native.__file__).parent.relative_to(PROJECT / "cnnfilt")
    built = folder / "_native.abi3.so"
    include = f"-I{sysconfig.get_paths()['include']}"
    build = [compiler, *FLAGS.split(), "-shared", "-fPIC", "-DCNNFILT_ONE_TARGET", include, "-o", str(built)]
    subprocess.run([*build, *map(str, sorted(folder.glob("*.c")))], check=True, timeout=300)
    asan = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    env = {
        **os.environ,
        "CNNFILT_NATIVE": "1",
        "HOSTILE_CALLS": "12000",
        "PYTHONPATH": str(tmp_path),
        "LD_PRELOAD": asan.stdout.strip(),
        # Python itself leaves memory behind at its end, which is no fault of the core's.
        "ASAN_OPTIONS": "detect_leaks=0",
    }
    tests = [str(Path("tests", "core", f"test_{name}.py")) for name in TESTED.split()]
    tests += [str(Path("tests", "files", "decode", f"test_{name}.py")) for name in ("png", "png_rows")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=1800, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert " passed" in run.stdout or "100%" in run.stdout
