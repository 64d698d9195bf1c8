"""The same options give the same files whichever way they are worked on: alone, by workers, through pipes, as pages."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run
from tests.cli.option_trials import make_pictures
from tests.conftest import tree

COMMANDS = {
    "convolve": "convolve -k emboss -p same --bias 3 --activation relu --input-scale 1/2",
    "pad": "pad -p 1,2 --padding-mode replicate",
    "pool": "pool -f 3 -s 2 -p 1 --kind avg --count-include-pad",
    "morph": "morph gradient --window disk:2",
    "edges": "edges --method sobel --direction vertical --gain 5",
    "apply": "apply filter:box,p=same --input-scale 2",
}

OPTIONS = {
    "jpeg": "--values offset --quality 30 --metadata all --background teal --no-auto-orient --format jpeg",
    "png": "--value-range 10,90 --gray --alpha drop --metadata none --quality 1 --format png",
    "webp": "--values minmax --quality 20 --no-gray --metadata safe --format webp",
}

INPUTS = ("photo.jpg", "clear.png", "colour.png", "gray.png")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_pictures(tmp_path)
    return tmp_path


def words(command: str, options: str) -> list[str]:
    return [*COMMANDS[command].split(), *OPTIONS[options].split()]


@pytest.mark.parametrize(("command", "options"), list(zip(COMMANDS, [*OPTIONS, "jpeg", "webp", "png"], strict=True)))
def test_workers_do_what_one_alone_does(run: Run, folder: Path, command: str, options: str) -> None:
    lines = []
    for jobs in (1, 2):
        outcome = run(*words(command, options), *INPUTS, "-o", f"jobs{jobs}/", "-j", jobs)
        assert outcome.code == 0, outcome.stderr
        lines.append(sorted(line for line in outcome.lines if not line.startswith("4 done; ")))
    assert lines[0] == lines[1]
    assert len(lines[0]) < len(outcome.lines)
    assert len(tree(folder / "jobs1")) == len(INPUTS)
    assert tree(folder / "jobs1") == tree(folder / "jobs2")


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_gives_what_a_file_gives(run: Run, folder: Path, command: str, options: str, name: str) -> None:
    assert run(*words(command, options), name, "-o", "out/").code == 0
    (written,) = (folder / "out").iterdir()
    piped = run(*words(command, options), "-", "-o", "-", stdin=(folder / name).read_bytes())
    assert piped.code == 0, piped.stderr
    assert piped.stdout == written.read_bytes()


@pytest.mark.parametrize(
    "options",
    ["--values offset", "--value-range 10,90 --gray", "--values minmax --background teal", "--alpha drop --no-gray"],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_each_page_is_what_it_is_alone(run: Run, folder: Path, command: str, options: str) -> None:
    pages = []
    for name in ("clear.png", "other.png"):
        with Image.open(name) as image:
            pages.append(image.copy())
        pages[-1].save(f"{name}.tif")
    pages[0].save("pages.tif", save_all=True, append_images=pages[1:])
    line = [*COMMANDS[command].split(), *options.split()]
    outcome = run(*line, "pages.tif", "--frames", "all", "-o", "out.tif")
    assert outcome.code == 0, outcome.stderr
    with Image.open("out.tif") as together:
        assert together.n_frames == 2
        for number, name in enumerate(("clear.png.tif", "other.png.tif"), 1):
            assert run(*line, name, "-o", f"{number}.tif").code == 0
            assert run(*line, "pages.tif", "--frames", number, "-o", f"page{number}.tif").code == 0
            together.seek(number - 1)
            with Image.open(f"{number}.tif") as alone, Image.open(f"page{number}.tif") as chosen:
                assert alone.mode == together.mode == chosen.mode
                assert np.array_equal(np.asarray(alone), np.asarray(together))
                assert np.array_equal(np.asarray(alone), np.asarray(chosen))
