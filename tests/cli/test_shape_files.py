"""`shape` of networks in files: the same table, the file's names, and one line for what cannot be read."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import Run
from tests.conftest import COMMAND, ENVIRONMENT
from tests.files import keras_files as keras
from tests.files import onnx_files as onnx
from tests.files.onnx_of_words import onnx_of
from tests.terminal import OnTerminal

TABLE = """\
layer                 output  params   MACs  field  jump  unread
input 1x3x8x8         8x8x3
Conv stem             4x4x4      108  1,728      3     2       0
BatchNormalization b  4x4x4        8      0      3     2       0
relu                  4x4x4        0      0      3     2       0
Conv depthwise        4x4x4       40    576      7     2       0
add                   4x4x4        0      0      7     2       0
MaxPool pool          2x2x4        0      0      9     4       0
GlobalAveragePool mean  1x1x4      0      0     13     4       0
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "net.onnx").write_bytes(onnx.small_network())
    return tmp_path / "net.onnx"


@pytest.fixture
def of_keras(tmp_path: Path) -> Path:
    (tmp_path / "net.keras").write_bytes(keras.packed(keras.small_network()))
    return tmp_path / "net.keras"


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_an_onnx_file_has_the_table_of_layers(run: Run, net: Path) -> None:
    outcome = run("shape", net)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert rows(outcome.text)[:9] == rows(TABLE)
    assert rows(outcome.text)[-4:] == [
        ["Gemm", "fc", "10", "50", "40", "-", "-", "-"],
        ["softmax", "10", "0", "0", "-", "-", "-"],
        ["total", "206", "2,344"],
        ["not", "trained", "8"],
    ]


def test_a_keras_file_has_it_too(run: Run, of_keras: Path) -> None:
    outcome = run("shape", of_keras)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert rows(outcome.text)[1:4] == [
        ["input", "1x8x8x3", "8x8x3"],
        ["Conv2D", "stem", "4x4x4", "112", "1,728", "3", "2", "0"],
        ["BatchNormalization", "bn", "4x4x4", "8", "0", "3", "2", "0"],
    ]


def test_our_own_model_is_a_network_too(run: Run, tmp_path: Path) -> None:
    network = Sequential.new(
        "conv:4,k=3 relu pool:max,k=global flatten fc:3 softmax", (8, 8, 1), np.random.default_rng(0)
    )
    save_model(str(tmp_path / "model.npz"), Model(network, ("a", "b", "c"), True), overwrite=False)
    outcome = run("shape", tmp_path / "model.npz")
    assert outcome.text == run("shape", "8x8x1", network.words).text
    assert run("shape", tmp_path / "model.npz", "16x9").text == run("shape", "16x9x1", network.words).text
    assert run("shape", tmp_path / "model.npz", "--words").text.strip() == network.words
    assert "its input has 1 channel; 3 are asked for" in run("shape", tmp_path / "model.npz", "8x8x3").stderr


@pytest.mark.parametrize("size", ["16x12", "16x12x3", "16×12"])
def test_a_size_after_it_takes_the_place_of_the_files(size: str, run: Run, net: Path, of_keras: Path) -> None:
    for path in (net, of_keras):
        outcome = run("shape", path, size, "--json")
        assert json.loads(outcome.text)["input"] == {"height": 16, "width": 12, "channels": 3}
        assert json.loads(outcome.text)["layers"][0]["output"] == {"height": 8, "width": 6, "channels": 4}


def test_json_has_the_names_and_operators_of_the_file(run: Run, net: Path) -> None:
    found = json.loads(run("shape", net, "--json").text)
    assert found["layers"][0] == {
        "layer": "stem",
        "output": {"height": 4, "width": 4, "channels": 4},
        "params": 108,
        "macs": 1728,
        "receptive_field": [3, 3],
        "jump": [2, 2],
        "unread": [0, 0],
        "operator": "Conv",
    }
    assert found["input_name"] == "x"
    assert (found["output"], found["outputs"]) == ({"features": 10}, {"y": {"features": 10}})
    assert (found["params"], found["macs"], found["statistics"]) == (206, 2344, 8)


