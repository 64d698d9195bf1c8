"""The page of a chain shows in a browser what the library computes, step by step down to the image."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.conv2d import kernel_of
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.weights import names_of, new_arrays, weights_of
from cnnfilt.spelling import spelled_number
from tests.cli.conftest import Run
from tests.page.conftest import Browser

Array = np.ndarray
HOSTILE = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"


def written(value: Any) -> str:
    """A number as `--explain` writes it."""
    plain = value.item() if isinstance(value, np.generic) else value
    return str(int(plain)) if float(plain).is_integer() else spelled_number(float(plain))


def bracketed(value: Any) -> str:
    text = written(value)
    return f"({text})" if text.startswith("-") else text


def exact(pairs: Sequence[tuple[Any, Any]]) -> float | int:
    total = sum((Fraction(float(one)) * Fraction(float(other)) for one, other in pairs), Fraction(0))
    return int(total) if total.denominator == 1 else float(total)


class Computed:
    """A chain carried to pixels by the library: the reports, the weights, and every layer's values, the input first."""

    def __init__(self, words: str, first: Array, seed: int | None = None) -> None:
        self.reports = describe(parse_chain([words]), Volume(*first.shape))
        arrays = {} if seed is None else new_arrays(self.reports, np.random.default_rng(seed))
        self.weights = [weights_of(arrays, name) for name in names_of(self.reports)]
        self.values = [first, *outputs(self.reports, first, arrays)]


def drawn(tmp_path: Path, shape: tuple[int, ...], seed: int = 0) -> tuple[Path, Array]:
    """An image of this size, and its pixels (H, W, C)."""
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    return path, pixels if pixels.ndim == 3 else pixels[..., None]


def open_layer(browser: Browser, place: int) -> None:
    browser.script(f"document.querySelectorAll('.card')[{place}].click()")


def choose(browser: Browser, place: int, shape: tuple[int, ...], at: tuple[int, ...]) -> None:
    """Open a layer and press one of its values, as a pointer does."""
    open_layer(browser, place)
    if len(at) == 1:
        browser.script(f"document.querySelectorAll('.bars .barrow')[{at[0]}].click()")
        return
    browser.script(f"document.querySelectorAll('.map')[{at[2]}].click()")
    browser.script(
        """
        const map = document.querySelector(".large"), box = map.getBoundingClientRect();
        const [row, column, rows, columns] = arguments;
        const across = (column + 0.5) * box.width / columns, down = (row + 0.5) * box.height / rows;
        const place = {bubbles: true, clientX: box.left + across, clientY: box.top + down};
        map.dispatchEvent(new MouseEvent("click", place));
        """,
        at[0],
        at[1],
        shape[0],
        shape[1],
    )


def sums(browser: Browser, step: int = 0) -> list[str]:
    """The sums of one step."""
    found: list[str] = browser.script(
        f"return [...document.querySelectorAll('.step')[{step}].querySelectorAll('.sum')].map((one) => one.textContent)"
    )
    return found


def heading(browser: Browser, step: int = 0) -> str:
    return str(browser.script(f"return document.querySelectorAll('.step h3')[{step}].textContent"))


def window(computed: Computed, layer: int, at: tuple[int, ...], channel: int) -> list[Any]:
    """What the window of a value meets of one channel, row by row; None in the padding."""
    windows, before = computed.reports[layer].effect.windows, computed.values[layer]
    assert windows is not None
    found = []
    for i, j in windows.taps:
        row = windows.rows.start(at[0]) + i * windows.rows.dilation
        column = windows.columns.start(at[1]) + j * windows.columns.dilation
        inside = 0 <= row < before.shape[0] and 0 <= column < before.shape[1]
        found.append(before[row, column, channel] if inside else None)
    return found


