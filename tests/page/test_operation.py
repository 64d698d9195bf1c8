"""The page of one operation shows in a browser what the library computes."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import cnnfilt
from cnnfilt.cli.inspect.window_tables import product_text
from cnnfilt.cli.numbers import in_brackets, written
from cnnfilt.core.explain.convolution import Explained, explain_convolution
from cnnfilt.core.explain.edges import explain_edges
from cnnfilt.core.explain.morphology import explain_morphology
from cnnfilt.core.explain.pooling import Pooled, explain_pooling
from cnnfilt.core.explain.transposed import explain_transposed
from cnnfilt.core.morphology import morph
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Convolution, Morphology, Pooling
from cnnfilt.parsing import parse_padding
from tests.cli.conftest import SAMPLES, Run
from tests.page.conftest import Browser

EXAMPLE = SAMPLES / "worked_example.csv"

Reading = dict[str, Any]

READ = """
const page = window.page, found = [], text = (one) => one.textContent;
const [top, left, height, width] = page.current.made;
for (let row = top; row < top + height; row++) {
  for (let column = left; column < left + width; column++) {
    page.move([row, column], false);
    found.push({
      place: [row, column],
      sums: [...document.querySelectorAll("#reading p.sum[id], #reading #sum-0")].map(text),
      steps: [...document.querySelectorAll("#steps li")].map(text),
      values: [...document.querySelectorAll("#reading .value")].map(text),
      kept: (document.querySelector("#kept") || {textContent: ""}).textContent,
    });
  }
}
return found;
"""

LOOK = """
window.page.look(arguments[0]);
return [...document.querySelectorAll("#parts li")].map((one) => one.textContent);
"""


@pytest.fixture
def opened(run: Run, browser: Browser, tmp_path: Path) -> Any:
    """Make the page of a command line, and open it."""

    def make(*words: object, **window: Any) -> Browser:
        page = tmp_path / "page.html"
        done = run(*words, "--page", page, "-y")
        assert done.code == 0, done.stderr
        return browser.open(page, **window)

    return make


def choose(browser: Browser, label: str, index: int) -> None:
    """Choose from the list of this label, as a pointer or key does."""
    browser.script(
        """
        const list = [...document.querySelectorAll("label")].find((one) => one.textContent.startsWith(arguments[0]));
        list.querySelector("select").selectedIndex = arguments[1];
        list.querySelector("select").dispatchEvent(new Event("change"));
        """,
        label,
        index,
    )


def close(text: str, value: float) -> bool:
    """Whether six digits show this value, but for the rounding of a float's last bits."""
    return math.isclose(float(text), value, rel_tol=2e-5, abs_tol=1e-4) or text == written(value)


def sum_of(one: Explained) -> Iterator[str]:
    """The sums as the notes write them."""
    for response in one.responses:
        name = f"{response.name}: " if len(one.responses) > 1 else ""
        terms = (
            product_text(written(value), written(weight), padded=hidden)
            for patch in response.patches
            for values, weights, flags in zip(patch.window, patch.kernel, one.padded, strict=True)
            for value, weight, hidden in zip(values, weights, flags, strict=True)
        )
        yield f"{name}{' + '.join(terms)} = "


def test_the_worked_example(opened: Any) -> None:
    browser = opened("convolve", EXAMPLE, "-k", "vertical")
    assert browser.text("#place") == "Output row 0, column 0 of 4x4"
    assert browser.text("#where") == "The window: rows 0 to 2, columns 0 to 2 of the image."
    assert browser.text("#sum-0") == "1*1 + 6*0 + 9*(-1) + 2*1 + 5*0 + 1*(-1) + 3*1 + 7*0 + 4*(-1) = -8"
    assert browser.script(LOOK, [0, 0]) == ["row 0, column 0 as 1*1, where the sum is -8"]
    assert browser.text("#place") == "Input row 0, column 0 = 1: seen once"
    assert len(browser.script(LOOK, [2, 2])) == 9
    assert "floor((6 + 0 + 0 - 3) / 1) + 1 = 4" in browser.text("main")


