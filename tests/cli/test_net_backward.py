"""`cnnfilt net backward`: the notes' worked examples, number by number and sum by sum."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from cnnfilt.cli.net.backward_run import BackwardRequest, run_backward
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ShapeError
from tests.cli.conftest import Run
from tests.core.test_transposed import geometries, windows_of
from tests.sums import check_equations, computed, equations

X, K, D = np.arange(1, 10).reshape(3, 3), np.array([[1, 0], [-1, 2]]), np.array([[1, -2], [3, 4]])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The notes' shapes: X 3x3, K 2x2, dL/dZ 2x2; and their pooling example."""
    arrays = {"x": X, "k": K, "dz": D, "c": np.array([[1, 2], [3, 4]]), "dp": np.array([[2]])}
    for name, array in arrays.items():
        np.savetxt(tmp_path / f"{name}.csv", array, fmt="%d", delimiter=",")
    return {name: tmp_path / f"{name}.csv" for name in arrays}


def test_the_notes_convolution(run: Run, files: dict[str, Path]) -> None:
    """As the notes' equations say, each written out here."""
    outcome = run("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"], "--bias", "1")
    assert outcome.code == 0, outcome.stderr
    (k11, k12), (k21, k22) = K.tolist()
    (d11, d12), (d21, d22) = D.tolist()
    z = [[(X[i : i + 2, j : j + 2] * K).sum() + 1 for j in (0, 1)] for i in (0, 1)]
    d_k = [[(X[i : i + 2, j : j + 2] * D).sum() for j in (0, 1)] for i in (0, 1)]
    d_x = [
        [d11 * k11, d11 * k12 + d12 * k11, d12 * k12],
        [d11 * k21 + d21 * k11, d11 * k22 + d12 * k21 + d21 * k12 + d22 * k11, d12 * k22 + d22 * k12],
        [d21 * k21, d21 * k22 + d22 * k21, d22 * k22],
    ]
    blocks = {"Z": z, "dL/dK": d_k, "dL/dB": [[d11 + d12 + d21 + d22]], "dL/dX": d_x}
    expected = (f"{name}\n" + "\n".join(",".join(map(str, row)) for row in rows) for name, rows in blocks.items())
    assert outcome.text == "\n\n".join(expected) + "\n"


def test_the_notes_maximum(run: Run, files: dict[str, Path]) -> None:
    outcome = run("net", "backward", files["c"], "--layer", "pool:max,k=2", "--gradient", files["dp"])
    assert outcome.text == "P\n4\n\ndL/dX\n0,0\n0,2\n"


def test_matrices_may_be_typed(run: Run, files: dict[str, Path]) -> None:
    typed = run("net", "backward", "1,2,3; 4,5,6; 7,8,9", "-k", "1,0; -1,2", "--gradient", "1,-2; 3,4")
    assert typed.stdout == run("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"]).stdout
    named = run("net", "backward", files["x"], "-k", "vertical", "--gradient", "2", "--json")
    assert json.loads(named.text)["Z"] == [[-6]]


@pytest.mark.parametrize("x", ["-1,2; 3,4", "-.5, 2", "-1"])
def test_a_typed_matrix_may_begin_with_a_minus(run: Run, x: str) -> None:
    options = ["-k", "-1", "--gradient", x, "--bias", "-2"]
    expected = run("net", "backward", *options, "--", x)
    assert expected.code == 0, expected.stderr
    assert run("net", "backward", x, *options) == expected
    assert run("net", "backward", *options, x) == expected
    assert run("net", "backward", *options[:2], x, *options[2:]) == expected
    refused = run("net", "backward", "-x.csv", *options)
    assert (refused.code, refused.text) == (2, "")
    assert "no such option" in refused.stderr


def test_the_average_shares_alike(run: Run, files: dict[str, Path]) -> None:
    outcome = run("net", "backward", files["c"], "--layer", "pool:avg,k=2", "--gradient", files["dp"], "--json")
    assert json.loads(outcome.text) == {"schema": 1, "P": [[2.5]], "dL/dX": [[0.5, 0.5], [0.5, 0.5]]}


