"""What a word is answered with that stands where a command should."""

import platform
from pathlib import Path

import click
import numpy as np
import PIL
import pytest
import scipy

from cnnfilt import __version__
from cnnfilt.cli.command_advice import INSTEAD, command_advice
from cnnfilt.cli.main import COMMANDS, cli
from cnnfilt.core.engine import native
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("sharpen photo.jpg", "command 'sharpen' is unknown; use cnnfilt convolve -k sharpen"),
        ("Gaussian:2 photo.jpg", "use cnnfilt convolve -k gaussian:2"),
        ("blur photo.jpg", "use cnnfilt convolve -k gaussian:2"),
        ("canny photo.jpg", "use cnnfilt edges --method canny"),
        ("sobel photo.jpg", "use cnnfilt edges --method sobel"),
        ("version", "use cnnfilt --version"),
        ("conv photo.jpg", "use cnnfilt convolve (see"),  # Of a network it is a layer, but this is a photo.
        ("GaussianBlur photo.jpg", "use cnnfilt convolve -k gaussian:2"),
        ("grayscale photo.jpg", "use cnnfilt convolve -k identity --gray"),
        ("invert photo.jpg", 'use cnnfilt convolve -k "-1" --bias 255'),
        ("dilate photo.jpg", "use cnnfilt morph dilate"),
        ("copyMakeBorder photo.jpg", "use cnnfilt pad"),
        ("photo.jpg edges", "cnnfilt: photo.jpg is the name of a file"),
        ("relu", 'use cnnfilt apply "relu"'),
        ("7x7 -f 3", "use cnnfilt shape 7x7"),
        ("train photos/", "use cnnfilt net train"),
        ("convlove", "did you mean convolve?"),
        (
            "deconv",
            "use one of convolve, pad, pool, morph, edges, apply, shape, kernels, diff, learn, net, schema, man",
        ),
        (
            "photo.jpg",
            "photo.jpg is the name of a file; say first what to do with it, such as: cnnfilt edges photo.jpg",
        ),
        ("m.csv", "m.csv is the name of a file; say first what to do with it, such as: cnnfilt pool m.csv"),
        ("kernels sobel-x", "use cnnfilt kernels show sobel-x"),
        ("kernels gaussian:2", "use cnnfilt kernels show gaussian:2"),
        ("kernels 1,2;3,4", "use cnnfilt kernels show '1,2;3,4'"),
        ("kernels soble-x", "use cnnfilt kernels show sobel-x"),
        ("kernels deconv", "use show or export"),
        ("net fit photos/", "use cnnfilt net train"),
        ("help deconv", "command 'deconv' is unknown"),
    ],
)
def test_the_sentence_that_helps(run: Run, words: str, advice: str) -> None:
    outcome = run(*words.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert advice in outcome.stderr


def test_a_command_in_one_pair_of_quotes(run: Run) -> None:
    outcome = run("edges photo.jpg -o e.png")
    assert outcome.code == 2
    assert "the quotes make one word of the whole command; write it without them: cnnfilt edges photo" in outcome.stderr


def test_a_folder_is_known_as_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my photos").mkdir()
    folder = tmp_path / "my photos"
    assert f"{folder} is a folder; say first what to do with it: cnnfilt edges '{folder}'" in run(folder).stderr


def test_what_is_advised_is_there() -> None:
    for group in INSTEAD.values():
        for advice in group.values():
            words = advice.removeprefix("cnnfilt ").split()
            command: click.Command = cli
            while words and isinstance(command, click.Group) and not words[0].startswith("-"):
                found = command.get_command(click.Context(command), words.pop(0))
                assert found is not None, advice
                command = found
            flags = {flag for param in command.params for flag in param.opts}
            assert flags.issuperset(word for word in words if word.startswith("-")), advice


def test_no_command_is_answered_with_another() -> None:
    assert not INSTEAD["cnnfilt"].keys() & COMMANDS.keys()
    assert "unknown" in command_advice("", "cnnfilt", list(COMMANDS))


@pytest.mark.parametrize("words", [("convolve",), ("net", "train"), ("kernels", "show"), ()])
def test_help_is_also_asked_for_by_its_name(run: Run, words: tuple[str, ...]) -> None:
    expected = run(*words, "--help").text
    assert expected.startswith(f"Usage: {' '.join(['cnnfilt', *words])} ")
    assert run("help", *words).text == expected
    if len(words) > 1:
        assert run(words[0], "help", words[1]).text == expected


def test_the_version_has_a_short_option(run: Run) -> None:
    assert run("-V").text == run("--version").text


def test_the_version_stands_alone_on_its_first_line_and_below_it_what_it_runs_on(run: Run) -> None:
    core = "compiled core" if native.loops else "NumPy core"
    on = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    assert run("--version").text == f"cnnfilt {__version__}\n{on}, Pillow {PIL.__version__}, {core}\n"
