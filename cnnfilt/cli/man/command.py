"""`cnnfilt man`: where the man pages are."""

from pathlib import Path

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import OutputError, PlanError, counted

BUILT = Path(__file__).parents[2] / "man"
"""Where the pages are in an installed package."""


@click.command(
    cls=Command,
    common=("output", "overwrite"),
    one_too_many="to read the page of a command: man cnnfilt-COMMAND",
    epilog="""\b
Examples:
  cnnfilt man                                 then: man -M FOLDER cnnfilt-pool
  cnnfilt man -o ~/.local/share/man           then: man cnnfilt-net-train
""",
)
@click.option("-o", "--output", metavar="DIR", help="Write them to DIR/man1, where man looks for them under DIR.")
@click.option("-y", "--overwrite", is_flag=True, help="Replace pages that exist.")
def man(output: str | None, overwrite: bool) -> None:
    """Print the folder of the man pages, for `man -M`; they say what --help-all does.

    They are made from the commands when the package is built, cnnfilt(1) and one for each command.
    """
    from cnnfilt.cli.man.pages import SECTION, man_pages, write_pages

    if output is None:
        if not (BUILT / SECTION).is_dir():
            raise OutputError("this cnnfilt runs from its source, where no man pages are built; write them with -o DIR")
        click.echo(BUILT)
        return
    existing = [name for name in man_pages() if (Path(output) / SECTION / name).exists()]
    if existing and not overwrite:
        first = Path(output) / SECTION / existing[0]
        raise PlanError(f"{counted(len(existing), 'pages')} exist, such as {first}; -y (--overwrite) replaces them")
    try:
        written = write_pages(Path(output))
    except OSError as error:
        raise OutputError(f"{error.filename or output} cannot be written: {error.strerror}") from None
    print_line(f"{counted(len(written), 'pages')} -> {written[0].parent}")
