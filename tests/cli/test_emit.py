"""`--emit`: the printed script runs by itself, and gives what cnnfilt gives."""

import contextlib
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnfilt.cli.main import exit_code
from tests.cli.conftest import SAMPLES, Run
from tests.core.test_convolution import geometries
from tests.core.test_explain import pools

LIBRARIES = ("torch", "opencv", "keras")
MODULES = {"torch": "torch", "opencv": "cv2", "keras": "keras"}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(MODULES[request.param])
    return request.param


def printed(*arguments: object) -> str:
    """What a command prints on stdout; it must succeed."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = exit_code([str(argument) for argument in arguments])
    assert code == 0, err.getvalue()
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined]


def run_script(text: str, *arguments: object) -> str:
    """What the script prints; it runs in this process, for to import torch takes seconds."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patched.setattr(sys, "argv", ["script.py", *map(str, arguments)])
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def sample(name: str, folder: Path) -> Path:
    """A sample image; of the large scene a part, for the libraries take their time in 64 bits."""
    if name != "scene.png":
        return SAMPLES / name
    with Image.open(SAMPLES / name) as image:
        image.crop((400, 200, 500, 280)).save(folder / name)
    return folder / name


def both(library: str, folder: Path, *arguments: object, suffix: str = ".png") -> tuple[np.ndarray, np.ndarray]:
    """Our result and the script's, as arrays."""
    ours, theirs = folder / f"ours{suffix}", folder / f"theirs{suffix}"
    source = next(word for word in arguments if isinstance(word, Path))
    printed(*arguments, "-q", "-y", "-o", ours)
    given = ["--format", suffix[1:]]
    run_script(printed(*arguments, "-q", *given, "--emit", library), source, theirs)
    if suffix == ".npy":
        return np.load(ours), np.load(theirs)
    with Image.open(ours) as first, Image.open(theirs) as second:
        return np.asarray(first).astype(float), np.asarray(second).astype(float)


