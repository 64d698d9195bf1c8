"""The page of many files in a browser: all of them in parts, filtered, with names that stay text."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnnfilt.cli.inspect.page import write_page
from cnnfilt.page.folder import folder_page, small_picture
from tests.cli.conftest import Run
from tests.page.conftest import Browser

EVIL = "<script>alert(1)<!--"


def test_each_file_has_its_pictures_sizes_and_words(run: Run, browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / EVIL
    folder.mkdir()
    for number, level in enumerate((10, 200)):
        Image.fromarray(np.full((8, 6), level, np.uint8)).save(folder / f"{EVIL}{number}.png")
    (folder / f"z{EVIL}.png").write_bytes(b"nothing")
    page = tmp_path / "r.html"
    assert run("convolve", folder, "-k", "1 1", "-o", tmp_path / "out", "--page", page).code == 1
    browser.open(page)
    assert browser.text("#summary") == "2 done, 1 failed. Values were clipped in 1 file."
    names = [one.text for one in browser.all(".files h3")]
    assert names == [str(folder / f"{EVIL}0.png"), str(folder / f"{EVIL}1.png"), str(folder / f"z{EVIL}.png")]
    assert browser.text(".size") == f"8x6 → {tmp_path / 'out' / f'{EVIL}0.png'} 8x5 (valid; -p same keeps 8x6)"
    assert len(browser.all(".files img")) == 4
    assert browser.script("return [...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert f"{EVIL}.png" in browser.text(".failure")
    assert browser.text(".clipping") == "Clipped: values ran from 400 to 400; 100.0% were clipped."


def test_files_are_chosen_by_what_became_of_them_and_by_name(run: Run, browser: Browser, tmp_path: Path) -> None:
    for number, level in enumerate((10, 200, 210)):
        Image.fromarray(np.full((8, 6), level, np.uint8)).save(tmp_path / f"{number}.png")
    (tmp_path / "broken.png").write_bytes(b"nothing")
    page = tmp_path / "r.html"
    run("convolve", tmp_path, "-k", "1 1", "--page", page)
    browser.open(page)

    def shown() -> list[str]:
        return [Path(one.text).name for one in browser.all(".files h3")]

    assert [one.text for one in browser.all("button[data-which]")] == ["all 4", "failed 1", "clipped 2"]
    browser.wait_for("button[data-which=failed]").click()
    assert shown() == ["broken.png"]
    browser.script("document.querySelector('button[data-which=clipped]').focus()")
    browser.press("SPACE")
    assert shown() == ["1.png", "2.png"]
    browser.script("document.querySelector('#search').focus()")
    browser.press("2", ".")
    assert shown() == ["2.png"]
    browser.press("x")
    assert shown() == []
    assert browser.text("#shown") == "No file is like that."


def _entry(number: int, picture: str) -> dict[str, Any]:
    shown = {"caption": "before 64x64", "picture": picture}
    outputs = [{"name": f"out/{number:05}.png", "size": "64x64", "how": "same"}]
    return {"name": f"{number:05}.png", "state": "done", "size": "64x64", "outputs": outputs, "notes": [],
            "before": shown, "after": [shown], "more": 0}  # fmt: skip


def test_thousands_of_files_do_not_stop_the_browser(browser: Browser, tmp_path: Path) -> None:
    """A part of them is in the page at a time, so that it is there at once."""
    shades = np.repeat(np.hypot(*np.indices((64, 64))).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    files = [_entry(number, small_picture(shades)) for number in range(5000)]
    page = tmp_path / "r.html"
    write_page(str(page), "many", folder_page(files, without_pictures=0, left=0, sections=()), overwrite=False)
    assert page.stat().st_size < 20_000_000
    browser.open(page)
    assert len(browser.all(".files li")) == 100
    assert browser.text("#shown") == "1 to 100 of 5000 files"
    browser.script("document.querySelector('#on').focus()")
    browser.press("ENTER", "ENTER")
    assert browser.text("#shown") == "201 to 300 of 5000 files"
    assert browser.text(".files h3") == "00200.png"
    browser.wait_for("#back").click()
    assert browser.text("#shown") == "101 to 200 of 5000 files"
    browser.script("const s = document.querySelector('#search'); s.value = '4999'; s.dispatchEvent(new Event('input'))")
    assert [one.text for one in browser.all(".files h3")] == ["04999.png"]
