"""Numbers come out of a page as they went in."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

from cnnfilt.page.arrays import number, packed, picture
from cnnfilt.page.document import document
from tests.page.conftest import Browser

pytestmark = pytest.mark.usefixtures("plain")

ARRAYS = {
    "a": np.array([[0, 255], [1, 2]], np.uint8),
    "b": np.array([[-255, 7, 3]], np.int64),
    "c": np.array([[[1.5, -0.1], [np.nan, np.inf]]], np.float32),
    "d": np.array([1e300, -np.inf, 0.1]),
    "e": np.array([[2**53, 2**40]], np.int64),
    "f": np.array([[2**62, -(2**62) - 1]], np.int64),
    "g": np.array([[True, False]]),
    "h": np.arange(70000, dtype=np.int32).reshape(70, 1000),
}


def test_the_browser_has_every_number(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arrays = {name: packed(array) for name, array in ARRAYS.items()}
    page.write_text(document("arrays", "plain", [], {"arrays": arrays}))
    browser.open(page)
    found = browser.script("""
        const arrays = pageData().arrays, done = {};
        return (async () => {
          for (const [name, one] of Object.entries(arrays)) {
            const array = await unpacked(one);
            done[name] = {shape: array.shape, values: [...array.values].map(String)};
          }
          return done;
        })();
    """)
    for name, array in ARRAYS.items():
        assert found[name]["shape"] == list(array.shape)
        values = [float(one) for one in found[name]["values"]]
        assert np.array_equal(np.array(values), array.reshape(-1).astype(float), equal_nan=True), name
    assert found["f"]["values"] == [str(2**62), str(-(2**62) - 1)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (-0.0, "0"), (1 / 3, "0.333333"), (12345678.5, "1.23457e+07"), (1e-5, "1e-05"), (5.0, "5"),
     (99999.96, "100000"), (999999.6, "1e+06"), (123456.7, "123457"), (1e14, "100000000000000"), (1e20, "1e+20"),
     (-2.5e-7, "-2.5e-07"), (-255, "-255"), (0.000123456789, "0.000123457")],
)  # fmt: skip
def test_numbers_are_written_as_the_terminal_writes_them(
    browser: Browser, tmp_path: Path, value: float, text: str
) -> None:
    from cnnfilt.cli.numbers import written

    page = tmp_path / "page.html"
    page.write_text(document("numbers", "plain", [], {}))
    browser.open(page)
    assert browser.script("return written(arguments[0])", value) == text
    assert written(value) == text


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64, ">f4", ">i8"])
def test_small_types_stay_small(dtype: DTypeLike) -> None:
    ones = np.ones((100, 100), dtype)
    assert len(json.dumps(packed(ones))) < 400


def test_numbers_that_json_has_not_are_text() -> None:
    assert [number(one) for one in (1, 1.5, None, float("nan"), float("-inf"), 2**60)] == [
        1, 1.5, None, "nan", "-inf", str(2**60)
    ]  # fmt: skip


def test_a_picture_is_in_the_page() -> None:
    assert picture(np.zeros((2, 2), np.uint8)).startswith("data:image/png;base64,iVBOR")
