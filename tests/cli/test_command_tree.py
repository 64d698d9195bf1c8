"""What there is to say of all commands, as man pages and documentation are made of it."""

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.command_tree import Page, pages
from cnnfilt.cli.main import COMMANDS, cli
from tests.cli.test_help import WHOLE, command_of


def page_of(name: str) -> Page:
    return next(page for page in pages() if page.name == name)


def test_every_command_has_a_page() -> None:
    found = {page.path[1:] for page in pages()}
    assert found == {(), ("kernels",), ("net",), *WHOLE}
    assert set(page_of("cnnfilt").commands) == set(COMMANDS)


def test_every_option_is_on_its_page_with_its_text() -> None:
    for page in pages():
        command = command_of(page.path[1:])
        described = [one for group in page.groups.values() for one in group]
        shown = [one for one in command.get_params(click.Context(cli)) if isinstance(one, click.Option)]
        wanted = {(*one.opts, *one.secondary_opts) for one in shown if not one.hidden and "--help" not in one.opts}
        assert {one.names for one in described} == wanted | {("-h", "--help")}
        assert all(one.text for one in described), page.name
        assert (len(page.groups) > 1) is isinstance(command, Command)


def test_texts_are_whole_and_blocks_keep_their_lines() -> None:
    apply = page_of("cnnfilt apply")
    assert apply.usage == "[OPTIONS] CHAIN INPUT..."
    assert apply.paragraphs[0].endswith("in the words of `cnnfilt shape`:")
    assert apply.paragraphs[1].startswith(
        "\n  filter:KERNEL[,s=1,p=0,d=1]           a kernel on each channel by itself\n"
    )
    assert "\f" not in "".join(apply.paragraphs)
    assert apply.examples[0] == 'cnnfilt apply "filter:sobel-x,p=same relu pool:max,k=2" photos/*.jpg -o out/'
    output = next(one for one in apply.groups["Common options"] if "--output" in one.names)
    assert (output.names, output.value) == (("-o", "--output"), "FILE|DIR|-")
    assert output.text.endswith("{frame} the frame's (with --frames).")
    overwrite = next(one for one in apply.groups["Common options"] if "--overwrite" in one.names)
    assert overwrite.value == ""
    train = page_of("cnnfilt net train")
    assert (train.path, train.summary) == (("cnnfilt", "net", "train"), page_of("cnnfilt net").commands["train"])
