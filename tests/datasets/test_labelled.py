"""Folders of labelled images become examples, in the order of their files."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.datasets.decoding import DecodeOptions
from cnnfilt.datasets.labelled import find_labelled, load_examples, usual_input
from cnnfilt.files.network_input import NetworkInput


def test_examples_are_in_the_order_of_the_files(tmp_path: Path) -> None:
    for name, level in (("b", 9), ("a", 7)):
        (tmp_path / name / "deeper").mkdir(parents=True)
        for number in range(6):
            pixels = np.full((8, 8), level + 10 * number, np.uint8)
            PIL.Image.fromarray(pixels).save(tmp_path / name / ("deeper" if number > 3 else "") / f"{number}.png")
    found = find_labelled(str(tmp_path))
    form = usual_input(found.sources, None, None, 1)
    assert form == NetworkInput((8, 8), gray=True, input_scale=1)
    for jobs in (1, 2):
        examples = load_examples(found, form, DecodeOptions(jobs=jobs), pytest.fail)
        assert examples.labels.tolist() == [0] * 6 + [1] * 6
        levels = np.asarray(examples.images)[:, 0, 0, 0].tolist()
        assert levels == [7, 17, 27, 37, 47, 57, 9, 19, 29, 39, 49, 59]
