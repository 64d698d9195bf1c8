"""`cnnfilt shape --emit`: the scripts build the same networks, whose sizes, parameters and values are those here."""

import contextlib
import io
import json
import os
from typing import get_args

import numpy as np
import pytest

from cnnfilt.cli.main import exit_code
from cnnfilt.cli.shape.answers import Library
from cnnfilt.cli.shape.emit import in_keras, in_torch
from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.describe import layers as specs
from cnnfilt.describe.named_models import model_names
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.model import Sequential
from cnnfilt.terms import PoolKind

os.environ.setdefault("KERAS_BACKEND", "torch")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

EVERY_WORD = {
    "conv": "conv:4,k=3,s=2x1,p=same,g=2",
    "conv of kernels": "conv:vertical+horizontal,p=1",
    "filter": "filter:sobel-x,p=0x1x1x0",
    "dw": "dw:k=3,m=2,p=2,d=2,bias=0",
    "dw with uneven strides": "dw:k=3,s=2x1",
    "tconv": "tconv:6,k=4,s=2,p=1",
    "tconv with output padding": "tconv:3,k=3,s=2,p=1,op=1,bias=0",
    "tconv of an uneven padding": "tconv:3,k=4,s=2,p=0x1x2x1",
    "tconv same": "tconv:3,k=3,s=2,p=same",
    "tconv valid": "tconv:3,k=2,s=3,p=valid",
    "tconv dilated": "tconv:3,k=3,d=2",
    "pool max": "pool:max,k=3,s=2,p=same",
    "pool min": "pool:min,k=3,s=2,ceil=1",
    "pool avg": "pool:avg,k=3,s=2,p=1",
    "pool avg uneven": "pool:avg,k=3,s=2,p=1x0x0x1",
    "pool with a stride of one": "pool:max,k=2,s=1",
    "pool global": "pool:global",
    "pool max global": "pool:max,k=global",
    "pool adaptive": "pool:avg,adaptive=3x2",
    "pool min adaptive": "pool:min,adaptive=4x3",
    "bn": "bn",
    "bn flat": "flatten bn",
    "ln": "ln",
    "ln flat": "flatten ln",
    "gn": "gn:2",
    "lrn": "lrn",
    "scale": "scale",
    "scale flat": "flatten scale",
    "prelu": "prelu",
    "activations": "relu relu6 leaky:0.2 elu gelu silu hardsigmoid hardswish tanh sigmoid softmax",
    "dropout": "dropout:0.3",
    "up": "up:2x3",
    "up bilinear": "up:2,mode=bilinear",
    "pad": "pad:1x2x3x0",
    "pad reflect": "pad:1x2x3x0,mode=reflect",
    "pad symmetric": "pad:1x2x3x0,mode=symmetric",
    "pad replicate": "pad:1x2x3x0,mode=replicate",
    "pad circular": "pad:1x2x3x0,mode=circular",
    "crop": "crop:5x4",
    "crop of sides": "crop:1x0x2x1",
    "take": "take:1-2",
    "shuffle": "shuffle:2",
    "shuffle flat": "flatten shuffle:7",
    "fc": "flatten fc:7 fc:3,bias=0",
    "branches": "as:in conv:4,k=1 add:in as:a.b from:in conv:5,k=3,p=1 cat:a.b as:a_b pool:global mul:a_b",
}


def emitted(library, words, size="8x7x4"):
    """Run the script of a network and return its names, what it prints, and the JSON that shape gives."""
    target = [size, words] if words not in model_names() else ["--model", words]
    with contextlib.redirect_stdout(io.StringIO()) as script:
        assert exit_code(["shape", *target, "--emit", library]) == 0
    with contextlib.redirect_stdout(io.StringIO()) as answer:
        assert exit_code(["shape", *target, "--json"]) == 0
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(script.getvalue(), "script", "exec"), names)
    return names, printed.getvalue(), json.loads(answer.getvalue())


def check(library, printed, answer):
    sizes = answer["output"]
    shape = (
        list(sizes.values())
        if library == "keras" or len(sizes) == 1
        else [sizes["channels"], sizes["height"], sizes["width"]]
    )
    batch = 1 if library == "torch" else None
    *_, output, params = printed.splitlines()
    assert output == f"output {(batch, *shape)}"
    assert params == f"parameters {answer['params']:,}"


def test_every_layer_can_be_written():
    for steps in (in_torch.STEPS, in_keras.STEPS):
        assert set(steps) == set(get_args(specs.Layer))
    assert {name.split()[0] for name in EVERY_WORD} >= {"conv", "filter", "dw", "tconv", "pool", "bn", "up", "branches"}


@pytest.mark.parametrize("name", model_names())
@pytest.mark.parametrize("library", get_args(Library))
def test_scripts_of_all_networks_are_python(library, name, capsys):
    assert exit_code(["shape", "--model", name, "--emit", library]) == 0
    script = capsys.readouterr().out
    compile(script, name, "exec")
    assert "x = self.fc" in script or "Dense(" in script or name in ("squeezenet1_1", "unet")


@pytest.mark.parametrize("name", model_names())
def test_networks_of_pytorch_have_the_same_sizes_and_parameters(name):
    torch = pytest.importorskip("torch")
    # Without values: the largest has 144 million of them.
    with torch.device("meta"):
        _, printed, answer = emitted("torch", name)
    check("torch", printed, answer)
    assert len(printed.splitlines()) > 5


