"""The page of `shape` shows in a browser the numbers that `shape` tells."""

import json
from pathlib import Path

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from tests.cli.conftest import Run
from tests.files import onnx_files as onnx
from tests.page.conftest import Browser

WORDS = (
    "as:in conv:4,k=3,p=1,s=2 relu tconv:2,k=3,s=2,p=1,op=1 as:up from:in conv:2,k=1x3,p=0x0x1x1 add:up pool:max,k=3"
)
SIZE = (12, 14, 3)


def shown_facts(browser: Browser) -> dict[str, str]:
    names, texts = browser.all(".told dt"), browser.all(".told dd")
    return {name.text: text.text for name, text in zip(names, texts, strict=True)}


def test_each_layer_shows_what_shape_tells(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("shape", "12x14x3", WORDS, "--page", page).code == 0
    rows = json.loads(run("shape", "12x14x3", WORDS, "--json").text)["layers"]
    rows = [row for row in rows if not row["layer"].startswith("from:")]
    browser.open(page)
    browser.script("document.querySelector('.layers button').focus()")
    for row in rows:
        browser.press("ARROW_DOWN")
        word = row["layer"].split(" ")[0]
        assert browser.text(".told h2").endswith(f". {word}")
        facts = shown_facts(browser)
        output = row["output"]
        assert facts["output"] == f"{output['height']}x{output['width']}x{output['channels']}"
        assert facts["parameters"] == f"{row['params']:,}"
        assert facts["MACs"] == f"{row['macs']:,}"
        if row["receptive_field"] is not None:
            field = dict.fromkeys(map(str, row["receptive_field"]))
            assert facts["receptive field"].startswith(f"{'x'.join(field)} of the input")


def test_what_a_value_sees_is_moved_by_keys_and_numbers(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("shape", "12x14x3", WORDS, "--page", page).code == 0
    browser.open(page)
    reports = [report for report in describe(parse_chain([WORDS]), Volume(*SIZE)) if "as:" not in report.layer.word]
    for place, report in enumerate((one for one in reports if "from:" not in one.layer.word), 1):
        browser.script(f"document.querySelectorAll('.layers button')[{place}].click()")
        assert isinstance(report.output, Volume)
        row, column = (report.output.height - 1) // 2, (report.output.width - 1) // 2
        for key, down, along in [(None, 0, 0), ("ARROW_DOWN", 1, 0), ("ARROW_RIGHT", 0, 1), ("ARROW_LEFT", 0, -1)]:
            if key is not None:
                browser.script("document.querySelector('[data-drawing=input]').focus()")
                browser.press(key)
            row, column = min(row + down, report.output.height - 1), min(column + along, report.output.width - 1)
            rows, columns = report.reach
            assert rows is not None
            assert columns is not None
            seen = rows.at(row), columns.at(column)
            told = browser.text(".told [role=status]")
            assert told.startswith(f"The value at row {row}, column {column} depends on ")
            for what, span in zip(("row", "column"), seen, strict=True):
                assert span is not None
                said = f"{what} {span[0]}" if span[0] == span[1] else f"{what}s {span[0]} to {span[1]}"
                assert said in told


def test_a_press_on_the_output_chooses_the_value_there(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("shape", "6x6", "conv:1,k=3", "--page", page).code == 0
    browser.open(page)
    browser.script("""
        const drawing = document.querySelector("[data-drawing=output]"), box = drawing.getBoundingClientRect();
        const at = {clientX: box.right - 12, clientY: box.bottom - 12, bubbles: true};
        drawing.dispatchEvent(new PointerEvent("pointerdown", at));
    """)
    said = "The value at row 3, column 3 depends on rows 3 to 5 and columns 3 to 5 of the input."
    assert browser.text(".told [role=status]") == said


def test_two_hundred_layers_are_found_by_name_and_key(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("shape", "--model", "resnet50", "--page", page).code == 0
    browser.open(page, width=360, height=700)
    assert len(browser.all(".layers button")) == 176
    browser.script("document.querySelector('.layers button').focus()")
    browser.press("END")
    assert browser.text(".told h2") == "175. fc:1000"
    browser.script("document.querySelector('input[type=search]').focus()")
    browser.press("pool:max", "ENTER")
    assert browser.text(".told h2").endswith("pool:max,k=3,s=2,p=1")
    assert browser.script("return document.documentElement.scrollWidth <= 360")


def test_names_from_a_file_stay_text(run: Run, browser: Browser, tmp_path: Path) -> None:
    hostile = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    net = tmp_path / "a<b>.onnx"
    convolution = onnx.node("Conv", ["x", "w"], ["y"], name=hostile)
    net.write_bytes(onnx.model([convolution], [onnx.tensor("w", [4, 3, 3, 3])]))
    page = tmp_path / "a.html"
    assert run("shape", net, "--page", page).code == 0
    browser.open(page)
    assert hostile in browser.text(".layers li:nth-child(2)")
    browser.script("document.querySelectorAll('.layers button')[1].click()")
    assert hostile in browser.text(".told h2")
    assert "a<b>.onnx" in browser.text("h1")
    assert browser.script("return window.ran === undefined && !document.querySelector('#view script, #view img')")


def test_a_file_shows_its_layers_and_what_is_not_known(run: Run, browser: Browser, tmp_path: Path) -> None:
    net, page = tmp_path / "net.onnx", tmp_path / "a.html"
    net.write_bytes(onnx.small_network())
    outcome = run("shape", net, "--page", page)
    assert (outcome.code, outcome.text) == (0, "")
    browser.open(page)
    names = [one.text for one in browser.all(".layers .name")]
    assert names[:3] == ["input", "1. Conv stem", "2. BatchNormalization b"]
    assert len(names) == 11
