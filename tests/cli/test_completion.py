"""Completion: what each shell is told, and in bash itself what the Tab key would offer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnfilt.describe.named_kernels import NAMED
from tests.conftest import ENVIRONMENT


def asked(shell: str, **variables: str) -> str:
    """What a shell gets for an answer."""
    environment = {**ENVIRONMENT, "_CNNFILT_COMPLETE": f"{shell}_complete", **variables}
    command = [sys.executable, "-m", "cnnfilt"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def zsh(line: str) -> list[str]:
    words = line.split(" ")
    lines = asked("zsh", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)).splitlines()
    return [value.replace("\\:", ":") for kind, value in zip(lines[::3], lines[1::3], strict=True) if kind == "plain"]


@pytest.fixture
def bash(tmp_path: Path):
    """The answers of the Tab key after a line, from the function that bash really calls."""
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    program = tmp_path / "bin" / "cnnfilt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cnnfilt "$@"\n')
    program.chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    script = """
        compopt() { echo "compopt $1 $2"; }
        eval "$(_CNNFILT_COMPLETE=bash_source cnnfilt)" || exit 1
        COMP_LINE=$1; COMP_POINT=${#1}; COMPREPLY=()
        _cnnfilt_completion cnnfilt
        printf '%s\\n' "${COMPREPLY[@]}"
    """

    def call(line: str) -> list[str]:
        command = ["bash", "--norc", "-c", script, "bash", line]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return [text for text in done.stdout.splitlines() if text]

    return call


def test_bash_completes_in_every_place(bash) -> None:
    assert bash("cnnfilt sh") == ["shape"]
    assert bash("cnnfilt kernels ") == ["show", "export"]
    assert bash("cnnfilt convolve photo.jpg -k sobel") == ["sobel-x", "sobel-y"]
    assert bash("cnnfilt edges --method s") == ["sobel", "scharr"]
    assert bash("cnnfilt edges --padd") == ["--padding", "--padding-mode", "--padding-value"]
    assert bash("cnnfilt edges photo.jpg -o ou") == ["compopt -o default"]
    assert bash("cnnfilt convolve pho") == ["compopt -o default"]
    # Bash begins a new word after a colon and an equals sign.
    assert bash("cnnfilt shape 6x6 pool:") == ["max", "avg", "min", "median", "range", "global"]
    assert bash("cnnfilt shape 6x6 filter:gau") == ["gaussian"]
    assert bash("cnnfilt shape 6x6 conv:vertical+hor") == ["vertical+horizontal"]
    assert bash("cnnfilt shape 6x6 fl") == ["flatten"]
    assert bash("cnnfilt shape 6x6 fi") == ["compopt -o nospace", "filter:"]
    assert bash("cnnfilt convolve --kernel=gau") == ["gaussian"]
    assert bash("cnnfilt kernels show outl") == ["outline"]


FILE, FOLDER = ["compopt -o default"], ["compopt -o dirnames"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("diff g", FILE),
        ("diff a.png g", FILE),
        ("net predict m", FILE),
        ("net predict m.npz g", FILE),
        ("net kernels m", FILE),
        ("net summary m", FILE),
        ("net evaluate m", FILE),
        ("net evaluate m.npz d", FOLDER),
        ("net train d", FOLDER),
        ("net backward x", FILE),
        ("net backward x.csv --gradient d", FILE),
        ("net backward x.csv -k k.c", FILE),
        ("net backward x.csv -k sobel", ["sobel-x", "sobel-y"]),
        ("apply --model m", FILE),
        ("apply --model m.npz re", FILE),
        ("apply relu --maps d", FOLDER),
        ("apply relu g", FILE),
    ],
)
def test_bash_completes_the_files_of_all_commands(bash, line: str, answer: list[str]) -> None:
    assert bash(f"cnnfilt {line}") == answer


def test_bash_completes_the_layers_of_a_quoted_chain(bash) -> None:
    assert bash("cnnfilt apply re") == ["relu", "relu6"]
    assert bash("cnnfilt apply filter:sobe") == ["sobel-x", "sobel-y"]
    # Within quotes bash begins no new word, and takes the answer as it is.
    assert bash('cnnfilt apply "filter:sobe') == ["filter:sobel-x", "filter:sobel-y"]
    assert bash("cnnfilt apply 'relu fla") == ["relu flatten"]
    assert bash('cnnfilt apply "relu po') == [
        f"relu pool:{kind}" for kind in ("max", "avg", "min", "median", "range", "global")
    ]
    assert "relu conv:" in bash('cnnfilt apply "relu ')
    assert bash('cnnfilt apply "relu pool:max" g') == FILE


def test_bash_completes_files_after_an_at_sign(bash, tmp_path: Path) -> None:
    (tmp_path / "my kernel.csv").touch()
    (tmp_path / "more").mkdir()
    assert bash(f"cnnfilt convolve a.png -k @{tmp_path}/my") == [f"@{tmp_path}/my\\ kernel.csv"]
    assert bash(f"cnnfilt shape 9x9 filter:@{tmp_path}/my") == [f"@{tmp_path}/my\\ kernel.csv"]
    assert bash(f"cnnfilt shape 9x9 @{tmp_path}/my") == [f"@{tmp_path}/my\\ kernel.csv"]
    assert bash(f"cnnfilt convolve a.png -k @{tmp_path}/mo") == ["compopt -o nospace", f"@{tmp_path}/more/"]


def test_zsh_completes_kernels_words_and_layers() -> None:
    assert zsh("cnnfilt convolve a.png -k ") == list(NAMED)
    assert zsh("cnnfilt pool a.png --kind a") == ["avg"]
    assert zsh("cnnfilt shape 6x6 relu pool:m") == ["pool:max", "pool:min", "pool:median"]
    assert zsh("cnnfilt shape --model vgg16") == ["vgg16", "vgg16_bn"]


def test_zsh_and_fish_complete_files_after_an_at_sign(tmp_path: Path) -> None:
    for name in ("k.csv", "k2.npy", "other"):
        (tmp_path / name).touch()
    assert zsh(f"cnnfilt convolve a.png -k @{tmp_path}/k") == [f"@{tmp_path}/k.csv", f"@{tmp_path}/k2.npy"]
    line = f"cnnfilt convolve a.png -k @{tmp_path}/o"
    answer = asked("fish", COMP_WORDS=line, COMP_CWORD=f"@{tmp_path}/o")
    assert f"@{tmp_path}/other" in answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_of_the_docs_gives_a_script(shell: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "index.md").read_text()
    assert f"_CNNFILT_COMPLETE={shell}_source cnnfilt" in page
    environment = {**ENVIRONMENT, "_CNNFILT_COMPLETE": f"{shell}_source"}
    command = [sys.executable, "-m", "cnnfilt"]
    script = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "_cnnfilt_completion" in script


def test_a_folder_that_is_not_there_completes_nothing(tmp_path: Path) -> None:
    line = f"cnnfilt convolve a.png -k @{tmp_path}/nowhere/k"
    assert asked("zsh", COMP_WORDS=line, COMP_CWORD="4").strip() == ""
