"""The option --page, which every command that makes a page has."""

import click

from cnnfilt.cli.option_types import Parsed
from cnnfilt.errors import ParameterError


def parse_page_name(text: str, name: str) -> str:
    """Return the name of the file for a page, which ends in .html; an empty one is refused with the other names."""
    if text == "-":
        raise ParameterError(
            f"{name} - is standard output, and a page is for a browser; name a file, as in {name} a.html"
        )
    if text and not text.lower().endswith((".html", ".htm")):
        raise ParameterError(f"{name} {text!r} is not the name of a page; it must end in .html")
    return text


page_option = click.option(
    "--page",
    type=Parsed(parse_page_name, "page"),
    metavar="FILE.html",
    help="Write a page for a browser that shows every value and where it comes from; needs no -o.",
)
