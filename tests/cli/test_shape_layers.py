"""`cnnfilt shape` on whole networks: tables for people and papers, what is counted, and what is folded."""

import csv
import io
import json

import pytest

from cnnfilt.cli.main import exit_code
from cnnfilt.cli.shape.memory import in_units

BLOCKS = "conv:4,k=3,p=1,bias=0 bn relu as:stem 2*( as:in conv:4,k=3,p=1 add:in ( relu ) ) flatten"


@pytest.fixture
def shape(capsys):
    """Run `cnnfilt shape ...` and return (exit code, stdout, stderr)."""

    def run(*arguments):
        code = exit_code(["shape", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def labels(out):
    return [line.split("  ")[0] for line in out.splitlines()]


def test_a_network_with_a_skip_connection(shape):
    code, out, err = shape("8x8x3", "as:in conv:3,k=3,p=1,bias=0 bn add:in relu")
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    assert rows[1] == ["input", "as:in", "8x8x3"]
    assert rows[2:5] == [
        ["conv:3,k=3,p=1,bias=0", "8x8x3", "81", "5,184", "3", "1", "0"],
        ["bn", "8x8x3", "6", "0", "3", "1", "0"],
        ["add:in", "8x8x3", "0", "0", "3", "1", "0"],
    ]
    assert rows[-2:] == [["total", "87", "5,184"], ["not", "trained", "6"]]


@pytest.mark.parametrize(
    ("depth", "shown"),
    [
        ((), "relu as:stem as:in|conv:4,k=3,p=1|add:in|relu as:in|conv:4,k=3,p=1|add:in|relu"),
        (("--depth", "1"), "relu as:stem|2*( as:in conv:4,k=3,p=1 add:in ( relu ) )"),
        (("--depth", "2"), "relu as:stem as:in|conv:4,k=3,p=1|add:in|( relu ) as:in|conv:4,k=3,p=1|add:in|( relu )"),
        (("--depth", "9"), "relu as:stem as:in|conv:4,k=3,p=1|add:in|relu as:in|conv:4,k=3,p=1|add:in|relu"),
    ],
)
def test_repeats_are_opened_as_far_as_is_wanted(shape, depth, shown):
    _, out, _ = shape("8x8x3", BLOCKS, *depth)
    assert labels(out)[4:-3] == shown.split("|")
    assert json.loads(shape("8x8x3", BLOCKS, "--json", *depth)[1])["params"] == 108 + 8 + 2 * (144 + 4)


def test_a_folded_block_is_what_its_layers_are(shape):
    whole, folded = (
        json.loads(shape("8x8x3", BLOCKS, "--json", "--memory", *more)[1]) for more in ((), ("--depth", "1"))
    )
    assert {name: value for name, value in whole.items() if name != "layers"} == {
        name: value for name, value in folded.items() if name != "layers"
    }
    block = folded["layers"][3]
    inside = whole["layers"][3:-1]
    # Those that only name a value stand with the layer before them.
    assert (block["layers"], len(inside)) == (8, 6)
    assert block["layer"] == "2*( as:in conv:4,k=3,p=1 add:in ( relu ) )"
    for name in ("params", "macs", "memory"):
        assert block[name] == sum(layer[name] for layer in inside)
    for name in ("output", "receptive_field", "jump"):
        assert block[name] == inside[-1][name]


def test_long_blocks_are_cut_short_between_words(shape):
    _, out, _ = shape("--model", "resnet50", "--depth", "1")
    assert "3*( as:in conv:128,k=1,bias=0 bn relu ... )" in out
    assert len(out.splitlines()) == 19


def test_a_table_in_markdown(shape):
    _, out, _ = shape("8x8x3", "conv:4,k=3 2*( as:b_1 relu )", "--table", "markdown", "--depth", "1")
    assert out == (
        "| layer               | output | params |  MACs | field | jump | unread |\n"
        "| :------------------ | :----- | -----: | ----: | ----: | ---: | -----: |\n"
        "| input               | 8x8x3  |        |       |       |      |        |\n"
        "| conv:4,k=3          | 6x6x4  |    112 | 3,888 |     3 |    1 |      0 |\n"
        "| 2\\*( as:b\\_1 relu ) | 6x6x4  |      0 |     0 |     3 |    1 |      0 |\n"
        "| total               |        |    112 | 3,888 |       |      |        |\n"
    )


def test_a_table_as_csv(shape):
    _, out, _ = shape("--model", "resnet18", "--table", "csv", "--memory")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0]["layer"] == "input"
    assert rows[1] == {
        "layer": "conv:64,k=7,s=2,p=3,bias=0",
        "output": "112x112x64",
        "params": "9408",
        "macs": "118013952",
        "memory": "3211264",
        "field": "7",
        "jump": "2",
        "unread": "0",
    }
    assert {row["layer"]: row["params"] for row in rows[-2:]} == {"total": "11689512", "not trained": "9600"}


def test_several_images_at_once(shape):
    one, four = (json.loads(shape("8x8x3", BLOCKS, "--json", "--memory", *more)[1]) for more in ((), ("--batch", "4")))
    assert four["batch"] == 4
    assert four["params"] == one["params"]
    for name in ("macs", "memory", "most_memory"):
        assert four[name] == 4 * one[name]
    assert four["output"] == one["output"]
    _, out, _ = shape("8x8x3", BLOCKS, "--batch", "4")
    assert out.splitlines()[1].split() == ["input", "4x8x8x3"]
    assert out.splitlines()[-3].split()[:2] == ["flatten", "4x256"]


def test_flops_are_twice_the_macs(shape):
    data = json.loads(shape("--model", "resnet50", "--flops", "--json")[1])
    assert data["flops"] == 2 * data["macs"] == 2 * 4_089_184_256
    _, out, _ = shape("--model", "resnet50", "--flops")
    assert "FLOPs" in out.splitlines()[0]
    assert "8,178,368,512" in out.splitlines()[-2]


def test_memory_of_all_outputs_and_of_those_needed_at_once(shape):
    """4 bytes a value; flatten, as: and from: make none. The skip connection is kept until it has been added."""
    words = "as:in conv:6,k=3,p=1 relu conv:3,k=3,p=1 add:in flatten"
    data = json.loads(shape("8x8x3", words, "--memory", "--json")[1])
    assert [layer["memory"] for layer in data["layers"]] == [1536, 1536, 768, 768, 0]
    assert data["memory"] == 4608
    assert data["most_memory"] == 4 * 64 * (3 + 6 + 6)
    _, out, _ = shape("8x8x3", words, "--memory")
    assert out.splitlines()[-1] == "4.61 kB where all outputs are kept, as training does; else 3.84 kB at once"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (3_211_264, "3.21 MB"),
        (99_960, "100 kB"),
        (999_600, "1 MB"),
        (12 * 10**15, "12000 TB"),
    ],
)
def test_bytes_in_units(count, text):
    assert in_units(count) == text


