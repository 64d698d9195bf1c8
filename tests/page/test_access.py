"""Everyone can use a page: with keys, with a reader, in light and dark, narrow and wide, on paper."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.cli.conftest import SAMPLES, Run
from tests.page.conftest import Browser
from tests.patience import PATIENCE

PAGES: dict[str, list[str]] = {
    "sum": ["convolve", f"{SAMPLES}/worked_example.csv", "-k", "vertical", "-p", "same", "--bias", "1"],
    "colours": ["convolve", "a.png", "-k", "box", "-k", "emboss", "-p", "same"],
    "pool": ["pool", f"{SAMPLES}/worked_example.csv", "-f", "3", "-s", "1", "-p", "same"],
    "morph": ["morph", "tophat", f"{SAMPLES}/worked_example.csv"],
    "edges": ["edges", "a.png", "--invert"],
    "pad": ["pad", f"{SAMPLES}/worked_example.csv", "-p", "2", "--padding-mode", "circular"],
    "chain": [
        "apply",
        "as:in conv:5,k=3,p=1 relu as:main from:in conv:5,k=1 add:main pool:max",
        "--seed",
        "1",
        "a.png",
    ],
    "list": ["apply", "conv:4,k=3,p=1 relu pool:max flatten fc:30 softmax", "--seed", "1", "a.png"],
    "network": ["shape", "20x30x3", "as:in conv:5,k=3,p=1 bn relu as:main from:in conv:5,k=1 add:main pool:max"],
    "training": ["net", "train", "data", "-o", "m.npz", "--epochs", "2", "conv:4,k=3", "relu", "flatten"],
    "backward": ["net", "backward", "1,2,3; 4,5,6; 7,8,9", "-k", "1,0; -1,2", "--gradient", "1,-2; 3,4"],
    "folder": ["convolve", "a.png", f"{SAMPLES}/icon.png", f"{SAMPLES}/worked_example.csv", "-k", "3", "-o", "out/"],
}

OF_OPERATIONS = ("sum", "colours", "pool", "morph", "edges", "pad")

CONTRASTS = """
const parse = (text) => {
  // What color-mix gives is written as color(srgb 0.5 0.5 0.5).
  const parts = text.match(/[\\d.]+/g).map(Number).map((one) => (text.startsWith("color(srgb") ? one * 255 : one));
  return parts.length > 3 && parts[3] === 0 ? null : parts.slice(0, 3);
};
const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
  .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
const behind = (one) => {
  for (let at = one; at; at = at.parentElement) {
    const found = parse(getComputedStyle(at).backgroundColor);
    if (found) return found;
  }
  return [255, 255, 255];
};
const found = [];
for (const one of document.querySelectorAll("body *")) {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !one.getClientRects().length || one.matches("script, .spoken")) continue;
  const [ink, paper] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
  const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  found.push([contrast, `${one.tagName} ${one.textContent.slice(0, 40)}`]);
}
return found;
"""

UNNAMED = """
return [...document.querySelectorAll("button, select, input, textarea, canvas, img, [role]")].filter((one) => {
  const label = one.closest("label") || (one.id && document.querySelector(`label[for="${CSS.escape(one.id)}"]`));
  if (one.closest("[aria-hidden=true]")) return false;
  const said = one.getAttribute("aria-label") || one.getAttribute("alt");
  return !(said || (label && label.textContent) || one.textContent).trim();
}).map((one) => one.outerHTML.slice(0, 200));
"""


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    PIL.Image.fromarray(noise).save("a.png")
    for name in ("cats", "dogs"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(6):
            PIL.Image.fromarray(noise[number : number + 8, :8]).save(tmp_path / "data" / name / f"{number}.png")
    assert run(*PAGES[request.param], "--page", "page.html").code == 0
    return tmp_path / "page.html"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_is_easy_to_tell_from_what_is_behind(browser: Browser, page: Path, dark: bool) -> None:
    browser.open(page, dark=dark)
    found = browser.script(CONTRASTS)
    assert len(found) > 10
    assert [one for one in found if one[0] < 4.5] == []
    assert (browser.script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)") != dark


def test_everything_has_a_name_and_ids_are_unique(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.script(UNNAMED) == []
    ids = browser.script("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    assert browser.script("return document.documentElement.lang") == "en"
    levels = browser.script("return [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_keys_reach_everything_and_the_focus_is_seen(browser: Browser, page: Path) -> None:
    browser.open(page)
    wanted = browser.script("""
        const found = [...document.querySelectorAll("button:not(:disabled), select, input, [tabindex='0'], summary")];
        // Of several of a kind, one is reached so, and arrow keys go on from it.
        const kinds = ".layers, .cards, .maps, .barlist, .chips, .cells, [role=tablist]";
        const isLed = (one) => one.tabIndex < 0 && one.closest(kinds)?.querySelector("button:not([tabindex='-1'])");
        const isShown = (one) => one.getClientRects().length && one.checkVisibility();
        return found.filter((one) => isShown(one) && !isLed(one)).map((one, index) => {
          one.dataset.number = index;
          return index;
        });
    """)
    reached: list[int] = []
    for _ in range(len(wanted) + 3):
        browser.press("TAB")
        number, outline = browser.script("""
            const at = document.activeElement, style = getComputedStyle(at);
            const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            return [at.dataset.number, at === document.body || outlined];
        """)
        assert outline, f"no outline around element {number}"
        reached += [int(number)] if number is not None else []
    assert set(reached) == set(wanted)


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_no_page_is_wider_than_its_window(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    assert browser.script("return document.documentElement.scrollWidth") <= width
    small = browser.script("""
        return [...document.querySelectorAll("button, select, input")].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width && Math.min(box.width, box.height) < 24;
        }).length;
    """)
    assert small == 0, "a finger needs 24 pixels"


@pytest.mark.parametrize("page", OF_OPERATIONS, indirect=True)
def test_on_paper_there_are_no_buttons_and_dark_is_light(browser: Browser, page: Path) -> None:
    browser.open(page, dark=True)
    from selenium.webdriver.support.ui import WebDriverWait

    media: dict[str, Any] = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert browser.script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shown: Callable[[str], Any] = lambda what: browser.script(  # noqa: E731
        f"return [...document.querySelectorAll('{what}')].filter((one) => one.getClientRects().length).length"
    )
    assert shown("button, select, input") == 0
    assert shown("canvas") >= 2
    corner = "return [...document.querySelector('#input canvas').getContext('2d').getImageData(1, 1, 1, 1).data]"
    # It is drawn anew once the browser says that the medium has changed.
    WebDriverWait(browser.driver, PATIENCE).until(lambda _: browser.script(corner) == [255, 255, 255, 255])
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
