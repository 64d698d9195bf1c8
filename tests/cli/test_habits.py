"""Defaults from the environment: what they change, what they never do, and that none is at work unseen."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import cnnfilt
from cnnfilt.cli.command_tree import pages
from cnnfilt.cli.exit_codes import ENVIRONMENT
from cnnfilt.cli.habits import every_habit
from cnnfilt.cli.habitual_option import PREFIX
from tests.cli.conftest import SAMPLES, Run
from tests.conftest import tree

MATRIX = "1,2,3;4,5,6;7,8,9"
HABITS = {"PADDING": "same", "PADDING_MODE": "circular", "VALUES": "offset", "JOBS": "1", "METADATA": "none"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with PIL.Image.open(SAMPLES / "scene.jpg") as scene:
        scene.save(tmp_path / "scene.jpg", dpi=(300, 300))
    return tmp_path


def test_they_are_habits_and_nothing_that_writes_or_computes_otherwise_than_asked() -> None:
    assert [*every_habit()] == [f"{PREFIX}{name}" for name in ("PADDING", "PADDING_MODE", "JOBS", "VALUES", "METADATA")]
    assert {name.removeprefix(PREFIX) for name in every_habit()} == {*HABITS}


@pytest.mark.parametrize("name", HABITS)
@pytest.mark.parametrize(
    "command",
    ["convolve scene.jpg -k vertical -p 1", "convolve scene.jpg -k vertical", "edges scene.jpg", "pool scene.jpg"],
)
def test_a_run_is_as_if_the_option_were_typed(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    words = command.split()
    option = f"--{name.lower().replace('_', '-')}"
    if (name == "PADDING_MODE" and words[0] == "pool") or (name == "PADDING" and "-p" in words):
        pytest.skip("it has no such option, or it is typed")
    assert run(*words, option, HABITS[name], "-o", "typed.jpg").code == 0
    monkeypatch.setenv(f"{PREFIX}{name}", HABITS[name])
    assert run(*words, "-o", "habit.jpg").code == 0
    assert (here / "habit.jpg").read_bytes() == (here / "typed.jpg").read_bytes()


def test_they_change_what_comes_out(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("convolve", "scene.jpg", "-k", "vertical")
    found = {}
    for name in ("", "PADDING", "VALUES", "METADATA"):
        with monkeypatch.context() as patched:
            if name:
                patched.setenv(f"{PREFIX}{name}", HABITS[name])
            assert run(*command, "-o", f"{name}.jpg").code == 0
        found[name] = (here / f"{name}.jpg").read_bytes()
    assert len(set(found.values())) == len(found)


def test_what_is_typed_counts_first(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("convolve", MATRIX, "-k", "box", "-p", "valid").stdout
    monkeypatch.setenv(f"{PREFIX}PADDING", "same")
    assert run("convolve", MATRIX, "-k", "box", "-p", "valid").stdout == plain
    assert run("convolve", MATRIX, "-k", "box").stdout != plain


def test_an_empty_one_is_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("convolve", MATRIX, "-k", "box").stdout
    monkeypatch.setenv(f"{PREFIX}PADDING", "")
    assert run("convolve", MATRIX, "-k", "box").stdout == plain


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("PADDING", "same", f"pool {MATRIX} --global"),
        ("PADDING", "same", f"pool {MATRIX} --adaptive 2,2"),
        ("PADDING", "valid", "edges scene.jpg --no-gray --region 9,9,20x20 -o out.jpg"),
        ("PADDING_MODE", "replicate", f"convolve {MATRIX} -k box -p 1 --padding-value 9"),
        ("VALUES", "raw", "convolve scene.jpg -k box --value-range 0,9 -o out.jpg"),
        ("PADDING", "1", "shape 9x9 conv:3,k=3"),
        ("PADDING", "1", "shape 9x9 -f 3 --solve padding --want 9x9"),
        ("PADDING", "1", "pad scene.jpg -p 3 -o out.jpg"),
        ("VALUES", "raw", "learn scene.jpg scene.jpg -f 1"),
    ],
)
def test_one_gives_way_to_an_option_that_leaves_no_room_for_it(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, command: str
) -> None:
    plain = run(*command.split())
    assert plain.code == 0
    files = tree(here)
    (here / "out.jpg").unlink(missing_ok=True)
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    again = run(*command.split())
    assert (again.code, again.stdout, again.lines) == (0, plain.stdout, plain.lines)
    assert tree(here) == files


def test_a_cluster_has_its_own_workers(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}JOBS", "2")
    outcome = run("edges", "scene.jpg", "-o", "out.jpg", "--cluster", "no address")
    assert "leave out -j" not in outcome.stderr
    assert outcome.code != 0


def test_shape_says_what_convolve_gives(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PADDING", "full")
    assert run("shape", "3x3", "-f", "3").text == "5x5\n"
    assert len(run("convolve", MATRIX, "-k", "box").text.splitlines()) == 5


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("PADDING", "smae"), ("PADDING_MODE", "reflct"), ("VALUES", "absolute"), ("JOBS", "0"), ("METADATA", "some")],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", wrong)
    outcome = run("edges", "scene.jpg", "-o", "out.jpg")
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert outcome.stderr.startswith(f"edges: {PREFIX}{name}: ")
    assert repr(wrong) in outcome.stderr
    assert not (here / "out.jpg").exists()
    option = f"--{name.lower().replace('_', '-')}"
    assert run("edges", "scene.jpg", "-o", "out.jpg", option, HABITS[name]).code == 0


def test_a_value_that_this_run_cannot_have_is_blamed_on_the_variable(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}VALUES", "raw")
    outcome = run("edges", "scene.jpg", "-o", "out.jpg")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert outcome.stderr.endswith("or map them [values raw (CNNFILT_DEFAULT_VALUES)]\n")
    assert "[" not in run("edges", "scene.jpg", "-o", "out.jpg", "--values", "raw").stderr


def test_v_says_which_are_in_effect(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PADDING", "same")
    monkeypatch.setenv(f"{PREFIX}JOBS", "1")
    said = [f"jobs 1 ({PREFIX}JOBS)", f"padding same ({PREFIX}PADDING)"]
    command = ("convolve", "scene.jpg", "-k", "box", "-o", "out.jpg", "-y")
    assert sorted(run(*command, "-v").lines[:2]) == said
    assert [line for line in run(*command, "-v", "-p", "valid").lines if PREFIX in line] == said[:1]
    assert not any(PREFIX in line for line in run(*command).lines)
    assert run(*command, "-v", "-q").lines == []


def test_one_that_is_none_is_named_with_those_that_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}OVERWRITE", "1")
    monkeypatch.setenv(f"{PREFIX}KERNEL", "box")
    outcome = run("convolve", MATRIX, "-k", "box")
    assert (outcome.code, outcome.text) == (0, "5\n")
    assert outcome.lines[0] == (
        f"{PREFIX}KERNEL, {PREFIX}OVERWRITE: no such default; there are {', '.join(every_habit())}"
    )
    assert run("convolve", MATRIX, "-k", "box", "-q").lines == []


def test_help_and_man_page_name_those_that_a_command_heeds(run: Run) -> None:
    for page in pages():
        options = {name for group in page.groups.values() for one in group for name in one.names}
        heeded = {name for name in page.environment if name.startswith(PREFIX)}
        if page.commands:
            assert heeded == {*every_habit()}
        else:
            assert {f"--{name.removeprefix(PREFIX).lower().replace('_', '-')}" for name in heeded} <= options
        assert page.environment.keys() - heeded == ENVIRONMENT.keys()
        text = run(*page.path[1:], "--help-all").text
        assert {name for name in every_habit() if f"  {name} " in text} == heeded
    by_name = {page.name: page.environment for page in pages()}
    assert f"{PREFIX}PADDING" in by_name["cnnfilt convolve"]
    assert f"{PREFIX}PADDING" not in by_name["cnnfilt pad"]


def test_the_library_does_not_read_them(monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.arange(25).reshape(5, 5)
    plain = cnnfilt.convolve(image, [[1, 1], [1, 1]])
    for name, value in HABITS.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    assert np.array_equal(cnnfilt.convolve(image, [[1, 1], [1, 1]]), plain)
    folder = Path(cnnfilt.__file__).parent
    reading = {path.relative_to(folder).parts[0] for path in folder.rglob("*.py") if PREFIX in path.read_text()}
    assert reading == {"cli"}
