"""`cnnfilt pool`, as typed."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-f", "2"], "6,10,8\n9,9,10\n10,12,9\n"),
        (["-f", "2", "--kind", "min"], "1,1,2\n3,3,3\n0,4,2\n"),
        (["-f", "2", "--kind", "avg"], "3.5,7,4\n6.75,5.5,7.25\n6.75,7.75,6.5\n"),
        (["-f", "3", "-s", "2"], "9,10\n9,10\n"),
        (["-f", "3", "-s", "2", "--ceil-mode"], "9,10,10\n9,10,10\n12,12,9\n"),
        (["--global"], "12\n"),
        (["--adaptive", "2,3"], "7,10,10\n10,12,9\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_notes_example(run: Run, worked_example: Path, arguments: list[str], expected: str) -> None:
    outcome = run("pool", worked_example, *arguments)
    assert (outcome.code, outcome.text) == (0, expected)


def test_a_photo_is_halved(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "half.jpg"
    assert run("pool", SAMPLES / "scene.jpg", "-f", "2", "-o", out).code == 0
    with Image.open(out) as image:
        assert image.size == (600, 400)


def test_indices_say_where_the_maximum_stood(run: Run, worked_example: Path, tmp_path: Path) -> None:
    where = tmp_path / "where.npy"
    assert run("pool", worked_example, "-f", "2", "--indices", where).code == 0
    assert np.load(where).tolist() == [[1, 3, 5], [18, 15, 16], [31, 32, 34]]
    flat = np.loadtxt(worked_example, delimiter=",").ravel()
    assert flat[np.load(where)].tolist() == [[6, 10, 8], [9, 9, 10], [10, 12, 9]]


@pytest.mark.parametrize(("kind", "expected"), [("max", [[1, 7]]), ("min", [[0, 2]])])
def test_of_equal_values_the_first_counts(run: Run, tmp_path: Path, kind: str, expected: list[list[int]]) -> None:
    where = tmp_path / "where.npy"
    assert run("pool", "1,9,3,3; 9,9,3,4", "-f", "2", "--kind", kind, "--indices", where).code == 0
    assert np.load(where).tolist() == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--indices x.npy --kind avg", "--indices"),
        ("--indices x.npy --global", "--indices"),
        ("--indices x.npy --alpha filter", "--indices"),
        ("--indices x.png", "x.png must be a .npy file"),
        ("--global --adaptive 2", "--global and --adaptive"),
        ("--count-include-pad", "count_include_pad is"),
        ("-f 0", "kernel size is 0; it must be at least 1"),
        ("--kind mean", "--kind 'mean' is unknown; here it is called avg"),
        ("--indices x.npy --kind median", "--indices"),
        ("--indices x.npy --window cross -f 3", "--indices"),
        ("--global --window cross", "--window is for windows that slide"),
    ],
)
def test_a_contradiction_exits_with_2(
    run: Run, worked_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("pool", worked_example, *line.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert said in outcome.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-f", "7"], 1, "kernel spans 7 rows but {} is 6 rows high; use a smaller kernel"),
        (["-f", "2", "-p", "2"], 2, "padding 2 is over half of what the window spans, 2; use at most 1"),
        (["--adaptive", "0"], 2, "adaptive is 0; it must be at least 1"),
    ],
    ids=str,
)
def test_windows_that_do_not_fit_are_refused(
    run: Run, worked_example: Path, arguments: list[str], code: int, message: str
) -> None:
    outcome = run("pool", worked_example, *arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1)
    assert message.format(worked_example) in outcome.stderr


def test_the_alpha_of_a_pooled_icon(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert run("pool", SAMPLES / "icon.png", "-f", "2", "-o", out).code == 0
    with Image.open(SAMPLES / "icon.png") as before, Image.open(out) as after:
        assert np.array_equal(np.asarray(after)[..., 3], np.asarray(before)[::2, ::2, 3])


GEOMETRIES = {
    "-f 2": ("sliding", (2, 2), (2, 2), (0, 0), False),
    "-f 3x2 -s 2x1 -p 1,0": ("sliding", (3, 2), (2, 1), (1, 0), False),
    "-f 4 -s 3 -p 1 --ceil-mode": ("sliding", (4, 4), (3, 3), (1, 1), True),
    "--global": ("parts", 1, 1),
    "--adaptive 3,2": ("parts", 3, 2),
    "--adaptive 8,4": ("parts", 8, 4),
}
KEPT = {"max": max, "min": min, "avg": lambda values: sum(values) / len(values)}


def spans(geometry: tuple[Any, ...], size: tuple[int, int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The (first, end) of every window along the rows and along the columns, also where it leaves the image."""
    if geometry[0] == "parts":
        rows, columns = (
            [(i * n // o, -(-(i + 1) * n // o)) for i in range(o)] for n, o in zip(size, geometry[1:], strict=True)
        )
        return rows, columns
    found = []
    for n, f, s, p in zip(size, *geometry[1:4], strict=True):
        starts = range(-p, n, s) if geometry[4] else range(-p, n + p - f + 1, s)
        # In ceil mode the first window that reaches the end of the padded image is the last.
        reached = [start + f >= n + p for start in starts]
        count = reached.index(True) + 1 if geometry[4] and True in reached else len(starts)
        found.append([(start, start + f) for start in starts[:count]])
    return found[0], found[1]


def inside(span: tuple[int, int], size: int) -> range:
    return range(max(span[0], 0), min(span[1], size))


def clear(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Write an image of 7x6 with much and little transparency; its colours and its alpha."""
    rng = np.random.default_rng(8)
    colours = rng.integers(0, 256, (7, 6, 3), dtype=np.uint8)
    alpha = rng.choice(np.array([0, 40, 255], np.uint8), (7, 6))
    alpha[0:2, 0:2] = 0
    Image.fromarray(np.dstack([colours, alpha])).save(path)
    return colours.astype(float), alpha.astype(float)


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "RGBA"
        return np.asarray(image).astype(float)


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("line", GEOMETRIES)
def test_filtered_transparency_weighs_the_colours(run: Run, tmp_path: Path, line: str, kind: str) -> None:
    colours, alpha = clear(tmp_path / "x.png")
    outcome = run(
        "pool", tmp_path / "x.png", *line.split(), "--kind", kind, "--alpha", "filter", "-o", tmp_path / "y.png"
    )
    assert outcome.code == 0, outcome.stderr
    found = pixels_of(tmp_path / "y.png")
    rows, columns = spans(GEOMETRIES[line], (7, 6))
    assert found.shape[:2] == (len(rows), len(columns))
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        seen = list(product(inside(row, 7), inside(column, 6)))
        covered = KEPT[kind]([alpha[place] for place in seen])
        assert found[i, j, 3] == pytest.approx(covered, abs=0.501)
        weighed = [KEPT[kind]([colours[place][channel] * alpha[place] for place in seen]) for channel in range(3)]
        expected = [min(one / covered, 255) if covered >= 0.5 else 0 for one in weighed]
        assert found[i, j, :3].tolist() == pytest.approx(expected, abs=0.501)


@pytest.mark.parametrize("line", GEOMETRIES)
def test_transparency_that_is_kept_is_that_of_the_centres(run: Run, tmp_path: Path, line: str) -> None:
    colours, alpha = clear(tmp_path / "x.png")
    assert run("pool", tmp_path / "x.png", *line.split(), "-o", tmp_path / "y.png").code == 0
    found = pixels_of(tmp_path / "y.png")
    rows, columns = spans(GEOMETRIES[line], (7, 6))
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        y, x = (min(max((first + end - 1) // 2, 0), n - 1) for (first, end), n in ((row, 7), (column, 6)))
        assert found[i, j, 3] == alpha[y, x]
        assert found[i, j, :3].tolist() == [
            max(colours[place][channel] for place in product(inside(row, 7), inside(column, 6))) for channel in range(3)
        ]


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("line", GEOMETRIES)
def test_a_walk_shows_every_window_of_every_channel(run: Run, tmp_path: Path, line: str, kind: str) -> None:
    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (7, 6, 3))
    np.save(tmp_path / "x.npy", image)
    arguments = ("pool", tmp_path / "x.npy", *line.split(), "--kind", kind, "--explain", "all")
    walked = json.loads(run(*arguments, "--json").text)["explain"]
    rows, columns = spans(GEOMETRIES[line], (7, 6))
    order = [(one["row"], one["column"], one["map"]) for one in walked]
    assert sorted(order) == list(product(range(len(rows)), range(len(columns)), range(3)))
    for one in walked:
        row, column = rows[one["row"]], columns[one["column"]]
        assert (one["rows"], one["columns"]) == (list(range(*row)), list(range(*column)))
        seen = [(y, x) for y in inside(row, 7) for x in inside(column, 6)]
        values = [int(image[y, x, one["map"]]) for y, x in seen]
        assert one["value"] == pytest.approx(KEPT[kind](values))
        assert (one["count"], [cell for line in one["window"] for cell in line if cell is not None]) == (
            len(seen),
            values,
        )
        assert one["found_at"] == (None if kind == "avg" else list(seen[values.index(KEPT[kind](values))]))
        assert one["padded"] == [[not (0 <= y < 7 and 0 <= x < 6) for x in range(*column)] for y in range(*row)]


def test_a_walk_ends_in_the_result(run: Run, worked_example: Path) -> None:
    text = run("pool", worked_example, "-f", "3", "--explain", "all").text
    blocks = text.split(f"{worked_example}, max: ")
    assert [block.splitlines()[0] for block in blocks[1:]] == [
        f"row {row}, column {column} of 2x2" for row in (0, 1) for column in (0, 1)
    ]
    assert run("pool", worked_example, "-f", "3").text == "9,10\n12,9\n"
    assert text.endswith("\nthe result of max\n 9  10\n12   9\n")
    assert "max(1, 6, 9, 2, 5, 1, 3, 7, 4) = 9\nfound at row 0, column 2 of the image\n" in blocks[1]
