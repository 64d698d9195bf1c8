"""`shape --coverage` of transposed convolutions: how many input values each output pixel sums."""

import json

import pytest

from tests.cli.conftest import Run


def test_a_checkerboard(run: Run) -> None:
    assert run("shape", "2x3", "tconv:1,k=3,s=2", "--coverage").text == (
        "2x3 -> 5x7; how many input values each output pixel sums:\n"
        "  1 1 2 1 2 1 1\n"
        "  1 1 2 1 2 1 1\n"
        "  2 2 4 2 4 2 2\n"
        "  1 1 2 1 2 1 1\n"
        "  1 1 2 1 2 1 1\n"
        "away from the border they sum 1 to 4\n"
        "k=3 with s=2: stamps overlap unevenly, a checkerboard; k=4 would be even\n"
    )


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("tconv:1,k=4,s=2,p=1", "away from the border each sums 4\nk=4 with s=2: stamps overlap evenly\n"),
        ("tconv:1,k=2,s=2", "away from the border each sums 1\nk=2 with s=2: stamps overlap evenly\n"),
        ("tconv:1,k=3x4,s=2", "k=3x4 with s=2: stamps overlap unevenly, a checkerboard; k=4 would be even\n"),
        ("tconv:1,k=1,s=2", "away from the border they sum 0 to 1\n"),
        ("tconv:1,k=4,s=2,d=2", "k=4 without a dilation that shares a factor with s would be even\n"),
    ],
)
def test_even_or_not(run: Run, layer: str, said: str) -> None:
    outcome = run("shape", "9x9", layer, "--coverage")
    assert outcome.code == 0
    assert said in outcome.text


def test_layers_together_and_large_outputs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = "tconv:1,k=3,s=2 relu tconv:1,k=3,s=2,p=1 conv:1,k=3"
    text = run("shape", "60x90x3", words, "--coverage").text
    assert text.startswith("60x90 -> 239x359; how many products with input values each output pixel sums:\n")
    assert max(map(len, text.splitlines())) <= 80
    assert "these are the first 16 rows and" in text
    assert text.count("stamps overlap unevenly") == 2


def test_as_data(run: Run) -> None:
    data = json.loads(run("shape", "2x3", "tconv:1,k=3,s=2", "--coverage", "--json").stdout)
    assert data["received"] == {"rows": [1, 1, 2, 1, 1], "columns": [1, 1, 2, 1, 2, 1, 1]}
    assert "coverage" not in data


def test_what_windows_alone_do_not_tell_is_refused(run: Run) -> None:
    outcome = run("shape", "8x8", "tconv:1,k=3,s=2", "up:2", "--coverage")
    assert outcome.code == 2
    assert "layer 2 (up:2) is none" in outcome.stderr
    assert "too long to count" in run("shape", "20000x9", "tconv:1,k=3,s=2", "--coverage").stderr