def test_a_lone_number_below_zero_needs_no_brackets(run: Run) -> None:
    text = run("net", "backward", "1,2; 3,4", "--layer", "pool:max,k=1", "--gradient", "1,-2; 3,4", "--explain").text
    assert "dL/dX12 = dL/dP12 = -2\n" in text
    text = run("net", "backward", "1,2; 3,4", "--layer", "pool:avg,k=2", "--gradient", "-2", "--explain").text
    assert "dL/dX11 = dL/dP11/4 = -2/4 = -0.5\n" in text


def test_the_sums_are_written_as_in_the_notes(run: Run, files: dict[str, Path]) -> None:
    arguments = ("net", "backward", files["x"], "-k", files["k"], "--gradient", files["dz"], "--explain")
    lines = [line.strip() for line in run(*arguments).text.splitlines()]
    for line in (
        "Z12 = X12*K11 + X13*K12 + X22*K21 + X23*K22 + B = 2*1 + 3*0 + 5*(-1) + 6*2 + 0 = 9",
        "dL/dK21 = dL/dZ11*X21 + dL/dZ12*X22 + dL/dZ21*X31 + dL/dZ22*X32 = 1*4 + (-2)*5 + 3*7 + 4*8 = 47",
        "dL/dB = dL/dZ11 + dL/dZ12 + dL/dZ21 + dL/dZ22 = 1 + (-2) + 3 + 4 = 6",
        "dL/dX22 = dL/dZ11*K22 + dL/dZ12*K21 + dL/dZ21*K12 + dL/dZ22*K11 = 1*2 + (-2)*(-1) + 3*0 + 4*1 = 8",
        "dL/dX33 = dL/dZ22*K22 = 4*2 = 8",
    ):
        assert line in lines


def typed(array: np.ndarray) -> str:
    return "; ".join(", ".join(repr(float(value)) for value in row) for row in array)


def explained(x: np.ndarray, gradient: np.ndarray | None = None, **asked: object) -> str:
    """What --explain prints for matrices that are typed out."""
    request = {"kernel": None, "layer": None, "loss": None, "labels": "", "bias": (0.0,), "stride": (1, 1),
               "padding": 0, "dilation": (1, 1), "gradient": "" if gradient is None else typed(gradient)}  # fmt: skip
    return run_backward(BackwardRequest(source=typed(x), **(request | asked)), explain=True, as_json=False)


def check(text: str) -> None:
    """Each number of each matrix stands at the end of the line with its name, and each sum gives its number."""
    check_equations(text)
    for block in text.split("\n\n"):
        name, *lines = block.splitlines()
        rows = [line.split(",") for line in lines if not line.startswith("  ")]
        sums = [line.split(" = ") for line in lines if re.match(rf"  {name}[\d,]* = ", line)]
        values = [value for row in rows for value in row]
        assert len(sums) == len(values), block
        for (_, *_, last), value in zip(sums, values, strict=True):
            assert float(last.split(",")[0]) == pytest.approx(float(value), rel=1e-5, abs=1e-15)


NUMBERS = st.sampled_from(["digits", "decimals", "large", "close"])


