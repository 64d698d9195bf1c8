"""Chains as they are typed and written in files: brackets, comments, files in files, and what is wrong with them."""

import pytest

from cnnfilt.describe.chain import in_full, parse_chain
from cnnfilt.describe.chain_text import MOST_FILES, MOST_LAYERS, Block, blocks_of, texts_of
from cnnfilt.errors import ParameterError


def texts(*words, files=None):
    return list(texts_of(blocks_of(words, with_files=True, read_words=None if files is None else files.__getitem__)))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2*( relu tanh )", "relu tanh relu tanh"),
        ("2*(relu tanh)", "relu tanh relu tanh"),
        ("2 * ( relu ) flatten", "relu relu flatten"),
        ("2*(2*(relu)tanh) flatten", "relu relu tanh relu relu tanh flatten"),
        ("( relu )", "relu"),
        ("2*( conv:8, k=3 relu )", "conv:8,k=3 relu conv:8,k=3 relu"),
        ("3*( filter:0 1 0; 1 -4 1; 0 1 0 )", " ".join(["filter:0 1 0; 1 -4 1; 0 1 0"] * 3)),
        ("filter:@my kernel (1).csv relu", "filter:@my kernel (1).csv relu"),
        ("filter:[[1,0],[0,-1]] 2*( relu )", "filter:[[1,0],[0,-1]] relu relu"),
        ("# a stem\nconv:8,k=3 relu # and then\n  tanh", "conv:8,k=3 relu tanh"),
        ("conv:@model.npz#conv1 relu", "conv:@model.npz#conv1 relu"),
        ("", ""),
    ],
)
def test_brackets_and_comments(words, found):
    assert " ".join(texts(words)) == found


def test_a_repeat_may_be_in_several_arguments():
    assert texts("2*(", "relu", ")", "tanh") == ["relu", "relu", "tanh"]


def test_a_comment_ends_with_its_argument():
    assert texts("relu # so", "tanh") == ["relu", "tanh"]


def test_blocks_stay_known():
    assert blocks_of(["relu 2*( tanh ( relu ) )"], with_files=False).items == (
        "relu",
        Block(2, ("tanh", Block(1, ("relu",)))),
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("2*( relu", r"2\*\( is not closed; a \) is missing after relu"),
        ("2*(", r"2\*\( is not closed; a \) is missing"),
        ("( relu 2*( tanh )", r"\( is not closed; a \) is missing after \)"),
        ("relu )", r"a \) closes no bracket; a repeat is written 3\*\( ... \)"),
        ("0*( relu )", "repeats 0 times; it is 1 or more"),
        ("1000000*( relu )", "the chain has 1,000,000 layers; the limit is 10,000"),
        ("99999999999999*( relu )", "repeats 99999999999999 times; it is 1 or more, up to 10,000"),
        ("101*( 100*( relu ) )", "the chain has 10,100 layers; the limit is 10,000"),
        ("3*( )", r"3\*\( \) holds no layer"),
        ("3*relu", r"a repeat needs brackets: write 3\*\( relu \)"),
        ("relu 3*conv:8,k=3 tanh", r"a repeat needs brackets: write 3\*\( conv:8,k=3 \)"),
        ("2*( relu, tanh )", "layers have only blanks between them, no commas or arrows: write 'relu tanh'"),
        ("@net.txt", "@net.txt: the layers of a network are not read from a file here"),
    ],
)
def test_what_is_wrong_with_a_chain_is_said(words, message):
    with pytest.raises(ParameterError, match=message) as refused:
        parse_chain([words])
    assert "\n" not in str(refused.value)


def test_as_many_layers_as_are_allowed():
    assert len(parse_chain([f"{MOST_LAYERS}*( relu )"])) == MOST_LAYERS


FILES = {
    "net.txt": "conv:8,k=3 # a stem\n2*( @block.txt )\nflatten",
    "block.txt": "relu\ntanh",
    "nets/deep.txt": "filter:@k.csv @more/tail.txt @/abs.txt",
    "nets/more/tail.txt": "relu conv:@a.csv+@b.csv",
    "/abs.txt": "tanh",
    "self.txt": "relu @self.txt",
    "one.txt": "@two.txt",
    "two.txt": "@./one.txt",
    "wrong.txt": "relu\nreluu",
    "open.txt": "2*( relu",
}


def test_a_chain_may_come_from_files():
    assert " ".join(texts("@net.txt", "fc:10", files=FILES)) == "conv:8,k=3 relu tanh relu tanh flatten fc:10"


def test_files_are_named_as_seen_from_the_file_that_names_them():
    assert texts("@nets/deep.txt", files=FILES) == [
        "filter:@nets/k.csv",
        "relu",
        "conv:@nets/more/a.csv+@nets/more/b.csv",
        "tanh",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("@self.txt", "@self.txt: self.txt reads itself: self.txt -> self.txt"),
        ("@one.txt", r"@two.txt: ./one.txt reads itself: one.txt -> two.txt -> ./one.txt"),
        ("@open.txt", r"@open.txt: 2\*\( is not closed"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(words, message):
    with pytest.raises(ParameterError, match=message):
        texts(words, files=FILES)


def test_a_layer_that_is_unknown_is_said_with_its_file():
    with pytest.raises(ParameterError, match=r"^@wrong\.txt: layer 'reluu' is unknown; did you mean relu"):
        parse_chain(["@wrong.txt"], None, FILES.__getitem__)


def test_files_that_name_each_other_over_and_over_are_given_up():
    files = {f"{n}.txt": f"@{n + 1}.txt " * 10 for n in range(9)} | {"9.txt": ""}
    with pytest.raises(ParameterError, match=f"the limit is {MOST_FILES}"):
        texts("@0.txt", files=files)


def test_a_model_keeps_its_layers_without_repeats_and_files():
    assert in_full(["2*( relu ) @block.txt"], lambda path: (), FILES.__getitem__) == "relu relu relu tanh"
