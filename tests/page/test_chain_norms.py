"""The page of a chain writes out what normalisation, values between others and medians make of the run's values."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnfilt.nn.norms import EPSILON, LAYER_NORM_EPSILON
from tests.cli.conftest import Run
from tests.page.conftest import Browser
from tests.page.test_chain import (
    Array,
    Computed,
    bracketed,
    choose,
    drawn,
    exact,
    heading,
    open_layer,
    sums,
    window,
    written,
)

SCALE = np.float32(1 / 255)


def less(value: Any) -> str:
    text = written(value)
    return f" + {text[1:]}" if text.startswith("-") else f" - {text}"


def mean_of(values: Array, mean: Any) -> str:
    """What is said of a mean: all terms of up to 30, of more their sum."""
    if values.size <= 30:
        return f"({' + '.join(bracketed(one) for one in values.reshape(-1))}) / {values.size} = {written(mean)}"
    total = written(exact([(one, 1) for one in values.reshape(-1)]))
    return f"sum of {values.size} values = {total}, and {bracketed(total)} / {values.size} = {written(mean)}"


def standardised(computed: Computed, layer: int, at: tuple[int, ...], group: Array, epsilon: float) -> list[str]:
    """What is said of a value that shares a mean and a variance, found here in double precision, with `group`."""
    weights, value = computed.weights[layer], computed.values[layer + 1][at]
    mean, variance = group.astype(np.float64).mean(), group.astype(np.float64).var()
    factor, addend = (bracketed(weights[name][at[-1]]) for name in ("kernel", "bias"))
    return [
        f"mean: {mean_of(group, mean)}",
        f"variance: mean of (x{less(mean)})^2 over {group.size} values = {written(variance)}",
        f"({written(computed.values[layer][at])}{less(mean)}) / sqrt({written(variance)} + {written(epsilon)})"
        f" * {factor} + {addend} = {written(value)}",
    ]


def same(shown: list[str], wanted: list[str]) -> None:
    """Hold lines against each other, their numbers as such: those of the run are of single precision."""
    assert len(shown) == len(wanted)
    for one, other in zip(shown, wanted, strict=True):
        assert NUMBER.sub("#", one) == NUMBER.sub("#", other)
        found, sought = ([float(number) for number in NUMBER.findall(line)] for line in (one, other))
        assert found == pytest.approx(sought, rel=3e-5, abs=1e-6)


NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?")
"""A number in a line, without its sign."""


def shown(run: Run, browser: Browser, tmp_path: Path, words: str, shape: tuple[int, ...]) -> Computed:
    """Open the page of a chain on a drawn image, and return what the library computes."""
    source, pixels = drawn(tmp_path, shape)
    page = tmp_path / "a.html"
    seeded = ["--seed", 3] if any(report.layer.learns for report in Computed(words, pixels, 3).reports) else []
    done = run("apply", words, source, *seeded, "--input-scale", "1/255", "--page", page)
    assert done.code == 0, done.stderr
    browser.open(page)
    return Computed(words, np.multiply(pixels, SCALE, dtype=np.float32), 3)


def test_layer_normalisation_shows_the_mean_and_the_variance_of_a_position(
    run: Run, browser: Browser, tmp_path: Path
) -> None:
    computed = shown(run, browser, tmp_path, "conv:4,k=3 ln conv:40,k=3 ln", (9, 10, 3))
    for layer, at in ((1, (2, 3, 1)), (1, (6, 7, 3)), (3, (4, 1, 39))):
        choose(browser, layer + 1, computed.values[layer + 1].shape, at)
        assert heading(browser).endswith(f"at row {at[0]}, column {at[1]} = {written(computed.values[layer + 1][at])}")
        group = computed.values[layer][at[:2]]
        same(sums(browser), standardised(computed, layer, at, group, LAYER_NORM_EPSILON))
        assert browser.text(".step .kept") == written(computed.values[layer][at])


def test_group_normalisation_shows_those_of_the_group_s_channels(run: Run, browser: Browser, tmp_path: Path) -> None:
    # As many groups as positions, and one position alone: which numbers are for which is told by the layer.
    computed = shown(run, browser, tmp_path, "conv:8,k=8x9 gn:4 pool:global gn:2 flatten ln gn:2", (9, 10, 3))
    for layer, at in ((1, (1, 0, 5)), (1, (0, 1, 0))):
        choose(browser, layer + 1, computed.values[layer + 1].shape, at)
        group = computed.values[layer][..., at[2] // 2 * 2 : at[2] // 2 * 2 + 2]
        same(sums(browser), standardised(computed, layer, at, group, EPSILON))
        assert "The 8 values of the 2 channels" in browser.text(".step")
        assert "goes into the mean and the variance of 2. gn:4, too." in browser.text("#view")
    choose(browser, 4, (1, 1, 8), (0, 0, 6))
    same(sums(browser), standardised(computed, 3, (0, 0, 6), computed.values[3][0, 0, 4:], EPSILON))
    choose(browser, 6, (8,), (3,))
    same(sums(browser), standardised(computed, 5, (3,), computed.values[5], LAYER_NORM_EPSILON))
    assert "All 8 values of the list" in browser.text(".step")
    choose(browser, 7, (8,), (3,))
    same(sums(browser), standardised(computed, 6, (3,), computed.values[6][:4], EPSILON))
    assert "The values 0 to 3 of the list" in browser.text(".step")


def test_a_part_of_a_map_has_the_statistics_of_its_positions(
    run: Run, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnfilt.page.chain_page.MOST_BYTES", 9_000)
    computed = shown(run, browser, tmp_path, "ln gn:1", (30, 32, 3))
    layer_norm, group_norm = computed.values[1:]
    open_layer(browser, 1)
    browser.script("document.querySelector('.large').focus()")
    browser.press("ARROW_DOWN", "ARROW_LEFT")
    row, column, channel = place_in(heading(browser))
    at = (row, column, channel)
    same(sums(browser), standardised(computed, 0, at, computed.values[0][row, column], LAYER_NORM_EPSILON))
    open_layer(browser, 2)
    at = place_in(heading(browser))
    mean, variance = (float(one) for one in (layer_norm.mean(dtype=np.float64), layer_norm.var(dtype=np.float64)))
    lines = sums(browser)
    assert lines[0].startswith("mean of 2,880 values = ")
    assert float(lines[0].split(" = ")[1]) == pytest.approx(mean, abs=1e-6)
    assert float(lines[1].split(" = ")[1]) == pytest.approx(variance, rel=1e-5)
    assert lines[2].endswith(f" = {written(group_norm[at])}")


def place_in(text: str) -> tuple[int, int, int]:
    """Row, column and channel in the heading of a step."""
    name, rest = text.split(": ")[1].split(" at row ")
    row, column = rest.split(" = ")[0].split(", column ")
    return int(row), int(column), ("red", "green", "blue").index(name)


def test_local_responses_show_the_squares_beside_them(run: Run, browser: Browser, tmp_path: Path) -> None:
    computed = shown(run, browser, tmp_path, "conv:7,k=3 lrn pool:global flatten lrn", (5, 6, 3))
    for layer, at in ((1, (2, 3, 0)), (1, (0, 1, 3)), (1, (1, 2, 5)), (4, (1,))):
        choose(browser, layer + 1, computed.values[layer + 1].shape, at)
        before, channel = computed.values[layer][at[:-1]], at[-1]
        beside = before[max(channel - 2, 0) : channel + 3]
        total = exact([(one, one) for one in beside])
        assert sums(browser) == [
            f"{' + '.join(f'{bracketed(one)}^2' for one in beside)} = {written(total)}",
            f"{written(before[channel])} / (2 + 0.0001 * {written(total)})^0.75"
            f" = {written(computed.values[layer + 1][at])}",
        ]


@pytest.mark.parametrize(("factor", "at"), [("2", [(1, 2), (0, 0), (7, 9), (4, 0)]), ("3x1", [(1, 2), (0, 4), (6, 3)])])
def test_values_between_others_show_their_neighbours_and_weights(
    run: Run, browser: Browser, tmp_path: Path, factor: str, at: list[tuple[int, int]]
) -> None:
    computed = shown(run, browser, tmp_path, f"up:{factor},mode=bilinear", (4, 5, 3))
    before, after = computed.values
    factors = [int(one) for one in (factor.split("x") * 2)[:2]]
    for row, column in at:
        choose(browser, 1, after.shape, (row, column, 1))
        rows, columns = (
            along(place, size, one) for place, size, one in zip((row, column), before.shape, factors, strict=False)
        )
        terms = [(before[i, j, 1], one * other) for i, one in rows for j, other in columns]
        line = " + ".join(f"{bracketed(value)}*{written(weight)}" for value, weight in terms)
        assert sums(browser) == [f"{line} = {written(after[row, column, 1])}"]
        assert float(sum(float(value) * weight for value, weight in terms)) == pytest.approx(after[row, column, 1])
        said = "Beyond the border" in browser.text(".step")
        assert said == any(len({place for place, _ in one}) < len(one) for one in (rows, columns))


def along(place: int, size: int, factor: int) -> list[tuple[int, float]]:
    """The neighbours of a place in what has `factor` times as many, and their weights: half-pixel centres."""
    centre = (place + 0.5) / factor - 0.5
    below = int(np.floor(centre))
    pairs = [(below, 1 - (centre - below)), (below + 1, centre - below)]
    return [(min(max(one, 0), size - 1), weight) for one, weight in pairs if weight > 1e-9]


def test_medians_show_their_window_in_order(run: Run, browser: Browser, tmp_path: Path) -> None:
    words = "pool:median,k=3,p=1 pool:median,k=2 pool:median,k=global"
    computed = shown(run, browser, tmp_path, words, (14, 14, 3))
    for layer, at, size in ((0, (2, 3, 0), 9), (0, (0, 0, 2), 4), (1, (1, 0, 1), 4), (2, (0, 0, 1), 4)):
        choose(browser, layer + 1, computed.values[layer + 1].shape, at)
        seen = sorted(one for one in window(computed, layer, at, at[2]) if one is not None)
        texts, value = [written(one) for one in seen], written(computed.values[layer + 1][at])
        texts[(size - 1) // 2] = f"*{value}"
        assert len(texts) == size
        assert sums(browser) == [f"sorted({', '.join(texts)}) = {value}"]
        assert browser.text(".sum mark") == f"*{value}"
        assert browser.text(".step .kept") == value


def test_of_a_large_window_the_values_around_the_median_are_shown(run: Run, browser: Browser, tmp_path: Path) -> None:
    computed = shown(run, browser, tmp_path, "pool:median,k=global as:m pool:range,k=global", (9, 8, 3))
    choose(browser, 1, (1, 1, 3), (0, 0, 1))
    texts = [written(one) for one in np.sort(computed.values[0][..., 1], axis=None)]
    around = [*texts[20:35], f"*{texts[35]}", *texts[36:51]]
    assert sums(browser) == [f"sorted(..., {', '.join(around)}, ...) = {texts[35]}"]
    assert "the lower of the two in the middle is kept" in browser.text(".step")


def test_a_range_is_the_largest_less_the_smallest(run: Run, browser: Browser, tmp_path: Path) -> None:
    computed = shown(run, browser, tmp_path, "pool:range,k=2", (4, 4, 3))
    choose(browser, 1, (2, 2, 3), (1, 0, 2))
    window, value = computed.values[0][2:, :2, 2], computed.values[1][1, 0, 2]
    assert sums(browser) == [
        f"largest - smallest = {written(window.max())} - {written(window.min())} = {written(value)}"
    ]
    assert not browser.all(".step .kept")


@pytest.mark.parametrize(
    ("word", "what"), [("erode", "min"), ("dilate", "max"), ("gradient", "largest - smallest"), ("open", None)]
)
def test_morphology_of_one_step_shows_what_is_kept(
    run: Run, browser: Browser, tmp_path: Path, word: str, what: str | None
) -> None:
    computed = shown(run, browser, tmp_path, f"morph:{word},k=3", (7, 8, 3))
    for at in ((0, 0, 1), (3, 4, 2)):
        choose(browser, 1, (7, 8, 3), at)
        lines, value = sums(browser), written(computed.values[1][at])
        assert heading(browser).endswith(f" = {value}")
        if what is None:
            assert lines == []
            continue
        seen = [one for one in window(computed, 0, at, at[2]) if one is not None]
        terms = f"{written(max(seen))} - {written(min(seen))}"
        kept = f" = {terms}" if word == "gradient" else f"({', '.join(map(written, seen))})"
        assert lines == [f"{what}{kept} = {value}"]
