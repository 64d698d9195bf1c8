"""What an option is answered with that a command does not have."""

import pytest

from cnnfilt.cli.net.backward import backward
from cnnfilt.cli.net.train import train
from cnnfilt.cli.option_advice import ELSEWHERE, OF_PAD, WRITTEN
from cnnfilt.cli.options import FileOptions
from cnnfilt.cli.pad.command import pad
from cnnfilt.describe.operations import Convolution, Pooling
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("shape 7x7 -k 3", "no such option '-k'; -f is the size of the window, as in -f 3"),
        ("pool m.csv -k 2", "no such option '-k'; -f is the size of the window, as in -f 3"),
        ("learn a.png b.png --kernel 3", "-f is the size of the filter, as in -f 3"),
        ("convolve m.csv -f 5", "no such option '-f'; a kernel has its own size, as in -k box:5 or -k gaussian:2,9"),
        ("convolve m.csv -k box --kernel-size 5", "a kernel has its own size"),
        ("edges m.csv -k box", "the kernel is that of the --method"),
        ("pad m.csv -f 3", "--for-kernel says the size of the kernel that the border is for"),
        ("apply relu m.csv -k box", "kernels and sizes stand in the chain, as in filter:sobel-x"),
        ("pool m.csv -m avg", "here it is called --kind"),
        ("pool m.csv --force", "here it is called -y or --overwrite"),
        ("convolve m.csv -k box --sigma 2", "as in -k gaussian:1"),
        ("pool m.csv --sigma 2", "it is an option of edges, not of pool"),
        ("convolve m.csv --strid 2", "did you mean --stride?"),
        ("pad m.csv --explain 0,0", "it is an option of convolve, pool, morph, edges and shape, not of pad"),
        ("net train photos/ -o m.npz --lr 0.1", "here it is called --learning-rate"),
        ("net train photos/ -o m.npz --layers relu", "layers are written without an option, as in conv:8,k=3 relu"),
        ("net backward x.csv -g dz.csv", "here it is called --gradient"),
        ("net predict photo.jpg m.npz", "the model comes first: cnnfilt net predict m.npz photo.jpg"),
        ("net evaluate photos/ m.npz", "the model comes first: cnnfilt net evaluate m.npz photos/"),
        ("net predict photo.jpg", "missing argument 'INPUT...'; the model comes first"),
        ("net backward x.csv k.csv dz.csv", "k.csv dz.csv: too many arguments; X is one matrix; the filter goes to -k"),
        ("net kernels m.npz conv2 -o k.png", "conv2: too many arguments; --layer says which"),
        ("diff a.png b.png where.png", "where.png: too many arguments; A and B are two images; -o names the picture"),
        ("kernels show box 3", "follow its name and a colon, as in box:5"),
        ("convolve m.csv -k vertical,horizontal", "is 2 kernels; give each its own: -k vertical -k horizontal"),
        ("pool m.csv -V", "cnnfilt --version prints the version"),
        ("convolve m.csv", "missing option '-k' / '--kernel'; for example -k box; cnnfilt kernels lists the names"),
        ("convolve m.csv -k box --same", "no such option '--same'; write --padding same"),
        ("edges m.csv --canny", "write --method canny"),
        ("pool m.csv --max", "write --kind max"),  # It was answered with --max-pixels.
        ("edges m.csv --stride 2", "it is an option of convolve, pool and shape, not of edges"),
        ("edges photos/ --resume", "here it is called --skip-existing"),
        ("edges photos/ --keep-exif", "write --metadata all"),
        ("pad m.csv -p 1 --color white", "here it is called --padding-value"),
        ("pad m.csv -p 1 --padding-color white", "here it is called --padding-value"),
        ("pad m.csv --border 20", "here it is called -p or --padding"),
        (
            "pad m.csv -p 1 --padding-value",
            "needs a value: COLOUR; put a colour such as '#ff8000' in quotes (see cnnfilt pad --help)",
        ),
        ("edges m.csv -o", "option '-o' needs a value: FILE|DIR|- (see cnnfilt edges --help)"),
        ("--edges m.csv", "cnnfilt: no such option '--edges'; a command has no dashes: cnnfilt edges"),
        ("-k box m.csv", "it stands after a command, as in cnnfilt convolve ... -k"),
        ("net --labels 1", "as in cnnfilt net backward ... --labels"),
        ("convolve m.csv gaussian:2", "missing option '-k' / '--kernel'; write -k gaussian:2"),
    ],
)
def test_the_option_that_is_meant(run: Run, words: str, advice: str) -> None:
    outcome = run(*words.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert advice in outcome.stderr


@pytest.mark.parametrize(
    ("words", "takes"),
    [
        (
            "convolve m.csv -k box --explain",
            "convolve: option '--explain' needs a value: ROW,COL|all (see cnnfilt convolve",
        ),
        ("pool m.csv -f", "pool: option '-f' needs a value: N|HxW (see cnnfilt pool --help)"),
        ("net train photos/ -o", "net: option '-o' needs a value: MODEL.npz (see cnnfilt net train --help)"),
        ("pool m.csv --json=3", "pool: option '--json' does not take a value (see cnnfilt pool --help)"),
    ],
)
def test_the_value_that_an_option_lacks(run: Run, words: str, takes: str) -> None:
    outcome = run(*words.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert takes in outcome.stderr


@pytest.mark.parametrize("words", ["--color always", "edges m.png --color", "edges m.png --zoom 3"])
def test_nothing_is_suggested_that_is_not_near(run: Run, words: str) -> None:
    outcome = run(*words.split())
    assert outcome.code == 2
    assert "no such option '--" in outcome.stderr
    assert ";" not in outcome.stderr


def test_what_others_call_options_are_options_here() -> None:
    known = FileOptions.options.keys() | Convolution.options.keys() | Pooling.options.keys()
    known |= {param.name or "" for command in (train, backward) for param in command.params}
    assert set(ELSEWHERE.values()) <= known
    assert set(OF_PAD.values()) <= {param.name for param in pad.params}
    assert {text.split()[0] for text in WRITTEN.values()} <= {flag for param in pad.params for flag in param.opts}