def test_formulas_of_layers_without_windows(shape):
    _, out, _ = shape("8x8x4", "as:x tconv:3,k=3,s=2,p=1 crop:2x3 bn up:2 pad:1x2x3x4 take:0-1", "--explain")
    for line in (
        "  rows        (n - 1)*s - pads + span + op = (8 - 1)*2 - 1 - 1 + 3 + 0 = 15",
        "  MACs        8*8 * 3*3*3*4 = 6,912",
        "  rows        15 - 6 - 7 = 2",
        "  beside them 6 running means and variances, which are not trained",
        "  rows        2*2 = 4",
        "  columns     6 + 3 + 4 = 13",
        "  channels    1 - 0 + 1 = 2",
    ):
        assert line in out.splitlines()
    _, out, _ = shape("8x8x4", "as:x conv:4,k=3,p=1 add:x pool:avg,adaptive=3x3", "--explain")
    assert "  joined      8x8x4 and 8x8x4" in out
    assert "  rows        window i from floor(i*8/3) to below ceil((i + 1)*8/3)" in out


def test_a_network_in_files(shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets/block.txt").write_text("as:in conv:4,k=3,p=1 add:in\n")
    (tmp_path / "nets/net.txt").write_text("# mine\nconv:4,k=3,p=1\n2*( @block.txt ) # twice\nfilter:@k.csv\n")
    (tmp_path / "nets/k.csv").write_text("1,1\n1,1\n")
    code, out, err = shape("8x8x3", "@nets/net.txt", "relu")
    assert (code, err) == (0, "")
    assert labels(out)[2:] == [
        "conv:4,k=3,p=1 as:in",
        "conv:4,k=3,p=1",
        "add:in as:in",
        "conv:4,k=3,p=1",
        "add:in",
        "filter:@nets/k.csv",
        "relu",
        "total",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["8x8", "relu", "--table", "markdown", "--json"], "--json and --table cannot be combined; leave one out"),
        (["8x8", "relu", "--emit", "torch", "--explain"], "--explain and --emit cannot be combined"),
        (["8x8", "--batch", "3"], "--batch is for a network; write its layers after the size, or --model NAME"),
        (["8x8", "-f", "3", "--memory"], "--memory is for a network"),
        (["8x8", "relu", "--batch", "0"], "--batch '0' is not a whole number of 1 or more"),
        (["8x8", "relu", "--depth", "0"], "--depth '0' is not a whole number of 1 or more"),
        (["8x8", "relu", "--table", "latex"], "--table 'latex' is unknown; use markdown or csv"),
        (["8x8", "relu", "--explain", "--batch", "2"], "--batch is for the table of layers, and cannot be combined"),
        (["8x8", "relu", "--emit", "torch", "--flops"], "--flops is for the table of layers, and cannot be combined"),
        (["@net.txt", "relu"], "the size of the input comes first: write 224x224x3 @net.txt"),
        (["8x8", "@none.txt"], "the file of layers none.txt: no such file"),
        (["8x8", "as:in relu add:out"], "layer 3 (add:out): no value is called 'out'; as:in is the only one before it"),
        (["8x8x3", "3*( conv:3,k=3"], "3*( is not closed; a ) is missing after conv:3,k=3"),
        (["8x8", "as:in conv:1,k=3,p=1 add:in", "--coverage"], "layer 3 (add:in) is none"),
        (
            ["8x8", "up:2", "--coverage"],
            "--coverage counts along one window after the other, and layer 1 (up:2) is none",
        ),
    ],
)
def test_errors_are_one_line(shape, arguments, message):
    code, out, err = shape(*arguments)
    assert code in (1, 2)
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_the_networks_that_have_names(shape):
    _, out, _ = shape("--list-models")
    assert "resnet50            224x224x3  ResNet-50, as in torchvision\n" in out
    assert max(map(len, out.splitlines())) <= 80
    data = json.loads(shape("--list-models", "--json")[1])
    assert {"name": "lenet5", "input": "28x28x1"}.items() <= data[[one["name"] for one in data].index("lenet5")].items()


@pytest.mark.parametrize("name", ["net.txt", "net.net"])
def test_a_file_of_layers_without_its_sign_is_told_it(name, shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("# of a lecture\nconv:8,k=3 relu\n")
    code, _, err = shape("28x28x3", name)
    assert (code, err.count("\n")) == (2, 1)
    assert f"{name} is a file, not a layer; for the layers in it write @{name}" in err
    code, _, err = shape(name)
    assert (code, err.count("\n")) == (1, 1)
    assert err.endswith(f"; if it holds layers, write 224x224x3 @{name}\n")
