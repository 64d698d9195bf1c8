"""One file that holds everything, asks for nothing, and takes nobody's words for HTML."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import cnnfilt
from cnnfilt.page.document import Section, document
from tests.page.conftest import Browser

pytestmark = pytest.mark.usefixtures("plain")

TEMPLATES = sorted((Path(cnnfilt.__file__).parent / "page" / "templates").iterdir())

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u2028\"'"


class Parts(HTMLParser):
    """The elements of a page, and the text in each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.begun: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.begun.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.begun[-1][0] if self.begun else "", data))


def hostile_page() -> str:
    sections = [Section(HOSTILE, ((HOSTILE, HOSTILE),), (HOSTILE,))]
    return document(HOSTILE, "plain", sections, {"said": HOSTILE})


def test_words_from_outside_stay_text() -> None:
    plain = Parts(document("a", "plain", [Section("a", (("a", "a"),), ("a",))], {"said": "a"}))
    parts = Parts(hostile_page())
    assert [tag for tag, _ in parts.begun] == [tag for tag, _ in plain.begun]
    for tag in ("title", "h1", "h2", "dt", "dd", "p"):
        assert HOSTILE in "".join(text for name, text in parts.texts if name == tag), tag


def test_data_come_back_as_they_were() -> None:
    text = hostile_page()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == {"said": HOSTILE}
    assert not set(found[1]) & set("<>&\u2028\u2029")


def test_numbers_that_json_does_not_hold_are_refused() -> None:
    with pytest.raises(ValueError):
        document("a", "plain", [], {"one": float("nan")})


def test_fields_in_text_are_not_filled() -> None:
    assert "<h1>{{data}} {{script}}</h1>" in document("{{data}} {{script}}", "plain", [], {})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_set_text_alone_and_name_no_address(path: Path) -> None:
    text = path.read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "import("):
        assert word not in text
    addresses = set(re.findall(r"https?://[^\s\"'`)]*", text)) - {"http://www.w3.org/2000/svg"}
    assert not addresses
    assert "@import" not in text
    assert "url(" not in text


def test_the_browser_runs_no_other_script_and_asks_nobody(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(hostile_page())
    browser.open(page)
    assert browser.text("h1") == HOSTILE
    blocked = browser.script("""
        const made = document.createElement("script");
        made.textContent = "window.ran = true";
        document.body.append(made);
        return window.ran === undefined;
    """)
    assert blocked
    # That is what the browser has to say of it, and must not fail the test.
    assert all("Content Security Policy" in said for said in browser.complaints())


def test_a_request_would_be_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<div id=view data-ready></div><script>fetch('http://127.0.0.1:9/a').catch(() => 0)</script>")
    browser.open(page)
    browser.script("return fetch('http://127.0.0.1:9/b').catch(() => 0)")
    assert any("127.0.0.1:9" in said for said in browser.complaints())
