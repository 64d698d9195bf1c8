"""`cnnfilt apply`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.core.convolution import convolve
from cnnfilt.core.pooling import pool
from cnnfilt.describe.kernels import kernel
from tests.cli.conftest import SAMPLES, Run


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_chain_is_its_layers_one_after_the_other(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.npy"
    source = SAMPLES / "scene.png"
    outcome = run("apply", "filter:sobel-x,p=same relu pool:max,k=2", source, "-o", out)
    assert outcome.code == 0
    edges = convolve(pixels_of(source), kernel("sobel-x"), padding="same")
    expected = pool(np.maximum(edges, 0), 2)
    assert np.array_equal(np.load(out), expected)
    assert outcome.lines[0].endswith("(3 layers)")
    assert expected.max() > 255, "nothing is clipped on the way"


def test_many_files_as_typed_in_the_help(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    inputs = sorted(SAMPLES.glob("*.jpg"))
    assert run("apply", "filter:sobel-x,p=same relu pool:max,k=2", *inputs, "-o", f"{out}/").code == 0
    assert names_in(out) == [path.name for path in inputs]
    assert pixels_of(out / "scene.jpg").shape == (400, 600, 3)


def test_the_notes_numbers_go_through_a_chain(run: Run, worked_example: Path) -> None:
    """The notes' filter, ReLU, and 2x2 pooling of [[-8 -9 -2 14] [6 -3 -13 9] [4 -4 -8 5] [2 2 1 -3]]."""
    assert run("apply", "filter:vertical", worked_example).text == "-8,-9,-2,14\n6,-3,-13,9\n4,-4,-8,5\n2,2,1,-3\n"
    assert run("apply", "conv:vertical relu pool:max", worked_example).text == "6,14\n4,5\n"
    assert run("apply", "conv:vertical pool:avg", worked_example).text == "-3.5,2\n1,-1.25\n"
    assert run("apply", "conv:vertical relu pool:max flatten", worked_example).text == "6,14,4,5\n"


def test_nothing_is_rounded_between_layers(run: Run, tmp_path: Path) -> None:
    """A box of 5 after a box of 5 is one filter of 9; with levels between, it would be up to a half off."""
    source = SAMPLES / "face.png"
    twice, once = tmp_path / "twice.png", tmp_path / "once.png"
    tent = np.convolve(np.ones(5), np.ones(5)) / 25
    rows = "; ".join(",".join(str(a * b) for b in tent) for a in tent)
    assert run("apply", "filter:box:5 filter:box:5", source, "-o", twice).code == 0
    assert run("convolve", source, "-k", rows, "-o", once).code == 0
    assert np.abs(pixels_of(twice).astype(int) - pixels_of(once)).max() <= 1
    assert np.mean(pixels_of(twice) != pixels_of(once)) < 0.001


def test_two_kernels_give_two_maps(run: Run, tmp_path: Path) -> None:
    out, stack = tmp_path / "maps", tmp_path / "maps.npy"
    source = SAMPLES / "scene.png"
    assert run("apply", "conv:vertical+horizontal,p=same", source, "-o", f"{out}/").code == 0
    assert names_in(out) == ["scene.horizontal.png", "scene.vertical.png"]
    assert run("apply", "conv:vertical+horizontal,p=same", source, "-o", stack).code == 0
    expected = convolve(pixels_of(source), kernel("horizontal"), padding="same", channels="sum")
    assert np.array_equal(np.load(stack)[..., 1], expected)
    assert np.array_equal(pixels_of(out / "scene.horizontal.png"), np.minimum(np.abs(expected), 255))


def test_maps_have_names_of_their_own(run: Run, tmp_path: Path) -> None:
    assert run("apply", "conv:vertical+1 2 3; 1 2 3; 1 2 3+vertical pool:max", SAMPLES / "face.png",
               "-o", f"{tmp_path}/out/").code == 0  # fmt: skip
    assert names_in(tmp_path / "out") == ["face.k2.png", "face.vertical-1.png", "face.vertical-3.png"]


