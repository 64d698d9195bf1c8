"""The page of an .onnx network on an image shows what it computes: every layer, down to the image."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.onnx_network import opened
from tests.cli.conftest import Run
from tests.files import onnx_files as onnx
from tests.files.onnx_of_words import onnx_of
from tests.page.conftest import Browser
from tests.page.test_chain import HOSTILE, choose, heading, open_layer, sums, written

WORDS = (
    "as:in conv:4,k=3,p=1 bn relu as:main from:in conv:4,k=1 add:main pool:max,k=3,s=2,p=1 as:b conv:2,k=3,p=1 cat:b "
    "pool:avg,k=2 flatten fc:5 softmax"
)
SIZE = (9, 10, 3)


@pytest.fixture(autouse=True)
def _forgets_networks() -> None:
    opened.cache_clear()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, np.ndarray]:
    """A network, an image, and its pixels."""
    net, source = tmp_path / "net.onnx", tmp_path / "a.png"
    net.write_bytes(onnx_of(describe(parse_chain([WORDS]), Volume(*SIZE)), Volume(*SIZE), seed=4))
    pixels = np.random.default_rng(1).integers(0, 256, SIZE, dtype=np.uint8)
    Image.fromarray(pixels).save(source)
    return net, source, pixels


def test_each_layer_has_the_values_that_apply_gives(
    run: Run, browser: Browser, tmp_path: Path, files: tuple[Path, Path, np.ndarray]
) -> None:
    net, source, _ = files
    page, out, scale = tmp_path / "a.html", tmp_path / "a.npy", ["--input-scale", "1/255"]
    outcome = run("apply", "--model", net, source, *scale, "--page", page)
    assert outcome.code == 0, outcome.stderr
    browser.open(page)
    layers = opened(str(net)).layers()
    assert len(browser.all(".card")) == len(layers) + 1
    rng = np.random.default_rng(3)
    for place, layer in enumerate(layers, 1):
        assert run("apply", "--model", net, source, *scale, "--layer", layer.value, "-o", out, "-y").code == 0
        values = np.load(out)
        values = values.reshape(-1) if values.ndim == 2 and not isinstance(layer.shape, Volume) else values
        if isinstance(layer.shape, Volume):
            values = values.reshape(layer.shape.height, layer.shape.width, layer.shape.channels)
        for _ in range(2):
            at = tuple(int(rng.integers(n)) for n in values.shape)
            if len(at) == 1 and len(values) > 24:
                continue
            choose(browser, place, values.shape, at)
            assert heading(browser).endswith(f" = {written(values[at])}")
            for line in sums(browser)[-1:]:
                assert line.endswith(f" = {written(values[at])}")
            assert "Without any rounding" not in browser.text(".step") or values.dtype == np.float32


def test_it_is_followed_down_through_what_the_file_lists(
    run: Run, browser: Browser, tmp_path: Path, files: tuple[Path, Path, np.ndarray]
) -> None:
    net, source, pixels = files
    page = tmp_path / "a.html"
    treated = ["--input-scale", "1/255", "--mean", "0.5,0.4,0.3", "--std", "0.2,0.3,0.4", "--channel-order", "bgr"]
    assert run("apply", "--model", net, source, *treated, "--page", page).code == 0
    browser.open(page)
    browser.script(
        "[...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Follow')).click()"
    )
    last = [one.text for one in browser.all(".step h3")][-1]
    assert last.startswith("input: ")
    channel, row, column = (
        last.removeprefix("input: ").replace(" at row ", ",").replace(" column ", "").split(" ")[0].split(",")
    )
    place = ("blue", "green", "red").index(channel)
    level = pixels[int(row), int(column), 2 - place]
    mean, std = (0.5, 0.4, 0.3)[place], (0.2, 0.3, 0.4)[place]
    (line,) = sums(browser, len(browser.all(".step")) - 1)
    assert line.startswith(f"({level} * {written(1 / 255)} - {mean}) / {std} = ")
    assert float(line.split(" = ")[1]) == pytest.approx((level / 255 - mean) / std, abs=1e-5)


def test_names_from_the_file_stay_text(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, source, page = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html"
    weights = np.ones((4, 3, 3, 3), "<f4").tobytes()
    convolution = onnx.node("Conv", ["x", "w"], ["y"], {"kernel_shape": [3, 3]}, name=HOSTILE)
    net.write_bytes(onnx.model([convolution], [onnx.tensor("w", [4, 3, 3, 3], weights)]))
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(source)
    assert run("apply", "--model", net, source, "--page", page).code == 0
    browser.open(page)
    assert HOSTILE in browser.text(".layer h2")
    assert browser.script("return window.ran === undefined && !document.querySelector('#view script, #view img')")


def test_classes_have_the_names_in_the_file(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, source, page = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html"
    # What is no output has as many values as there are classes, too, and no names.
    words = "conv:3,k=3 relu pool:global flatten fc:3 relu fc:3 softmax"
    names = ["cat", HOSTILE, "dog"]
    written_down = onnx.field(14, onnx.field(1, "names") + onnx.field(2, str(dict(enumerate(names)))))
    net.write_bytes(onnx_of(describe(parse_chain([words]), Volume(*SIZE)), Volume(*SIZE), seed=4) + written_down)
    Image.fromarray(np.random.default_rng(1).integers(0, 256, SIZE, dtype=np.uint8)).save(source)
    assert run("apply", "--model", net, source, "--input-scale", "1/255", "--page", page).code == 0
    browser.open(page)
    layers = opened(str(net)).layers()
    numbers = ["value 0", "value 1", "value 2"]
    flat = [place for place, one in enumerate(layers, 1) if not isinstance(one.shape, Volume)]
    assert len(flat) == 5
    for place in flat:
        open_layer(browser, place)
        shown = [one.text for one in browser.all(".bars .barrow .name")]
        assert shown == (names if place in flat[-2:] else numbers)
    choose(browser, flat[-1], (3,), (1,))
    assert HOSTILE in heading(browser)
    assert {one.text.split(" of ")[0] for one in browser.all(".step .go")} == set(names)
    assert browser.script("return window.ran === undefined && !document.querySelector('#view script, #view img')")


def test_names_that_do_not_fit_are_not_used(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, source, page = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html"
    written_down = onnx.field(14, onnx.field(1, "names") + onnx.field(2, '["cat", "dog"]'))
    net.write_bytes(onnx_of(describe(parse_chain([WORDS]), Volume(*SIZE)), Volume(*SIZE), seed=4) + written_down)
    Image.fromarray(np.zeros(SIZE, np.uint8)).save(source)
    assert run("apply", "--model", net, source, "--page", page).code == 0
    browser.open(page)
    assert browser.text(".bars .barrow .name") == "value 0"


def test_what_is_not_told_shows_no_numbers_of_others(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, source, page = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html"
    nodes = [
        onnx.node("Split", ["x"], ["one", "two", "three"], {"axis": 1, "num_outputs": 3}, name="split"),
        onnx.node("Relu", ["two"], ["y"], name="relu"),
    ]
    net.write_bytes(onnx.model(nodes, version=18))
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(source)
    assert run("apply", "--model", net, source, "--page", page).code == 0
    browser.open(page)
    choose(browser, 2, (8, 8, 1), (3, 4, 0))
    assert heading(browser).endswith(f" = {pixels[3, 4, 1]}")
    assert sums(browser) == []
    assert not browser.all(".step .cells, .step .go")


def test_local_responses_of_the_file_show_its_own_numbers(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, source, page = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html"
    numbers = {"size": 2, "alpha": 0.5, "beta": 0.5, "bias": 4.0}
    net.write_bytes(onnx.model([onnx.node("LRN", ["x"], ["y"], numbers, name="lrn")]))
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(source)
    assert run("apply", "--model", net, source, "--page", page).code == 0
    browser.open(page)
    for channel, last in ((0, 2), (2, 3)):
        choose(browser, 1, (8, 8, 3), (3, 4, channel))
        beside = [int(one) for one in pixels[3, 4, channel:last]]
        total = sum(one * one for one in beside)
        squares, response = sums(browser)
        assert squares == f"{' + '.join(f'{one}^2' for one in beside)} = {written(total)}"
        start, value = response.split(" = ")
        assert start == f"{beside[0]} / (4 + 0.25 * {written(total)})^0.5"
        assert float(value) == pytest.approx(beside[0] / (4 + 0.25 * total) ** 0.5, rel=1e-5)


@pytest.mark.parametrize(
    "how",
    [
        {"mode": "linear"},
        {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
        {"mode": "cubic"},
        {"mode": "nearest"},
    ],
    ids=str,
)
@pytest.mark.parametrize("factors", [(2.0, 2.0), (1.5, 1.0)])
def test_what_is_resized_shows_its_neighbours_and_weights(
    run: Run, browser: Browser, tmp_path: Path, how: dict[str, str], factors: tuple[float, float]
) -> None:
    net, source, page, out = tmp_path / "n.onnx", tmp_path / "a.png", tmp_path / "a.html", tmp_path / "a.npy"
    scales = onnx.tensor("s", [4], np.array([1, 1, *factors], "<f4").tobytes())
    net.write_bytes(onnx.model([onnx.node("Resize", ["x", "", "s"], ["y"], how, name="resize")], [scales]))
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(source)
    assert run("apply", "--model", net, source, "--page", page).code == 0
    assert run("apply", "--model", net, source, "--layer", "resize", "-o", out).code == 0
    values = np.load(out)
    browser.open(page)
    for at in ((0, 0, 1), (5, 4, 2), (values.shape[0] - 1, 3, 0)):
        choose(browser, 1, values.shape, at)
        assert heading(browser).endswith(f" = {written(values[at])}")
        (line,) = sums(browser)
        terms, value = line.split(" = ")
        assert value == written(values[at])
        products = [[float(one.strip("()")) for one in term.split("*")] for term in terms.split(" + ")]
        assert sum(one * other for one, other in products) == pytest.approx(values[at], rel=1e-4, abs=1e-2)
        assert sum(weight for _, weight in products) == pytest.approx(1, abs=1e-4)
        cells = [float(one.text) for one in browser.all(".step .cells button")]
        assert cells == [value for value, _ in products]
