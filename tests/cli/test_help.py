"""What --help shows: a screen a command, every option by name, examples at the end that run as they stand."""

import re
import shlex

import click
import pytest

from cnnfilt.cli.command import Command
from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES
from cnnfilt.cli.main import COMMANDS, cli
from tests.cli.conftest import Run

SCREEN = 30
"""At 80 columns; the image commands keep to the 24 lines of the smallest terminal, as long as no option is added."""

WHOLE = [
    *(
        (name,)
        for name in ("convolve", "pad", "pool", "morph", "edges", "apply", "shape", "diff", "learn", "schema", "man")
    ),
    *(("kernels", name) for name in ("show", "export")),
    *(("net", name) for name in ("train", "predict", "evaluate", "summary", "kernels", "backward")),
]


def command_of(path: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return command


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("path", [(), ("kernels",), *WHOLE], ids=" ".join)
def test_help_fits_a_screen_and_ends_in_examples(run: Run, path: tuple[str, ...]) -> None:
    text = run(*path, "--help").text
    lines = text.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("Usage: cnnfilt")
    examples = text.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith("    c") for line in examples)
    assert "\f" not in text
    assert run(*path, "-h").text == text


@pytest.mark.parametrize("path", WHOLE, ids=" ".join)
def test_every_option_is_named_in_help_and_explained_in_help_all(run: Run, path: tuple[str, ...]) -> None:
    command = command_of(path)
    assert isinstance(command, Command)
    short, full = run(*path, "--help").text, run(*path, "--help-all").text
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in ("help", "help_all"):
            assert any(re.search(rf"(?<![\w-]){name}(?![\w-])", short) for name in option.opts), option.opts
            assert option.help
            first, _, rest = option.help.partition("\f")
            words = " ".join(full.split())
            assert " ".join((first + rest).split())[:30] in words
    assert "\f" not in full
    assert max(map(len, full.splitlines())) <= 80
    assert full.index("Common options:") < full.index("What is printed:")


@pytest.mark.parametrize("path", [(), ("kernels",), ("net",)], ids=" ".join)
def test_groups_hide_no_option_from_help(run: Run, path: tuple[str, ...]) -> None:
    full, short = run(*path, "--help-all"), run(*path, "--help").text
    assert (full.code, full.stderr) == (0, "")
    before, _, rest = full.text.partition("\nExit codes:\n")
    assert short.startswith(before)
    assert rest.endswith(short.removeprefix(before))


@pytest.mark.parametrize("path", [(), ("kernels",), ("net",), *WHOLE], ids=" ".join)
def test_help_all_says_what_every_exit_code_means_and_which_variables_count(run: Run, path: tuple[str, ...]) -> None:
    _, _, text = run(*path, "--help-all").text.partition("\nExit codes:\n")
    codes, _, environment = text.partition("\nEnvironment:\n")
    assert [int(line.split()[0]) for line in codes.splitlines() if line[2:3].isdigit()] == [*EXIT_CODES]
    assert all(meaning in " ".join(codes.split()) for meaning in EXIT_CODES.values())
    for name, meaning in ENVIRONMENT.items():
        assert f"{name} {meaning}" in " ".join(environment.split())


def test_every_command_has_both_lengths_of_help() -> None:
    groups = [("kernels",), ("net",)]
    inner = {(*path, name) for path in groups for name in command_of(path).list_commands(click.Context(cli))}
    assert inner | {(name,) for name in COMMANDS} == {*WHOLE, *groups}


@pytest.mark.parametrize("path", [(), ("kernels",), *WHOLE], ids=" ".join)
def test_examples_are_understood(run: Run, path: tuple[str, ...]) -> None:
    """Every example is parsed by the command it names: no option in it is unknown, no value refused."""
    lines = run(*path, "--help").text.partition("Examples:\n")[2].splitlines()
    commands = [part for line in lines for part in re.split(r" \| | && | > ", line) if "cnnfilt" in part]
    assert commands
    for command in commands:
        words = shlex.split(re.split(r"\s{3,}\w", command.strip())[0])
        assert words[0] == "cnnfilt"
        if words[1:2] == ["kernels"] and len(words) == 2:
            continue
        depth = 2 if words[1] in COMMANDS and not isinstance(command_of((words[1],)), click.Group) else 3
        command_of(tuple(words[1:depth])).make_context("cnnfilt", words[depth:])