CONVOLUTIONS = [
    ((6, 6), "1,0,-1;1,0,-1;1,0,-1", {}),
    ((7, 5), "1,2;3,4", {"stride": (2, 1), "padding": "same"}),
    ((5, 6), "1,-2,3", {"padding": "full", "padding_mode": "replicate"}),
    ((8, 8), "0.1,0.2;0.3,-0.4", {"dilation": (2, 3), "bias": 1.5, "activation": "relu"}),
    ((6, 7), "1,1;1,1", {"padding": "2,1,0,3", "padding_mode": "reflect", "bias": -3}),
    ((5, 5), "2,0,1;0,1,0;3,0,1", {"padding": "same", "padding_mode": "symmetric", "stride": (2, 2)}),
    ((5, 5), "1,2,4", {"padding": "0,2", "padding_mode": "circular", "activation": "sigmoid", "input_scale": 0.01}),
    ((4, 4), "1/9,1/9;1/9,1/9", {"padding": "1", "padding_value": 7, "flip": True, "activation": "tanh"}),
]


def options_of(asked: dict[str, Any]) -> list[str]:
    words = []
    for name, value in asked.items():
        flag = "--" + name.replace("_", "-")
        text = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
        words += [flag] if value is True else [f"{flag}={text}"]
    return words


@pytest.mark.parametrize(("size", "kernel", "asked"), CONVOLUTIONS)
@pytest.mark.parametrize("colours", [0, 3], ids=["matrix", "photo"])
def test_convolution(
    opened: Any, tmp_path: Path, size: tuple[int, int], kernel: str, asked: dict[str, Any], colours: int
) -> None:
    rng = np.random.default_rng(len(kernel) + size[0])
    pixels = rng.integers(0, 256, (*size, 3) if colours else size).astype(np.uint8)
    name = tmp_path / ("a.png" if colours else "a.csv")
    if colours:
        PIL.Image.fromarray(pixels).save(name)
    else:
        np.savetxt(name, pixels, fmt="%d", delimiter=",")
        pixels = pixels.astype(np.int64)
    browser = opened("convolve", name, "-k", kernel, *options_of(asked))
    bias = asked.get("bias", 0)
    given = {key: value for key, value in asked.items() if key != "bias"}
    if "padding" in given:
        given["padding"] = parse_padding(given["padding"])
    weights = cnnfilt.kernel(kernel)
    result = cnnfilt.convolve(pixels, weights, bias=bias, **given)
    for map_ in range(colours or 1):
        if map_:
            choose(browser, "Channel", map_)
        for reading in browser.script(READ):
            one = explain_convolution(pixels, weights, tuple(reading["place"]), Convolution(**given), bias=bias)[map_]
            (words,) = sum_of(one)
            assert reading["sums"][0].startswith(words)
            numbers = [one.responses[0].total, *(step.value for step in one.steps)]
            assert [step.split(" = ")[0] for step in reading["steps"]][: len(one.steps)] == [
                step.words for step in one.steps
            ]
            assert all(close(text, value) for text, value in zip(reading["values"], numbers, strict=False))
            response = (result if result.ndim == 3 else result[..., np.newaxis])[(*reading["place"], map_)]
            assert reading["values"][len(one.steps)] == written(response.item())


def test_levels_are_those_of_the_file_and_say_what_was_clipped(opened: Any, tmp_path: Path, run: Run) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (6, 6), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    words = ["convolve", tmp_path / "a.png", "-k", "2,-1;0,0.4", "-p", "same"]
    browser = opened(*words)
    assert run(*words, "-o", tmp_path / "b.png").code == 0
    written_levels = np.asarray(PIL.Image.open(tmp_path / "b.png"))
    seen = set()
    for reading in browser.script(READ):
        response, level = float(reading["values"][0]), int(reading["values"][-1])
        assert level == written_levels[tuple(reading["place"])]
        how = "below" if round(response) < 0 else "above" if round(response) > 255 else ""
        assert ("clipped: " in reading["steps"][-1]) == bool(how)
        assert f"{how} the " in reading["steps"][-1] or not how
        seen.add(how)
    assert seen == {"below", "above", ""}


