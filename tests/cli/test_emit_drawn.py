"""Drawn kinds of files and option combinations: what a script writes or prints is what cnnfilt writes or prints."""

import contextlib
import io
import json
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.main import exit_code
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.image import Image as OwnImage
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read
from cnnfilt.files.writing import write
from tests.cli.test_emit import LIBRARIES, MODULES, installed, printed, run_script
from tests.files.odd_files import cmyk_profile, png

Made = tuple[str, bytes]
"""A suffix, and the content of a file."""

HEIGHT, WIDTH = 9, 13


def levels(rng: np.random.Generator, *channels: int, dtype: str = "u1") -> np.ndarray:
    top = np.iinfo(dtype).max
    return rng.integers(0, top, (HEIGHT, WIDTH, *channels), dtype, endpoint=True)


def saved(picture: Image.Image, suffix: str, folder: Path, **options: object) -> Path:
    path = folder / f"x{suffix}"
    picture.save(path, **options)
    return path


def picture(rng: np.random.Generator, mode: str) -> Image.Image:
    channels = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,), "CMYK": (4,)}[mode]
    return Image.fromarray(levels(rng, *channels), mode if mode == "CMYK" else None)


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x112] = orientation
    return block


def keyed(mode: str) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        image = picture(rng, mode).quantize(4).convert(mode)
        return saved(image, ".png", folder, transparency=image.getpixel((3, 3)))

    return make


def plain(mode: str, suffix: str, **options: object) -> Callable[[np.random.Generator, Path], Path]:
    return lambda rng, folder: saved(picture(rng, mode), suffix, folder, **options)


def palette(suffix: str, **options: object) -> Callable[[np.random.Generator, Path], Path]:
    return lambda rng, folder: saved(picture(rng, "RGB").quantize(12), suffix, folder, **options)


def gray_16(suffix: str, **options: object) -> Callable[[np.random.Generator, Path], Path]:
    return lambda rng, folder: saved(Image.fromarray(levels(rng, dtype="u2")), suffix, folder, **options)


def deep_colour(rng: np.random.Generator, folder: Path) -> Path:
    write(OwnImage(levels(rng, 3, dtype="u2")), folder / "x.png")
    return folder / "x.png"


def floats(rng: np.random.Generator, folder: Path) -> Path:
    values = rng.normal(size=(HEIGHT, WIDTH)).astype("f4")
    return saved(Image.fromarray(values), ".tif", folder)


def frames(suffix: str) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        others = [picture(rng, "RGB")]
        return saved(picture(rng, "RGB"), suffix, folder, save_all=True, append_images=others)

    return make