def installed() -> list[str]:
    """The libraries there are; the test is skipped where there is none."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for library, module in MODULES.items():
            with contextlib.suppress(ImportError):
                __import__(module)
                found.append(library)
    if not found:
        pytest.skip("could not import any library to compare with")
    return found


CONVOLUTIONS = [
    ["scene.png", "-k", "sobel-x"],
    ["scene.png", "-k", "sobel-x", "-s", "2", "-p", "same"],
    ["scene.jpg", "-k", "laplacian8", "-d", "3", "-p", "4", "--values", "offset", "--gray"],
    ["scene.png", "-k", "emboss", "-p", "1,2,3,4", "--padding-mode", "symmetric", "--flip"],
    ["scene.png", "-k", "emboss", "-p", "3", "--padding-value", "90", "-s", "2x3"],
    ["scene.png", "-k", "1,2;3,4", "--channels", "sum", "--values", "minmax", "-p", "full"],
    ["face.png", "-k", "outline", "--values", "symmetric", "-p", "same", "--padding-mode", "circular"],
    ["depth16.png", "-k", "sharpen", "-p", "same-lower", "--padding-mode", "reflect"],
    ["rotated.jpg", "-k", "vertical", "--bias", "20", "--activation", "relu"],
    ["rotated.jpg", "-k", "vertical", "--no-auto-orient", "--value-range", "-100,300"],
    ["icon.png", "-k", "sharpen", "--alpha", "drop", "-p", "same"],
    ["icon.png", "-k", "sharpen", "--background", "#ff8000", "-p", "same"],
    ["icon.png", "-k", "sharpen", "--background", "white", "-p", "same", "--gray"],
]


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=" ".join)
def test_whole_kernels_agree_exactly(library: str, tmp_path: Path, arguments: list[str]) -> None:
    ours, theirs = both(library, tmp_path, "convolve", sample(arguments[0], tmp_path), *arguments[1:])
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "options", [[], ["--count-include-pad"], ["--ceil-mode"], ["--ceil-mode", "--count-include-pad"]]
)
@pytest.mark.parametrize("name", ["scene.png", "depth16.png"])
def test_averages_of_whole_numbers_agree_exactly(library: str, tmp_path: Path, name: str, options: list[str]) -> None:
    asked = ("-f", "3", "-s", "2", "-p", "1", "--kind", "avg", *options)
    ours, theirs = both(library, tmp_path, "pool", sample(name, tmp_path), *asked)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "arguments",
    [
        ["convolve", "scene.png", "-k", "gaussian:2", "-p", "same", "--padding-mode", "replicate"],
        ["convolve", "scene.png", "-k", "gaussian:4", "-p", "same", "-s", "3"],
        ["convolve", "scene.png", "-k", "gaussian:1", "--input-scale", "1/255", "--activation", "sigmoid"],
        ["convolve", "face.png", "-k", "1,2,1;2,4,2;1,2,1", "--normalize"],
        ["edges", "scene.jpg"],
        ["edges", "face.png", "--method", "scharr", "--direction", "horizontal", "--gain", "2"],
        ["edges", "face.png", "--method", "kirsch", "--threshold", "100"],
        ["edges", "scene.png", "--method", "roberts", "--no-gray"],
        ["edges", "face.png", "--method", "log", "--sigma", "2", "-p", "valid"],
        ["pool", "scene.png", "-f", "3", "--kind", "avg"],
        ["pool", "scene.png", "-f", "3", "-s", "2", "-p", "1", "--kind", "avg", "--ceil-mode"],
        ["pool", "scene.png", "-f", "3", "-s", "2", "-p", "1", "--kind", "avg", "--ceil-mode", "--count-include-pad"],
        ["pool", "scene.png", "--adaptive", "7,9", "--kind", "avg"],
        ["pool", "scene.png", "--adaptive", "7,9", "--kind", "min"],
        ["pool", "scene.png", "--global", "--kind", "avg"],
        ["pool", "scene.png", "-f", "4x3", "-p", "same", "--kind", "min"],
        ["pool", "depth16.png"],
        ["pool", "scene.png", "-f", "3", "-s", "1", "-p", "same", "--kind", "median"],
        ["pool", "depth16.png", "-f", "4x3", "--kind", "median", "-d", "2"],
        ["pool", "face.png", "-f", "3", "--kind", "range"],
        ["pool", "scene.png", "--window", "disk:2", "-s", "2", "-p", "same"],
        ["pool", "face.png", "--window", "cross", "--kind", "avg", "-p", "1"],
        ["morph", "erode", "face.png", "-f", "4"],
        ["morph", "open", "scene.png", "--window", "disk:3"],
        ["morph", "gradient", "face.png"],
        ["morph", "tophat", "depth16.png", "-f", "2"],
        ["morph", "blackhat", "face.png", "--window", "diamond"],
        ["pad", "scene.png", "-p", "5,6,7,8", "--padding-value", "#ff8000"],
        ["pad", "face.png", "-p", "9", "--padding-mode", "symmetric"],
        ["pad", "depth16.png", "-p", "same", "--for-kernel", "7"],
    ],
    ids=" ".join,
)
def test_everything_else_agrees_to_a_level(library: str, tmp_path: Path, arguments: list[str]) -> None:
    name = next(word for word in arguments if word.endswith((".png", ".jpg")))
    ours, theirs = both(library, tmp_path, *(sample(name, tmp_path) if word == name else word for word in arguments))
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= (1 if "--threshold" not in arguments else 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["convolve", "-k", "laplacian8", "-p", "same", "--values", "minmax"],
        ["convolve", "-k", "1,2;-3,4", "--values", "symmetric"],
        ["convolve", "-k", "box", "--value-range", "-2,2"],
        ["pool", "-f", "3", "-s", "2", "-p", "1"],
        ["pool", "-f", "3", "-s", "1", "-p", "same", "--kind", "min"],
        ["pool", "-f", "2", "--kind", "avg"],
        ["pool", "-f", "3", "-s", "1", "-p", "same", "--kind", "median"],
        ["pool", "--window", "cross", "-s", "1", "-p", "same", "--kind", "range"],
        ["pool", "--window", "cross", "-s", "1", "-p", "same"],
    ],
    ids=" ".join,
)
def test_what_is_not_a_number_is_in_the_same_places(library: str, tmp_path: Path, arguments: list[str]) -> None:
    values = np.random.default_rng(4).normal(size=(9, 11))
    values[3, 4] = values[8, 0] = np.nan
    np.save(tmp_path / "x.npy", values)
    command, *options = arguments
    suffix = ".npy" if command == "pool" else ".png"
    ours, theirs = both(library, tmp_path, command, tmp_path / "x.npy", *options, suffix=suffix)
    assert theirs == pytest.approx(ours, nan_ok=True, abs=1e-6 if suffix == ".npy" else 0)


@settings(max_examples=25)
@given(geometries(), st.integers(1, 3), st.booleans())
def test_drawn_convolutions_agree(tmp_path_factory, case, channels, summed) -> None:
    rng = np.random.default_rng(case["seed"])
    folder = tmp_path_factory.mktemp("emit")
    np.save(folder / "x.npy", rng.integers(0, 256, (*case["size"], channels), dtype=np.uint8))
    np.save(folder / "k.npy", rng.integers(-4, 5, case["kernel"]))
    (top, bottom), (left, right) = case["pads"]
    arguments = ["convolve", folder / "x.npy", "-k", f"@{folder / 'k.npy'}", "-p", f"{top},{bottom},{left},{right}",
                 "-s", "x".join(map(str, case["stride"])), "-d", "x".join(map(str, case["dilation"])),
                 "--padding-mode", case["mode"], "--channels", "sum" if summed else "each"]  # fmt: skip
    if case["mode"] == "zeros":
        arguments += ["--padding-value", case["value"]]
    for library in installed():
        ours, theirs = both(library, folder, *arguments, suffix=".npy")
        # OpenCV takes Fourier transforms for larger kernels.
        assert theirs == pytest.approx(ours, abs=1e-6 if library == "opencv" else 0), library


@settings(max_examples=25)
@given(pools(), st.sampled_from(["max", "min", "avg", "counting avg", "median", "range"]), st.integers(0, 999))
def test_drawn_poolings_agree(tmp_path_factory, drawn, kind, seed) -> None:
    size, kernel, geometry = drawn
    folder = tmp_path_factory.mktemp("emit")
    np.save(folder / "x.npy", np.random.default_rng(seed).integers(0, 256, (*size, 2), dtype=np.uint8))
    (top, bottom), (left, right) = geometry["padding"]
    arguments = ["pool", folder / "x.npy", "-f", "x".join(map(str, kernel)), "--kind", kind.split()[-1],
                 "-p", f"{top},{bottom},{left},{right}", "-s", "x".join(map(str, geometry["stride"])),
                 "-d", "x".join(map(str, geometry["dilation"])),
                 *(["--ceil-mode"] if geometry["ceil_mode"] else []),
                 *(["--count-include-pad"] if "counting" in kind else [])]  # fmt: skip
    for library in installed():
        ours, theirs = both(library, folder, *arguments, suffix=".npy")
        assert theirs == pytest.approx(ours, rel=1e-6), library


def test_a_matrix_is_printed(library: str, worked_example: Path) -> None:
    text = printed("convolve", worked_example, "-k", "vertical", "--emit", library)
    assert run_script(text) == printed("convolve", worked_example, "-q", "-k", "vertical")


@pytest.mark.parametrize("suffix", [".tsv", ".txt", ".json", ".npy"])
@pytest.mark.parametrize("kernels", [["1/3,1"], ["vertical", "horizontal"]], ids=str)
def test_matrices_are_written_to_files_alike(
    library: str, worked_example: Path, tmp_path: Path, kernels: list[str], suffix: str
) -> None:
    asked = ["convolve", worked_example, *(word for kernel in kernels for word in ("-k", kernel))]
    each = ".{}" if len(kernels) > 1 and suffix in (".tsv", ".txt") else ""
    ours, theirs = tmp_path / f"ours{suffix}", tmp_path / f"theirs{each}{suffix}"
    printed(*asked, "-q", "-o", ours)
    run_script(printed(*asked, "-q", "-o", tmp_path / f"x{suffix}", "--emit", library), worked_example, theirs)
    names = sorted(path.name for path in tmp_path.glob("ours*"))
    assert sorted(path.name.replace("theirs", "ours") for path in tmp_path.glob("theirs*")) == names
    for name in names:
        mine, other = numbers_in(tmp_path / name), numbers_in(tmp_path / name.replace("ours", "theirs"))
        assert mine.shape == other.shape
        assert other == pytest.approx(mine, rel=1e-6)


def numbers_in(path: Path) -> np.ndarray:
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".json":
        return np.array(json.loads(path.read_text()), float)
    return np.loadtxt(path, delimiter="\t" if path.suffix == ".tsv" else " ", ndmin=2)


def test_five_channels_are_padded_alike(library: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(2).normal(size=(4, 5, 5)).astype("f4"))
    ours, theirs = both(library, tmp_path, "pad", tmp_path / "x.npy", "-p", "1,2,3,4", suffix=".npy")
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("options", [[], ["--frames", "1"], ["--frames", "2", "--gray"]])
def test_one_of_several_matrices_is_taken(options: list[str], library: str, tmp_path: Path) -> None:
    images = np.random.default_rng(3).integers(0, 256, (3, 4, 6, 3), dtype=np.uint8)
    np.save(tmp_path / "stack.npy", images)
    np.save(tmp_path / "one.npy", images[0])
    np.savez(tmp_path / "x.npz", of=np.arange(4), one=images[0], other=images[1])
    names = ["x.npz", *(["stack.npy"] if options else []), *(["one.npy"] if "2" not in options else [])]
    for name in names:
        ours, theirs = both(library, tmp_path, "pool", tmp_path / name, "-f", "2", *options, suffix=".npy")
        assert np.array_equal(ours, theirs)


def test_several_filters_make_one_output_each(library: str, tmp_path: Path) -> None:
    source = sample("scene.png", tmp_path)
    text = printed("convolve", source, "-k", "sobel-x", "-k", "gaussian:1", "--emit", library)
    run_script(text, source, tmp_path / "t.{}.png")
    printed("convolve", source, "-q", "-k", "sobel-x", "-k", "gaussian:1", "-o", f"{tmp_path}/{{kernel}}.png")
    for label in ("sobel-x", "gaussian-1"):
        with Image.open(tmp_path / f"{label}.png") as ours, Image.open(tmp_path / f"t.{label}.png") as theirs:
            assert np.abs(np.asarray(ours).astype(int) - np.asarray(theirs)).max() <= 1


def test_a_filter_over_all_channels(library: str, tmp_path: Path) -> None:
    np.save(tmp_path / "k.npy", np.random.default_rng(1).integers(-3, 4, (3, 2, 3, 2)))
    kernel = f"@{tmp_path / 'k.npy'}"
    text = printed("convolve", SAMPLES / "scene.png", "-k", kernel, "-d", "2", "--bias", "3,-7", "--emit", library)
    run_script(text, SAMPLES / "scene.png", tmp_path / "t.{}.png")
    printed(
        "convolve", SAMPLES / "scene.png", "-q", "-k", kernel, "-d", "2", "--bias", "3,-7", "-o", tmp_path / "o.png"
    )
    for label in ("k-1", "k-2"):
        with Image.open(tmp_path / f"o.{label}.png") as ours, Image.open(tmp_path / f"t.{label}.png") as theirs:
            assert np.array_equal(np.asarray(ours), np.asarray(theirs))


def test_opencv_has_a_canny_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    ours, theirs = both("opencv", tmp_path, "edges", SAMPLES / "face.png", "--method", "canny")
    # The script says itself that lines may differ by a pixel: nearly all of ours have one of theirs beside them.
    around = np.pad(theirs, 1)
    near = np.max([around[y : y + 256, x : x + 256] for y, x in np.ndindex(3, 3)], axis=0)
    assert (near[ours > 0] > 0).mean() > 0.95


@pytest.mark.parametrize("name", ["torch", "keras"])
def test_what_a_library_lacks_is_refused_in_one_line(run: Run, name: str) -> None:
    outcome = run("edges", SAMPLES / "face.png", "--method", "canny", "--emit", name)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert "has no Canny; use --emit opencv" in outcome.stderr


def test_opencv_s_canny_pads_in_one_way_alone(run: Run) -> None:
    outcome = run("edges", SAMPLES / "face.png", "--method", "canny", "-p", "valid", "--emit", "opencv")
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert "OpenCV's Canny takes 8-bit images, and pads as -p same does" in outcome.stderr


def test_what_a_script_leaves_out_is_said_at_its_top(run: Run, tmp_path: Path) -> None:
    asked = ["pool", SAMPLES / "face.png", "--indices", tmp_path / "i.npy", "-o", tmp_path / "o.png"]
    indices = run(*asked, "--emit", "torch").text.replace("\n# ", " ")
    assert "Left out: the array that goes beside the picture (--indices, --angle)." in indices
    asked = ["convolve", SAMPLES / "icon.png", "-k", "box", "--alpha", "filter"]
    alpha = run(*asked, "--emit", "torch").text.replace("\n# ", " ")
    assert "Left out: --alpha filter, so the colours" in alpha


def test_comments_say_where_the_library_cannot(run: Run) -> None:
    arguments = ["convolve", SAMPLES / "icon.png", "-k", "box", "-s", "2", "-d", "2", "-p", "2",
                 "--padding-mode", "symmetric"]  # fmt: skip
    texts = {name: run(*arguments, "--emit", name).text for name in LIBRARIES}
    assert "# torch has no symmetric padding" in texts["torch"]
    assert "# OpenCV has no stride" in texts["opencv"]
    assert "# OpenCV has no dilation" in texts["opencv"]
    assert "# Keras lacks this stride" in texts["keras"]
    assert all("# Left out: cnnfilt carries the transparency along" in text for text in texts.values())


def test_the_script_is_all_that_comes_out(run: Run, tmp_path: Path) -> None:
    outcome = run("pool", SAMPLES / "face.png", "--emit", "torch")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert not list(tmp_path.iterdir())
    for refused, said in (
        (["--explain", "0,0"], "--explain and --emit"),
        (["-o", "-"], "--emit and -o -"),
        ([SAMPLES / "scene.png"], "--emit writes a script for one input"),
    ):
        outcome = run("pool", SAMPLES / "face.png", "--emit", "torch", *refused)
        assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
        assert said in outcome.stderr


def test_json_holds_the_script_that_is_printed_without(run: Run) -> None:
    command = ("pool", SAMPLES / "face.png", "--emit", "torch")
    outcome = run(*command, "--json")
    assert (outcome.code, outcome.stderr) == (0, "")
    record = json.loads(outcome.text)
    assert (record["outputs"], record["emit"]) == ([], run(*command).text)


def test_names_and_labels_cannot_break_out_of_the_script(run: Run, tmp_path: Path) -> None:
    odd = tmp_path / "a\"'\n\\.csv"
    odd.write_text("1,2\n3,4\n")
    kernel = tmp_path / "k\nprint('out')\n#.csv"
    kernel.write_text("1")
    text = run("convolve", odd, "-k", f"@{kernel}", "-k", f"@{kernel}", "--emit", "opencv").text
    pytest.importorskip("cv2")
    assert run_script(text) == "1,2\n3,4\n\n1,2\n3,4\n"


def test_the_script_runs_by_itself_and_reads_pipes(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    data = (SAMPLES / "face.png").read_bytes()
    script = tmp_path / "script.py"
    script.write_bytes(run("pool", "-", "--emit", "opencv", stdin=data).stdout)
    subprocess.run([sys.executable, script], input=data, check=True, cwd=tmp_path, env={**os.environ})
    run("pool", SAMPLES / "face.png", "-o", tmp_path / "ours.png")
    with Image.open(tmp_path / "ours.png") as ours, Image.open(tmp_path / "stdin.opencv.png") as theirs:
        assert np.array_equal(np.asarray(ours), np.asarray(theirs))
