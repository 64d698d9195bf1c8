"""`cnnfilt shape`: what it prints, what it asks of the world, and how it refuses."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnfilt.cli.main import exit_code
from tests.cli.conftest import Run
from tests.terminal import OnTerminal

NETWORK = "conv:64,k=7,s=2,p=3 relu pool:max,k=3,s=2,p=1 flatten fc:1000"


@pytest.fixture
def shape(capsys):
    """Run `cnnfilt shape ...` and return (exit code, stdout, stderr)."""

    def run(*arguments):
        code = exit_code(["shape", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        ("6x6 -f 3", "4x4"),
        ("6x6x3 -f 3", "4x4"),
        ("6x6 -f 3 -p 1", "6x6"),
        ("6x6 -f 3 -p same", "6x6"),
        ("4x4 -f 2 -s 3 -q", "1x1"),
        ("480x640 -f 3x5 -s 2x1", "239x636"),
        ("480x640 -f 3 -p 1,2,3,4", "481x645"),
        ("480x640 -f 3 -p full -d 2", "484x644"),
        ("112x112 -f 3 -s 2 --ceil-mode", "56x56"),
        ("6,6 -f 3", "4x4"),
        ("6X6 -f 3", "4x4"),
        ("6 -f 3", "4x4"),
        ("7", "7x7"),
        ("6x6", "6x6"),
        ("6x6x3 --explain", "6x6"),
    ],
)
def test_one_window_prints_one_size(shape, arguments, out):
    assert shape(*arguments.split()) == (0, out + "\n", "")


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        ("7x7 -f 3 -s 2", "2x2"),
        ("7x8 -f 3 -s 2", "2x3"),
        ("5x5 -f 3 -s 2 -p 1", "2x2"),
        ("9x9 -f 3 -s 2 -d 2", "2x2"),
        ("3x3 -f 3 -s 2", "0x0"),
        ("4x4 -f 2 -s 2", "1x1"),
    ],
)
def test_a_hint_where_the_notes_formula_differs(shape, arguments, notes):
    code, _, err = shape(*arguments.split())
    assert code == 0
    assert f"floor((n-f+1)/s), in some notes, says {notes};" in err
    assert err.count("\n") == 1
    assert shape(*arguments.split(), "-q")[2] == ""


@pytest.mark.parametrize("arguments", ["6x6 -f 3", "8x8 -f 3 -s 2", "8x8 -f 3 -s 3", "7x7 -f 3 -s 2 --ceil-mode"])
def test_no_hint_where_it_agrees(shape, arguments):
    assert shape(*arguments.split())[2] == ""


def test_the_size_of_an_image(shape, tmp_path):
    from PIL import Image

    Image.new("RGBA", (30, 20)).save(tmp_path / "a.png")
    assert shape(str(tmp_path / "a.png"), "-f", "3") == (0, "18x28\n", "")
    _, out, _ = shape(str(tmp_path / "a.png"), "flatten", "--json")
    # Transparency is no channel.
    assert json.loads(out)["output"] == {"features": 20 * 30 * 3}


def test_what_was_skipped_in_a_matrix_is_said(shape, tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("# from the book\na,b\n1,2\n3,4\n")
    code, out, err = shape(str(path), "-f", "2")
    assert (code, out) == (0, "1x1\n")
    assert f"{path}: skipped a comment in line 1: # from the book\n" in err
    assert f"{path}: skipped line 2, a header: a,b\n" in err
    assert shape(str(path), "-f", "2", "-q") == (0, "1x1\n", "")


def test_an_image_from_a_pipe(shape, tmp_path, monkeypatch):
    from PIL import Image

    Image.new("L", (30, 20)).save(tmp_path / "a.png")
    with (tmp_path / "a.png").open("rb") as stream:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": stream}))
        assert shape("-", "-f", "3") == (0, "18x28\n", "")


def test_the_table(shape):
    code, out, err = shape("224x224x3", *NETWORK.split())
    assert (code, err) == (0, "")
    assert out == (
        "layer                 output           params         MACs  field  jump  unread\n"
        "input                 224x224x3\n"
        "conv:64,k=7,s=2,p=3   112x112x64        9,472  118,013,952      7     2       0\n"
        "relu                  112x112x64            0            0      7     2       0\n"
        "pool:max,k=3,s=2,p=1  56x56x64              0            0     11     4       0\n"
        "flatten               200704                0            0      -     -       -\n"
        "fc:1000               1000        200,705,000  200,704,000      -     -       -\n"
        "total                             200,714,472  318,717,952\n"
    )
    assert max(map(len, out.splitlines())) <= 80


def test_layers_may_be_one_quoted_text(shape):
    whole = shape("224x224x3", NETWORK)
    assert "flatten               200704 " in whole[1]
    assert whole == shape("224x224x3", *NETWORK.split())
    assert whole == shape("224x224x3", "conv:64, k=7, s=2, p=3 relu", "pool:max,k=3,s=2,p=1 flatten fc:1000")


def test_pairs_are_written_out_where_they_differ(shape):
    _, out, _ = shape("9x9", "conv:1,k=3x5,s=2x1", "pool:max,k=3x2")
    assert out.splitlines()[2].split() == ["conv:1,k=3x5,s=2x1", "4x5x1", "16", "300", "3x5", "2x1", "0"]
    assert out.splitlines()[3].split() == ["pool:max,k=3x2", "1x2x1", "0", "0", "7x6", "6x2", "1"]


def test_json_of_a_network(shape):
    code, out, _ = shape("224x224x3", *NETWORK.split(), "--json")
    assert code == 0
    answer = json.loads(out)
    assert list(answer) == ["schema", "input", "layers", "output", "params", "macs"]
    assert answer["input"] == {"height": 224, "width": 224, "channels": 3}
    assert answer["layers"][0] == {
        "layer": "conv:64,k=7,s=2,p=3",
        "output": {"height": 112, "width": 112, "channels": 64},
        "params": 9472,
        "macs": 118013952,
        "receptive_field": [7, 7],
        "jump": [2, 2],
        "unread": [0, 0],
    }
    assert answer["layers"][-1] == {
        "layer": "fc:1000",
        "output": {"features": 1000},
        "params": 200705000,
        "macs": 200704000,
        "receptive_field": None,
        "jump": None,
        "unread": None,
    }
    assert (answer["output"], answer["params"], answer["macs"]) == ({"features": 1000}, 200714472, 318717952)


@pytest.mark.parametrize(
    ("arguments", "layer"),
    [
        ("-f 3", "window:k=3,s=1"),
        ("-f 3 -p valid", "window:k=3,s=1"),
        ("-f 3x5 -s 2", "window:k=3x5,s=2"),
        ("-f 3 -p same -d 2", "window:k=3,s=1,p=same,d=2"),
        ("-f 3 -p 1,0", "window:k=3,s=1,p=1x0"),
        ("-f 3 -p 1,0,1,0 --ceil-mode", "window:k=3,s=1,p=1x0x1x0,ceil=1"),
    ],
)
def test_json_of_one_window(shape, arguments, layer):
    answer = json.loads(shape("9x9", *arguments.split(), "--json")[1])
    assert [described["layer"] for described in answer["layers"]] == [layer]
    size = f"{answer['output']['height']}x{answer['output']['width']}\n"
    assert shape("9x9", *arguments.split())[1] == size


def test_json_of_a_size_alone(shape):
    size = {"height": 6, "width": 7, "channels": 2}
    answer = json.loads(shape("6x7x2", "--json")[1])
    assert answer == {"schema": 1, "input": size, "layers": [], "output": size, "params": 0, "macs": 0}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("6x6 -f 3 --want 4x4", 0),
        ("6x6x3 -f 3 --want 4x4x3", 0),
        ("6x6x3 -f 3 --want 4x4x1", 1),
        ("6x6 -f 3 --want 4x5", 1),
        ("6x6 -f 3 --want 4", 1),
        ("6x6 --want 6x6", 0),
        ("6x6 flatten --want 36", 0),
        ("6x6 flatten --want 6x6", 1),
        ("6x6 conv:2,k=3 --want 4x4x2", 0),
    ],
)
def test_want(shape, arguments, code):
    found, out, err = shape(*arguments.split())
    assert found == code
    # The answer is given either way; the demand only decides the exit code.
    assert out
    assert err.count("comes out, not") == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("8x8 -f 3 -s 2", "stride 2 does not divide 8 + 0 + 0 - 3 = 5 rows; 1 left over"),
        ("7x8 -f 3 -s 2", "stride 2 does not divide 8 + 0 + 0 - 3 = 5 columns; 1 left over"),
        ("8x8 relu pool:max,k=3,s=2", "layer 2 (pool:max,k=3,s=2): stride 2 does not divide"),
        ("7x7 -f 3 -s 2 -q", ""),
        ("8x8 relu pool:max flatten", ""),
    ],
)
def test_strict(shape, arguments, message):
    code, out, err = shape(*arguments.split(), "--strict")
    assert code == (1 if message else 0)
    assert out
    assert message in err


def test_explain_one_window(shape):
    code, out, err = shape("7x9", "-f", "3", "-s", "2", "--explain")
    assert (code, err) == (0, "")
    assert out == (
        "window:k=3,s=2: 7x9x1 -> 3x4x1\n"
        "  rows        n=7, window spans 3, stride 2, padding 0 + 0\n"
        "    size      floor((n + pads - span)/s) + 1 = floor((7 + 0 + 0 - 3)/2) + 1 = 3\n"
        "    in notes  floor((n + pads - span + 1)/s) = floor(5/2) = 2, one window too few: 2 does not divide 5\n"
        "    windows   start at 0, 2, 4\n"
        "  columns     n=9, window spans 3, stride 2, padding 0 + 0\n"
        "    size      floor((n + pads - span)/s) + 1 = floor((9 + 0 + 0 - 3)/2) + 1 = 4\n"
        "    in notes  floor((n + pads - span + 1)/s) = floor(7/2) = 3, one window too few: 2 does not divide 7\n"
        "    windows   start at 0, 2, 4, 6\n"
        "\n"
        "  the same window elsewhere      here           output  top,bottom  left,right\n"
        "  as asked                                      3x4            0,0         0,0\n"
        "  PyTorch padding=1              -p 1           4x5            1,1         1,1\n"
        "  Keras SAME, ONNX SAME_UPPER    -p same        4x5            1,1         1,1\n"
        "  ONNX SAME_LOWER                -p same-lower  4x5            1,1         1,1\n"
        "  Keras, TensorFlow, ONNX VALID  -p valid       3x4            0,0         0,0\n"
        "  PyTorch ceil_mode (pooling)    --ceil-mode    3x4            0,0         0,0\n"
    )


def test_explain_elides_and_counts(shape):
    _, out, _ = shape("224x224x3", "conv:64,k=7,s=2,p=3", "pool:max,k=2,s=3", "flatten fc:10", "--explain")
    assert "start at -3, -1, 1, 3, ..., 215, 217, 219\n" in out
    assert "parameters  7*7*3*64 + 64 = 9,472\n" in out
    assert "MACs        112*112 * 7*7*3*64 = 118,013,952\n" in out
    assert "38 of 112 rows read by no window" in out
    assert "features    37*37*64 = 87616\n" in out


def test_explain_ceil_mode(shape):
    _, out, _ = shape("6x6", "-f", "3", "-s", "2", "--ceil-mode", "--explain")
    assert "ceil((6 + 0 + 0 - 3)/2) + 1 = 3\n" in out
    _, out, _ = shape("5x5", "-f", "2", "-s", "3", "-p", "1", "--ceil-mode", "--explain")
    assert "ceil((5 + 1 + 1 - 2)/3) + 1 = 3, less one that would start in the padding: 2\n" in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("", 2, "missing argument 'SIZE|IMAGE'"),
        ("0 -f 3", 2, "size '0' is not HEIGHTxWIDTH"),
        ("7x7 f=3 s=2", 2, "f=3 s=2 is not a layer; for one window write -f 3 -s 2"),
        ("7x7 k=3x5 p=same d=2", 2, "for one window write -f 3x5 -p same -d 2"),
        ("7x7 3", 2, "3 is not a layer; for one window write -f 3"),
        ("7x7 3 2 1", 2, "3 2 1 is not a layer; for one window write -f 3 -s 2 -p 1"),
        ("7 3 2", 2, "3 2 is not a layer; for one window write -f 3 -s 2"),
        ("7x7 -f 3 2", 2, "2 is not a layer; for one window write -s 2"),
        ("7x7 3 f=2", 2, "for one window write -s 3 -f 2"),
        ("6 6 -f 3", 2, "a size is one word: write 6x6 (see"),
        ("6 6", 2, "a size is one word: write 6x6; for a window write 6 -f 6"),
        ("28 28 1 conv:8,k=3 relu", 2, "a size is one word: write 28x28x1 (see"),
        ("39x39 conv:10:3", 2, "write the size of its filters as k=, as in conv:10,k=3"),
        ("39x39 max:2", 2, "layer 'max:2' is unknown; here it is called pool:max"),
        ("39x39 mean", 2, "here it is called pool:avg"),
        (
            "39x39 conv:vertical,horizontal",
            2,
            "is 2 kernels; give each its own: -k vertical -k horizontal (in a layer: ",
        ),
        ("7x7 -f 3 s=2", 2, "s=2 is not a layer; for one window write -s 2"),
        ("7x7 relu k=3", 2, "layer 'k=3' is unknown; sizes belong to a layer"),
        ("0x6 -f 3", 2, "size '0x6' is not HEIGHTxWIDTH"),
        ("6x6 -f 0", 2, "kernel size is 0; it must be at least 1"),
        ("6x6 -f 3 -s 0", 2, "stride is 0; it must be at least 1"),
        ("6x6 -f 3 -s -2", 2, "stride is -2; it must be at least 1"),
        ("6x6 -f 3 -d 0", 2, "dilation is 0; it must be at least 1"),
        ("6x6 -f 3 -p -1", 2, "padding is -1; it must be at least 0"),
        ("6x6 -f 3 -p sane", 2, "padding 'sane' is unknown; did you mean same"),
        ("6x6 -f 3 --want 4x", 2, "--want '4x' is not"),
        ("6x6 -f 3 --want 0x4", 2, "--want '0x4' is not a size"),
        ("6x6 -s 2", 2, "need a window: give its size with -f"),
        ("6x6 --ceil-mode", 2, "need a window: give its size with -f"),
        ("6x6 -f 3 relu", 2, "-f is for one window"),
        ("6x6 -f 3 --json --explain", 2, "--json and --explain cannot be combined"),
        ("6x6 cov:3,k=3", 2, "layer 'cov:3,k=3' is unknown; did you mean conv"),
        ("6x6 flatten conv:3,k=3", 2, "layer 2 (conv:3,k=3): its input is flat"),
        ("5x5 -f 7", 1, "kernel spans 7 rows but 5x5 is 5 rows high; use a smaller kernel"),
        ("5x1 -f 3", 1, "kernel spans 3 columns but 5x1 is 1 column wide; use a smaller kernel"),
        ("5x5 conv:3,k=7", 1, "layer 1 (conv:3,k=7): kernel spans 7 rows but its input is 5 rows high"),
        ("7x7 -f 3 -p 2 --ceil-mode", 2, "padding 2 is over half of what the window spans"),
        ("missing.png -f 3", 1, "'missing.png' is neither a size such as 224x224x3 nor an image that exists"),
        ("conv:3,k=3", 1, "'conv:3,k=3' is neither a size"),
        ("99999x99999 -f 3", 1, "the input would have 99999x99999 = 9,999,800,001 pixels; the limit is"),
        ("6x6 -f 3 -p 99999999999", 1, "pixels; the limit is"),
        ("6x6 conv:1,k=3,p=99999999999", 1, "pixels; the limit is"),
    ],
)
def test_errors_are_one_line(shape, arguments, code, message):
    found, out, err = shape(*arguments.split())
    assert (found, out) == (code, "")
    assert message in err
    assert err.startswith("shape: ")
    assert err.count("\n") == 1


def test_an_image_that_is_none(shape, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"no image at all\x00")
    code, out, err = shape(str(path), "-f", "3")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "a.png" in err


def test_absurd_strides_and_paddings_are_answered_at_once(shape):
    assert shape("6x6", "-f", "3", "-s", "99999999999", "-p", "99999999999", "-q")[0] == 0
    assert shape("1x178956970", "-f", "1x50000000", "-d", "1x3", "-s", "1x7", "--json")[0] == 0


@given(
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=st.sampled_from(["valid", "same", "same-lower", "full", "1", "0,2", "1,0,2,1"]),
    dilation=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_size_is_that_of_the_pixels(shape, size, kernel, stride, padding, dilation):
    """`shape` and `convolve` agree, or refuse together."""
    import numpy as np

    from cnnfilt import CnnfiltError, convolve
    from cnnfilt.parsing import parse_padding

    options = ["-f", f"{kernel[0]}x{kernel[1]}", "-s", f"{stride[0]}x{stride[1]}", "-p", padding, "-d", str(dilation)]
    code, out, _ = shape(f"{size[0]}x{size[1]}", *options)
    try:
        result = convolve(
            np.zeros(size, np.uint8),
            np.ones(kernel, int),
            stride=stride,
            padding=parse_padding(padding),
            dilation=dilation,
        )
    except CnnfiltError:
        assert (code, out) == (1, "")
    else:
        assert (code, out) == (0, f"{result.shape[0]}x{result.shape[1]}\n")


@given(
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 4),
    padding=st.sampled_from(["0", "1", "same", "0,1"]),
    dilation=st.integers(1, 4),
    ceil_mode=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_size_is_that_of_pooling(shape, size, kernel, stride, padding, dilation, ceil_mode):
    import numpy as np

    from cnnfilt import CnnfiltError, pool
    from cnnfilt.parsing import parse_padding

    word = f"pool:max,k={kernel[0]}x{kernel[1]},s={stride},p={padding.replace(',', 'x')},d={dilation}"
    word += f",ceil={int(ceil_mode)}"
    code, out, _ = shape(f"{size[0]}x{size[1]}", word, "--json")
    try:
        result = pool(
            np.zeros(size, np.uint8),
            kernel,
            stride=stride,
            padding=parse_padding(padding),
            dilation=dilation,
            ceil_mode=ceil_mode,
        )
    except CnnfiltError:
        assert code != 0
    else:
        output = json.loads(out)["output"]
        assert (code, output["height"], output["width"]) == (0, *result.shape)


def test_explain_says_how_pytorch_pads_as_keras_does(shape):
    """With stride 2 both give 112x112, but the windows of SAME start a pixel later."""
    _, out, _ = shape("224x226", "-f", "3x5", "-s", "2", "-p", "1", "--explain")
    assert "SAME in PyTorch, which pads evenly: F.pad(x, (1, 2, 0, 1)), then padding=0\n" in out
    assert max(map(len, out.splitlines())) <= 100
    assert "F.pad" not in shape("224x224", "-f", "3", "-p", "1", "--explain")[1]


def test_the_notes_corner_pixel_with_and_without_padding(shape):
    code, out, err = shape("6x6", "-f", "3", "--coverage")
    assert (code, err) == (0, "")
    assert out == (
        "6x6 -> 4x4; how many of the 16 windows read each pixel:\n"
        "  1 2 3 3 2 1\n"
        "  2 4 6 6 4 2\n"
        "  3 6 9 9 6 3\n"
        "  3 6 9 9 6 3\n"
        "  2 4 6 6 4 2\n"
        "  1 2 3 3 2 1\n"
        "the corner pixel is read once, the one read most 9 times\n"
        "\n"
        "with -p same: 6x6 -> 6x6; how many of the 36 windows read each pixel:\n"
        "  4 6 6 6 6 4\n"
        "  6 9 9 9 9 6\n"
        "  6 9 9 9 9 6\n"
        "  6 9 9 9 9 6\n"
        "  6 9 9 9 9 6\n"
        "  4 6 6 6 6 4\n"
        "the corner pixel is read 4 times, the one read most 9 times\n"
    )


def test_coverage_of_a_large_image_is_a_map(shape, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = shape("224x320", "-f", "5", "-s", "2", "-p", "1", "--coverage")
    lines = out.splitlines()
    assert code == 0
    assert max(map(len, lines)) <= 80
    drawn = [line for line in lines if line.startswith("  |")]
    # Away from the border the windows lie evenly: no stripes.
    assert len(set(drawn[1:-1])) == 1
    assert set(drawn[1][4:-4]) == {"#"}
    assert "rows are read 1, 2, 2, 3, 2, 3, ..., 2, 3, 2, 2, 1, 1 times\n" in out
    assert "without padding: 224x320 -> 110x158;\nthe corner pixel is read once" in out


@pytest.mark.parametrize("size", ["256x256", "224x301", "97x203"])
def test_a_map_of_coverage_is_as_even_as_the_windows(shape, monkeypatch, size):
    monkeypatch.setenv("COLUMNS", "80")
    drawn = [line.strip() for line in shape(size, "-f", "3", "--coverage")[1].splitlines() if line.startswith("  |")]
    assert drawn == drawn[::-1] == [line[::-1] for line in drawn]
    assert drawn[1][1] != drawn[1][2] == "@"


def test_coverage_of_a_network_and_as_json(shape):
    _, out, _ = shape("12x12x3", "conv:2,k=3", "relu", "pool:max", "flatten", "fc:10", "--coverage")
    assert out.startswith("12x12 -> 5x5; how many of the 25 output values depend on each pixel:\n  1 1 2 2 2")
    data = json.loads(shape("6x7", "-f", "3", "--coverage", "--json")[1])
    assert data["coverage"] == {"rows": [1, 2, 3, 3, 2, 1], "columns": [1, 2, 3, 3, 3, 2, 1]}
    assert data["output"]["width"] == 5


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (
            "224x224 -f 7 -s 2 --solve padding",
            "-p 3        symmetric; 1 row and 1 column left over\n"
            "-p 2,3,2,3  -p same, as TensorFlow pads; nothing left over\n"
            "-p 3,2,3,2  -p same-lower; nothing left over\n",
        ),
        (
            "224x224 -f 7 -s 2 --solve padding --strict",
            "-p 2,3,2,3  -p same, as TensorFlow pads; nothing left over\n"
            "-p 3,2,3,2  -p same-lower; nothing left over\n",
        ),
        ("224x224 -f 7 -p 3 --solve stride", "-s 2  symmetric; 1 row and 1 column left over\n"),
        (
            "224x224x3 -s 2 -p 3 --solve kernel-size",
            "-f 7  odd, so it has a middle; 1 row and 1 column left over\n-f 8  nothing left over\n",
        ),
        (
            "112x224 -f 3 -s 1x2 --solve padding",
            "-p 1        symmetric; 1 column left over\n"
            "-p 1,1,0,1  -p same, as TensorFlow pads; nothing left over\n"
            "-p 1,1,1,0  -p same-lower; nothing left over\n",
        ),
    ],
)
def test_solve(shape, arguments, out):
    code, found, err = shape(*arguments.split(), "--want", "112x112")
    assert (code, found, err) == (0, out, "")


@given(
    size=st.tuples(st.integers(3, 20), st.integers(3, 20)),
    want=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    unknown=st.sampled_from(["padding", "stride", "kernel-size"]),
    given_too=st.sampled_from([["-d", "2"], ["--ceil-mode"], []]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_option_that_solve_prints_gives_the_size(shape, size, want, unknown, given_too):
    options = {"padding": ["-f", "3", "-s", "2"], "stride": ["-f", "2"], "kernel-size": ["-p", "1"]}[unknown]
    question = [f"{size[0]}x{size[1]}", *options, *given_too]
    code, out, err = shape(*question, "--want", f"{want[0]}x{want[1]}", "--solve", unknown)
    if code:
        assert (code, out, err.count("\n")) == (1, "", 1)
        return
    answers = [line.split()[:2] for line in out.splitlines() if line.startswith("-")]
    assert answers
    for answer in answers:
        assert shape(*question, *answer, "-q") == (0, f"{want[0]}x{want[1]}\n", "")


@pytest.mark.parametrize(
    ("model", "size", "params"),
    [("lenet5", "28x28x1", 61_706), ("alexnet", "224x224x3", 61_100_840), ("vgg16", "224x224x3", 138_357_544)],
)
def test_models_have_their_published_parameters(shape, model, size, params):
    code, out, _ = shape("--model", model, "--json")
    data = json.loads(out)
    assert (code, data["params"]) == (0, params)
    assert shape(size, "--model", model, "--json")[1] == out
    # The words of the table are the network.
    assert shape(size, *(layer["layer"] for layer in data["layers"]), "--json")[1] == out


def test_a_model_on_images_of_another_size(shape):
    assert "32x32x6" in shape("32x32x3", "--model", "lenet5")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("6x6 --coverage", 2, "--coverage needs a window"),
        ("6x6 -f 3 --coverage --explain", 2, "--coverage and --explain cannot be combined"),
        ("20001x4 -f 3 --coverage", 1, "too long to count"),
        ("6x6 -f 3 --solve padding", 2, "needs the size to reach, such as --want"),
        ("6x6 -f 3 --solve padding --want 9", 2, "needs the size to reach"),
        ("6x6 -f 3 -p 1 --solve padding --want 6x6", 2, "looks for --padding; leave that out"),
        ("6x6 -f 3 --solve kernel-size --want 6x6", 2, "looks for --kernel-size"),
        ("6x6 --solve stride --want 6x6", 2, "needs a window"),
        ("6x6 conv:1,k=3 --solve stride --want 6x6", 2, "--solve is for one window"),
        ("6x6 -f 3 --solve strid --want 6x6", 2, "'strid' is unknown; use padding, stride or kernel-size"),
        ("6x6 -f 3 --solve stride --want 3x3", 1, "a stride of 1 makes 4 and 2 makes 2"),
        ("6x6 -f 3 --solve padding --want 99999x99999", 1, "the limit is"),
        ("6x6 -f 9 --solve stride --want 1x1", 1, "kernel spans 9 rows but 6x6 is 6 rows high"),
        ("8x8 -f 3 --solve stride --want 3x3 --strict", 1, "leaves some over, which --strict refuses"),
        ("--model resnet", 2, "--model 'resnet' is unknown; did you mean resnet18 or resnet34 or resnet50?"),
        ("--model VGG-16", 2, "--model 'VGG-16' is unknown; did you mean vgg16"),
        ("--model yolo", 2, "--model 'yolo' is unknown; --list-models shows those that are known"),
        ("--model setup.cfg", 2, "--model setup.cfg is a file; its layers are written @setup.cfg after a SIZE"),
        ("--model my.npz", 2, "--model my.npz is a file; cnnfilt net summary my.npz shows its layers"),
        ("28x28 relu --model lenet5", 2, "is a whole network"),
        ("--model vgg16 -f 3", 2, "-f is for one window"),
        ("8x8 --model lenet5", 1, "layer 4"),
    ],
)
def test_errors_of_questions_are_one_line(shape, arguments, code, message):
    found, out, err = shape(*arguments.split())
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_a_size_in_several_words_is_answered_with_one(shape):
    found, out, err = shape("224 224 3", "-f", "3")
    assert (found, out, err.count("\n")) == (2, "", 1)
    assert "size '224 224 3' is in several words; write 224x224x3" in err


def test_one_number_of_two_is_answered_with_both(shape):
    found, out, err = shape("224x224", "-f", "7", "-s", "2", "-p", "3", "--want", "112")
    assert (found, out) == (1, "112x112\n")
    assert err == "shape: 112x112 comes out, not 112; for rows and columns write --want 112x112\n"


def test_several_images_are_not_taken_for_layers(shape, tmp_path):
    paths = [str(tmp_path / name) for name in ("a.png", "b.png")]
    for path in paths:
        Image.new("L", (4, 3)).save(path)
    for window in ((), ("-f", "3")):
        found, out, err = shape(*paths, *window)
        assert (found, out, err.count("\n")) == (2, "", 1)
        assert f"{paths[1]} is a file, not a layer; shape takes one image, so run it for each" in err


def test_a_chain_without_windows_has_no_coverage(run):
    outcome = run("shape", "28x28", "relu", "--coverage")
    assert outcome.code == 2
    assert "no layer here has a window (conv, filter or pool)" in outcome.stderr


def test_kernels_in_files_are_counted_as_named_ones(run: Run, tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("1;0;-1\n2;0;-2\n1;0;-1\n")
    np.save(tmp_path / "w.npy", np.ones((3, 3, 1, 2)))
    for words, like in (
        (f"filter:@{tmp_path}/k.csv,p=same", "filter:sobel-x,p=same"),
        (f"conv:@{tmp_path}/k.csv+@{tmp_path}/k.csv,bias=1", "conv:sobel-x+sobel-x,bias=1"),
        (f"conv:@{tmp_path}/w.npy", "conv:sobel-x+sobel-y"),
    ):
        found, expected = (json.loads(run("shape", "10x10", one, "--json").text) for one in (words, like))
        assert found["layers"][0].pop("layer") == words
        expected["layers"][0].pop("layer")
        assert found == expected
    assert "kernel file missing.csv: no such file" in run("shape", "10x10", "filter:@missing.csv").stderr


@pytest.mark.parametrize("size", ["3x224x224", "1x28x28", "4x16x16"])
def test_a_size_with_channels_first_gets_a_hint(shape, size):
    first, rows, columns = size.split("x")
    code, out, err = shape(size)
    assert (code, out) == (0, f"{first}x{rows}\n")
    assert err.startswith(f"hint: {size} is {first} row")
    assert err.endswith(f"channels come last here; {rows}x{columns}x{first} may be meant\n")
    assert shape(size, "-q")[2] == ""


def test_it_comes_also_before_the_error_that_follows_from_it(shape):
    code, out, err = shape("3x224x224", "conv:64,k=7,s=2")
    assert (code, out, err.count("\n")) == (1, "", 2)
    assert err.startswith("hint: 3x224x224 is 3 rows")


@pytest.mark.parametrize("size", ["224x224x3", "5x224x224", "3x15x224", "3x224x15", "3x224", "224x3x224"])
def test_other_sizes_get_none(shape, size):
    assert "hint" not in shape(size)[2]


@pytest.mark.parametrize(
    ("size", "model", "shown"),
    [
        ("224x224", "vgg16", "224x224x3"),
        ("64", "alexnet", "64x64x3"),
        ("32×32", "lenet5", "32x32x1"),
        ("224x224x1", "vgg16", "224x224x1"),
    ],
)
def test_a_model_keeps_its_channels_where_none_are_given(shape, size, model, shown):
    data = json.loads(shape(size, "--model", model, "--json")[1])
    assert "x".join(map(str, data["input"].values())) == shown


def test_one_pixel_is_not_one_pixels(shape):
    _, out, _ = shape("8x8", "conv:1,k=1", "conv:1,k=3x1", "--explain")
    assert "one value   depends on 1 input pixel across; its neighbour is 1 further on\n" in out
    assert "one value   depends on 3x1 input pixels across; its neighbour is 1 further on\n" in out


def test_one_row_is_not_one_rows(shape):
    _, out, _ = shape("7x7", "-f", "4", "-s", "2", "--explain")
    assert "unread    1 of 7 rows read by no window" in out
    _, _, err = shape("1x1", "-f", "1", "--solve", "stride", "--want", "2x2")
    assert "no stride makes 2 of 1 row: a stride of 1 makes 1" in err


def test_what_does_nothing_to_sizes_says_so(shape):
    _, out, _ = shape("6x5x3", "relu", "--explain")
    assert re.fullmatch(r"relu: 6x5x3 -> 6x5x3\n  size        unchanged: .*\n", out)


def test_solve_as_json_has_all_answers_of_both_axes(shape):
    code, out, _ = shape("20x30", "-f", "3", "--solve", "stride", "--want", "5x14", "--json")
    assert code == 0
    rows = [{"stride": 4, "symmetric": True, "left_over": 1}]
    columns = [{"stride": 2, "symmetric": True, "left_over": 1}]
    assert json.loads(out) == {"schema": 1, "solve": "stride", "want": [5, 14], "rows": rows, "columns": columns}
    padding = json.loads(shape("5x6", "-f", "3", "--solve", "padding", "--want", "4x6", "--json")[1])
    assert [one["padding"] for one in padding["columns"]] == [[1, 1]]
    assert {(*one["padding"], one["symmetric"]) for one in padding["rows"]} == {(0, 1, False), (1, 0, False)}


def test_more_answers_than_a_screen_holds_are_counted(shape):
    question = ("400x500", "-f", "3", "--solve", "stride", "--want", "4x3")
    lines = shape(*question)[1].splitlines()
    assert len(lines) < 24
    counted = re.fullmatch(r"\.\.\. and ([\d,]+) more \(--json has all, for rows and columns\)", lines[-1])
    data = json.loads(shape(*question, "--json")[1])
    assert int(counted[1].replace(",", "")) == len(data["rows"]) * len(data["columns"]) - (len(lines) - 1)


def test_one_window_is_left_by_any_larger_stride(shape):
    assert shape("5x5", "-f", "3", "--solve", "stride", "--want", "1x1")[1].splitlines()[-1] == (
        "Any larger stride gives one window, too."
    )


def test_answers_that_all_leave_some_over_are_not_strict(shape):
    code, _, err = shape("8x8", "-f", "3", "--solve", "stride", "--want", "3x3", "--strict")
    assert code == 1
    assert err.startswith("shape: every stride that makes 3 rows leaves some over")
    assert len(err.splitlines()) == 1


def test_coverage_without_padding_is_left_out_where_no_window_fits(shape):
    _, out, _ = shape("3x3", "-f", "5", "-p", "1", "--coverage")
    assert "without padding" not in out


def test_coverage_says_rows_and_columns_once_where_they_are_alike(shape, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, alike, _ = shape("40x40", "-f", "3", "--coverage")
    assert "\n  rows and columns are read 1, 2, 3, 3, 3, 3, ..., 3, 3, 3, 3, 2, 1 times\n" in alike
    _, apart, _ = shape("5x200", "-f", "3", "--coverage")
    assert "\n  rows are read 1, 2, 3, 2, 1 times\n" in apart
    assert "\n  columns are read 1, 2, 3, 3, 3, 3, ..., 3, 3, 3, 3, 2, 1 times\n" in apart


def test_long_words_are_shortened_for_a_terminal_alone(tmp_path):
    word = "conv:64,k=3x3,s=1x1,p=1x1x1x1,d=1x1,bias=0"
    layers = ["shape", "32x32x3", word, "relu", "flatten", "fc:10"]
    code, screen, _ = OnTerminal(*layers, cwd=tmp_path).end()
    assert code == 0
    assert any(re.match(r"conv:64,k=3x3.*\.\.\. ", line) for line in screen.lines)
    assert not any(word in line for line in screen.lines)
    assert word in OnTerminal(*layers, cwd=tmp_path, stdout_piped=True).end()[2]