def test_one_map_is_one_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert run("apply", "conv:vertical+horizontal conv:1,k=1", SAMPLES / "scene.png", "--seed", 1, "-o", out).code == 0
    assert pixels_of(out).shape == (798, 1198)


def test_a_seed_gives_the_same_weights_again(run: Run, worked_example: Path) -> None:
    words = "conv:2,k=3 relu flatten fc:3 softmax"
    first, again, other = (run("apply", words, worked_example, "--seed", seed).text for seed in (1, 1, 2))
    assert first == again != other
    assert sum(map(float, first.split(","))) == pytest.approx(1)


def test_weights_out_of_nowhere_are_refused(run: Run, worked_example: Path) -> None:
    outcome = run("apply", "relu conv:8,k=3", worked_example)
    assert outcome.code == 2
    assert len(outcome.lines) == 1
    assert "conv:8,k=3" in outcome.stderr
    assert "--seed" in outcome.stderr
    assert "--model" in outcome.stderr


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.json", "x.npy"])
def test_a_list_of_values_goes_to_any_matrix(run: Run, tmp_path: Path, name: str) -> None:
    assert run("apply", "pool:global flatten softmax", SAMPLES / "scene.png", "-o", tmp_path / name).code == 0
    assert (tmp_path / name).stat().st_size


def test_a_list_of_values_is_no_image(run: Run, tmp_path: Path) -> None:
    for output in (["-o", tmp_path / "x.png"], ["-o", f"{tmp_path}/", "--format", "png"]):
        outcome = run("apply", "pool:global flatten", SAMPLES / "scene.png", *output)
        assert outcome.code == 2
        assert "write .csv, .json or .npy" in outcome.stderr
        assert len(outcome.lines) == 1
    assert not names_in(tmp_path)