@pytest.mark.parametrize(
    "options", [("--table", "markdown"), ("--table", "csv"), ("--flops",), ("--batch", "8"), ("--memory",)]
)
def test_the_other_tables_are_those_of_words(options: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """But for the names, all cells are those of the same network in words."""
    words = "conv:4,k=3,s=2,p=1 bn relu as:a dw:k=3,p=1 add:a pool:max flatten fc:3"
    size = Volume(8, 8, 3)
    (tmp_path / "net.onnx").write_bytes(onnx_of(describe(parse_chain([words]), size), size))
    ours, theirs = run("shape", "8x8x3", words, *options), run("shape", tmp_path / "net.onnx", *options)
    assert (ours.code, theirs.code) == (0, 0)
    cells = [
        [row.replace(",", " ").replace("|", " ").split()[-5:] for row in one.text.splitlines()]
        for one in (ours, theirs)
    ]
    assert cells[0][4:] == cells[1][4:]


def test_words_come_out_and_go_in_again(run: Run, net: Path, tmp_path: Path) -> None:
    told = run("shape", net, "--words")
    assert (told.code, told.stderr) == (0, "")
    assert told.text == (
        "conv:4,k=3,s=2,p=1,bias=0 bn relu as:v1 dw:k=3,p=same add:v1 pool:max,k=2,ceil=1 "
        "pool:avg,k=global flatten fc:10 softmax\n"
    )
    (tmp_path / "net.txt").write_text(told.text)
    for again in (run("shape", "8x8x3", f"@{tmp_path}/net.txt"), run("shape", "8x8x3", "@-", stdin=told.stdout)):
        assert rows(again.text)[-2:] == rows(run("shape", net).text)[-2:]
    record = json.loads(run("shape", net, "--words", "--json").text)
    assert record == {"schema": 1, "size": "8x8x3", "words": told.text.strip()}


def test_what_is_for_words_is_answered_in_words(run: Run, net: Path) -> None:
    words = run("shape", net, "--words").text
    for option in (("--explain",), ("--emit", "torch")):
        assert run("shape", net, *option).stdout == run("shape", "8x8x3", words, *option).stdout


def test_demands(run: Run, net: Path) -> None:
    assert run("shape", net, "--want", "10").code == 0
    outcome = run("shape", net, "--want", "12")
    assert (outcome.code, outcome.stderr) == (1, "shape: 10 comes out, not 12\n")
    outcome = run("shape", net, "--strict")
    assert (outcome.code, outcome.stderr) == (
        1,
        "shape: node 1 (Conv stem): stride 2 does not divide 8 + 1 + 1 - 3 = 7 rows; 1 left over\n",
    )


def unknown(tmp_path: Path, count: int = 1) -> Path:
    names = ["x", *(f"odd{i}" for i in range(count))]
    nodes = [onnx.node("Mystery", [a], [b], name=b, domain="com.me") for a, b in pairwise(names)]
    (tmp_path / "odd.onnx").write_bytes(onnx.model([*nodes, onnx.node("Relu", [names[-1]], ["y"], name="after")]))
    return tmp_path / "odd.onnx"


def test_what_is_not_known_is_named_and_shown_as_unknown(run: Run, tmp_path: Path) -> None:
    path = unknown(tmp_path)
    outcome = run("shape", path)
    assert outcome.code == 0
    assert rows(outcome.text)[2:4] == [
        ["com.me.Mystery", "odd0", "unknown", "0", "0", "-", "-", "-"],
        ["Relu", "after", "unknown", "0", "0", "-", "-", "-"],
    ]
    said = "node 1 (com.me.Mystery odd0): its operator is not known"
    assert outcome.stderr == f"{path}: {said}; what depends on it is unknown, and the totals leave it out\n"
    assert run("shape", path, "-q").stderr == ""
    assert json.loads(run("shape", path, "--json").text)["output"] is None
    assert "8xunknown" not in run("shape", path, "--batch", "8").text
    outcome = run("shape", path, "--strict")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (1, b"", f"shape: {path}: {said}\n")
    outcome = run("shape", path, "--want", "8x8")
    assert (outcome.code, outcome.lines[-1]) == (1, "shape: what comes out is unknown, not 8x8")


def test_of_many_that_are_not_known_a_few_have_a_line(run: Run, tmp_path: Path) -> None:
    path = unknown(tmp_path, 10)
    assert len(run("shape", path).lines) == 4
    assert run("shape", path).lines[-1] == f"{path}: 7 more are not known"
    assert "(and 9 others)" in run("shape", path, "--strict").stderr


def test_several_inputs_are_refused_by_name(run: Run, tmp_path: Path) -> None:
    inputs = [onnx.value_info("image", (1, 3, 8, 8)), onnx.value_info("mask", ("n", 1, "h", "w"))]
    (tmp_path / "two.onnx").write_bytes(onnx.model([onnx.node("Mul", ["image", "mask"], ["y"])], inputs=inputs))
    outcome = run("shape", tmp_path / "two.onnx")
    assert outcome.code == 1
    assert outcome.stderr == (
        f"shape: {tmp_path}/two.onnx takes 2 inputs, image (1x3x8x8), mask (?x1x?x?); "
        "only networks of one are described\n"
    )


def test_an_open_size_has_to_be_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "open.onnx"
    path.write_bytes(onnx.model([onnx.node("Relu", ["x"], ["y"])], inputs=[onnx.value_info("x", ("n", 3, "h", "w"))]))
    outcome = run("shape", path)
    assert (outcome.code, outcome.stdout) == (1, b"")
    assert outcome.stderr == (
        f"shape: {path} leaves the size of its input open, 1x3x?x?; write one after its name, such as 224x224\n"
    )
    assert rows(run("shape", path, "5x4").text)[1] == ["input", "1x3x5x4", "5x4x3"]


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("8x8x1",), "its input has 3 channels; 8x8x1 has 1", 2),
        (("relu",), "is a whole network; only a size may follow it, not relu", 2),
        (("8x8", "9x9"), "only a size may follow it, not 8x8 9x9", 2),
        (("0x8",), "0", 2),
        (("2x2",), "kernel spans 2 rows but its input is 1 row high", 1),
        (("-f", "3"), "is a whole network; leave out --model, --solve and the window of -f", 2),
        (("--depth", "1"), "--depth folds repeats in words", 2),
        (("--model", "resnet50"), "is a whole network; leave out --model", 2),
        (("--coverage",), "layer 6 (add:v1) is none", 2),
    ],
)
def test_wrong_requests_have_one_line(
    arguments: tuple[str, ...], said: str, code: int, run: Run, tmp_path: Path
) -> None:
    words = "conv:4,k=3,s=2,p=1 bn relu as:a dw:k=3,p=1 add:a pool:max flatten fc:3"
    size = Volume(8, 8, 3)
    (tmp_path / "net.onnx").write_bytes(onnx_of(describe(parse_chain([words]), size), size))
    outcome = run("shape", tmp_path / "net.onnx", *arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1)
    assert said in outcome.stderr


