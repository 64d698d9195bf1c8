"""The page of a layer backward: every number of the run, and the sums that --explain prints."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.cli.numbers import written
from tests.cli.conftest import Run
from tests.page.conftest import Browser

FILTER = ("1,6,9,10; 2,5,1,3; 3,7,4,2; 8,1,0,5", "-k", "1,0; -1,2", "--gradient", "1,-2,0; 3,4,1; 0,0,2", "--bias", "1")
FC = ("1,2; 3,4", "--layer", "fc", "-k", "1,0,2,1; 2,1,0,-1", "--gradient", "1,-1")
POOL = ("1,6,9,10; 2,5,1,3; 3,7,4,2; 8,1,0,5", "--layer", "pool:avg", "--gradient", "1,2; 3,4")
LOSS = ("2,1,0; 1,1,5", "--loss", "categorical", "--labels", "1,0,0; 0,1,0")
TANH = ("0.5,-1; 2,0", "--layer", "tanh", "--gradient", "1,2; 3,4")
SOFTMAX = ("2,1,0,1,2,3,4,5,1,1,1,2", "--layer", "softmax", "--gradient", "1,0,0,0,0,0,0,0,0,0,1,0")
FLATTEN = ("1,2; 3,4", "--layer", "flatten", "--gradient", "1,2,3,4")
PADDED = ("1,2; 3,4", "-k", "vertical", "-p", "same", "--gradient", "1,2; 3,4")
STAMP = ("1,2; 3,4", "--layer", "tconv:s=2", "-k", "1,0; -1,2", "--gradient", "1,2,3,4; 0,1,0,1; 2,2,2,2; 1,0,0,1")


@pytest.mark.parametrize(
    "asked", [STAMP, FILTER, FC, POOL, LOSS, TANH, SOFTMAX, FLATTEN, PADDED], ids=lambda one: str(one[2])
)
def test_each_number_and_its_sum_are_those_that_are_printed(
    run: Run, browser: Browser, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    page = tmp_path / "b.html"
    assert run("net", "backward", *asked, "--page", page).code == 0
    results = json.loads(run("net", "backward", *asked, "--json").text)
    explained = run("net", "backward", *asked, "--explain").text.split("\n\n")
    browser.open(page)
    tables = {
        one.get_attribute("aria-label").split(", ")[0]: [cell.text for cell in one.find_elements("tag name", "td")]
        for one in browser.all("table.matrix")
        if "given" not in one.find_element("xpath", "ancestor::section").text.split("\n")[0]
    }
    assert set(tables) == set(results) - {"schema"}
    for block in explained:
        name, *lines = block.splitlines()
        values = [written(float(value)) for value in np.ravel(results[name]).tolist()]
        assert tables[name] == values
        sums = [line.strip() for line in lines if line.startswith("  ")]
        shown = []
        for line in sums:
            chosen = browser.script(
                "const found = [...document.querySelectorAll('section:not(:first-of-type) td')]"
                ".find((one) => one.dataset.name === arguments[0]); if (found) found.focus(); return Boolean(found)",
                line.split(" = ")[0],
            )
            if chosen:
                shown.append(line)
                assert browser.text("#sum") == line
        # Lines about slopes, and of how a matrix is written as a list, belong to no number of the result.
        assert len(shown) == len(values)


def test_arrow_keys_step_and_show_what_a_sum_is_made_of(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "b.html"
    assert run("net", "backward", *FILTER, "--page", page).code == 0
    browser.open(page)
    browser.script("document.querySelectorAll('section')[2].querySelector('td').focus()")
    browser.press("ARROW_RIGHT", "ARROW_DOWN")
    assert browser.text("#sum").startswith("dL/dK22 = dL/dZ11*X22 + dL/dZ12*X23 + ")
    parts = {one.get_attribute("data-name") for one in browser.all("td.part")}
    d_z = {f"dL/dZ{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3)}
    assert parts == d_z | {f"X{row}{column}" for row in (2, 3, 4) for column in (2, 3, 4)}
    browser.press("ARROW_DOWN", "ARROW_RIGHT")  # There is nothing below, and nothing beside it.
    assert browser.text("#sum").startswith("dL/dK22 = ")
    browser.press("HOME")
    assert browser.text("#sum").startswith("dL/dK21 = ")


def test_what_is_too_large_is_left_out_and_said(run: Run, browser: Browser, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    np.save(tmp_path / "x.npy", rng.integers(0, 9, (70, 70)))
    np.save(tmp_path / "d.npy", rng.integers(0, 9, (69, 69)))
    page = tmp_path / "b.html"
    asked = (tmp_path / "x.npy", "-k", "1,0; -1,2", "--gradient", tmp_path / "d.npy")
    assert run("net", "backward", *asked, "--page", page).code == 0
    browser.open(page)
    assert "there are too many" in browser.text(".notice")
    results = json.loads(run("net", "backward", *asked, "--json").text)
    shown = [one.text for one in browser.all("table[aria-label^='dL/dK'] td")]
    assert shown == [written(float(value)) for value in np.ravel(results["dL/dK"]).tolist()]
    assert page.stat().st_size < 1_000_000


def test_an_existing_page_stays(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "b.html"
    page.write_text("mine")
    outcome = run("net", "backward", *FC, "--page", page)
    assert (outcome.code, page.read_text()) == (2, "mine")
    assert run("net", "backward", *FC, "--page", page, "-y").code == 0
    assert run("net", "backward", *FC, "--page", tmp_path / "b.txt").code == 2
