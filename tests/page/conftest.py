"""A headless browser that opens pages from the disk, and is strict with them.

Needs the extra `page-test`, and Chromium with its driver (Debian: chromium and chromium-driver); without them the tests
that use `browser` are skipped.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnfilt.page import document
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.patience import PATIENCE


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of page, "plain", that draws nothing."""
    template = document._template
    monkeypatch.setattr(document, "_template", lambda name: "run(() => {});" if name == "plain.js" else template(name))


class Browser:
    """Opens pages and looks at them; `driver` is Selenium's."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, *, width: int = 1200, height: int = 900, dark: bool = False) -> "Browser":
        """Show the page in a window of this size, in light or dark, and wait until its script has drawn it."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        # As if the window were in front: in one that is not, elements get the focus and are not told.
        self.driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.driver.get(path.resolve().as_uri())
        self.wait_for("#view[data-ready], #view[data-failed]")
        assert not self.all("#view[data-failed]"), self.text("#view")
        return self

    def wait_for(self, selector: str) -> Any:
        """Return the first element that `selector` finds, once there is one."""
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support.ui import WebDriverWait

        found = WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: driver.find_elements(By.CSS_SELECTOR, selector)
        )
        return found[0]

    def all(self, selector: str) -> list[Any]:
        """Return all elements that `selector` finds."""
        from selenium.webdriver.common.by import By

        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self, selector: str) -> str:
        """Return the text of the first element that `selector` finds."""
        return str(self.wait_for(selector).get_attribute("textContent"))

    def press(self, *keys: str) -> None:
        """Press these keys, where the focus is: characters, or names of selenium's Keys, such as "ARROW_RIGHT"."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self.driver).send_keys(*(getattr(Keys, key, key) for key in keys)).perform()

    def script(self, text: str, *arguments: Any) -> Any:
        """Return what a script gives that is run in the page."""
        return self.driver.execute_script(text, *arguments)

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the whole page, below the fold, too."""
        import base64

        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        asked = {"captureBeyondViewport": True, "clip": clip}
        path.write_bytes(base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"]))
        return path

    def complaints(self) -> list[str]:
        """Return what the console said, and what was asked of anywhere but this disk, since this was last called."""
        said = [str(entry["message"]) for entry in self.driver.get_log("browser")]
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        urls = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return said + [url for url in urls if not url.startswith(("file:", "data:", "blob:", "chrome"))]


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """One browser for all tests; it is slow to start."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium here: the extra page-test has it")
    from selenium.webdriver.chrome.service import Service

    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    its_driver = shutil.which("chromedriver")
    if browser is None or its_driver is None:
        pytest.skip("no chromium and chromedriver here")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    # As root, and in containers, Chromium has no sandbox and little shared memory.
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(its_driver))
    yield made
    made.quit()


@pytest.fixture
def browser(driver: Any) -> Iterator[Browser]:
    """The browser; a test fails when its page logged anything, or asked the network for anything."""
    shown = Browser(driver)
    shown.complaints()
    yield shown
    assert shown.complaints() == []
    driver.get("about:blank")
