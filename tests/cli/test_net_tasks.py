"""How well networks learn with the default settings: scikit-learn's digits, and shapes of our own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.shapes import write_shapes

pytestmark = pytest.mark.slow

FOR_SHAPES = (
    "conv:16,k=5,p=same relu pool:max conv:32,k=3,p=same relu pool:max conv:64,k=3,p=same relu pool:max "
    "flatten fc:64 relu"
)


RESIDUAL = (
    "conv:32,k=3,p=1,bias=0 bn relu as:in conv:32,k=3,p=1,bias=0 bn relu conv:32,k=3,p=1,bias=0 bn add:in relu "
    "pool:max conv:64,k=3,p=1,bias=0 bn relu flatten"
)

RESIDUAL_FOR_SHAPES = (
    "conv:16,k=3,p=1,bias=0 bn relu pool:max conv:32,k=3,p=1,bias=0 bn relu as:in conv:32,k=3,p=1,bias=0 bn relu "
    "conv:32,k=3,p=1,bias=0 bn add:in relu pool:max conv:64,k=3,p=1,bias=0 bn relu pool:max flatten"
)


def accuracy(folder: Path, *options: str) -> float:
    """Train on folder/train, and return how much of folder/test, looked at once, is predicted right."""
    command, model = [sys.executable, "-m", "cnnfilt", "net"], str(folder / "model.npz")
    train = [*command, "train", str(folder / "train"), "-y", "-q", "-o", model, *options]
    subprocess.run(train, check=True)
    answer = subprocess.run(
        [*command, "evaluate", model, str(folder / "test"), "--json"], check=True, capture_output=True
    )
    found: float = json.loads(answer.stdout)["accuracy"]
    return found


def test_digits_are_predicted_by_default(tmp_path: Path) -> None:
    """At least 97% on average over five seeds and none under 96%, of the fifth that training never saw."""
    pytest.importorskip("sklearn")
    from tests.digits import write_digits

    write_digits(tmp_path)
    accuracies = [accuracy(tmp_path, "--seed", str(seed)) for seed in range(5)]
    print(accuracies)
    assert min(accuracies) >= 0.96
    assert np.mean(accuracies) >= 0.97


def test_a_residual_network_predicts_digits(tmp_path: Path) -> None:
    """At least 98% on average over five seeds: 98.9% when this was written."""
    pytest.importorskip("sklearn")
    from tests.digits import write_digits

    write_digits(tmp_path)
    accuracies = [accuracy(tmp_path, "--seed", str(seed), "--schedule", "cosine", RESIDUAL) for seed in range(5)]
    print(accuracies)
    assert np.mean(accuracies) >= 0.98


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="takes long on one processor")
def test_a_residual_network_predicts_shapes(tmp_path: Path) -> None:
    """At least 98% of 1,000: all of them when this was written."""
    write_shapes(tmp_path)
    options = ("--epochs", "30", "--schedule", "cosine", "--augment", "flip,shift")
    found = accuracy(tmp_path, *options, RESIDUAL_FOR_SHAPES)
    print(found)
    assert found >= 0.98


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="takes long on one processor")
def test_shapes_are_predicted(tmp_path: Path) -> None:
    """At least 97% of 1,000 shapes under noise, turned, at many sizes."""
    write_shapes(tmp_path)
    options = ("--learning-rate", "0.001", "--epochs", "40", "--augment", "flip,shift")
    found = accuracy(tmp_path, *options, FOR_SHAPES)
    print(found)
    assert found >= 0.97