def drawn(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Whole numbers, decimals, numbers of many digits, and numbers whose differences lie far behind the point."""
    match kind:
        case "digits":
            return rng.integers(-9, 10, shape).astype(float)
        case "decimals":
            return np.round(rng.normal(size=shape), 2)
        case "large":
            return rng.normal(size=shape) * 1e7
        case _:
            return 1 + rng.normal(size=shape) * 1e-9


@st.composite
def slides(draw: st.DrawFn) -> tuple[tuple[int, int], Slide]:
    """An input and windows over it: one row, windows of padding alone, outputs larger than the input among them."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    size, pads = [], []
    for k, d in zip(kernel, dilation, strict=True):
        n, pad = draw(st.integers(1, 4)), (draw(st.integers(0, 4)), draw(st.integers(0, 4)))
        size.append(max(n, d * (k - 1) + 1 - sum(pad)))
        pads.append(pad)
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return (size[0], size[1]), Slide(kernel, stride, (pads[0], pads[1]), dilation)


@settings(max_examples=60, deadline=None)
@given(slides(), NUMBERS, st.integers(0, 999))
def test_every_sum_of_a_convolution(case: tuple[tuple[int, int], Slide], kind: str, seed: int) -> None:
    (size, slide), rng = case, np.random.default_rng(seed)
    check(
        explained(
            drawn(kind, size, rng),
            drawn(kind, slide.over(size).output_size, rng),
            kernel=typed(drawn(kind, slide.kernel_size, rng)),
            bias=(float(rng.integers(-2, 3)) / 4,),
            stride=slide.stride,
            padding=slide.padding,
            dilation=slide.dilation,
        )
    )


@settings(max_examples=60, deadline=None)
@given(geometries(), NUMBERS, st.integers(0, 999))
def test_every_sum_of_a_transposed_convolution(case: tuple[Any, ...], kind: str, seed: int) -> None:
    (size, slide, _, _), rng = case, np.random.default_rng(seed)
    if (windows := windows_of(size, slide)) is None:
        reject()
    given = [("s", slide.stride), ("d", slide.dilation), ("op", slide.output_padding)]
    items = [f"{name}={high}x{wide}" for name, (high, wide) in given if name != "op" or any((high, wide))]
    pads = [one for window in windows for one in (window.before, window.after)]
    items.append(f"p={slide.padding}" if isinstance(slide.padding, str) else f"p={'x'.join(map(str, pads))}")
    check(
        explained(
            drawn(kind, size, rng),
            drawn(kind, windows.output_size, rng),
            layer=f"tconv:{','.join(items)}",
            kernel=typed(drawn(kind, slide.kernel_size, rng)),
            bias=(float(rng.integers(-2, 3)) / 4,),
        )
    )


def test_a_transposed_convolution_by_hand(run: Run) -> None:
    arguments = ["net", "backward", "2,3", "--layer", "tconv:s=2", "-k", "1,10,100", "--bias", "1"]
    outcome = run(*arguments, "--gradient", "1,2,3,4,5", "--explain")
    assert outcome.code == 0, outcome.stderr
    blocks = dict(block.split("\n", 1) for block in outcome.text.strip().split("\n\n"))
    assert blocks["Z"].splitlines()[0] == "3,21,204,31,301"
    assert "  Z13 = X11*K13 + X12*K11 + B = 2*100 + 3*1 + 1 = 204" in blocks["Z"]
    assert blocks["dL/dK"].splitlines()[:2] == ["11,16,21", "  dL/dK11 = dL/dZ11*X11 + dL/dZ13*X12 = 1*2 + 3*3 = 11"]
    assert blocks["dL/dB"].splitlines()[0] == "15"
    assert "  dL/dX12 = dL/dZ13*K11 + dL/dZ14*K12 + dL/dZ15*K13 = 3*1 + 4*10 + 5*100 = 543" in blocks["dL/dX"]


def test_batch_normalisation_by_hand(run: Run) -> None:
    outcome = run(
        "net", "backward", "1,2; 3,6", "--layer", "bn", "-k", "2", "--bias", "1", "--gradient", "1,0; 0,2", "--json"
    )
    found = {name: np.array(values) for name, values in json.loads(outcome.text).items() if name != "schema"}
    x, d_y = np.array([[1, 2], [3, 6]]), np.array([[1, 0], [0, 2]])
    deviation = np.sqrt(3.5 + 1e-5)
    hat = (x - 3) / deviation
    assert (found["mean"], found["variance"]) == (3, 3.5)
    np.testing.assert_allclose(found["Xhat"], hat)
    np.testing.assert_allclose(found["Y"], 2 * hat + 1)
    np.testing.assert_allclose(found["dL/dgamma"], (d_y * hat).sum())
    np.testing.assert_allclose(found["dL/dbeta"], 3)
    # Through the values themselves, their mean, and their variance.
    d_hat = 2 * d_y
    through = d_hat / deviation - d_hat.sum() / deviation / 4 - hat * (d_hat * hat).sum() / deviation / 4
    np.testing.assert_allclose(found["dL/dX"], through)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["digits", "decimals"]), st.integers(0, 999))