def test_channels_that_are_summed(opened: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    browser = opened("convolve", tmp_path / "a.png", "-k", "1,2;3,-4", "--channels", "sum")
    kernel = cnnfilt.kernel("1,2;3,-4")
    for reading in browser.script(READ):
        (one,) = explain_convolution(pixels, kernel, tuple(reading["place"]), Convolution(channels="sum"))
        (words,) = sum_of(one)
        assert reading["sums"] == [f"{words}{written(one.value)}"]


def test_luma_says_what_is_added_to_each_colour(opened: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    browser = opened("convolve", tmp_path / "a.png", "-k", "sharpen", "--channels", "luma", "-p", "same")
    result = cnnfilt.convolve(pixels, cnnfilt.kernel("sharpen"), channels="luma", padding="same")
    choose(browser, "Channel", 2)
    for reading in browser.script(READ):
        assert reading["values"][1] == written(result[(*reading["place"], 2)].item())
        assert f"plus own {pixels[(*reading['place'], 2)]}" in reading["steps"][0]


POOLINGS = [
    {},
    {"kind": "avg", "kernel_size": (3, 2), "stride": (1, 2)},
    {"kind": "avg", "kernel_size": (3, 3), "padding": 1, "count_include_pad": True, "stride": (2, 2)},
    {"kind": "avg", "kernel_size": (3, 3), "padding": 1, "ceil_mode": True, "stride": (2, 2)},
    {"kind": "median", "kernel_size": (3, 3), "stride": (1, 1), "padding": "same"},
    {"kind": "range", "kernel_size": (2, 2), "dilation": (2, 2), "stride": (1, 1)},
    {"kind": "min", "window": "cross", "stride": (1, 1), "padding": "same", "kernel_size": (3, 3)},
    {"adaptive": (3, 2)},
    {"whole": True, "kind": "avg"},
]


@pytest.mark.parametrize("asked", POOLINGS)
def test_pooling(opened: Any, tmp_path: Path, asked: dict[str, Any]) -> None:
    pixels = np.random.default_rng(7).integers(-9, 99, (7, 6))
    np.savetxt(tmp_path / "a.csv", pixels, fmt="%d", delimiter=",")
    words = options_of({"global" if name == "whole" else name: value for name, value in asked.items()})
    browser = opened("pool", tmp_path / "a.csv", *words)
    if "window" in asked:
        from cnnfilt.describe.window_shapes import parse_window

        asked = asked | {"window": parse_window(asked["window"], "--window")}
    for reading in browser.script(READ):
        (one,) = explain_pooling(pixels, tuple(reading["place"]), Pooling(**asked))
        assert reading["values"] == [written(one.value)]
        assert reading["sums"] == [f"{pooled_words(one)} = {written(one.value)}"]
        kept = one.kept
        where = f"found at row {one.rows[kept[0]]}, column {one.columns[kept[1]]} of the image" if kept else ""
        assert reading["kept"] == where


def pooled_words(one: Pooled) -> str:
    """What was pooled, as the terminal has it, but for brackets around zeros of the padding."""
    cells = [
        f"[{written(value)}]" if hidden else written(value)
        for values, flags in zip(one.window, one.padded, strict=True)
        for value, hidden in zip(values, flags, strict=True)
        if value is not None
    ]
    match one.kind:
        case "avg":
            return f"({' + '.join(text if text[0] == '[' else in_brackets(text) for text in cells)}) / {len(cells)}"
        case "range":
            low, high = min(one.counted), max(one.counted)
            return f"largest - smallest = {written(high)} - {in_brackets(written(low))}"
        case "median":
            ordered = [written(value) for value in sorted(one.counted)]
            ordered[(len(ordered) - 1) // 2] = "*" + ordered[(len(ordered) - 1) // 2]
            return f"sorted({', '.join(ordered)})"
    return f"{one.kind}({', '.join(cells)})"


@pytest.mark.parametrize("operation", ["erode", "dilate", "open", "close", "gradient", "tophat", "blackhat"])
def test_morphology(opened: Any, tmp_path: Path, operation: Any) -> None:
    pixels = np.random.default_rng(8).integers(0, 99, (6, 7))
    np.savetxt(tmp_path / "a.csv", pixels, fmt="%d", delimiter=",")
    browser = opened("morph", operation, tmp_path / "a.csv", "-f", "2x3")
    asked = Morphology(operation=operation, kernel_size=(2, 3))
    result = morph(pixels, operation, (2, 3))
    if operation not in ("erode", "dilate"):
        choose(browser, "Step", 1)
    for reading in browser.script(READ):
        (one,) = explain_morphology(pixels, tuple(reading["place"]), asked)
        assert reading["values"][-1] == written(one.value) == written(result[tuple(reading["place"])].item())
        assert [step.rsplit(" = ", 1)[0] for step in reading["steps"]] == [step.words for step in one.steps]
        if operation != "gradient":  # Its explanation shows the first of the two windows.
            assert reading["sums"][0].startswith(pooled_words(one))


EDGES = [
    {},
    {"method": "sobel", "direction": "vertical"},
    {"method": "sobel", "gain": 2.5},
    {"method": "kirsch"},
    {"method": "laplacian", "padding_mode": "reflect"},
    {"threshold": 40.0},
    {"thin": True, "threshold": 30.0},
    {"method": "canny", "sigma": 0.5},
]


@pytest.mark.parametrize("asked", EDGES)
@pytest.mark.parametrize("invert", [False, True])
def test_edges(opened: Any, tmp_path: Path, run: Run, asked: dict[str, Any], invert: bool) -> None:
    pixels = np.random.default_rng(9).integers(0, 256, (6, 7), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    words = ["edges", tmp_path / "a.png", *options_of(asked), *(["--invert"] if invert else [])]
    browser = opened(*words)
    assert run(*words, "-o", tmp_path / "b.png").code == 0
    levels = np.asarray(PIL.Image.open(tmp_path / "b.png"))
    for reading in browser.script(READ):
        place = tuple(reading["place"])
        (one,) = explain_edges(pixels, place, EdgeDetection(**asked))
        assert int(reading["values"][-1]) == levels[place]
        if asked.get("method") == "canny":  # Its kernels are those of the terminal, divided by a full step.
            assert close(reading["steps"][0].rsplit(" = ", 1)[1], one.steps[1].value)
            assert reading["steps"][2].startswith(one.steps[-1].words)
            continue
        assert list(sum_of(one)) == [text[: text.rindex("=") + 2] for text in reading["sums"]]
        shown = reading["values"][len(one.responses) :]
        assert all(close(text, step.value) for text, step in zip(shown, one.steps, strict=False))
        assert [text.rsplit(" = ", 1)[0] for text in reading["steps"]][: len(one.steps)] == [
            step.words for step in one.steps
        ]


@pytest.mark.parametrize("mode", ["zeros", "reflect", "symmetric", "replicate", "circular"])
def test_padding_says_where_each_value_comes_from(opened: Any, mode: Any) -> None:
    pixels = np.loadtxt(EXAMPLE, delimiter=",", dtype=int)
    browser = opened("pad", EXAMPLE, "-p", "2,1,3,0", "--padding-mode", mode)
    padding = ((2, 1), (3, 0))
    result = cnnfilt.pad(pixels, padding, padding_mode=mode)
    rows, columns = (cnnfilt.pad(np.indices((6, 6))[axis], padding, padding_mode=mode) for axis in (0, 1))
    for reading in browser.script(READ):
        place = y, x = tuple(reading["place"])
        assert reading["values"] == [written(result[place].item())]
        inside = 2 <= y < 8 and x >= 3
        says = "is the image's own" if inside else "filled with" if mode == "zeros" else f"{mode} shows row"
        assert says in reading["sums"][0]
        if not inside and mode != "zeros":
            assert f"shows row {rows[place]}, column {columns[place]} again" in reading["sums"][0]


@pytest.mark.parametrize(("size", "kernel", "asked"), [one for one in CONVOLUTIONS if "activation" not in one[2]])
def test_an_input_value_names_every_output_it_has_a_part_in(
    opened: Any, tmp_path: Path, size: tuple[int, int], kernel: str, asked: dict[str, Any]
) -> None:
    pixels = np.arange(1, size[0] * size[1] + 1).reshape(size)
    np.savetxt(tmp_path / "a.csv", pixels, fmt="%d", delimiter=",")
    browser = opened("convolve", tmp_path / "a.csv", "-k", kernel, *options_of(asked))
    given = {key: value for key, value in asked.items() if key != "bias"}
    if "padding" in given:
        given["padding"] = parse_padding(given["padding"])
    ones = np.ones_like(cnnfilt.kernel(kernel))
    for place in np.ndindex(size):
        # What changes when the value does, by each tap that sees it.
        changed = pixels * 0
        changed[place] = 1
        counts = cnnfilt.convolve(changed, ones, **given | {"padding_value": 0})
        lines = browser.script(LOOK, place)
        seen = [tuple(map(int, line.split(" as ")[0].replace("row ", "").split(", column "))) for line in lines]
        assert sorted(seen) == sorted(index for index in np.ndindex(counts.shape) for _ in range(int(counts[index])))


def test_a_pointer_keys_and_buttons_choose(opened: Any) -> None:
    browser = opened("convolve", EXAMPLE, "-k", "vertical")
    output, source = browser.all("#output canvas")[0], browser.all("#input canvas")[0]

    def over(canvas: Any, row: int, column: int, *, click: bool = False) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        zoom, head = int(canvas.get_attribute("data-zoom")), int(canvas.get_attribute("data-head"))
        x, y = head + (column + 0.5) * zoom, head + (row + 0.5) * zoom
        moved = ActionChains(browser.driver).move_to_element_with_offset(
            canvas, int(x - canvas.size["width"] / 2), int(y - canvas.size["height"] / 2)
        )
        (moved.click() if click else moved).perform()

    over(output, 2, 1)
    assert browser.text("#place") == "Output row 2, column 1 of 4x4"
    over(source, 0, 0)
    assert browser.text("#place") == "Input row 0, column 0 = 1: seen once"
    over(output, 3, 3, click=True)
    over(output, 0, 0)
    assert browser.text("#place") == "Output row 3, column 3 of 4x4", "a click holds it"
    browser.press("ESCAPE")
    over(output, 1, 1)
    assert browser.text("#place") == "Output row 1, column 1 of 4x4"
    browser.press("ARROW_RIGHT", "ARROW_DOWN")
    assert browser.text("#place") == "Output row 2, column 2 of 4x4"
    assert browser.text("#said") == "Output row 2, column 2 of 4x4: -8, the sum"
    browser.press("END", "ARROW_RIGHT")
    assert browser.text("#place") == "Output row 2, column 3 of 4x4", "the edge is the end"
    browser.script("document.querySelector('#input canvas').focus()")
    browser.press("ARROW_LEFT")
    assert browser.text("#place") == "Input row 2, column 3 = 9: seen 9 times"
    browser.script("const box = document.querySelector('#go-row'); box.focus(); box.select()")
    browser.press("1", "TAB")
    assert browser.text("#place") == "Output row 1, column 3 of 4x4"


def test_play_steps_along_and_stops(opened: Any) -> None:
    browser = opened("pool", "1,2,3,4; 5,6,7,8", "-f", "2")
    browser.script("document.querySelector('#play').click()")
    assert browser.text("#play") == "Pause"
    browser.wait_for("#play[aria-pressed=false]")
    assert browser.text("#place") == "Output row 0, column 1 of 1x2"


def test_several_kernels_are_chosen_from(opened: Any, tmp_path: Path) -> None:
    PIL.Image.fromarray(np.arange(36, dtype=np.uint8).reshape(6, 6)).save(tmp_path / "a.png")
    browser = opened("convolve", tmp_path / "a.png", "-k", "sobel-x", "-k", "box")
    assert "kernel sobel-x" in browser.text("#reading")
    choose(browser, "Kernel", 1)
    assert "kernel box" in browser.text("#reading")


def test_words_of_others_stay_text(opened: Any, tmp_path: Path, run: Run) -> None:
    """A file name, a kernel's file name and a typed matrix."""
    hostile = "<script>alert(1)<|script>&<img src=x onerror=alert(1)>"
    for name in (f"{hostile}.csv", f"k{hostile}.csv"):
        (tmp_path / name).write_text("1,2\n3,4\n")
    browser = opened("convolve", tmp_path / f"{hostile}.csv", "-k", f"@{tmp_path}/k{hostile}.csv")
    assert hostile in browser.text("h1")
    assert f"kernel k{hostile}" in browser.text("#reading")
    assert f"k{hostile} 2x2" in browser.text("main")
    assert browser.script("return document.querySelectorAll('img, script').length") == 2
    typed = opened("pool", "1,2;3,4", "-o", tmp_path / "<b>.csv")
    assert typed.text("h1") == "pool: 1,2;3,4"


def test_numbers_beyond_double_precision_are_exact(opened: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[2**60 + 1, 2**60], [3, 4]]))
    browser = opened("pool", tmp_path / "a.npy", "-f", "2")
    assert browser.text("#sum-0") == f"max({2**60 + 1}, {2**60}, 3, 4) = {2**60 + 1}"


def test_what_is_no_number_is_said(opened: Any) -> None:
    browser = opened("pool", "1,nan;inf,-inf", "-f", "1")
    assert [one["values"] for one in browser.script(READ)] == [["1"], ["nan"], ["inf"], ["-inf"]]


def test_one_pixel(opened: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("5\n")
    browser = opened("convolve", tmp_path / "a.csv", "-k", "2")
    assert browser.text("#sum-0") == "5*2 = 10"


def test_a_photo_of_512_pixels_is_small_and_holds_every_number(opened: Any, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    photo = np.asarray(PIL.Image.open(SAMPLES / "scene.jpg"))[144:656, 344:856] // 2 + noise // 8
    PIL.Image.fromarray(photo).save(tmp_path / "a.png")
    browser = opened("convolve", tmp_path / "a.png", "-k", "gaussian:2", "-p", "same", "--padding-mode", "replicate")
    assert (tmp_path / "page.html").stat().st_size < 5e6
    kept = browser.script("return window.page.current.made")
    assert kept[2] * kept[3] >= 512 * 512 * 0.5
    if kept != [0, 0, 512, 512]:
        assert "it holds the numbers of" in browser.text("#part")


def test_a_large_image_says_which_numbers_it_holds(opened: Any, tmp_path: Path) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (900, 1600, 3), dtype=np.uint8)
    PIL.Image.fromarray(photo).save(tmp_path / "a.png")
    browser = opened("convolve", tmp_path / "a.png", "-k", "box:5", "-p", "same")
    assert (tmp_path / "page.html").stat().st_size < 5e6
    top, left, height, width = browser.script("return window.page.data.part")
    assert f"rows {top} to {top + height - 1} and columns {left} to {left + width - 1}" in browser.text("#part")
    # The window of each output that is chosen lies in that part.
    browser.script("window.page.move([0, 0])")
    assert browser.text("#place").startswith(f"Output row {top + 2}, column {left + 2} of 900x1600")
    result = cnnfilt.convolve(photo, cnnfilt.kernel("box:5"), padding="same")
    assert browser.text("#reading .value") == written(result[top + 2, left + 2, 0].item())
    browser.script("window.page.look([0, 0])")
    assert "not kept on this page" in browser.text("#place")


def test_a_window_over_all_of_a_large_image_is_not_made_up(opened: Any, tmp_path: Path) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (2000, 2500), dtype=np.uint8)
    PIL.Image.fromarray(photo).save(tmp_path / "a.png")
    browser = opened("pool", tmp_path / "a.png", "--global", "--kind", "avg")
    assert "Not all of this window's values are kept on this page." in browser.text("#reading")


STAMPS = [
    {},
    {"stride": (2, 3)},
    {"stride": (2, 2), "padding": "1", "output_padding": (1, 0), "bias": 2, "activation": "relu"},
    {"stride": (3, 3), "padding": "same"},
    {"dilation": (2, 2), "flip": True},
]


@pytest.mark.parametrize("asked", STAMPS)
@pytest.mark.parametrize("channels", ["each", "sum"])
def test_a_transposed_convolution(opened: Any, tmp_path: Path, asked: dict[str, Any], channels: Any) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (4, 3, 3), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    words = ["-k", "1,2;-3,4", "--transposed", "--channels", channels, *options_of(asked)]
    browser = opened("convolve", tmp_path / "a.png", *words)
    bias = asked.get("bias", 0)
    given = {key: value for key, value in asked.items() if key != "bias"} | {"channels": channels, "transposed": True}
    if "padding" in given:
        given["padding"] = parse_padding(given["padding"])
    kernel, description = cnnfilt.kernel("1,2;-3,4"), Convolution(**given)
    for reading in browser.script(READ):
        one = explain_transposed(pixels, kernel, tuple(reading["place"]), description, bias=bias)[0]
        (terms,) = sum_of(one)
        assert reading["sums"] == [f"{terms.strip(' =') or 'no term'} = {written(one.responses[0].total)}"]
        numbers = [one.responses[0].total, *(step.value for step in one.steps)]
        assert reading["values"][: len(numbers)] == [written(value) for value in numbers]
    for place in np.ndindex(4, 3):
        lit = np.zeros((4, 3), np.int64)
        lit[place] = 1
        ones = np.ones((2, 2), np.int64)
        plain = {key: value for key, value in given.items() if key not in ("activation", "channels", "flip")}
        counts = cnnfilt.convolve(lit, ones, **plain)
        lines = browser.script(LOOK, place)
        seen = [tuple(map(int, line.split(" as ")[0].replace("row ", "").split(", column "))) for line in lines]
        assert sorted(seen) == sorted(index for index in np.ndindex(counts.shape) for _ in range(int(counts[index])))


def test_what_the_output_shows_is_called_by_its_name(opened: Any) -> None:
    browser = opened("edges", EXAMPLE, "--method", "canny")
    names = [one.text for one in browser.all("label option")]
    assert names == ["gx", "gy", "sqrt(gx^2 + gy^2), in full steps", "beside it", "edge or none"]
