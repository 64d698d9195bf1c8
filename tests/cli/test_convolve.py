"""`cnnfilt convolve`, as typed."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run

NOTES = "-8,-9,-2,14\n6,-3,-13,9\n4,-4,-8,5\n2,2,1,-3\n"


def gray(path: Path, pixels: object) -> Path:
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)
    return path


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_the_notes_example(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical")
    assert (outcome.code, outcome.text) == (0, NOTES)
    assert outcome.lines == [f"{worked_example} 6x6 -> stdout 4x4 (valid; -p same keeps 6x6)"]


@pytest.mark.parametrize(
    "spec", ["1,0,-1; 1,0,-1; 1,0,-1", "1 0 -1;1 0 -1;1 0 -1", "[[1,0,-1],[1,0,-1],[1,0,-1]]", "@{file}"]
)
def test_a_kernel_may_be_written_in_many_ways(run: Run, worked_example: Path, tmp_path: Path, spec: str) -> None:
    file = tmp_path / "k.csv"
    file.write_text("1,0,-1\n" * 3)
    assert run("convolve", worked_example, "-k", spec.replace("{file}", str(file))).text == NOTES


def test_verbose_tells_the_plan(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "-v")
    assert outcome.lines[1:] == [f"{worked_example}: 3x3 integer, rank 1: int64 sums, 1 thread, one strip"]
    outcome = run("edges", worked_example, "-v", "-o", "-", "--format", "csv")
    assert outcome.lines[1] == f"{worked_example}: 2 kernels 3x3 integer, rank 1: int64 sums, 1 thread, one strip"


def test_flip_is_the_convolution_of_mathematics(run: Run, worked_example: Path) -> None:
    flipped = run("convolve", worked_example, "-k", "vertical", "--flip").text
    assert flipped == run("convolve", worked_example, "-k", "prewitt-x").text != NOTES


def test_same_keeps_the_size_of_an_image(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    outcome = run("convolve", SAMPLES / "scene.jpg", "-k", "gaussian:2", "-p", "same", "-o", out)
    assert outcome.code == 0
    assert pixels_of(out).shape == (800, 1200, 3)


def test_signed_kernels_show_magnitudes_and_say_what_was_clipped(run: Run, tmp_path: Path) -> None:
    source = gray(tmp_path / "step.png", [[0, 0, 255, 255]] * 3)
    out = tmp_path / "out.png"
    outcome = run("convolve", source, "-k", "vertical", "-o", out)
    assert pixels_of(out).tolist() == [[255, 255]]
    assert "values ran from -765 to -765; 100.0% fell outside" in outcome.stderr


def test_what_is_not_a_number_is_called_so(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", [[1.0, 2, 3, 4], [5, np.nan, 7, 8]])
    outcome = run("convolve", tmp_path / "x.npy", "-k", "1", "--values", "minmax", "-o", tmp_path / "out.png")
    assert outcome.code == 0
    assert "NaN (not a number) became black in 1 of 8 values" in outcome.stderr
    assert "clipped" not in outcome.stderr


@pytest.mark.parametrize(
    ("values", "expected"),
    [("clip", [0, 0, 0]), ("abs", [0, 30, 30]), ("offset", [128, 113, 113]), ("symmetric", [128, 1, 1])],
)
def test_values_map_responses_to_levels(run: Run, tmp_path: Path, values: str, expected: list[int]) -> None:
    source = gray(tmp_path / "step.png", [[10, 10, 10, 20, 20]] * 3)
    out = tmp_path / "out.png"
    assert run("convolve", source, "-k", "vertical", "--values", values, "-o", out).code == 0
    assert pixels_of(out).tolist() == [expected]


def test_value_range_maps_linearly(run: Run, tmp_path: Path) -> None:
    source = gray(tmp_path / "x.png", [[0, 50, 100, 200]])
    out = tmp_path / "out.png"
    assert run("convolve", source, "-k", "1", "--value-range", "50,150", "-o", out).code == 0
    assert pixels_of(out).tolist() == [[0, 0, 128, 255]]


def test_raw_values_do_not_fit_a_png(run: Run, tmp_path: Path) -> None:
    outcome = run("convolve", SAMPLES / "face.png", "-k", "vertical", "--values", "raw", "-o", tmp_path / "x.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "raw values do not fit the levels of png" in outcome.stderr
    assert not (tmp_path / "x.png").exists()


def test_several_kernels_make_one_file_each(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "maps"
    outcome = run("convolve", SAMPLES / "face.png", "-k", "sobel-x", "-k", "sobel-y", "-k", "1", "-o", f"{out}/")
    assert outcome.code == 0
    assert sorted(path.name for path in out.iterdir()) == ["face.k3.png", "face.sobel-x.png", "face.sobel-y.png"]


@pytest.mark.parametrize("source", ["scene.jpg", "scene.png", "face.png"])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tiff"])
def test_one_result_in_the_memory_of_the_image_is_that_among_several(
    run: Run, tmp_path: Path, source: str, suffix: str
) -> None:
    same = (SAMPLES / source, "-k", "emboss", "-p", "same")
    run("convolve", *same, "-o", tmp_path / f"one{suffix}")
    run("convolve", *same, "-k", "outline", "-o", tmp_path / f"{{kernel}}{suffix}")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"emboss{suffix}").read_bytes()


def test_several_kernels_make_one_stack_in_npy(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "maps.npy"
    assert run("convolve", SAMPLES / "face.png", "-k", "sobel-x", "-k", "sobel-y", "-o", out).code == 0
    maps = np.load(out)
    assert maps.shape == (254, 254, 2)
    assert maps.dtype == np.int16


def test_a_template_names_the_outputs(run: Run, tmp_path: Path) -> None:
    template = tmp_path / "{parent}" / "{stem}-{kernel}.{ext}"
    source = gray(tmp_path / "a.png", np.zeros((4, 4)))
    outcome = run(
        "convolve", source, "-k", "sobel-x", "-k", "sobel-y", "-o", f"{tmp_path}/new/{{stem}}-{{kernel}}.{{ext}}"
    )
    assert outcome.code == 0, template
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a-sobel-x.png", "a-sobel-y.png"]


def test_a_kernel_over_all_channels_gives_one_map(run: Run, tmp_path: Path) -> None:
    kernel = tmp_path / "k.npy"
    weights = np.random.default_rng(0).integers(-3, 4, (3, 3, 3))
    np.save(kernel, weights)
    out = tmp_path / "map.npy"
    assert run("convolve", SAMPLES / "scene.png", "-k", f"@{kernel}", "-o", out).code == 0
    image = pixels_of(SAMPLES / "scene.png").astype(int)
    assert np.load(out)[10, 20] == (image[10:13, 20:23] * weights).sum()


def test_a_bank_of_filters_takes_a_bias_each(run: Run, worked_example: Path, tmp_path: Path) -> None:
    kernel = tmp_path / "bank.npy"
    np.save(kernel, np.array([1, 2]).reshape(1, 1, 1, 2))
    outcome = run("convolve", worked_example, "-k", f"@{kernel}", "--bias", "10,20")
    first, second = outcome.text.split("\n\n")
    assert first.startswith("11,16,19")
    assert second.startswith("22,32,38")
    refused = run("convolve", worked_example, "-k", f"@{kernel}", "--bias", "1,2,3")
    assert (refused.code, refused.stdout) == (2, b"")
    assert "--bias has 3 numbers for 2 filters" in refused.stderr


def test_an_activation_follows_the_bias(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "--bias", "1", "--activation", "relu")
    assert outcome.text == "0,0,0,15\n7,0,0,10\n5,0,0,6\n3,3,2,0\n"


def test_npy_goes_through_pipes_without_loss(run: Run) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.random.default_rng(1).normal(size=(5, 6, 2)))
    first = run("convolve", "-", "-k", "1,2;3,4", stdin=buffer.getvalue())
    second = run("pad", "-", "-p", "1", stdin=first.stdout)
    array = np.load(io.BytesIO(second.stdout))
    assert array.shape == (6, 7, 2)
    assert array.dtype == np.float64


def test_alpha_follows_the_geometry(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "a.png", tmp_path / "b.png"
    rgba = np.zeros((4, 5, 4), np.uint8)
    rgba[..., 3] = np.arange(20).reshape(4, 5) * 10
    Image.fromarray(rgba).save(source)
    assert run("convolve", source, "-k", "box:3", "-o", out).code == 0
    assert pixels_of(out)[..., 3].tolist() == [[60, 70, 80], [110, 120, 130]]


def test_filtered_alpha_lets_no_hidden_colour_through(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "a.png", tmp_path / "b.png"
    rgba = np.zeros((5, 5, 4), np.uint8)
    rgba[:, :3] = (200, 100, 50, 255)
    rgba[:, 3:] = (0, 255, 0, 0)
    Image.fromarray(rgba).save(source)
    assert run("convolve", source, "-k", "box:3", "-p", "same", "--padding-mode", "replicate", "--alpha", "filter",
               "-o", out).code == 0  # fmt: skip
    blurred = pixels_of(out)
    assert blurred[2, 2].tolist() == [200, 100, 50, 170]
    assert blurred[2, 4, 3] == 0


def test_transparency_is_not_dropped_silently(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "icon.jpg"
    refused = run("convolve", SAMPLES / "icon.png", "-k", "box", "-o", out)
    assert refused.code == 1
    assert "--alpha drop" in refused.stderr
    assert "--background" in refused.stderr
    assert not out.exists()
    assert run("convolve", SAMPLES / "icon.png", "-k", "box", "--background", "white", "-o", out).code == 0


def test_depth_of_16_bits_stays(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert run("convolve", SAMPLES / "depth16.png", "-k", "box:3", "-o", out).code == 0
    assert pixels_of(out).max() > 255


def test_scaled_pixels_are_as_bright_as_before(run: Run, tmp_path: Path) -> None:
    plain, scaled = tmp_path / "plain.png", tmp_path / "scaled.png"
    assert run("convolve", SAMPLES / "face.png", "-k", "box", "-o", plain).code == 0
    assert run("convolve", SAMPLES / "face.png", "-k", "box", "--input-scale", "1/255", "-o", scaled).code == 0
    assert np.abs(pixels_of(plain).astype(int) - pixels_of(scaled)).max() <= 1


def test_several_maps_are_one_stack_in_json(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "-k", "horizontal", "--format", "json")
    assert np.array(json.loads(outcome.text)).shape == (4, 4, 2)


def test_several_images_do_not_fit_a_pipe(run: Run) -> None:
    outcome = run("convolve", SAMPLES / "face.png", "-k", "1", "-k", "2", "-o", "-")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert "2 images cannot share standard output" in outcome.stderr
    # What a pipe holds is known only when it has been read.
    piped = run("convolve", "-", "-k", "1", "-k", "2", stdin=(SAMPLES / "face.png").read_bytes())
    assert (piped.code, piped.stdout) == (1, b"")
    assert piped.stderr == "convolve: -: 2 images cannot share one output; write to a folder or to a .npy\n"


def test_maps_of_two_sizes_are_no_stack(run: Run, worked_example: Path, tmp_path: Path) -> None:
    command = ("convolve", worked_example, "-k", "box:3", "-k", "box:5")
    for output in (["-o", tmp_path / "maps.npy"], ["--format", "json"]):
        outcome = run(*command, *output)
        assert (outcome.code, outcome.stdout) == (1, b"")
        assert outcome.stderr == (
            f"convolve: {worked_example}: the maps differ in size, so they cannot be stacked; "
            "use -p same, or an output for each\n"
        )
    assert list(tmp_path.iterdir()) == []
    assert run(*command, "-p", "same", "-o", tmp_path / "maps.npy").code == 0
    assert np.load(tmp_path / "maps.npy").shape == (6, 6, 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-k", "0,0.001"], True),
        (["-k", "0.001,-0.001"], True),
        (["-k", "0,0.001", "--value-range", "0,1"], False),
        (["-k", "0,0.001", "--values", "minmax"], False),
        (["-k", "0,0.1"], False),
    ],
)
def test_a_picture_that_rounds_to_black_says_why(run: Run, tmp_path: Path, options: list[str], said: bool) -> None:
    source = gray(tmp_path / "a.png", [[0, 255], [255, 0]])
    lines = run("convolve", source, *options, "-o", tmp_path / "out.png").lines
    assert any("is nearly all black: the kernel sums to 0" in line for line in lines) == said


@pytest.mark.parametrize(
    ("output", "options", "said"),
    [
        ("o.tif", [], True),
        ("o.png", [], True),
        ("o.npy", [], False),
        ("o.tif", ["--values", "raw"], False),
        ("o.tif", ["--value-range", "0,4095"], False),
        ("o.png", ["--values", "minmax"], False),
    ],
)
def test_twelve_bits_are_spoken_of_where_they_look_dark(
    run: Run, tmp_path: Path, output: str, options: list[str], said: bool
) -> None:
    pages = [Image.fromarray(np.random.default_rng(n).integers(0, 4096, (9, 8)).astype(np.uint16)) for n in (0, 1)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    for frames in ["1", "all"] if output == "o.tif" else ["1"]:
        command = ("convolve", tmp_path / "a.tif", "-k", "box", "-o", tmp_path / output, "-y", "--frames", frames)
        outcome = run(*command, *options)
        assert (outcome.code, "0,4095" in outcome.stderr) == (0, said)


def test_a_stack_of_images_is_spoken_of(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "stack.npy", np.zeros((5, 30, 40), np.float32))
    outcome = run("convolve", tmp_path / "stack.npy", "-k", "box", "-o", tmp_path / "o.npy")
    assert outcome.code == 0
    assert "if it is a stack of 5 images" in outcome.stderr