def test_every_sum_of_batch_normalisation(rows: int, columns: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, d_y = drawn(kind, (rows, columns), rng), drawn(kind, (rows, columns), rng)
    gamma, beta = float(rng.integers(1, 9)) / 4, float(rng.integers(-8, 9)) / 4
    text = explained(x, d_y, layer="bn", kernel=repr(gamma), bias=(beta,))
    for name, numbers, value in equations(text):
        assert computed(numbers) == pytest.approx(value, rel=1e-5, abs=1e-6), name
    assert {block.splitlines()[0] for block in text.split("\n\n")} == {
        "mean",
        "variance",
        "Xhat",
        "Y",
        "dL/dgamma",
        "dL/dbeta",
        "dL/dX",
    }


def test_what_stamps_lay_beside_the_output_has_no_part(run: Run) -> None:
    arguments = ["net", "backward", "2,3", "--layer", "tconv:1,k=1x2,s=2,p=0x0x1x2", "-k", "5,7", "--gradient", "1"]
    text = run(*arguments, "--explain").text
    assert "dL/dK11 = 0, because it falls beside the output" in text
    assert "dL/dX12 = 0, because its stamp falls beside the output" in text


@settings(max_examples=60, deadline=None)
@given(slides(), st.sampled_from(["max", "min", "avg"]), st.booleans(), NUMBERS, st.integers(0, 999))
def test_every_sum_of_pooling(case: tuple[tuple[int, int], Slide], pool: str, ceil: bool, kind: str, seed: int) -> None:
    (size, slide), rng = case, np.random.default_rng(seed)
    span = slide.over(size).span
    pads = [min(side, n // 2) for n, sides in zip(span, slide.padding, strict=True) for side in sides]
    size = max(size[0], span[0] - sum(pads[:2])), max(size[1], span[1] - sum(pads[2:]))
    words = [f"{name}={'x'.join(map(str, pair))}" for name, pair in
             {"k": slide.kernel_size, "s": slide.stride, "d": slide.dilation, "p": pads}.items()]  # fmt: skip
    word = ",".join([f"pool:{pool}", *words, f"ceil={int(ceil)}"])
    try:
        output = describe(parse_chain([word]), Volume(*size))[0].output
    except ShapeError:
        reject()  # A window that lies wholly in the padding has no maximum.
    check(explained(drawn(kind, size, rng), drawn(kind, (output.height, output.width), rng), layer=word))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["relu", "tanh", "sigmoid", "flatten", "softmax", "pool:max,k=global", "pool:avg,k=global"]),
    st.sampled_from([0.01, 1, 30, 1000]),
    st.integers(0, 999),
)
@example("softmax", 1000, 89)  # Its dL/dX5 is 69 steps of the smallest number there is.
def test_every_sum_of_the_other_layers(layer: str, scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1 if layer == "softmax" else rng.integers(1, 4), rng.integers(1, 12))) * scale
    size = {"flatten": (1, x.size), "pool:max,k=global": (1, 1), "pool:avg,k=global": (1, 1)}.get(layer, x.shape)
    check(explained(x, np.round(rng.normal(size=size), 3), layer=layer))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 11), NUMBERS, st.integers(0, 999))