def test_lists_of_values_from_a_folder_are_csv(run: Run, tmp_path: Path) -> None:
    inputs = [SAMPLES / "scene.png", SAMPLES / "face.png"]
    assert run("apply", "pool:global flatten", *inputs, "-o", f"{tmp_path}/").code == 0
    assert names_in(tmp_path) == ["face.csv", "scene.csv"]
    assert len((tmp_path / "scene.csv").read_text().split(",")) == 3
    printed = run("apply", "pool:global flatten", inputs[0])
    assert printed.text == (tmp_path / "scene.csv").read_text()


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("filter:sobel-x", 255),  # magnitudes, clipped
        ("filter:1 -1;", 100),
        ("filter:1 -1; relu", 0),
        ("filter:-1 1; relu", 100),
        ("filter:1 -1; filter:box:1", 100),  # still as often below zero as above
        ("filter:1/100 -1/100; tanh", round((1 - np.tanh(1)) / 2 * 255)),
        ("filter:1/100 -1/100; sigmoid", round(255 / (1 + np.e))),
        ("filter:1/100 -1/100; tanh pool:max,k=1", round((1 - np.tanh(1)) / 2 * 255)),
        ("filter:-1/100 1/100; sigmoid filter:1;", round(255 / (1 + 1 / np.e))),
    ],
)
def test_values_become_levels_by_what_was_asked(run: Run, tmp_path: Path, words: str, step: int) -> None:
    source, out = tmp_path / "step.png", tmp_path / "out.png"
    Image.fromarray(np.repeat(np.array([[50, 50, 150, 150]], np.uint8), 3, axis=0)).save(source)
    assert run("apply", words, source, "-o", out).code == 0
    levels = pixels_of(out)
    assert levels[0, levels.shape[1] // 2] == step


def test_values_may_be_asked_for(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "step.png", tmp_path / "out.png"
    Image.fromarray(np.array([[50, 50, 150, 150]], np.uint8)).save(source)
    assert run("apply", "filter:1 -1;", source, "-o", out, "--values", "offset").code == 0
    assert pixels_of(out).tolist() == [[128, 78, 128]]
    raw = run("apply", "filter:1 -1;", source, "-o", out, "--values", "raw", "-y")
    assert (raw.code, "raw values do not fit the levels of png" in raw.stderr) == (2, True)
    assert pixels_of(out).tolist() == [[128, 78, 128]]


def test_scaled_pixels_are_as_bright_as_before(run: Run, tmp_path: Path) -> None:
    plain, scaled = tmp_path / "plain.png", tmp_path / "scaled.png"
    assert run("apply", "filter:box pool:avg", SAMPLES / "face.png", "-o", plain).code == 0
    assert run("apply", "filter:box pool:avg", SAMPLES / "face.png", "--input-scale", "1/255", "-o", scaled).code == 0
    assert np.abs(pixels_of(plain).astype(int) - pixels_of(scaled)).max() <= 1


def test_16_bits_stay_and_alpha_follows(run: Run, tmp_path: Path) -> None:
    deep, clear = tmp_path / "deep.png", tmp_path / "clear.png"
    assert run("apply", "filter:box:3", SAMPLES / "depth16.png", "-o", deep).code == 0
    assert pixels_of(deep).max() > 255
    source = tmp_path / "a.png"
    rgba = np.zeros((4, 5, 4), np.uint8)
    rgba[..., 3] = np.arange(20).reshape(4, 5) * 10
    Image.fromarray(rgba).save(source)
    assert run("apply", "filter:box:3 pool:max", source, "-o", clear).code == 0
    assert pixels_of(clear)[..., 3].tolist() == [[60]]
    refused = run("apply", "relu", source, "--alpha", "filter", "-o", tmp_path / "x.png")
    assert (refused.code, "--alpha filter" in refused.stderr) == (2, True)
    assert not (tmp_path / "x.png").exists()


def test_sums_that_outgrow_whole_numbers_go_on_as_floats(run: Run, worked_example: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npy"
    words = " ".join(["filter:1000000 1000000; 1000000 1000000,p=0x1x0x1"] * 6)
    assert run("apply", words, worked_example, "-o", out).code == 0
    assert np.load(out).dtype == np.float64
    assert np.load(out)[0, 0] > 1e36


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rleu", "{image}"], 2, "did you mean relu"),
        (["", "{image}"], 2, "chain is empty"),
        (["{image}"], 2, "the layers come first"),
        (["filter:sobel-x", "relu", "{image}"], 2, "quote the whole chain"),
        (["fc:3", "{image}", "--seed", "1"], 2, "put flatten before it"),
        (["conv:3,k=999", "{image}", "--seed", "1"], 1, "kernel spans 999 rows"),
        (["relu", "{image}", "--seed", "1"], 2, "no layer here has any to draw"),
        (["conv:vertical relu", "{image}", "--seed", "0"], 2, "--seed draws weights"),
        (["conv:vertical,g=2", "{image}"], 2, "g=2 does not divide"),
        (["pool:max,p=2", "{image}"], 2, "over half"),
        (["conv:99,k=1", "{image}", "--seed", "1", "--max-pixels", "70000"], 1, "values; the limit is"),
        (["conv:99999999,k=99", "{image}", "--seed", "1"], 2, "gives 99,999,999 maps"),
        (["flatten fc:99999999", "{image}", "--seed", "1"], 2, "parameters; the limit"),
        (["relu", "{image}", "--max-pixels", "10"], 1, "limit is 10"),
        (["relu", "nothing.png"], 1, "nothing.png"),
        (["relu"], 2, "missing argument 'INPUT...'"),
        (["relu", "{image}", "--model", "m.npz"], 1, "m.npz"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    run: Run, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    filled = [word.replace("{image}", str(SAMPLES / "face.png")) for word in arguments]
    out = tmp_path / ("out.csv" if "fc:" in arguments[0] else "out.png")
    outcome = run("apply", *filled, "-o", out, "--maps", tmp_path / "maps")
    assert outcome.code == code, outcome.stderr
    assert said in outcome.stderr
    assert len(outcome.lines) == 1
    assert not names_in(tmp_path)


def test_every_layer_is_drawn(run: Run, tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    words = "filter:sobel-x,p=same conv:vertical+1 0 -1; 2 0 -2; 1 0 -1 pool:avg,k=3 flatten fc:2 softmax"
    outcome = run("apply", words, SAMPLES / "face.png", "--seed", 0, "-o", tmp_path / "x.csv", "--maps", maps)
    assert outcome.code == 0
    assert names_in(maps) == [
        "01-filter-sobel-x.png", "02-conv-vertical+k2.png", "03-pool-avg.png",
        "04-flatten.png", "05-fc-2.png", "06-softmax.png",
    ]  # fmt: skip
    assert pixels_of(maps / "01-filter-sobel-x.png").shape[0] > 256
    assert sum("(maps)" in line for line in outcome.lines) == 6


def test_each_map_may_have_a_scale_of_its_own(run: Run, tmp_path: Path, worked_example: Path) -> None:
    """A weak map beside a strong one is drawn as dark as it is, or from black to white."""
    words = "conv:0.01 0; 0 0+1 0; 0 0 relu"
    for name, options in {"layer": [], "map": ["--scale-each-map"]}.items():
        outcome = run("apply", words, worked_example, "-q", "--maps", tmp_path / name, *options)
        assert outcome.code == 0, outcome.stderr
    together, apart = (pixels_of(tmp_path / name / "02-relu.png") for name in ("layer", "map"))
    white = [np.argwhere(picture[50:, :100] == 255).size for picture in (together, apart)]
    assert white[0] < white[1]
    dark = together[60:120, 15:70]
    assert dark.max() < 10
    assert apart[60:120, 15:70].max() > 150
    alone = run("apply", "relu", worked_example, "--scale-each-map")
    assert (alone.code, len(alone.lines)) == (2, 1)
    assert "--maps DIR" in alone.stderr


def test_maps_of_several_inputs_lie_apart(run: Run, tmp_path: Path) -> None:
    out, maps = tmp_path / "out", tmp_path / "maps"
    inputs = [SAMPLES / "scene.png", SAMPLES / "face.png"]
    arguments = ("apply", "pool:max,k=8 relu", *inputs, "-o", f"{out}/", "--maps", maps)
    assert run(*arguments, "--json", "-j", 2).code == 0
    assert names_in(maps) == [
        f"{stem}/{name}" for stem in ("face", "scene") for name in ("01-pool-max.png", "02-relu.png")
    ]
    again = run(*arguments)
    assert (again.code, "6 of 6 outputs exist" in again.stderr) == (2, True)
    (maps / "face" / "02-relu.png").unlink()
    lines = run(*arguments, "--skip-existing", "--json").text.splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["skipped", "done"]
    assert (maps / "face" / "02-relu.png").exists()


def test_maps_never_take_the_place_of_anything(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "a.png", tmp_path / "a.jpg"
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(first)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(second)
    before = names_in(tmp_path)
    clash = run("apply", "relu", first, second, "-o", f"{tmp_path}/out/", "--maps", tmp_path / "maps")
    assert clash.code == 2
    assert "would both be written" in clash.stderr
    (tmp_path / "01-relu.png").write_bytes(first.read_bytes())
    own = run("apply", "relu", tmp_path / "01-relu.png", "-y", "-o", tmp_path / "out.png", "--maps", tmp_path)
    assert own.code == 2
    assert "is an input" in own.stderr
    assert names_in(tmp_path) == ["01-relu.png", *before]


def test_maps_alone_need_no_output(run: Run, tmp_path: Path, worked_example: Path) -> None:
    inputs = [SAMPLES / "scene.png", worked_example]
    alone = run("apply", "filter:sobel-x relu", inputs[0], "--maps", tmp_path / "one")
    assert (alone.code, alone.stdout) == (0, b"")
    assert names_in(tmp_path / "one") == ["01-filter-sobel-x.png", "02-relu.png"]
    assert run("apply", "filter:sobel-x relu", *inputs, "--maps", tmp_path / "two", "-q").code == 0
    assert len(names_in(tmp_path / "two")) == 4
    printed = run("apply", "filter:vertical", worked_example, "--maps", tmp_path / "three")
    assert printed.text.startswith("-8,-9,-2,14\n")


def test_a_dry_run_tells_of_the_maps(run: Run, tmp_path: Path) -> None:
    plan = run("apply", "relu", SAMPLES / "face.png", "-o", tmp_path / "x.png", "--maps", tmp_path / "m", "-n")
    assert plan.text == f"{SAMPLES / 'face.png'} -> {tmp_path / 'x.png'}, {tmp_path / 'm' / '01-relu.png'}\n"


def test_kernels_in_files_are_those_of_convolve(run: Run, tmp_path: Path) -> None:
    matrix, kernel = tmp_path / "m.csv", tmp_path / "k.csv"
    matrix.write_text("1,2,3\n4,5,6\n7,8,9\n")
    kernel.write_text("0,1,0\n1,-4,1\n0,1,0\n")
    assert run("apply", f"filter:@{kernel}", matrix).text == run("convolve", matrix, "-k", f"@{kernel}").text == "0\n"
    halved = run("apply", f"filter:1/2 * @{kernel},p=same", matrix).text
    assert (
        halved
        == run("convolve", matrix, "-k", f"1/2 * @{kernel}", "-p", "same").text
        == "1,0.5,-2\n-1.5,0,-3.5\n-8,-5.5,-11\n"
    )


def test_maps_of_kernels_in_files_are_called_after_them(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    few, many = rng.integers(-3, 4, (3, 3)), rng.normal(size=(3, 3, 3, 2)).astype(np.float32)
    np.save(tmp_path / "few.npy", few)
    np.save(tmp_path / "many.npy", many)
    chain = f"conv:@{tmp_path}/few.npy+vertical+@{tmp_path}/many.npy,p=same"
    source, out = SAMPLES / "scene.png", tmp_path / "maps"
    assert run("apply", chain, source, "-o", f"{out}/", "--maps", tmp_path / "sheets").code == 0
    names = ["scene.few.png", "scene.many-1.png", "scene.many-2.png", "scene.vertical.png"]
    assert names_in(out) == names
    assert names_in(tmp_path / "sheets") == ["01-conv-few+vertical+many-1+many-2.png"]
    assert run("apply", chain, source, "-o", tmp_path / "x.npy").code == 0
    maps, pixels = np.load(tmp_path / "x.npy"), pixels_of(source)
    np.testing.assert_allclose(maps[..., 0], convolve(pixels, few, padding="same", channels="sum"))
    for number in (0, 1):
        expected = convolve(pixels, many[..., number], padding="same")
        np.testing.assert_allclose(maps[..., 2 + number], expected, atol=1e-3)


def test_what_learn_writes_goes_into_a_chain(run: Run, tmp_path: Path) -> None:
    source, soft, kernel = SAMPLES / "scene.png", tmp_path / "soft.png", tmp_path / "k.json"
    assert run("convolve", source, "-k", "box", "-p", "same", "--gray", "-o", soft).code == 0
    assert run("learn", source, soft, "-f", "3", "--channels", "sum", "-o", kernel).code == 0
    assert run("apply", f"conv:@{kernel},p=same", source, "-o", tmp_path / "x.png").code == 0
    assert np.abs(pixels_of(tmp_path / "x.png").astype(int) - pixels_of(soft)).max() <= 1


@pytest.mark.parametrize(
    ("chain", "complaint"),
    [
        ("filter:@missing.csv", "layer filter:@missing.csv: kernel file missing.csv: no such file"),
        ("filter:@bad.csv", "layer filter:@bad.csv: kernel file bad.csv: line 1, column 2: 'x' is not a number"),
        ("conv:@k.csv+box:5", "its kernels differ in size, 2x2 and 5x5"),
        ("conv:@k.csv,k=3", "leave out k="),
        ("filter:@deep.npy", "its kernel has rows for 3 channels; conv:@deep.npy sums over them"),
        ("conv:@deep.npy", "kernel deep is made for 3 channels, but its input has 1"),
    ],
)
def test_a_kernel_file_that_does_not_fit(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worked_example: Path, chain: str, complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.csv").write_text("1,2\n3,4\n")
    (tmp_path / "bad.csv").write_text("1,x\n")
    np.save(tmp_path / "deep.npy", np.ones((2, 2, 3)))
    outcome = run("apply", chain, worked_example)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (1 if "made for" in complaint else 2, b"", 1)
    assert complaint in outcome.stderr


def test_a_kernel_file_is_never_an_output(run: Run, tmp_path: Path, worked_example: Path) -> None:
    kernel = tmp_path / "k.csv"
    kernel.write_text("1,2\n3,4\n")
    outcome = run("apply", f"filter:@{kernel}", worked_example, "-o", kernel, "-y")
    assert outcome.code == 2
    assert "an input is never overwritten" in outcome.stderr
    assert kernel.read_text() == "1,2\n3,4\n"


def test_a_kernel_file_may_have_blanks_in_its_name(run: Run, tmp_path: Path, worked_example: Path) -> None:
    (tmp_path / "my own files").mkdir()
    (tmp_path / "my own files" / "two words.csv").write_text("1,2\n3,4\n")
    typed = run("apply", "filter:1,2;3,4 relu pool:max", worked_example).text
    chain = f"filter:@{tmp_path}/my own files/two words.csv relu pool:max"
    assert run("apply", chain, worked_example).text == typed
    misspelt = run("apply", f"filter:@{tmp_path}/my own files/two words.csv rleu", worked_example)
    assert "layer 'rleu' is unknown; did you mean relu?" in misspelt.stderr


@pytest.mark.parametrize("chain", ["softmax", "relu softmax", "conv:box softmax"])
def test_a_softmax_over_one_channel_is_refused(run: Run, chain: str) -> None:
    outcome = run("apply", chain, "-", stdin=b"1,2,3\n4,5,6\n7,8,9\n")
    assert (outcome.code, outcome.stdout) == (1, b"")
    assert "every value would be 1; for all values together write flatten softmax" in outcome.stderr


def test_that_is_right_for_a_list_of_scores(run: Run) -> None:
    found = np.array([float(cell) for cell in run("apply", "flatten softmax", "-", stdin=b"1,2,3\n").text.split(",")])
    assert np.allclose(found, np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum())
    outcome = run("apply", "flatten softmax", "-", stdin=b"5\n")
    assert (outcome.code, "of a single value it is always 1" in outcome.stderr) == (1, True)


def test_maps_may_be_named_by_a_pattern(run: Run, tmp_path: Path) -> None:
    inputs = [SAMPLES / "scene.png", SAMPLES / "face.png"]
    maps = f"{tmp_path}/{{stem}}-maps"
    assert run("apply", "pool:max,k=8 relu", *inputs, "-o", f"{tmp_path}/out/", "--maps", maps).code == 0
    for stem in ("scene", "face"):
        assert names_in(tmp_path / f"{stem}-maps") == ["01-pool-max.png", "02-relu.png"]


def test_a_file_of_layers_without_its_sign_is_told_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text("relu pool:max")
    outcome = run("apply", tmp_path / "net.txt", SAMPLES / "face.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert f"; for those in a file write @{tmp_path / 'net.txt'}" in outcome.stderr
    assert "for those in a file" not in run("apply", SAMPLES / "face.png").stderr
