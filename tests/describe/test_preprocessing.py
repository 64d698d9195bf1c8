"""How pixels become what a network was trained on, as it is typed."""

import pytest

from cnnfilt.describe.preprocessing import AS_IT_IS, Preprocessing
from cnnfilt.errors import ParameterError


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("mean", "0.5", (0.5,)),
        ("mean", "103.9,116.8,123.7", (103.9, 116.8, 123.7)),
        ("std", "1/2,1,2", (0.5, 1.0, 2.0)),
        ("size", "320x240", (320, 240)),
        ("size", "224", (224, 224)),
    ],
)
def test_what_is_typed(name: str, text: str, value: object) -> None:
    assert Preprocessing.options[name].read(text, f"--{name}") == value


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("mean", "1,2", r"--mean '1,2' has 2 numbers; give one, or one for each of three channels"),
        ("mean", "a", r"--mean 'a' is not a number"),
        ("std", "1,0,1", r"--std '1,0,1' is what is divided by; it must be above 0"),
        ("size", "3x4x3", r"--size '3x4x3' is not HEIGHTxWIDTH"),
        ("size", "0", r"--size '0' is not HEIGHTxWIDTH"),
    ],
)
def test_what_is_wrong_is_said(name: str, text: str, match: str) -> None:
    with pytest.raises(ParameterError, match=match):
        Preprocessing.options[name].read(text, f"--{name}")


def test_what_is_not_for_a_network_of_our_own() -> None:
    AS_IT_IS.refuse("")
    Preprocessing(input_scale=2.0).refuse("")
    for asked in (Preprocessing(mean=(1.0,)), Preprocessing(size=(1, 1)), Preprocessing(channel_order="bgr")):
        with pytest.raises(ParameterError, match=r"is for a network from an .onnx file; leave it out"):
            asked.refuse("leave it out")
