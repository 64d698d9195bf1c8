"""The page of one operation shows in a browser what the library computes."""

from pathlib import Path

from tests.cli.conftest import SAMPLES, Run
from tests.page.conftest import Browser


def test_both_pictures_are_there(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("convolve", SAMPLES / "worked_example.csv", "-k", "vertical", "--page", page).code == 0
    browser.open(page)
    captions = [one.text for one in browser.all("figcaption")]
    assert captions[0].startswith("before 6x6")
    assert captions[1].startswith("after 4x4")