def test_every_sum_of_fc(rows: int, columns: int, outputs: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, bias = drawn(kind, (outputs, rows * columns), rng), tuple(rng.normal(size=outputs).tolist())
    x, gradient = drawn(kind, (rows, columns), rng), drawn(kind, (1, outputs), rng)
    check(explained(x, gradient, layer="fc", kernel=typed(weights), bias=bias))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["categorical", "sparse", "binary"]),
    st.integers(1, 3),
    st.integers(2, 4),
    st.sampled_from([0.1, 3, 40, 2000]),
    st.integers(0, 999),
)
def test_every_sum_of_the_losses(loss: str, rows: int, columns: int, scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, classes = rng.normal(size=(rows, columns)) * scale, rng.integers(0, columns, (1, rows))
    soft = rng.random((rows, columns))
    labels = {
        "sparse": classes,
        "categorical": np.eye(columns)[classes[0]] if seed % 2 else soft / soft.sum(axis=1, keepdims=True),
        "binary": rng.integers(0, 2, z.shape) if seed % 2 else np.round(soft, 2),
    }[loss]
    check(explained(z, loss=loss, labels=typed(labels)))


def test_the_bias_of_a_window_that_meets_only_padding(run: Run) -> None:
    arguments = ("net", "backward", "5", "-k", "3", "-p", "1", "--bias", "2", "--gradient", "1,1,1; 1,1,1; 1,1,1")
    text = run(*arguments, "--explain").text
    assert "  Z11 = B = 2\n" in text
    assert "  Z22 = X11*K11 + B = 5*3 + 2 = 17\n" in text


def test_fully_connected_as_the_notes_have_it(run: Run) -> None:
    """dW = dZ f^T, dB = dZ, df = W^T dZ, for one column f."""
    arguments = ("net", "backward", "3; 5", "--layer", "fc:3", "-k", "1,2; 0,-1; 4,1", "--bias", "1,2,3")
    outcome = run(*arguments, "--gradient", "1,-1,2", "--json")
    assert json.loads(outcome.text) == {
        "schema": 1,
        "Z": [[14], [-3], [20]],
        "dL/dW": [[3, 5], [-3, -5], [6, 10]],
        "dL/dB": [[1], [-1], [2]],
        "dL/df": [[9], [5]],
    }
    lines = [line.strip() for line in run(*arguments, "--gradient", "1,-1,2", "--explain").text.splitlines()]
    for line in (
        "Z2 = W21*f1 + W22*f2 + B2 = 0*3 + (-1)*5 + 2 = -3",
        "dL/dW32 = dL/dZ3*f2 = 2*5 = 10",
        "dL/dB2 = dL/dZ2 = -1",
        "dL/df1 = W11*dL/dZ1 + W21*dL/dZ2 + W31*dL/dZ3 = 1*1 + 0*(-1) + 4*2 = 9",
    ):
        assert line in lines


def test_an_image_is_flattened_for_fc(run: Run) -> None:
    outcome = run("net", "backward", "1,2; 3,4", "--layer", "fc", "-k", "1,2,3,4", "--gradient", "2", "--explain")
    assert "Z\n30\n" in outcome.text
    assert "dL/df\n2,4\n6,8\n  f is X row by row: f1 is X11, f4 is X22\n" in outcome.text


def test_the_loss_of_softmax_is_y_pred_less_y(run: Run) -> None:
    arguments = ("net", "backward", "2,1,0", "--loss")
    text = run(*arguments, "categorical", "--labels", "1,0,0", "--explain").text
    powers = np.exp([2, 1, 0])
    chances = powers / powers.sum()
    found = json.loads(run(*arguments, "sparse", "--labels", "0", "--json").text)
    assert found["y_pred"][0] == pytest.approx(chances)
    assert found["L"] == pytest.approx(-np.log(chances[0]))
    assert found["dL/dZ"][0] == pytest.approx(chances - [1, 0, 0])
    for line in (
        "y_pred1 = exp(Z1)/(exp(Z1) + exp(Z2) + exp(Z3)) = exp(2)/(exp(2) + exp(1) + exp(0)) = 0.665241",
        "L = -sum(y*ln(y_pred)) = -(y1*ln(y_pred1)) = -(1*ln(0.665241)) = 0.407606",
        "dL/dZ1 = y_pred1 - y1 = 0.665241 - 1 = -0.334759",
    ):
        assert f"  {line}\n" in text


def test_the_loss_of_the_sigmoid(run: Run) -> None:
    found = json.loads(run("net", "backward", "0.5; -2", "--loss", "binary", "--labels", "1,0", "--json").text)
    chances = 1 / (1 + np.exp([-0.5, 2]))
    assert np.ravel(found["y_pred"]) == pytest.approx(chances)
    assert found["L"] == pytest.approx(-(np.log(chances[0]) + np.log(1 - chances[1])) / 2)
    assert np.ravel(found["dL/dZ"]) == pytest.approx((chances - [1, 0]) / 2)


def test_softmax_has_a_gradient_between_all_its_values(run: Run) -> None:
    found = json.loads(run("net", "backward", "1,2,3", "--layer", "softmax", "--gradient", "1,0,-1", "--json").text)
    c = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    assert found["dL/dX"][0] == pytest.approx((np.diag(c) - np.outer(c, c)) @ [1, 0, -1])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "give a filter with -k"),
        (["-k", "k.csv", "--layer", "relu"], 2, "-k and --layer cannot be combined"),
        (["--layer", "conv:3,k=2"], 2, "for a filter give -k alone"),
        (["--layer", "fc"], 2, "give the weights W of fc with -k"),
        (["--layer", "fc:3", "-k", "1,2; 3,4"], 2, "-k has 2 rows, but fc:3 has 3 outputs"),
        (["--layer", "fc", "-k", "1,2; 3,4"], 1, "the weights 2x2 take 2 values, but X has 9"),
        (["--layer", "fc", "-k", "1,2; 3,4", "-s", "2"], 2, "--stride is for a filter; leave it out"),
        (["--layer", "tconv"], 2, "give the filter K of tconv with -k"),
        (["--layer", "tconv:2,s=2", "-k", "1,2"], 2, "has several filters or groups; net backward shows one"),
        (["--layer", "tconv:k=3", "-k", "1,2"], 2, "-k is 1x2, but tconv:k=3 has k=3x3; leave k out of it"),
        (["--layer", "tconv:s=2", "-k", "1,2", "-s", "2"], 2, "write it in the layer, as in tconv:s=2"),
        (["--layer", "tconv:s=2", "-k", "1,2"], 1, "but the output is 5x6"),
        (["--layer", "tconv:z=2", "-k", "1,2"], 2, "z"),
        (["--layer", "tconv:p=9", "-k", "1,2"], 1, "padding 9 + 9 takes off all of the"),
        (["--layer", "tconv:p=full", "-k", "1,2"], 2, "p=full is not defined"),
        (["--layer", "bn", "-k", "1,2"], 2, "-k has 2 numbers; bn shows one channel"),
        (["--layer", "bn", "--bias", "1,2"], 2, "--bias has 2 numbers; bn shows one channel"),
        (["--layer", "bn"], 1, "but the output is 3x3"),
        (["--layer", "bn", "-s", "2"], 2, "--stride is for a filter; leave it out"),
        (["--layer", "softmax"], 1, "softmax takes one list of values"),
        (["--loss", "binary"], 2, "give the labels y with --labels"),
        (["--loss", "binary", "--labels", "1"], 2, "leave out --gradient"),
        (["--loss", "binry"], 2, "use categorical, sparse or binary"),
        (["--labels", "1", "-k", "1"], 2, "--labels are for --loss"),
        (["-k", "1", "--bias", "1,2"], 2, "one filter takes one"),
        (["--layer", "pool:max", "-s", "2"], 2, "--stride is for a filter"),
        (["-k", "nope"], 2, "unknown"),
        (["-k", "missing.csv"], 1, "no such file"),
        (["-k", "1,2,3,4"], 1, "4 columns"),
        (["-k", "1,2;3,4", "-s", "2"], 1, "output is 1x1"),
        (["-k", "1", "--json", "--explain"], 2, "--json and --explain cannot be combined"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_request_is_one_line(
    run: Run, files: dict[str, Path], arguments: list[str], code: int, words: str
) -> None:
    outcome = run("net", "backward", files["x"], "--gradient", files["dz"], *arguments)
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.stderr
    assert words in outcome.stderr
    assert outcome.stdout == b""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--layer", "fc", "-k", "1,2,3;4,5,6", "--bias", "1,2,3", "--gradient", "1,1"], 1, "3 biases for 2 outputs"),
        (["--layer", "softmax", "--gradient", "1,1"], 1, "1,1 is 1x2, but the output is 1x3"),
        (["--loss", "categorical", "--labels", "0,1,1"], 2, "have to sum to 1"),
        (["--loss", "categorical", "--labels", "2,-1,0"], 2, "have to sum to 1"),
        (["--loss", "categorical", "--labels", "0,1"], 1, "the labels are 1x2, but X is 1x3"),
        (["--layer", "softmax", "--gradient", "1,1;1,1"], 1, "1,1;1,1 is 2x2, but the output is 1x3"),
        (["-k", "1"], 2, "give the gradient of the output, dL/dZ, with --gradient"),
        (["--loss", "binary", "--labels", "1", "-k", "1"], 2, "--loss takes X and --labels; leave out -k"),
        (["--loss", "binary", "--labels", "1", "--layer", "relu"], 2, "takes X and --labels; leave out --layer"),
        (["--loss", "binary", "--labels", "1", "--stride", "2"], 2, "takes X and --labels; leave out --stride"),
        (["--loss", "binary", "--labels", "0,2,1"], 2, "label 2 "),
        (["--loss", "binary", "--labels", "0,-1,1"], 2, "label -1 "),
        (["--loss", "sparse", "--labels", "0,1"], 1, "2 labels for 1 row of X"),
        (["--loss", "sparse", "--labels", "3"], 2, "classes are whole numbers from 0 to 2"),
        (["--loss", "sparse", "--labels", "1/2"], 2, "label 0.5 "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_labels_and_gradients_that_do_not_fit_are_one_line(
    run: Run, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "row.csv").write_text("1,2,3\n")
    outcome = run("net", "backward", tmp_path / "row.csv", *arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1), outcome.stderr
    assert words in outcome.stderr


@pytest.mark.parametrize("layer", [["softmax"], ["fc", "-k", "1,0,0,0;0,1,0,0;0,0,1,0;0,0,0,1"]], ids=["softmax", "fc"])
def test_the_gradient_of_a_list_is_one(run: Run, layer: list[str]) -> None:
    """A row may stand for a column, but a table of as many values for neither."""
    command = ("net", "backward", "1,2,3,4", "--layer", *layer, "--gradient")
    assert run(*command, "1;2;3;4").text == run(*command, "1,2,3,4").text != ""
    refused = run(*command, "1,2;3,4")
    assert (refused.code, refused.stdout) == (1, b"")
    assert refused.stderr == "net: 1,2;3,4 is 2x2, but the output is 1x4; there is one gradient for each value\n"


def test_arrays_of_one_channel_are_matrices_and_others_are_refused(run: Run, tmp_path: Path) -> None:
    for channels in (1, 3):
        np.save(tmp_path / f"{channels}.npy", np.ones((2, 2, channels)))
    alone = run("net", "backward", tmp_path / "1.npy", "-k", "2", "--gradient", "1,1;1,1")
    assert alone.text.startswith("Z\n2,2\n2,2\n")
    refused = run("net", "backward", tmp_path / "3.npy", "-k", "2", "--gradient", "1,1;1,1")
    assert (refused.code, len(refused.lines)) == (1, 1)
    assert "3.npy: has 3 channels; give rows and columns" in refused.stderr
    (tmp_path / "nan.csv").write_text("1,nan\n")
    unfinite = run("net", "backward", tmp_path / "nan.csv", "-k", "2", "--gradient", "1,1")
    assert (unfinite.code, len(unfinite.lines)) == (1, 1)
    assert "nan.csv: holds values that are not finite" in unfinite.stderr
