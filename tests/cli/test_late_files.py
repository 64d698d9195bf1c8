"""A file that appears after the plan was checked is not replaced: the last step of writing refuses it, too."""

import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run

CHECKS = {
    "edges face.png -o out.png": "cnnfilt.batch.jobs.refuse_existing",
    "convolve face.png -k box -k emboss -o out.npy": "cnnfilt.batch.jobs.refuse_existing",
    "pool face.png -o y.png --indices out.npy": "cnnfilt.batch.jobs.refuse_existing",
    "edges face.png -o y.png --angle out.npy": "cnnfilt.batch.jobs.refuse_existing",
    "apply relu face.png --maps maps": "cnnfilt.batch.jobs.refuse_existing",
    "diff face.png face.png -o out.png": "cnnfilt.cli.diff.run.check_output",
    "learn worked_example.csv worked_example.csv -f 1 -o out.csv": "cnnfilt.cli.learn.run.check_output",
    "kernels export box -o out.csv": "cnnfilt.batch.clashes.check_output",
    "net kernels model.npz -o out.png": "cnnfilt.cli.net.kernels_run.check_output",
    "net train classes -o out.npz --epochs 1 flatten": "cnnfilt.cli.net.train_run.exists",
}


@pytest.mark.parametrize("line", CHECKS)
@pytest.mark.parametrize("replacing", [False, True], ids=["keep", "replace"])
def test_what_appeared_meanwhile_is_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, replacing: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate("ab"):
        (tmp_path / "classes" / name).mkdir(parents=True)
        for place in range(3):
            levels = np.full((4, 4), 90 * number + place, np.uint8)
            Image.fromarray(levels).save(tmp_path / "classes" / name / f"{place}.png")
    if "model.npz" in line:
        assert run("net", "train", "classes", "-o", "model.npz", "--epochs", "1", "conv:2,k=3", "flatten").code == 0
    out = tmp_path / ("maps/01-relu.png" if "maps" in line else next(word for word in line.split() if "out." in word))
    out.parent.mkdir(exist_ok=True)
    out.write_bytes(b"of somebody else")
    monkeypatch.setattr(CHECKS[line], lambda *_, **__: False)
    words = [str(SAMPLES / word) if (SAMPLES / word).is_file() else word for word in shlex.split(line)]
    outcome = run(*words, *(["-y"] if replacing else []))
    if replacing:
        assert outcome.code == 0, outcome.stderr
        assert out.read_bytes() != b"of somebody else"
    else:
        assert outcome.code == 1
        assert "exists" in outcome.stderr
        assert out.read_bytes() == b"of somebody else"