def test_files_elsewhere_are_answered_with_what_to_write(run: Run, net: Path) -> None:
    assert f"write its name first: {net} 8x8" in run("shape", "8x8", net).stderr
    assert f"write cnnfilt shape {net}" in run("shape", "--model", net).stderr
    assert "--words is for a network in a file" in run("shape", "8x8", "relu", "--words").stderr


def test_matrices_in_a_npz_are_an_image(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.ones((20, 30)), b=np.ones((5, 4)))
    for after in ([], ["-f", "3"], ["conv:2,k=3", "relu"]):
        outcome = run("shape", tmp_path / "a.npz", *after)
        assert outcome.code == 0
        assert outcome.text == run("shape", "20x30", *after).text or not after
        assert "holds 2 matrices; only the first is used" in outcome.stderr
    assert run("shape", tmp_path / "a.npz").text == "20x30\n"
    assert "is a file, not a layer" in run("shape", "6x6", tmp_path / "a.npz").stderr


@pytest.mark.parametrize("name", ["net.onnx", "net.keras", "net.npz", "net.h5", "net.pt"])
def test_what_is_missing_or_no_network_is_one_line(name: str, run: Run, tmp_path: Path) -> None:
    outcome = run("shape", tmp_path / name)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "no such file" in outcome.stderr
    (tmp_path / name).write_bytes(b"what is this?")
    outcome = run("shape", tmp_path / name)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (1, b"", 1)
    assert outcome.stderr.startswith(f"shape: {tmp_path / name}")