def tiff(bits: int, photometric: int) -> Callable[[np.random.Generator, Path], Path]:
    """A strip of gray samples without compression; photometric 0 means that zero is white."""

    def make(rng: np.random.Generator, folder: Path) -> Path:
        rows = rng.integers(0, 2**bits, (HEIGHT, 12))
        if bits == 12:
            packed = "".join(f"{value:012b}" for value in rows.ravel())
            data = int(packed, 2).to_bytes(len(packed) // 8, "big")
        else:
            data = rows.astype(f"<u{bits // 8}").tobytes()
        tags = {256: 12, 257: HEIGHT, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: HEIGHT, 279: len(data)}
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
        path = folder / "x.tif"
        path.write_bytes(
            b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + b"\0" * 4
        )
        return path

    return make


def portable(magic: str, maximum: int) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        channels = 3 if magic in ("P3", "P6") else 1
        values = rng.integers(0, maximum + 1, HEIGHT * WIDTH * channels)
        body = values.astype(">u2" if maximum > 255 else "u1").tobytes()
        if magic in ("P2", "P3"):
            body = " ".join(map(str, values)).encode()
        path = folder / ("x.ppm" if channels == 3 else "x.pgm")
        path.write_bytes(f"{magic} {WIDTH} {HEIGHT} {maximum}\n".encode() + body)
        return path

    return make


def cmyk(rng: np.random.Generator, folder: Path) -> Path:
    return saved(picture(rng, "CMYK"), ".jpg", folder)


def keyed_16(rng: np.random.Generator, folder: Path) -> Path:
    values = levels(rng, dtype="u2")
    rows = [row.astype(">u2").tobytes() for row in values]
    (folder / "x.png").write_bytes(
        png(rows, width=WIDTH, bits=16, colour_type=0, before=[(b"tRNS", struct.pack(">H", values[3, 3]))])
    )
    return folder / "x.png"


IMAGES: dict[str, Callable[[np.random.Generator, Path], Path]] = {
    "png gray": plain("L", ".png"),
    "png gray alpha": plain("LA", ".png"),
    "png rgb": plain("RGB", ".png"),
    "png rgb alpha": plain("RGBA", ".png"),
    "png palette": palette(".png"),
    "png transparent palette": palette(".png", transparency=2),
    "png gray key": keyed("L"),
    "png rgb key": keyed("RGB"),
    "png turned": plain("RGB", ".png", exif=exif(6)),
    "png 16": gray_16(".png"),
    "png 16 turned": gray_16(".png", exif=exif(8)),
    "png 16 rgb": deep_colour,
    "png frames": frames(".png"),
    "jpeg": plain("RGB", ".jpg", quality=90),
    "jpeg gray": plain("L", ".jpg"),
    "jpeg turned": plain("RGB", ".jpg", exif=exif(5)),
    "jpeg of rgb": plain("RGB", ".jpg", keep_rgb=True),
    "jpeg cmyk": cmyk,
    "jpeg cmyk with a profile": lambda rng, folder: saved(
        picture(rng, "CMYK"), ".jpg", folder, icc_profile=cmyk_profile()
    ),
    "jpeg damaged exif": plain("RGB", ".jpg", exif=b"Exif\0\0no TIFF at all"),
    "png 16 key": keyed_16,
    "jpeg xmp": plain("RGB", ".jpg", xmp=b'<x tiff:Orientation="6"/>'),
    "tiff gray": plain("L", ".tif"),
    "tiff rgb": plain("RGB", ".tif", compression="tiff_lzw"),
    "tiff rgb alpha": plain("RGBA", ".tif"),
    "tiff turned": plain("RGB", ".tif", exif=exif(6)),
    "tiff palette": palette(".tif"),
    "tiff 16": gray_16(".tif"),
    "tiff 16 turned": gray_16(".tif", exif=exif(3)),
    "tiff float": floats,
    "tiff pages": frames(".tif"),
    "tiff white is zero": tiff(8, 0),
    "tiff 16 white is zero": tiff(16, 0),
    "tiff 12": tiff(12, 1),
    "pgm": portable("P5", 255),
    "pgm 16": portable("P5", 65535),
    "pgm 1023": portable("P5", 1023),
    "pgm 15": portable("P5", 15),
    "pgm text": portable("P2", 1023),
    "ppm": portable("P6", 255),
    "ppm 16": portable("P6", 65535),
    "ppm 100": portable("P6", 100),
    "bmp": plain("RGB", ".bmp"),
    "bmp gray": plain("L", ".bmp"),
    "bmp palette": palette(".bmp"),
    "webp": plain("RGB", ".webp"),
    "webp alpha": plain("RGBA", ".webp", lossless=True),
    "gif": palette(".gif"),
    "gif frames": frames(".gif"),
}


def text(suffix: str, content: str) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        (folder / f"x{suffix}").write_text(content)
        return folder / f"x{suffix}"

    return make


def npy(*channels: int, dtype: str) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        values = (
            rng.integers(0, 200, (HEIGHT, WIDTH, *channels)) if dtype != "?" else rng.integers(0, 2, (HEIGHT, WIDTH))
        )
        scaled = values / 7 - 9 if "f" in dtype else values
        np.save(folder / "x.npy", scaled.astype(dtype))
        return folder / "x.npy"

    return make


def nested(*shape: int) -> Callable[[np.random.Generator, Path], Path]:
    def make(rng: np.random.Generator, folder: Path) -> Path:
        (folder / "x.json").write_text(json.dumps(rng.integers(-50, 50, shape).tolist()))
        return folder / "x.json"

    return make


SQUARE = "3,1,4,1,5\n9,2,6,5,3\n5,8,9,7,9\n3,2,3,8,4\n6,2,6,4,3\n"
MATRICES: dict[str, Callable[[np.random.Generator, Path], Path]] = {
    "csv": text(".csv", SQUARE),
    "csv with a mark": text(".csv", "\ufeff" + SQUARE),
    "csv of fractions": text(".csv", SQUARE.replace("8", "1/8")),
    "csv of decimals": text(".csv", SQUARE.replace("9", "0.9")),
    "tsv": text(".tsv", SQUARE.replace(",", "\t")),
    "txt": text(".txt", SQUARE.replace(",", " ")),
    "txt of commas": text(".txt", SQUARE),
    "large txt of commas": text(".txt", "\n".join(",".join(str(n * n * m % 97) for n in range(50)) for m in range(40))),
    "json": nested(6, 7),
    "json of channels": nested(6, 7, 3),
    "json with a mark": text(".json", "\ufeff[[1, 2, 3], [4, 5, 6], [7, 8, 9.5]]"),
    "npy 8": npy(dtype="u1"),
    "npy 8 rgb": npy(3, dtype="u1"),
    "npy 8 with an axis": npy(1, dtype="u1"),
    "npy 16": npy(dtype="u2"),
    "npy 16 rgb": npy(3, dtype="u2"),
    "npy signed": npy(3, dtype="i2"),
    "npy wide": npy(3, dtype=">i8"),
    "npy half": npy(3, dtype="f2"),
    "npy float": npy(3, dtype="f4"),
    "npy double": npy(dtype="f8"),
    "npy five": npy(5, dtype="f4"),
    "npy bool": npy(dtype="?"),
}

OPERATIONS = [
    ["convolve", "-k", "1,2;3,4"],
    ["convolve", "-k", "laplacian8", "-p", "same"],
    ["convolve", "-k", "gaussian:1", "-p", "2", "--padding-mode", "symmetric"],
    ["convolve", "-k", "0.1,-0.1;0.2,-0.2", "-s", "2x1", "-d", "1x2"],
    ["convolve", "-k", "vertical", "-k", "box", "-p", "full"],
    ["convolve", "-k", "sobel-x", "--bias", "20", "--activation", "relu"],
    ["convolve", "-k", "sharpen", "--input-scale", "1/255", "--padding-value", "9", "-p", "1"],
    ["convolve", "-k", "box:2", "--activation", "sigmoid", "--input-scale", "0.01"],
    ["convolve", "-k", "1,0,-1", "--channels", "sum", "--flip"],
    ["pool"],
    ["pool", "-f", "3", "-s", "2", "--kind", "min", "-p", "1"],
    ["pool", "-f", "2x3", "--kind", "avg", "-p", "same"],
    ["pool", "--adaptive", "2,3", "--kind", "avg"],
    ["pool", "--global"],
    ["pad", "-p", "1,2,3,0", "--padding-mode", "reflect"],
    ["pad", "-p", "2", "--padding-value", "77"],
    ["pad", "-p", "1", "--padding-value", "#ff8000"],
    ["edges"],
    ["edges", "--threshold", "60"],
    ["edges", "--method", "sobel", "--direction", "vertical", "--threshold", "100", "--gain", "2"],
    ["edges", "--method", "kirsch"],
    ["edges", "--method", "scharr", "--padding-mode", "zeros", "--padding-value", "3"],
]

READING = [[], [], ["--gray"], ["--no-gray"], ["--alpha", "drop"], ["--background", "#c08040"],
           ["--background", "90", "--gray"], ["--no-auto-orient"], ["--frames", "2"], ["--frames", "1"]]  # fmt: skip
MAPPING = [[], [], [], ["--values", "clip"], ["--values", "abs"], ["--values", "offset"], ["--values", "minmax"],
           ["--values", "symmetric"], ["--values", "raw"], ["--value-range", "-40,300"]]  # fmt: skip
OUTPUTS = [".png", ".png", ".npy", ".tif", ".tif", ".bmp", ".ppm", ".pgm", ".webp", ".csv", ".tsv", ".txt", ".json"]


FRACTIONS = ("gaussian", "box", "0.1", "1/255", "avg", "scharr", "edges")
"""Words of operations that round, so that a level may be another."""


def loaded(path: Path) -> tuple[np.ndarray, bool]:
    """The numbers in a file, without alpha, and whether it holds 16-bit colours, of which our reader takes a half."""
    match path.suffix:
        case ".npy":
            return np.load(path).astype(np.float64), False
        case ".json":
            return np.array(json.loads(path.read_text()), np.float64), False
        case ".csv" | ".tsv" | ".txt":
            separator = {".csv": ",", ".tsv": "\t", ".txt": None}[path.suffix]
            return np.loadtxt(path, delimiter=separator, ndmin=2), False
    image = read(path, ReadOptions(alpha="drop"))
    pixels = image.pixels.astype(np.float64)
    # A file of colours may hold gray.
    is_gray = pixels.ndim == 3 and (pixels == pixels[:, :, :1]).all()
    return pixels[:, :, 0] if is_gray else pixels, image.stored.deep_colour


def drawn(seed: int, folder: Path) -> tuple[Path, list[str], str]:
    """A file, a command with options, and the suffix of the output."""
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    kinds = IMAGES if draw.random() < 0.65 else MATRICES
    source = kinds[draw.choice(list(kinds))](rng, folder)
    return source, [*draw.choice(OPERATIONS), *draw.choice(READING), *draw.choice(MAPPING)], draw.choice(OUTPUTS)


def both(library: str, source: Path, command: list[str], suffix: str, folder: Path) -> list[tuple[Path, Path]]:
    """What cnnfilt wrote and what its script wrote, in pairs; none for what cnnfilt refuses."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    asked = [command[0], source, *command[1:], "-o", folder / f"o{suffix}", "-y", "-q", "--emit", library]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
        code = exit_code([str(one) for one in asked])
    assert "in cnnfilt itself" not in err.getvalue(), err.getvalue()
    if code:
        return []
    before = set(folder.iterdir())
    run_script(out.buffer.getvalue().decode())  # type: ignore[attr-defined]
    ours = sorted(before - {source, *folder.glob("x.*")})
    theirs = sorted(set(folder.iterdir()) - before)
    assert len(ours) == len(theirs) > 0
    return list(zip(ours, theirs, strict=True))


def assert_alike(ours: Path, theirs: Path, *, exact: bool) -> None:
    (mine, halved), (other, also_halved) = loaded(ours), loaded(theirs)
    if halved and not also_halved:
        other, exact = other // 256, False
    mine = mine.reshape(other.shape) if mine.size == other.size else mine
    levels = (mine % 1 == 0).all()
    assert other == pytest.approx(mine, nan_ok=True, rel=1e-5, abs=0 if exact else 1.001 if levels else 1e-5)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("library", LIBRARIES)
def test_drawn_scripts_write_the_same_files(library: str, seed: int, tmp_path: Path) -> None:
    if library not in installed():
        pytest.skip(f"could not import {MODULES[library]}")
    source, command, suffix = drawn(seed, tmp_path)
    exact = not any(word in " ".join(command) for word in FRACTIONS) and "float" not in command
    pairs = both(library, source, command, suffix, tmp_path)
    if not pairs:
        pytest.skip("a contradiction, which is refused")
    for ours, theirs in pairs:
        try:
            loaded(ours)
        except CnnfiltError as error:  # Colours in floats are written, but not read.
            pytest.skip(str(error))
        assert_alike(ours, theirs, exact=exact)


def test_most_of_what_is_drawn_is_no_contradiction(tmp_path: Path) -> None:
    """So that most of the tests above run a script."""
    codes = []
    for seed in range(60):
        source, command, suffix = drawn(seed, tmp_path)
        with contextlib.redirect_stderr(io.StringIO()):
            codes.append(exit_code([command[0], str(source), *command[1:], "-o", str(tmp_path / f"o{suffix}"), "-yq"]))
    assert codes.count(0) >= 40


def read_by(script: str, folder: Path) -> np.ndarray:
    """What the lines of a script read that need NumPy and Pillow alone."""
    head, _, _ = script.partition("\nx = pixels.")
    names: dict[str, object] = {"__name__": "__main__"}
    text = "\n".join(one for one in head.splitlines() if "torch" not in one or "=" in one)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["script.py"])
        patched.setattr(subprocess, "run", in_this_process)
        exec(compile(text, "script.py", "exec"), names)
    return np.asarray(names["pixels"], np.float64)


def in_this_process(command: list[str], *, stdout: int, check: bool) -> subprocess.CompletedProcess[bytes]:
    """Stands in for subprocess.run: a new Python for each of hundreds of files would take minutes."""
    assert command[:3] == [sys.executable, "-m", "cnnfilt"]
    assert check
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(out):
        assert exit_code(command[3:]) == 0
    return subprocess.CompletedProcess(command, 0, out.buffer.getvalue())  # type: ignore[attr-defined]


# Pillow leaves a file open that may hold more images.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", [*IMAGES, *MATRICES])
def test_scripts_read_what_cnnfilt_reads(kind: str, tmp_path: Path) -> None:
    source = (IMAGES | MATRICES)[kind](np.random.default_rng(7), tmp_path)
    for number, options in enumerate(READING[1:]):
        out = tmp_path / f"{number}.npy"
        flags = [] if "--background" in options or "--alpha" in options else ["--alpha", "drop"]
        asked = ["pad", source, "-p", "0", *options]
        with contextlib.redirect_stderr(io.StringIO()):
            if exit_code([*map(str, asked), *flags, "-o", str(out), "-q"]):
                continue
        numbers = read_by(printed(*asked, "-q", "--emit", "torch"), tmp_path)
        mine = np.load(out).astype(np.float64)
        assert np.array_equal(numbers.reshape(mine.shape), mine, equal_nan=True), options


@pytest.mark.parametrize("kind", [kind for kind in MATRICES if not kind.startswith(("npy", "json of", "large"))])
@pytest.mark.parametrize("library", LIBRARIES)
def test_matrices_are_printed_alike(library: str, kind: str, tmp_path: Path) -> None:
    if library not in installed():
        pytest.skip(f"could not import {MODULES[library]}")
    source = MATRICES[kind](np.random.default_rng(7), tmp_path)
    for command in (["convolve", "-k", "1,2;3,4"], ["pool"], ["convolve", "-k", "vertical", "-k", "sobel-x"]):
        ours = printed(command[0], source, *command[1:], "-q")
        theirs = run_script(printed(command[0], source, *command[1:], "-q", "--emit", library))
        mine, other = (np.array([line.split(",") for line in text.split()], float) for text in (ours, theirs))
        assert other == pytest.approx(mine, rel=1e-14), command
        assert max(map(len, theirs.replace("\n", ",").split(","))) <= 21


TOPS = {
    "jpeg cmyk with a profile": "Read by cnnfilt itself, which must be installed for this Python: CMYK becomes sRGB",
    "jpeg damaged exif": "Read by cnnfilt itself, which must be installed for this Python: libraries read a damaged",
    "csv of fractions": "NumPy does not read this text as cnnfilt does, so its numbers are written here",
    "large txt of commas": "Read by cnnfilt itself, which must be installed for this Python: NumPy does not read",
    "jpeg xmp": "Read by cnnfilt itself, which must be installed for this Python: libraries may also rotate it by its",
    "tiff 12": "Read by cnnfilt itself, which must be installed for this Python: libraries read samples",
    "pgm 1023": "Read by Pillow: OpenCV does not scale up levels that end at 1023.",
    "tiff 16 white is zero": "Read by Pillow: OpenCV does not invert an image whose zero is white.",
    "gif": "Read by Pillow: OpenCV reads this kind of GIF in other levels, or not at all.",
}


@pytest.mark.parametrize("kind", TOPS)
def test_what_a_library_cannot_read_is_said_at_the_top(kind: str, tmp_path: Path) -> None:
    source = (IMAGES | MATRICES)[kind](np.random.default_rng(7), tmp_path)
    text = printed("pool", source, "-q", "--emit", "opencv")
    top = text.split('"""')[2].split("\n\n")[0]
    assert top.replace("\n# ", " ").startswith(" " + TOPS[kind])
    assert max(map(len, top.splitlines())) < 80


@pytest.mark.parametrize(
    ("output", "library", "target"),
    [
        ("o.png", "torch", "o.torch.png"),
        ("o.tif", "keras", "o.keras.tif"),
        ("o.bmp", "opencv", "o.opencv.bmp"),
        ("o.jpg", "torch", "o.torch.png"),
        ("o.npy", "torch", "o.torch.npy"),
        ("o.json", "torch", "o.torch.json"),
    ],
)
def test_scripts_write_beside_the_output(output: str, library: str, target: str, tmp_path: Path) -> None:
    source = IMAGES["png rgb"](np.random.default_rng(7), tmp_path)
    text = printed("pool", source, "-o", tmp_path / output, "-q", "--emit", library)
    assert f"else {str(tmp_path / target)!r}\n" in text
    assert ("# Written as .png: each library writes JPEG in its own way." in text) == (output == "o.jpg")


def test_whole_numbers_that_doubles_cannot_hold_are_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("9007199254740993,1\n2,3\n")
    assert "\n# Rounded here: whole numbers beyond 2**53" in printed("pool", tmp_path / "x.csv", "--emit", "torch")


def test_a_script_that_holds_numbers_takes_no_others(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    (tmp_path / "x.csv").write_text("1/2,1\n2,3\n")
    text = printed("pool", tmp_path / "x.csv", "--emit", "opencv")
    assert run_script(text) == "3\n"
    with pytest.raises(SystemExit, match="holds the numbers of one input"):
        run_script(text, tmp_path / "y.csv")


@pytest.mark.parametrize("values", ["minmax", "symmetric"])
@pytest.mark.parametrize(
    "command",
    [
        ["convolve", "-k", "0.1,-0.3,0.2"],
        ["convolve", "-k", "0.1,0.3,0.2;0.4,0.7,0.9"],
        ["convolve", "-k", "gaussian:1,5", "--bias", "0.3", "--activation", "tanh"],
        ["pool", "-f", "5", "-s", "2", "-p", "same", "--kind", "avg"],
        ["edges", "--method", "farid"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("level", [np.uint8(77), np.float32(0.3), np.float64(0.1)], ids="{0.dtype}".format)
@pytest.mark.parametrize("library", LIBRARIES)
def test_noise_of_flat_images_is_not_stretched(
    library: str, level: np.generic, command: list[str], values: str, tmp_path: Path
) -> None:
    if library not in installed():
        pytest.skip(f"could not import {MODULES[library]}")
    np.save(tmp_path / "x.npy", np.full((12, 9), level))
    pairs = both(library, tmp_path / "x.npy", [*command, "--values", values], ".png", tmp_path)
    assert len(pairs) == 1
    for ours, theirs in pairs:
        assert_alike(ours, theirs, exact=True)
        assert len(np.unique(loaded(ours)[0])) == 1
