"""`cnnfilt schema`: what it publishes is a JSON Schema of every command that has --json, and what is printed keeps it.

Beside the runs here, every run of the command line that any test makes is held against it: see tests/json_records.py.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cnnfilt
from cnnfilt.cli.command_tree import pages
from cnnfilt.cli.json_text import SCHEMA_VERSION, json_text
from cnnfilt.cli.schema.table import commands, schema_of
from tests.cli.conftest import SAMPLES, Run
from tests.conftest import ENVIRONMENT, ROOT
from tests.documents import blocks
from tests.json_records import command_in, fault, records

jsonschema = pytest.importorskip("jsonschema")

ROWS = "1,2,3\n4,5,6\n7,8,9\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(ROWS)
    shutil.copy(SAMPLES / "icon.png", tmp_path / "icon.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


RUNS = {
    "the values of a matrix": ("convolve m.csv -k box", 0),
    "several kernels": ("convolve m.csv -k box -k sharpen -p same", 0),
    "a file written, with a hint": ("convolve icon.png -k 9*box -o out.png", 0),
    "explained": ("convolve m.csv -k box --bias 1 --activation relu -p 1 --explain all", 0),
    "explained, of an image": ("convolve icon.png -k sobel-x --explain 2,3 --light linear", 0),
    "stamps explained": ("convolve m.csv -k box --transposed -s 2 --explain all", 0),
    "a script": ("convolve icon.png -k box --emit torch", 0),
    "failed": ("pool bad.png -o out.png", 1),
    "missing": ("pad none.png -p 1 -o out.png", 1),
    "a batch with a bad file": ("edges icon.png bad.png m.csv -o out/", 1),
    "planned": ("morph erode icon.png m.csv -o out/ -n", 0),
    "planned for standard output": ("pool m.csv -n", 0),
    "skipped": ("pad icon.png m.csv -p 1 -o done/ --skip-existing", 0),
    "pooled": ("pool m.csv -s 1 --kind median --explain all", 0),
    "pooled by average": ("pool m.csv -s 1 --kind avg --explain 0,1", 0),
    "pooled as a whole": ("pool m.csv --global", 0),
    "opened": ("morph open m.csv --explain 0,1", 0),
    "edges explained": ("edges m.csv --explain 1,1", 0),
    "nan": ("convolve nan.npy -k identity --values raw --explain 0,0", 0),
    "layers": ("apply relu m.csv", 0),
    "a row of values": ("apply flatten m.csv", 0),
    "a script of layers": ("apply relu m.csv --emit keras", 0),
    "maps": ("apply conv:vertical+horizontal icon.png -o out/", 0),
    "a size": ("shape 32x32", 0),
    "a window": ("shape 32x32x3 -f 3 -s 2", 0),
    "layers counted": ("shape 32x32x3 conv:8,k=3 bn relu flatten fc:10 --memory --flops --batch 2", 0),
    "repeats folded": ("shape --model resnet18 --depth 1", 0),
    "pixels counted": ("shape 9x9 -f 3 -s 2 --coverage", 0),
    "stamps counted": ("shape 9x9 tconv:1,k=3,s=2 --coverage", 0),
    "solved for padding": ("shape 32x32 -f 3 --solve padding --want 32x32", 0),
    "solved for stride": ("shape 32x32 -f 3 --solve stride --want 15x10", 0),
    "solved for size": ("shape 32x32 --solve kernel-size --want 30x31", 0),
    "networks": ("shape --list-models", 0),
    "kernels": ("kernels", 0),
    "a kernel": ("kernels show gaussian:1", 0),
    "a kernel of rank 2": ("kernels show laplacian8", 0),
    "filters in a file": ("kernels show @k.npy", 0),
    "two files": ("diff m.csv other.csv", 1),
    "two files, alike": ("diff icon.png icon.png", 0),
    "nan in one": ("diff nan.npy other.csv", 1),
    "two folders": ("diff a/ b/", 1),
    "a filter": ("learn icon.png soft.png -f 3", 0),
    "a filter by descent": ("learn icon.png soft.png -f 3 --descend --steps 20 --max-residual 100", 0),
    "no filter": ("learn icon.png loud.png -f 3", 1),
    "gradients": ("net backward m.csv -k 1,2;3,4 --gradient 1,2;3,4", 0),
    "gradients of pooling": ("net backward m.csv --layer pool:max,s=1 --gradient 1,2;3,4", 0),
    "gradients of a loss": ("net backward 1,2,3 --loss categorical --labels 0,0,1", 0),
    "gradients of a dense layer": ("net backward 1,2 --layer fc -k 1,2;3,4 --gradient 1,0", 0),
}


@pytest.fixture
def made(here: Path) -> Path:
    """What the runs read, beside the matrix and two images."""
    import numpy as np

    np.save(here / "nan.npy", np.array([[np.nan, 1.0, 2.0], [3.0, np.inf, 5.0], [6.0, 7.0, 8.0]]))
    np.save(here / "k.npy", np.arange(36.0).reshape(3, 3, 2, 2))
    (here / "done").mkdir()
    shutil.copy(here / "icon.png", here / "done" / "icon.png")
    (here / "other.csv").write_text(ROWS.replace("9", "11"))
    for name, files in {"a": ("same.csv", "only.csv", "bad.png"), "b": ("same.csv", "new.csv", "bad.png")}.items():
        (here / name).mkdir()
        for file in files:
            shutil.copy(here / ("bad.png" if file == "bad.png" else "m.csv"), here / name / file)
    return here


@pytest.mark.parametrize(("command", "code"), RUNS.values(), ids=RUNS)
def test_what_is_printed_is_what_the_schema_says(run: Run, made: Path, command: str, code: int) -> None:
    assert run("convolve", "icon.png", "-k", "gaussian:0.6", "-p", "same", "-o", "soft.png").code == 0
    assert run("pool", "icon.png", "-f", "3", "-s", "1", "-p", "1", "--kind", "max", "-o", "loud.png").code == 0
    arguments = [*command.split(), "--json"]
    outcome = run(*arguments)
    assert outcome.code == code, outcome.stderr
    found = list(records(outcome.stdout))
    name = command_in(arguments)
    assert found
    assert name is not None
    for record in found:
        assert fault(name, record) is None
        for one in record if isinstance(record, list) else [record]:
            assert next(iter(one.items())) == ("schema", SCHEMA_VERSION)


def test_the_runs_are_of_all_commands_but_those_of_a_model() -> None:
    of_models = {"net train", "net predict", "net evaluate", "net summary", "net kernels"}
    assert {command_in(command.split()) for command, _ in RUNS.values()} == {*commands()} - of_models


def test_every_command_with_json_has_a_schema_and_no_other() -> None:
    having = {
        " ".join(page.path[1:])
        for page in pages()
        if any("--json" in option.names for group in page.groups.values() for option in group)
    }
    assert having == {*commands()}


@pytest.mark.parametrize("command", commands())
def test_each_is_a_schema_that_says_what_every_field_means(command: str) -> None:
    schema = schema_of(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"cnnfilt {command} --json"
    for name, field in fields_in(schema):
        if "type" in field or "enum" in field or "anyOf" in field:
            assert len(field.get("description", "")) > 2, f"{name} of {command} says nothing"


def fields_in(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        for part in schema:
            yield from fields_in(part)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for part in schema.values():
            yield from fields_in(part)


def test_it_is_printed_alone_or_with_all_others(run: Run) -> None:
    assert json.loads(run("schema", "net", "train").stdout) == schema_of("net train")
    assert json.loads(run("schema").stdout) == {name: schema_of(name) for name in commands()}


@pytest.mark.parametrize("words", [("man",), ("net",), ("convolve", "show"), ("covolve",)])
def test_a_command_without_json_is_one_line_that_names_those_that_have_it(run: Run, words: tuple[str, ...]) -> None:
    outcome = run("schema", *words)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert f"{' '.join(words)!r} has no --json; these have: convolve, pad, " in outcome.stderr


def test_another_record_is_no_record_of_this_version(run: Run) -> None:
    (record,) = records(run("pool", "-", "--json", stdin=b"1,2\n3,4\n").stdout)
    for name in ("schema", "input", "status", "outputs", "size", "seconds"):
        assert fault("pool", {key: value for key, value in record.items() if key != name}) is not None
    assert fault("pool", record | {"new": 1}) is not None
    assert fault("pool", record | {"schema": SCHEMA_VERSION + 1}) is not None
    assert fault("pool", record | {"status": "failed"}) is not None
    assert fault("pool", record | {"seconds": "1"}) is not None


def test_a_reader_of_this_version_takes_fields_of_the_next(run: Run) -> None:
    (record,) = records(run("pool", "-", "--json", stdin=b"1,2\n3,4\n").stdout)
    jsonschema.validate(record | {"new": 1}, schema_of("pool"))


def test_no_number_is_written_that_is_none_in_json() -> None:
    assert json.loads(json_text({"a": [1.5, float("nan")], "b": {"c": (float("inf"),)}})) == {
        "schema": SCHEMA_VERSION,
        "a": [1.5, None],
        "b": {"c": [None]},
    }


def test_the_script_in_the_documentation_reads_them(here: Path) -> None:
    (script,) = blocks(ROOT / "docs" / "scripts.md", "py")
    assert len([line for line in script.splitlines() if line.strip()]) <= 22
    (here / "edges.py").write_text(script)
    (here / "photos").mkdir()
    for name in ("icon.png", "bad.png"):
        shutil.copy(here / name, here / "photos" / name)
    (here / "cnnfilt").write_text(f'#!/bin/sh\nexec {sys.executable} -m cnnfilt "$@"\n')
    (here / "cnnfilt").chmod(0o755)
    path = f"{here}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "edges.py", "photos/", "edges/"]
    done = subprocess.run(command, cwd=here, env=ENVIRONMENT | {"PATH": path}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "edges/icon.png: 128 wide, 128 high, 0.0% clipped\n")
    assert "1 failed\n  photos/bad.png: " in done.stderr


def test_records_are_written_in_one_place() -> None:
    """Else one would come without the number of its schema."""
    folder = Path(cnnfilt.__file__).parent / "cli"
    writing = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("dumps", "json.dumps", "json.dump")
    }
    assert writing == {"json_text.py", "schema/command.py"}