@pytest.mark.parametrize("name", EVERY_WORD)
def test_every_word_in_pytorch(name):
    pytest.importorskip("torch")
    _, printed, answer = emitted("torch", EVERY_WORD[name])
    check("torch", printed, answer)


@pytest.mark.parametrize("name", EVERY_WORD)
def test_every_word_in_keras(name):
    pytest.importorskip("keras")
    _, printed, answer = emitted("keras", EVERY_WORD[name])
    check("keras", printed, answer)


@pytest.mark.parametrize("name", ["mobilenet_v3_large", "shufflenet_v2_x1_0", "squeezenet1_1"])
def test_networks_of_keras_have_the_same_sizes_and_parameters(name):
    pytest.importorskip("keras")
    _, printed, answer = emitted("keras", name)
    check("keras", printed, answer)


WITHOUT_WEIGHTS = [
    "filter:sobel-x,p=0x1x1x0",
    "filter:gaussian:1,s=2x1,p=same",
    "conv:vertical+horizontal,p=1,s=2",
    "conv:vertical+horizontal,g=2",
    "pool:max,k=3,s=2,p=same",
    "pool:min,k=3,s=2,p=same",
    "pool:min,k=3,s=2,ceil=1",
    "pool:max,k=3,s=2,p=1x0x0x1,ceil=1",
    "pool:max,k=3,s=3,p=0x1x0x1,ceil=1",
    "pool:avg,k=3,s=2,ceil=1",
    "pool:avg,k=3,s=3,p=0x1x0x1,ceil=1",
    "pool:avg,k=3,s=2,p=1",
    "pool:avg,k=3,s=2,p=1x0x0x1",
    "pool:global",
    "pool:min,k=global",
    "pool:max,k=2,s=1 relu",
    "tanh sigmoid softmax",
]


def expected(words):
    image = np.random.default_rng(4).normal(size=(8, 7, 4)).astype(np.float32)
    network = Sequential.new(words, image.shape, np.random.default_rng(0))
    *_, y = outputs(network.reports, image, network.parameters)
    return image, y


@pytest.mark.parametrize("words", [*WITHOUT_WEIGHTS, "pool:avg,k=2,d=2,s=1"])
def test_values_in_pytorch(words):
    torch = pytest.importorskip("torch")
    image, y = expected(words)
    names, _, _ = emitted("torch", words)
    with torch.no_grad():
        theirs = names["network"](torch.from_numpy(image).permute(2, 0, 1)[None])[0].permute(1, 2, 0)
    np.testing.assert_allclose(theirs.numpy(), y, atol=1e-5)


@pytest.mark.parametrize("words", WITHOUT_WEIGHTS)
def test_values_in_keras(words):
    keras = pytest.importorskip("keras")
    image, y = expected(words)
    names, _, _ = emitted("keras", words)
    theirs = keras.ops.convert_to_numpy(names["network"](image[None]))[0]
    np.testing.assert_allclose(theirs, y, atol=1e-5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("tconv:4,k=3,g=2", "Keras has no groups in a transposed convolution, as tconv:4,k=3,g=2 has them"),
        ("tconv:4,k=3,s=2,d=2", "both strides and dilation, as tconv:4,k=3,s=2,d=2 has"),
        ("pool:max,d=2", "Keras has no dilated pooling, as pool:max,d=2 is"),
    ],
)
def test_what_keras_has_not_is_refused(words, message, capsys):
    assert exit_code(["shape", "8x8x4", words, "--emit", "keras"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


@pytest.mark.parametrize("kind", sorted(set(get_args(PoolKind)) - {"max", "avg", "min"}))
@pytest.mark.parametrize(("library", "title"), [("torch", "PyTorch"), ("keras", "Keras")])
def test_pooling_that_libraries_have_not_is_refused(library, title, kind, capsys):
    """It used to be written as the maximum."""
    assert exit_code(["shape", "8x8x4", f"pool:{kind},k=3", "--emit", library]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"shape: {title} has no {kind} pooling, as pool:{kind},k=3 is\n")


@pytest.mark.parametrize(("library", "title"), [("torch", "PyTorch"), ("keras", "Keras")])
def test_morphology_is_refused(library, title, capsys):
    assert exit_code(["shape", "8x8x4", "morph:open,k=3", "--emit", library]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"shape: {title} has no layer such as morph:open,k=3\n")


@pytest.mark.parametrize(("library", "title"), [("torch", "PyTorch"), ("keras", "Keras")])
@pytest.mark.parametrize(("table", "key"), [("STEPS", specs.ActivationLayer), ("_FUNCTIONS", "silu")])
def test_a_word_that_is_new_is_one_line_until_it_is_written(library, title, table, key, monkeypatch, capsys):
    monkeypatch.delitem(getattr({"torch": in_torch, "keras": in_keras}[library], table), key)
    assert exit_code(["shape", "8x8", "silu", "--emit", library]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"shape: layer silu is not written for {title} yet; leave out --emit\n")


def test_values_of_like_names_stay_apart():
    names = Names()
    assert [names.of_value(name) for name in ("a.b", "a_b", "a-b", "a.b")] == [
        "kept_a_b",
        "kept_a_b_2",
        "kept_a_b_3",
        "kept_a_b",
    ]
