"""--json: standard output holds JSON and nothing else, whatever comes out of a run."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run

ROWS = "1,2,3\n4,5,6\n7,8,9\n"


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        (("convolve", "m.csv", "-k", "1,2; 3,4"), [[[37, 47], [67, 77]]]),
        (("convolve", "m.csv", "-k", "0.1"), [[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]]),
        (("convolve", "m.csv", "-k", "box", "-k", "1,2; 3,4"), [[[5]], [[37, 47], [67, 77]]]),
        (("pool", "m.csv", "-s", "1"), [[[5, 6], [8, 9]]]),
        (("pad", "m.csv", "-p", "1,0"), [[[0, 0, 0], [1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 0]]]),
        (("edges", "m.csv", "-p", "valid", "--direction", "vertical"), [[[6]]]),
        (("apply", "pool:max,s=1 flatten", "m.csv"), [[[5, 6, 8, 9]]]),
        (("apply", "pool:avg,s=1", "m.csv"), [[[3, 4], [6, 7]]]),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_values_that_would_be_printed_are_in_the_record(
    run: Run,
    arguments: tuple[str, ...],
    values: list[list[list[float]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(ROWS)
    outcome = run(*arguments, "--json")
    assert outcome.code == 0
    outputs = json.loads(outcome.stdout)["outputs"]
    for output, expected in zip(outputs, values, strict=True):
        assert output["size"] == [len(expected), len(expected[0])]
        for row, wanted in zip(output["values"], expected, strict=True):
            assert row == pytest.approx(wanted, rel=1e-15)


def test_so_are_those_of_standard_input(run: Run) -> None:
    outcome = run("pool", "-", "--json", stdin=b"1,2\n3,4\n")
    assert json.loads(outcome.stdout)["outputs"][0]["values"] == [[4]]


def test_several_kernels_and_format_json_give_one_stack_as_in_a_file(run: Run) -> None:
    outcome = run("convolve", "-", "-k", "1", "-k", "2", "--json", "--format", "json", stdin=b"1,2\n3,4\n")
    assert [output["values"] for output in json.loads(outcome.stdout)["outputs"]] == [
        [[[1, 2], [2, 4]], [[3, 6], [4, 8]]]
    ]


@pytest.mark.parametrize("format", ["csv", "npy", "png"])
def test_another_format_on_standard_output_is_refused(run: Run, format: str) -> None:
    outcome = run("pool", "-", "--json", "--format", format, stdin=b"1,2\n3,4\n")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert f"--json and --format {format} both write to standard output; leave out --format" in outcome.stderr


def test_an_image_on_standard_input_needs_a_file_to_go_to(run: Run) -> None:
    outcome = run("pool", "-", "--json", stdin=b"P5 2 2 255\n\1\2\3\4")
    record = json.loads(outcome.stdout)
    assert (outcome.code, record["status"]) == (1, "failed")
    assert "is an image, and --json has standard output; name a file for the result with -o" in record["error"]


def test_a_file_is_written_as_ever_and_its_values_are_not_repeated(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    outcome = run("pool", "-", "--json", "-o", target, stdin=b"1,2\n3,4\n")
    assert json.loads(outcome.stdout)["outputs"] == [{"path": str(target), "size": [1, 1]}]
    assert target.read_text() == "4\n"


def test_what_json_has_no_number_for_is_refused(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "n.npy", np.array([[np.nan, 1.0], [2.0, 3.0]]))
    outcome = run("pad", tmp_path / "n.npy", "-p", "1", "--json")
    assert json.loads(outcome.stdout)["status"] == "failed"
    assert "JSON holds no nan or infinity" in outcome.stderr


def test_every_record_has_a_list_of_outputs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(ROWS)
    outcome = run("pool", tmp_path / "m.csv", tmp_path / "none.csv", "-o", f"{tmp_path}/out/", "--json")
    records = [json.loads(line) for line in outcome.text.splitlines()]
    paths = [[output["path"] for output in record["outputs"]] for record in records]
    assert ([record["status"] for record in records], paths) == (["done", "failed"], [[f"{tmp_path}/out/m.csv"], []])
