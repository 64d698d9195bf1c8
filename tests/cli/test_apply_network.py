"""`cnnfilt apply --model net.onnx`, and `net predict` and `net summary` of one: networks of other programmes."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.onnx_network import opened
from tests.cli.conftest import SAMPLES, Run
from tests.files.onnx_files import field, int64s, model, node, tensor, value_info
from tests.files.onnx_of_words import onnx_of

CLASSIFIER = "conv:4,k=3,p=1 bn relu pool:max,k=2 flatten fc:3"


@pytest.fixture(autouse=True)
def _forgets_networks() -> None:
    opened.cache_clear()


def network(folder: Path, words: str = CLASSIFIER, size: tuple[int, int, int] = (8, 6, 3)) -> Path:
    volume, path = Volume(*size), folder / "net.onnx"
    path.write_bytes(onnx_of(describe(parse_chain([words]), volume), volume, seed=4))
    return path


def small_filter(folder: Path, *more: bytes, dims: tuple[int | str, ...] = (1, 3, "h", "w")) -> Path:
    """A network of open size: of red, green and blue one map each, times 1, 2 and 3, by a convolution called stem."""
    weight = np.zeros((3, 3, 1, 1), np.float32)
    weight[range(3), range(3)] = np.array([1, 2, 3])[:, None, None]
    nodes = [node("Conv", ["x", "w"], ["y" if not more else "c"], {"kernel_shape": [1, 1]}, name="stem"), *more]
    path = folder / "open.onnx"
    inputs = [value_info("x", dims)]
    path.write_bytes(model(nodes, [tensor("w", [3, 3, 1, 1], weight.tobytes()), int64s("flat", 1, -1)], inputs=inputs))
    return path


def picture(folder: Path, size: tuple[int, int] = (8, 6)) -> tuple[Path, np.ndarray]:
    levels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(levels).save(folder / "photo.png")
    return folder / "photo.png", levels


def test_pixels_of_other_depths_are_scaled_too(run: Run, tmp_path: Path) -> None:
    path, out, source = small_filter(tmp_path), tmp_path / "out.npy", tmp_path / "deep.npy"
    levels = np.random.default_rng(0).integers(0, 65_536, (8, 6, 3), dtype=np.uint16)
    np.save(source, levels)
    assert run("apply", "--model", path, source, "-o", out, "--input-scale", "1/65535").code == 0
    np.testing.assert_allclose(np.load(out), levels / 65_535 * [1, 2, 3], rtol=1e-4)
    np.save(source, levels.astype(np.float32))
    assert run("apply", "--model", path, source, "-o", out, "-y", "--input-scale", "0.5", "--mean", "2").code == 0
    np.testing.assert_allclose(np.load(out), (levels / 2 - 2) * [1, 2, 3], rtol=1e-4)


def test_pixels_are_scaled_moved_and_divided_in_this_order(run: Run, tmp_path: Path) -> None:
    photo, levels = picture(tmp_path)
    path, out = small_filter(tmp_path), tmp_path / "out.npy"
    options = ["--input-scale", "1/255", "--mean", "0.5,0.4,0.3", "--std", "0.2,0.3,0.4"]
    outcome = run("apply", "--model", path, photo, "-o", out, *options)
    assert (outcome.code, len(outcome.lines)) == (0, 1), outcome.stderr
    want = (levels / 255 - [0.5, 0.4, 0.3]) / [0.2, 0.3, 0.4] * [1, 2, 3]
    np.testing.assert_allclose(np.load(out), want, rtol=1e-4, atol=1e-5)
    run("apply", "--model", path, photo, "-o", out, "-y", *options, "--channel-order", "bgr")
    want = (levels[..., ::-1] / 255 - [0.5, 0.4, 0.3]) / [0.2, 0.3, 0.4] * [1, 2, 3]
    np.testing.assert_allclose(np.load(out), want, rtol=1e-4, atol=1e-5)


def test_several_maps_are_a_file_each(run: Run, tmp_path: Path) -> None:
    photo, levels = picture(tmp_path)
    outcome = run("apply", "--model", small_filter(tmp_path), photo, "-o", f"{tmp_path}/maps/", "--values", "clip")
    assert outcome.code == 0, outcome.stderr
    assert sorted(path.name for path in (tmp_path / "maps").iterdir()) == [f"photo.map{n}.png" for n in (1, 2, 3)]
    second = np.asarray(Image.open(tmp_path / "maps/photo.map2.png"))
    np.testing.assert_array_equal(second, np.minimum(levels[..., 1].astype(int) * 2, 255))


def test_an_open_size_is_that_of_each_image_or_what_is_asked_for(run: Run, tmp_path: Path) -> None:
    path = small_filter(tmp_path)
    for name, options, shape in (("a", [], (800, 1200, 3)), ("b", ["--size", "30x20"], (30, 20, 3))):
        outcome = run("apply", "--model", path, SAMPLES / "scene.jpg", "-o", tmp_path / f"{name}.npy", *options)
        assert outcome.code == 0, outcome.stderr
        assert np.load(tmp_path / f"{name}.npy").shape == shape


def test_a_fixed_size_is_what_images_are_made(run: Run, tmp_path: Path) -> None:
    images = [SAMPLES / "scene.jpg", SAMPLES / "face.png"]
    options = ["-o", f"{tmp_path}/out/", "--format", "npy"]
    outcome = run("apply", "--model", network(tmp_path), *images, *options)
    assert outcome.code == 0, outcome.stderr
    assert [np.load(tmp_path / "out" / f"{image.stem}.npy").shape for image in images] == [(1, 3)] * 2


def test_the_values_of_one_layer(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path, out = network(tmp_path), tmp_path / "x.npy"
    shapes = {"layer1": (8, 6, 4), "layer2": (8, 6, 4), "layer4": (4, 3, 4), "layer6": (1, 3)}
    for name, shape in shapes.items():
        outcome = run("apply", "--model", path, photo, "--layer", name, "-o", out, "-y")
        assert outcome.code == 0, outcome.stderr
        assert np.load(out).shape == shape
    outcome = run("apply", "--model", path, photo, "--layer", "layer7", "-o", out, "-y")
    assert outcome.code == 2
    assert outcome.lines[0].startswith(f"apply: {path} has no layer 'layer7'; did you mean layer")


def test_every_layer_is_drawn(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    outcome = run("apply", "--model", network(tmp_path), photo, "--maps", tmp_path / "maps")
    assert outcome.code == 0, outcome.stderr
    names = sorted(path.name for path in (tmp_path / "maps").iterdir())
    assert names == [
        "01-Conv-layer1.png",
        "02-BatchNormalization-layer2.png",
        "03-Relu-layer3.png",
        "04-MaxPool-layer4.png",
        "06-Gemm-layer6.png",
    ]
    for name in names:
        assert np.asarray(Image.open(tmp_path / "maps" / name)).std() > 0


def test_the_result_is_the_same_with_pictures_and_without(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path = network(tmp_path)
    plain = run("apply", "--model", path, photo).text
    drawn = run("apply", "--model", path, photo, "--maps", tmp_path / "maps", "-o", tmp_path / "o.csv")
    assert drawn.code == 0
    rows = [[float(one) for one in text.split(",")] for text in (plain, (tmp_path / "o.csv").read_text())]
    np.testing.assert_allclose(*rows, rtol=1e-4)


def test_the_plan_names_what_does_not_lie_channels_last(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path = network(tmp_path, "conv:4,k=3 shuffle:2 conv:2,k=1")
    outcome = run("apply", "--model", path, photo, "-o", tmp_path / "x.npy", "-v")
    plan = "5 nodes at 8x6, channels last, but as in the file (channels first) out of node 4 (Reshape layer2)"
    assert outcome.lines[-1].endswith(plan)


@pytest.mark.parametrize("operator", ["Sigmoid", "Relu"])
def test_a_map_becomes_pixels_by_what_the_last_node_can_give(run: Run, tmp_path: Path, operator: str) -> None:
    """Sigmoid gives 0 to 1, whatever it gives here; of others each image is stretched."""
    photo, levels = picture(tmp_path)
    path = small_filter(tmp_path, node(operator, ["c"], ["y"]))
    outcome = run("apply", "--model", path, photo, "-o", f"{tmp_path}/maps/", "--input-scale", "1/255")
    assert outcome.code == 0, outcome.stderr
    shown = np.asarray(Image.open(tmp_path / "maps/photo.map1.png"))
    x = levels[..., 0] / 255
    stretched = (x - x.min()) / (x.max() - x.min()) * 255
    np.testing.assert_allclose(shown, 255 / (1 + np.exp(-x)) if operator == "Sigmoid" else stretched, atol=1)


def test_what_cannot_be_run_is_one_line_before_any_image(run: Run, tmp_path: Path) -> None:
    path = small_filter(tmp_path, node("LSTM", ["c"], ["y"], name="memory"))
    outcome = run("apply", "--model", path, SAMPLES / "face.png", SAMPLES / "scene.jpg", "-o", f"{tmp_path}/out/")
    assert (outcome.code, outcome.stdout) == (1, b"")
    (line,) = outcome.lines
    assert line.endswith("open.onnx cannot be run: node 2 (LSTM memory): its operator is not known")
    assert not (tmp_path / "out").exists()
    assert run("apply", "--model", path, "--layer", "stem", SAMPLES / "face.png", "-o", tmp_path / "x.npy").code == 0


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        (["--seed", "1"], 2, "--model brings its own weights; leave out --seed"),
        (["--gray"], 2, "the network takes three channels; leave out --gray"),
        (
            ["-o", "out.png"],
            2,
            "the network ends in a list of values, which png cannot hold; write .csv, .json or .npy",
        ),
        (["--region", "0,0,2,2", "-o", "out.npy"], 2, "--region and --mask cannot be combined with --model"),
        (["--scale-each-map"], 2, "--scale-each-map is for the pictures of --maps DIR, which is missing"),
        (["--size", "3x3"], 1, "net.onnx: node 6 (Gemm layer6): it multiplies rows of 4 numbers with columns of 48"),
        (["--max-pixels", "10"], 1, ""),
    ],
    ids=lambda options: "".join(options) if isinstance(options, list) else "",
)
def test_mistakes(run: Run, tmp_path: Path, options: list[str], code: int, line: str) -> None:
    photo, _ = picture(tmp_path)
    outcome = run("apply", "--model", network(tmp_path), photo, *options)
    assert outcome.code == code, outcome.stderr
    assert line in outcome.lines[-1].removesuffix(" (see cnnfilt apply --help)")


@pytest.mark.parametrize("name", ["net.keras", "net.pt"])
def test_files_that_are_not_run_say_so(run: Run, tmp_path: Path, name: str) -> None:
    for line in (["apply", "--model", tmp_path / name, SAMPLES / "face.png"], ["net", "summary", tmp_path / name]):
        outcome = run(*line)
        assert (outcome.code, len(outcome.lines)) == (1, 1)
        assert "export it" in outcome.stderr


def test_what_belongs_to_an_onnx_network_is_refused_of_others(run: Run) -> None:
    for options in (["--mean", "1"], ["--size", "8"], ["--layer", "a"]):
        outcome = run("apply", "relu", SAMPLES / "face.png", *options)
        assert outcome.code == 2
        assert f"{options[0]} " in outcome.lines[0]


def test_an_image_that_is_not_finite(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((8, 6, 3), np.nan, np.float32))
    outcome = run("apply", "--model", network(tmp_path), tmp_path / "a.npy")
    assert outcome.code == 1
    assert "holds nan or infinity" in outcome.stderr


def test_images_of_any_kind(run: Run, tmp_path: Path) -> None:
    path = network(tmp_path)
    Image.fromarray(np.full((1, 1), 7, np.uint8)).save(tmp_path / "one.png")
    for image in (*(SAMPLES / name for name in ("face.png", "icon.png", "depth16.png")), tmp_path / "one.png"):
        outcome = run("apply", "--model", path, image)
        assert outcome.code == 0, outcome.stderr
        assert len(outcome.text.split(",")) == 3


def test_predict_names_classes(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path, names = network(tmp_path), tmp_path / "names.txt"
    names.write_text("cat\ndog\nhouse\n\n")
    row = np.array(
        [float(one) for one in run("apply", "--model", path, photo, "--input-scale", "1/255").text.split(",")]
    )
    chances = np.exp(row) / np.exp(row).sum()
    order = np.argsort(-chances)
    options = ["--input-scale", "1/255", "--top", "3"]
    outcome = run("net", "predict", path, photo, "--classes", names, *options)
    assert outcome.code == 0, outcome.stderr
    shown = outcome.text.rstrip("\n").split("\t")[1:]
    assert shown[::2] == [["cat", "dog", "house"][place] for place in order]
    np.testing.assert_allclose([float(one) for one in shown[1::2]], chances[order], atol=1e-4)
    numbers = run("net", "predict", path, photo, *options).text.rstrip("\n").split("\t")[1:]
    assert numbers[::2] == [str(place) for place in order]


def test_names_in_the_file_are_used_where_none_are_given(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path, names = network(tmp_path), tmp_path / "names.txt"
    path.write_bytes(path.read_bytes() + field(14, field(1, "classes") + field(2, '["cat", "dog", "house"]')))
    names.write_text("a\nb\nc\n")
    found = [
        run("net", "predict", path, photo, "--top", "3", *more).text.split("\t")[1::2]
        for more in ([], ["--classes", names])
    ]
    assert sorted(found[0]) == ["cat", "dog", "house"]
    assert [dict(zip(("cat", "dog", "house"), "abc", strict=True))[one] for one in found[0]] == found[1]
    assert "3 classes: cat, dog, house\n" in run("net", "summary", path).text
    assert json.loads(run("net", "summary", path, "--json").text)["classes"] == ["cat", "dog", "house"]


def test_no_softmax_of_a_softmax(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    path = network(tmp_path, CLASSIFIER + " softmax")
    row = [float(one) for one in run("apply", "--model", path, photo, "--input-scale", "1/255").text.split(",")]
    shown = run("net", "predict", path, photo, "--input-scale", "1/255", "--json")
    assert json.loads(shown.text)["probability"] == pytest.approx(max(row))


@pytest.mark.parametrize(
    ("names", "code", "line"),
    [
        ("a\nb\n", 2, "names.txt has 2 lines, but the network tells 3 classes apart"),
        (b"\xff\xfe\0\1", 1, "names.txt is not text; it should have a name of a class in each line"),
        (None, 1, "names.txt: no such file"),
    ],
)
def test_names_that_do_not_fit(run: Run, tmp_path: Path, names: str | bytes | None, code: int, line: str) -> None:
    photo, _ = picture(tmp_path)
    if names is not None:
        (tmp_path / "names.txt").write_bytes(names.encode() if isinstance(names, str) else names)
    outcome = run("net", "predict", network(tmp_path), photo, "--classes", tmp_path / "names.txt")
    assert outcome.code == code, outcome.stderr
    assert line in outcome.lines[-1]


def test_predict_needs_a_size_where_the_file_leaves_it_open(run: Run, tmp_path: Path) -> None:
    head = [node("GlobalAveragePool", ["c"], ["m"]), node("Reshape", ["m", "flat"], ["y"])]
    path, (photo, _) = small_filter(tmp_path, *head), picture(tmp_path)
    outcome = run("net", "predict", path, photo)
    assert outcome.code == 2
    assert "leaves the size of its images open; give one, such as --size 224x224" in outcome.stderr
    assert run("net", "predict", path, photo, "--size", "16").code == 0


def test_summary_says_what_it_takes_and_whether_it_runs(run: Run, tmp_path: Path) -> None:
    outcome = run("net", "summary", network(tmp_path))
    assert outcome.code == 0, outcome.stderr
    assert [line.split()[0] for line in outcome.text.splitlines()[-3:]] == ["takes", "gives", "runs"]
    assert "takes     8x6, colour" in outcome.text
    assert "runs      yes" in outcome.text
    path = small_filter(tmp_path, node("LSTM", ["c"], ["y"], name="memory"))
    outcome = run("net", "summary", path, "--json")
    record = json.loads(outcome.text)
    assert (record["runs"], record["fixed_size"]) == (False, None)
    assert record["why_not"] == "cannot be run: node 2 (LSTM memory): its operator is not known"


def test_networks_that_are_not_of_one_image(run: Run, tmp_path: Path) -> None:
    photo, _ = picture(tmp_path)
    for dims, why in (((4, 3, 8, 6), "takes 4 images at once"), ((1, 5, 8, 6), "takes images of 5 channels")):
        outcome = run("apply", "--model", small_filter(tmp_path, dims=dims), photo)
        assert (outcome.code, len(outcome.lines)) == (1, 1)
        assert why in outcome.stderr
        opened.cache_clear()


def test_evaluate_and_others_say_that_they_take_our_own(run: Run, tmp_path: Path) -> None:
    outcome = run("net", "evaluate", network(tmp_path), SAMPLES)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "here a .npz of cnnfilt net train is needed" in outcome.stderr