def expected_sums(computed: Computed, layer: int, at: tuple[int, ...]) -> list[str]:
    """What the step of a convolution has to say, of up to three channels."""
    report, weights = computed.reports[layer], computed.weights[layer]
    kernel = kernel_of(report.layer, report.effect, weights)
    per, outs = kernel.shape[2], kernel.shape[3] // getattr(report.layer, "groups", 1)
    lines, totals = [], []
    for index in range(per):
        values = [value or 0 for value in window(computed, layer, at, at[2] // outs * per + index)]
        factors = kernel[:, :, index, at[2]].reshape(-1)
        pairs = list(zip(values, factors, strict=True))
        totals.append(exact(pairs))
        lines.append(f"{' + '.join(f'{bracketed(x)}*{bracketed(w)}' for x, w in pairs)} = {written(totals[-1])}")
    value = computed.values[layer + 1][at]
    bias = weights.get("bias")
    if per > 1 or bias is not None:
        terms = [bracketed(total) for total in totals] + ([] if bias is None else [f"bias {bracketed(bias[at[2]])}"])
        lines.append(f"{' + '.join(terms)} = {written(value)}")
    return lines


@pytest.mark.parametrize(
    ("words", "shape", "seed"),
    [
        ("conv:vertical+horizontal,p=1,s=2", (9, 11, 3), None),
        ("conv:4,k=3x2,p=same,d=2", (8, 9, 3), 3),
        ("conv:4,k=3,g=2,bias=0 conv:6,k=2,g=2,s=2x1", (8, 9, 2), 4),
        ("conv:sharpen+emboss", (6, 7), None),
    ],
)
def test_sums_of_convolutions_are_written_out(
    run: Run, browser: Browser, tmp_path: Path, words: str, shape: tuple[int, ...], seed: int | None
) -> None:
    if shape[2:] == (2,):
        source = tmp_path / "a.npy"
        pixels = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        np.save(source, pixels)
    else:
        source, pixels = drawn(tmp_path, shape)
    computed = Computed(words, pixels, seed)
    page = tmp_path / "a.html"
    seeded = [] if seed is None else ["--seed", seed]
    assert run("apply", words, source, *seeded, "--page", page).code == 0
    browser.open(page)
    rng = np.random.default_rng(7)
    for layer in range(len(computed.reports)):
        values = computed.values[layer + 1]
        corners = [(0, 0, 0), tuple(n - 1 for n in values.shape)]
        for at in [*corners, *(tuple(int(rng.integers(n)) for n in values.shape) for _ in range(3))]:
            choose(browser, layer + 1, values.shape, at)
            assert heading(browser).endswith(f"at row {at[0]}, column {at[1]} = {written(values[at])}")
            assert sums(browser) == expected_sums(computed, layer, at)


def test_values_of_all_kinds_are_the_librarys(run: Run, browser: Browser, tmp_path: Path) -> None:
    words = "conv:5,k=3,p=1 relu pool:max,k=3,s=2,p=1 pool:avg,k=2 tanh flatten fc:3 softmax"
    source, pixels = drawn(tmp_path, (12, 14, 3))
    page = tmp_path / "a.html"
    assert run("apply", words, source, "--seed", 2, "--input-scale", "1/255", "--page", page).code == 0
    computed = Computed(words, np.multiply(pixels, np.float32(1 / 255), dtype=np.float32), 2)
    browser.open(page)
    relu, pooled, mean, tanh, flat, dense, softmax = computed.values[2:]
    choose(browser, 2, relu.shape, (3, 4, 1))
    assert sums(browser) == [f"max(0, {written(computed.values[1][3, 4, 1])}) = {written(relu[3, 4, 1])}"]
    choose(browser, 3, pooled.shape, (0, 2, 4))
    seen = [bracketed(one) for one in window(computed, 2, (0, 2), 4) if one is not None]
    assert len(seen) == 6
    assert sums(browser) == [f"max({', '.join(seen)}) = {written(pooled[0, 2, 4])}"]
    choose(browser, 4, mean.shape, (1, 1, 0))
    seen = [bracketed(one) for one in window(computed, 3, (1, 1), 0)]
    assert sums(browser) == [f"({' + '.join(seen)}) / 4 = {written(mean[1, 1, 0])}"]
    choose(browser, 5, tanh.shape, (1, 2, 3))
    assert sums(browser) == [f"tanh({written(mean[1, 2, 3])}) = {written(tanh[1, 2, 3])}"]
    for place, values in ((7, dense), (8, softmax)):
        open_layer(browser, place)
        shown = [one.text for one in browser.all(".bars .barrow > .number")]
        assert shown == [written(one) for one in values]
    choose(browser, 7, dense.shape, (1,))
    kernel, bias = computed.weights[6]["kernel"], computed.weights[6]["bias"]
    total = exact(list(zip(flat, kernel[:, 1], strict=True)))
    assert sums(browser)[0].endswith(f" = {written(total)}")
    assert sums(browser)[1] == f"{bracketed(total)} + bias {bracketed(bias[1])} = {written(dense[1])}"
    choose(browser, 8, softmax.shape, (2,))
    powers = [f"exp({written(one)})" for one in dense]
    assert sums(browser) == [f"{powers[2]} / ({' + '.join(powers)}) = {written(softmax[2])}"]


BRANCHES = (
    "as:in conv:4,k=3,p=1 bn relu as:main from:in dw:k=3,p=1,m=1 conv:4,k=1 add:main prelu pool:max "
    "tconv:3,k=3,s=2,g=1 as:up up:2 crop:13x15 cat:up take:1-4 shuffle:2 scale leaky:0.2 dropout pool:global"
)


def test_branches_and_what_networks_have_besides(run: Run, browser: Browser, tmp_path: Path) -> None:
    words = BRANCHES
    source, page = tmp_path / "a.npy", tmp_path / "a.html"
    pixels = np.random.default_rng(1).normal(size=(12, 14, 3)).astype(np.float32)
    np.save(source, pixels)
    assert run("apply", words, source, "--seed", 2, "--page", page).code == 0
    computed = Computed(words, pixels, 2)
    browser.open(page)
    layers = [n for n, one in enumerate(computed.reports) if one.layer.word.split(":")[0] not in ("as", "from")]
    assert len(browser.all(".card")) == 1 + len(layers)
    rng = np.random.default_rng(5)
    for place, layer in enumerate(layers, 1):
        values, word = computed.values[layer + 1], computed.reports[layer].layer.word
        for _ in range(3):
            at = tuple(int(rng.integers(n)) for n in values.shape)
            choose(browser, place, values.shape, at)
            assert heading(browser).endswith(f"at row {at[0]}, column {at[1]} = {written(values[at])}")
            lines = sums(browser)
            value = written(values[at])
            before = computed.values[layer]
            if word == "add:main":
                other = computed.values[4]
                assert lines == [f"{bracketed(before[at])} + {bracketed(other[at])} = {value}"]
            elif word == "bn":
                (x,) = (
                    one for one in lines if one.startswith(f"({written(before[at])} - 0) / sqrt(1 + 1e-05) * 1 + 0 = ")
                )
                assert x.endswith(f" = {value}")
            elif word.startswith(("tconv", "dw", "conv")):
                assert not any("Without any rounding" in line for line in lines)
                assert lines[-1].endswith(f" = {value}")
            if word.startswith("tconv"):
                check_stamps(computed, layer, at, lines)


def check_stamps(computed: Computed, layer: int, at: tuple[int, ...], lines: list[str]) -> None:
    """Hold the last line against the sum of all stamps that lie on a place, by the definition."""
    before, kernel, bias = computed.values[layer], computed.weights[layer]["kernel"], computed.weights[layer]["bias"]
    totals = []
    for channel in range(before.shape[2]):
        pairs = [
            (before[i, j, channel], kernel[at[0] - 2 * i, at[1] - 2 * j, at[2], channel])
            for i in range(before.shape[0])
            for j in range(before.shape[1])
            if 0 <= at[0] - 2 * i < 3 and 0 <= at[1] - 2 * j < 3
        ]
        totals.append(exact(pairs))
    terms = [bracketed(total) for total in totals] + [f"bias {bracketed(bias[at[2]])}"]
    assert lines[-1] == f"{' + '.join(terms)} = {written(computed.values[layer + 1][at])}"


OTHERS = (
    "filter:box,p=same ln gn:3 lrn up:2,mode=bilinear pool:median,k=3 morph:open pool:avg,adaptive=4x3 gelu "
    "softmax flatten fc:6 bn prelu as:a relu add:a cat:a take:2-9 fc:2 sigmoid"
)


def test_every_other_layer_is_opened_too(run: Run, browser: Browser, tmp_path: Path) -> None:
    source, pixels = drawn(tmp_path, (9, 10, 3))
    page = tmp_path / "a.html"
    done = run("apply", OTHERS, source, "--seed", 2, "--input-scale", "1/255", "--page", page)
    assert done.code == 0, done.stderr
    computed = Computed(OTHERS, np.multiply(pixels, np.float32(1 / 255), dtype=np.float32), 2)
    browser.open(page)
    kept = [n for n, report in enumerate(computed.reports) if not report.layer.word.startswith(("as:", "from:"))]
    assert len(browser.all(".card")) == len(kept) + 1
    rng = np.random.default_rng(6)
    for place, layer in enumerate(kept, 1):
        values = computed.values[layer + 1]
        if values.ndim == 1 and len(values) > 24:
            continue
        for _ in range(2):
            at = tuple(int(rng.integers(n)) for n in values.shape)
            choose(browser, place, values.shape, at)
            assert heading(browser).endswith(f" = {written(values[at])}")
            assert all(line.endswith(f" = {written(values[at])}") for line in sums(browser)[-1:])


def test_a_value_is_followed_down_to_the_image_by_keys(run: Run, browser: Browser, tmp_path: Path) -> None:
    words = "conv:vertical,p=1 relu pool:max"
    source, pixels = drawn(tmp_path, (8, 8))
    page = tmp_path / "a.html"
    assert run("apply", words, source, "--page", page).code == 0
    computed = Computed(words, pixels)
    browser.open(page)
    assert heading(browser).endswith(f"= {written(computed.values[3].max())}")
    # Into the window of the maximum, along it, and down.
    browser.script("document.querySelector('.cells button').focus()")
    browser.press("ARROW_RIGHT", "ENTER")
    at = np.unravel_index(computed.values[3].argmax(), computed.values[3].shape)
    row, column = int(at[0]) * 2, int(at[1]) * 2 + 1
    assert (
        heading(browser, 1)
        == f"2. relu: vertical at row {row}, column {column} = {written(computed.values[2][row, column, 0])}"
    )
    browser.script("document.querySelectorAll('.step')[1].querySelector('.go').focus()")
    browser.press("ENTER")
    assert heading(browser, 2).endswith(f"= {written(computed.values[1][row, column, 0])}")
    browser.script("document.querySelectorAll('.step')[2].querySelector('.cells button').click()")
    assert heading(browser, 3).startswith("input: gray at row")
    assert len(browser.all(".step")) == 4


def test_the_largest_share_goes_down_in_one_press(run: Run, browser: Browser, tmp_path: Path) -> None:
    model, source, page = tmp_path / "m.npz", tmp_path / "a.png", tmp_path / "a.html"
    network = Sequential.new(
        "conv:4,k=3 relu pool:avg conv:8,k=3 relu flatten fc:3 softmax", (12, 10, 3), np.random.default_rng(5)
    )
    save_model(str(model), Model(network, ("a", HOSTILE, "c"), False), overwrite=True)
    pixels = np.random.default_rng(1).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(source)
    assert run("apply", "--model", model, source, "--page", page).code == 0
    browser.open(page)
    browser.script(
        "[...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Follow')).click()"
    )
    headings = [one.text for one in browser.all(".step h3")]
    assert len(headings) == 9
    assert headings[-1].startswith("input: ")
    channel, row, column = (
        headings[-1].removeprefix("input: ").replace(" at row ", ",").replace(" column ", "").split("=")[0].split(",")
    )
    level = pixels[int(row), int(column), ("red", "green", "blue").index(channel)]
    assert sums(browser, 8) == [f"{level} * {written(1 / 255)} = {written(np.float32(level) * np.float32(1 / 255))}"]


def test_names_from_outside_stay_text(run: Run, browser: Browser, tmp_path: Path) -> None:
    model, page = tmp_path / "m.npz", tmp_path / "a.html"
    source = tmp_path / "<b>a&amp;.png"
    network = Sequential.new("flatten fc:3 softmax", (6, 5, 1), np.random.default_rng(5))
    save_model(str(model), Model(network, ("a", HOSTILE, "c"), True), overwrite=True)
    Image.fromarray(np.zeros((6, 5), np.uint8)).save(source)
    assert run("apply", "--model", model, source, "--page", page).code == 0
    browser.open(page)
    assert "<b>a&amp;.png" in browser.text("h1")
    assert browser.all(".bars .barrow .name")[1].text == HOSTILE
    browser.script("document.querySelectorAll('.bars .barrow')[1].click()")
    assert HOSTILE in heading(browser)
    assert browser.script("return window.ran === undefined && !document.querySelector('#view script, #view img')")


def test_only_the_end_of_a_network_has_the_names_of_classes(run: Run, browser: Browser, tmp_path: Path) -> None:
    model, (source, _), page = tmp_path / "m.npz", drawn(tmp_path, (6, 5)), tmp_path / "a.html"
    network = Sequential.new("flatten fc:3 relu fc:3 softmax", (6, 5, 1), np.random.default_rng(5))
    save_model(str(model), Model(network, ("a", "b", "c"), True), overwrite=True)
    assert run("apply", "--model", model, source, "--page", page).code == 0
    browser.open(page)
    for place, names in ((2, ["value 0", "value 1", "value 2"]), (4, ["a", "b", "c"]), (5, ["a", "b", "c"])):
        open_layer(browser, place)
        assert [one.text for one in browser.all(".bars .barrow .name")] == names


def test_names_of_kernels_stay_text(run: Run, browser: Browser, tmp_path: Path) -> None:
    kernel, page = tmp_path / "<i>k.csv", tmp_path / "a.html"
    kernel.write_text("1,0,-1\n1,0,-1\n1,0,-1\n")
    source, _ = drawn(tmp_path, (6, 6))
    assert run("apply", f"filter:@{kernel}", source, "--page", page).code == 0
    browser.open(page)
    assert "<i>k.csv" in browser.all(".card .name")[1].get_attribute("textContent")
    assert not browser.all("#view i")


def test_keys_choose_layers_maps_and_values(run: Run, browser: Browser, tmp_path: Path) -> None:
    words = "conv:vertical+horizontal relu"
    source, pixels = drawn(tmp_path, (8, 8))
    page = tmp_path / "a.html"
    assert run("apply", words, source, "--page", page).code == 0
    computed = Computed(words, pixels)
    browser.open(page)
    browser.script("document.querySelector('.card[aria-pressed=true]').focus()")
    browser.press("ARROW_LEFT")
    assert browser.text(".layer h2").startswith("1. conv:vertical+horizontal")
    choose(browser, 1, computed.values[1].shape, (2, 2, 0))
    browser.script("document.querySelector('.map[aria-pressed=true]').focus()")
    browser.press("ARROW_RIGHT")
    assert (
        heading(browser)
        == f"1. conv:vertical+horizontal: horizontal at row 2, column 2 = {written(computed.values[1][2, 2, 1])}"
    )
    browser.script("document.querySelector('.large').focus()")
    browser.press("ARROW_DOWN", "ARROW_DOWN", "ARROW_LEFT")
    assert heading(browser).endswith(f"at row 4, column 1 = {written(computed.values[1][4, 1, 1])}")


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_it_fits_narrow_and_wide_windows(run: Run, browser: Browser, tmp_path: Path, width: int) -> None:
    source, _ = drawn(tmp_path, (40, 30, 3))
    page = tmp_path / "a.html"
    words = "conv:70,k=5,p=same relu pool:max flatten fc:40 softmax"
    assert run("apply", words, source, "--seed", 1, "--page", page).code == 0
    browser.open(page, width=width, dark=width == 800)
    kind = ".layers button" if width == 360 else ".card"
    for place in (1, 4, 5):
        browser.script(f"document.querySelectorAll('{kind}')[{place}].click()")
        assert browser.script("return document.documentElement.scrollWidth") <= width
    unnamed = (
        "return [...document.querySelectorAll('button, select, input, canvas, [tabindex=\"0\"]')].filter((one) => "
    )
    unnamed += "!one.textContent.trim() && !one.ariaLabel && one.ariaHidden !== 'true').length"
    assert browser.script(unnamed) == 0


def test_large_windows_and_long_lists_are_opened_too(run: Run, browser: Browser, tmp_path: Path) -> None:
    source, pixels = drawn(tmp_path, (300, 260, 3))
    page, words = tmp_path / "a.html", "relu as:in pool:global from:in flatten fc:2"
    done = run("apply", words, source, "--seed", 1, "--page", page)
    assert done.code == 0, done.stderr
    computed = Computed(words, pixels, 1)
    browser.open(page)
    choose(browser, 2, (1, 1, 3), (0, 0, 1))
    mean, total = computed.values[3][0, 0, 1], int(pixels[..., 1].sum(dtype=np.int64))
    assert sums(browser) == [f"sum of 78000 values = {total}, and {total} / 78000 = {written(mean)}"]
    assert "300x260 values, too many" in browser.text(".step")
    open_layer(browser, 3)
    assert heading(browser).startswith("3. flatten: value ")
    open_layer(browser, 4)
    assert heading(browser).endswith(f" = {written(computed.values[-1].max())}")
    assert sums(browser)[-1].endswith(f" = {written(computed.values[-1].max())}")


def test_exact_sums_are_those_of_fractions(run: Run, browser: Browser, tmp_path: Path) -> None:
    source, _ = drawn(tmp_path, (6, 6))
    page = tmp_path / "a.html"
    assert run("apply", "relu", source, "--page", page).code == 0
    browser.open(page)
    rng = np.random.default_rng(0)
    for _ in range(40):
        scale = 10.0 ** rng.integers(-30, 30, (rng.integers(1, 40), 2))
        pairs = (
            (rng.normal(size=scale.shape) * scale).astype(rng.choice([np.float32, np.float64])).astype(float).tolist()
        )
        wanted = float(sum((Fraction(one) * Fraction(other) for one, other in pairs), Fraction(0)))
        assert float(browser.script("return String(exactSum(arguments[0]))", pairs)) == wanted
    for pairs in ([[5e-324, 1]], [[1e308, 1], [1e307, 0.5]], [[0.1, 1], [0.2, -1]], [[1e-310, 0.5]]):
        total = sum((Fraction(one) * Fraction(other) for one, other in pairs), Fraction(0))
        assert float(browser.script("return String(exactSum(arguments[0]))", pairs)) == float(total)
    for whole, total in (([[2**53, 3], [1, 1]], 3 * 2**53 + 1), ([[0, 0]], 0), ([[1, -1], [1, 1]], 0)):
        assert browser.script("return String(exactSum(arguments[0]))", whole) == str(total)
    assert browser.script("return String(exactSum([[NaN, 1], [1, 1]]))") == "NaN"
    assert browser.script("return String(exactSum([[Infinity, 1], [1, 1]]))") == "Infinity"


def test_numbers_are_written_as_in_the_terminal(run: Run, browser: Browser, tmp_path: Path) -> None:
    source, _ = drawn(tmp_path, (6, 6))
    page = tmp_path / "a.html"
    assert run("apply", "relu", source, "--page", page).code == 0
    browser.open(page)
    rng = np.random.default_rng(0)
    # Halves of the sixth digit go to the even one.
    halves = [140.5625, 140.5635, 0.00012207031250, -1234.5675, 123456.5, 123457.5, 9.999995, 99999.95, 1234565.5]
    numbers = [*halves, *(rng.integers(-(2**20), 2**20, 300) / 2.0 ** rng.integers(1, 22, 300)).tolist()]
    numbers += (rng.normal(size=200) * 10.0 ** rng.integers(-30, 9, 200)).tolist()
    assert browser.script("return arguments[0].map(written)", numbers) == [written(one) for one in numbers]


def test_what_is_left_out_is_said(run: Run, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnfilt.page.chain_page.MOST_BYTES", 4_000)
    source, pixels = drawn(tmp_path, (40, 30))
    page, words = tmp_path / "a.html", "filter:box,p=same pool:max"
    assert run("apply", words, source, "--page", page).code == 0
    computed = Computed(words, pixels)
    browser.open(page)
    assert "What is left out" in browser.text("main")
    # The last layer is small, and whole; the middle of those before it is there.
    for at, count in (((10, 7, 0), 1), ((0, 0, 0), 0), ((19, 14, 0), 0)):
        choose(browser, 2, computed.values[2].shape, at)
        assert heading(browser).endswith(f"= {written(computed.values[2][at])}")
        assert len(sums(browser)) == count
    assert "not in the page" in browser.text(".step")
    open_layer(browser, 1)
    browser.script("document.querySelector('.large').focus()")
    browser.press(*["ARROW_UP"] * 40)
    assert "not in the page" in browser.text(".step")
    assert "·" in browser.text(".step .cells")