def test_names_from_files_steer_no_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(
        onnx.model([onnx.node("Relu", ["x"], ["y"], name="\x1b[2Jevil\n"), onnx.node("Odd\x1b", ["x"], ["z"])])
    )
    outcome = run("shape", path)
    assert "\\x1b[2Jevil\\n" in outcome.text
    assert "\x1b" not in outcome.text + outcome.stderr


def test_a_file_of_a_hundred_megabytes_needs_neither_numpy_nor_memory(tmp_path: Path) -> None:
    """Its weights are stepped over: what runs is the reader and the arithmetic of sizes."""
    known = subprocess.run(
        [*COMMAND, "shape", "--model", "resnet50", "--json"], env=ENVIRONMENT, capture_output=True, check=True
    )
    from cnnfilt.describe.named_models import named_model

    size = Volume(224, 224, 3)
    (tmp_path / "resnet50.onnx").write_bytes(
        onnx_of(describe(parse_chain([named_model("resnet50").layers]), size), size)
    )
    assert os.path.getsize(tmp_path / "resnet50.onnx") > 100e6
    script = (
        "import sys\n"
        "from cnnfilt.cli.main import exit_code\n"
        f"assert exit_code(['shape', {str(tmp_path / 'resnet50.onnx')!r}, '--json']) == 0\n"
        "assert 'numpy' not in sys.modules and 'PIL' not in sys.modules\n"
        "if sys.platform == 'linux':\n"
        "    print(*(line for line in open('/proc/self/status') if 'VmHWM' in line), file=sys.stderr)\n"
    )
    outcome = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, check=True)
    ours, theirs = json.loads(known.stdout), json.loads(outcome.stdout)
    assert (theirs["params"], theirs["macs"]) == (ours["params"], ours["macs"])
    assert not outcome.stderr or int(outcome.stderr.split()[1]) < 60_000


def test_names_are_cut_so_that_they_can_be_told_apart(tmp_path: Path) -> None:
    """On a terminal of 80 columns: of a long name its end, before a short one the operator's beginning."""
    nodes = [
        onnx.node("GlobalAveragePool", ["x"], ["a"], name="/layer1/layer1.0/block/norm/GlobalAveragePool"),
        onnx.node("MeanVarianceNormalization", ["a"], ["y"], name="n12"),
    ]
    image = onnx.value_info("x", (1, 9876, 12345, 1234))
    (tmp_path / "net.onnx").write_bytes(onnx.model(nodes, inputs=[image]))
    code, screen, _ = OnTerminal("shape", "net.onnx", cwd=tmp_path, columns=80).end()
    lines = screen.lines
    assert code == 0
    assert max(map(len, lines)) <= 80
    assert [line.split("  ")[0] for line in lines[2:4]] == [
        "...rm/GlobalAveragePool",
        "MeanVarianceNorm... n12",
    ]
