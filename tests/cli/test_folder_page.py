"""`--page` of a run over many files: what it holds, when it is written, and what it leaves when that fails."""

import base64
import io
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.errors import OutputError
from cnnfilt.page import folder as folder_page
from cnnfilt.page.arrays import picture
from cnnfilt.page.folder import side_for, small_picture
from tests.cli.conftest import Run
from tests.conftest import Start
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three images, the second of them bright, and a file that is none."""
    (tmp_path / "photos").mkdir()
    for number, level in enumerate((10, 200, 40)):
        Image.fromarray(np.full((8, 6), level, np.uint8)).save(tmp_path / "photos" / f"{number}.png")
    (tmp_path / "photos" / "broken.png").write_bytes(b"nothing")
    return tmp_path / "photos"


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', Path(page).read_text(), re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


def test_every_file_is_there_in_order_with_what_became_of_it(run: Run, photos: Path) -> None:
    outcome = run("convolve", photos, "-k", "1 1", "-o", "out/", "--page", "r.html", "--json")
    assert outcome.code == 1
    records = {Path(one["input"]).name: one for one in map(json.loads, outcome.text.splitlines())}
    files = data_of("r.html")["files"]
    assert [Path(one["name"]).name for one in files] == ["0.png", "1.png", "2.png", "broken.png"]
    for one in files[:3]:
        record = records[Path(one["name"]).name]
        assert one["state"] == "done"
        assert one["size"] == "8x6"
        assert [(output["name"], output["size"]) for output in one["outputs"]] == [
            (record["outputs"][0]["path"], "8x5")
        ]
        assert ("clipped" in one) == (record["clipped"] > 0)
        assert one["before"]["picture"].startswith("data:image/")
        assert [after["caption"] for after in one["after"]] == ["after 8x5"]
    assert files[1]["clipped"] == "values ran from 400 to 400; 100.0% were clipped"
    assert (files[3]["state"], files[3]["error"]) == ("failed", records["broken.png"]["error"])


def test_it_is_the_same_whoever_works(run: Run, photos: Path) -> None:
    for number in range(3, 12):
        Image.fromarray(np.full((8, 6), number, np.uint8)).save(photos / f"{number}.png")
    for page, jobs in (("a.html", "1"), ("b.html", "2")):
        assert run("edges", photos, "--page", page, "-j", jobs).code == 1
    assert Path("a.html").read_text() == Path("b.html").read_text()


def test_without_o_nothing_else_is_written(run: Run, photos: Path, tmp_path: Path) -> None:
    assert run("morph", "erode", photos, "--page", "r.html").code == 1
    assert {one.name for one in tmp_path.iterdir()} == {"photos", "r.html"}
    assert data_of("r.html")["files"][0]["outputs"] == [{"name": "", "size": "8x6", "how": "erode 3x3"}]


def test_several_results_are_shown_by_name_and_some_of_very_many(run: Run, photos: Path) -> None:
    kernels = [
        part for name in ("vertical", "horizontal", "sobel-x", "sobel-y", "outline", "emboss") for part in ("-k", name)
    ]
    assert run("convolve", photos, *kernels, "--page", "r.html").code == 1
    one = data_of("r.html")["files"][0]
    assert [after["caption"].split()[0] for after in one["after"]] == ["vertical", "horizontal", "sobel-x", "sobel-y"]
    assert one["more"] == 2
    assert len(one["outputs"]) == 6


def test_what_is_left_out_is_listed_with_its_reason(run: Run, photos: Path) -> None:
    run("pool", photos, "-o", "out/", "-q")
    Path("out/0.png").unlink()
    run("pool", photos, "-o", "out/", "--skip-existing", "--page", "r.html")
    files = data_of("r.html")["files"]
    assert sorted((Path(one["name"]).name, one["state"]) for one in files) == [
        ("0.png", "done"),
        ("1.png", "skipped"),
        ("2.png", "skipped"),
        ("broken.png", "failed"),
    ]


def test_a_run_that_stops_early_has_its_page(run: Run, photos: Path) -> None:
    assert (
        run("pool", photos / "broken.png", photos / "0.png", "-o", "out/", "--fail-fast", "--page", "r.html").code == 1
    )
    data = data_of("r.html")
    assert [one["state"] for one in data["files"]] == ["failed"]
    assert data["notes"] == ["The run was broken off: 1 more were not begun or not finished."]


def test_an_existing_page_needs_y_and_is_no_input(run: Run, photos: Path) -> None:
    Path("r.html").write_text("mine")
    outcome = run("pool", photos, "-o", "out/", "--page", "r.html")
    assert (outcome.code, outcome.stderr) == (2, "pool: r.html exists; -y (--overwrite) replaces it\n")
    assert not Path("out").exists()
    assert run("pool", photos, "-o", "out/", "--page", "r.html", "-y").code == 1
    assert len(data_of("r.html")["files"]) == 4


def test_a_page_that_cannot_be_written_is_an_error_in_one_line(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str, *_: object, **__: object) -> None:
        raise OutputError(f"{path} cannot be written: no space left")

    monkeypatch.setattr("cnnfilt.cli.inspect.folder_page.write_page", full)
    outcome = run("pool", photos / "0.png", photos / "1.png", "-o", "out/", "--page", "r.html")
    assert outcome.code == 1
    assert outcome.lines[-1] == "pool: r.html cannot be written: no space left"
    assert Path("out/1.png").exists()


def test_pictures_have_a_limit_and_what_is_over_is_said(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnfilt.cli.inspect.folder_page.MOST_BYTES", 1)
    assert run("pool", photos, "-o", "out/", "--page", "r.html").code == 1
    data = data_of("r.html")
    assert not any("before" in one for one in data["files"])
    assert data["notes"] == ["3 of them have no pictures here: all pictures together would take more than 16 MB."]


def test_of_more_files_pictures_are_smaller() -> None:
    assert side_for(2) > side_for(1000) > side_for(100_000)
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    for pixels in (noise, np.zeros((64, 64, 3), np.uint8)):
        small = small_picture(pixels)
        with Image.open(io.BytesIO(base64.b64decode(small.partition(",")[2]))) as shown:
            assert shown.size == (64, 64)
        assert len(small) <= len(picture(pixels))
    # Even of what compresses worst there is room for over a thousand files.
    assert 1000 * 2 * len(small_picture(noise)) < folder_page.MOST_BYTES


def test_ctrl_c_leaves_the_page_of_what_was_done(start: Start, tmp_path: Path) -> None:
    os.mkdir("many")
    rng = np.random.default_rng(1)
    for number in range(60):
        Image.fromarray(rng.integers(0, 256, (400, 400), np.uint8)).save(f"many/{number:03}.png")
    process = start("convolve", "many", "-k", "gaussian:9", "-o", "out/", "-j", "1", "--page", "r.html", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    data = data_of("r.html")
    assert 1 <= len(data["files"]) < 60
    assert {one["state"] for one in data["files"]} == {"done"}
    assert data["notes"] == [f"The run was broken off: {60 - len(data['files'])} more were not begun or not finished."]
    assert not list(tmp_path.glob(".cnnfilt-*"))
