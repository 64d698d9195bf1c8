"""What `cnnfilt shape` may be asked to answer with, and what an answer holds besides its text."""

import click

from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen


class AnswerOptions(Frozen):
    """What to print in the place of one size or a table."""

    explain: bool = False
    coverage: bool = False
    json: bool = False

    def __post_init__(self) -> None:
        """Refuse two answers at once."""
        if self.json and self.explain:
            raise click.UsageError("--json and --explain cannot be combined; leave one out")
        if self.coverage and self.explain:
            raise click.UsageError("--coverage and --explain cannot be combined; leave one out")

    @property
    def longer(self) -> bool:
        """Return whether a text replaces the size."""
        return self.explain or self.coverage


class LayerWindows(Frozen):
    """The windows of one layer, and the words that an error about them starts with: none for a lone window."""

    where: str
    windows: Windows


class Answer(Frozen):
    """The text to print, the windows of each layer that has any, and the output: (H, W, C), or (features,)."""

    text: str
    layers: tuple[LayerWindows, ...]
    output: tuple[int, ...]


def formula_of_notes(window: Window) -> int:
    """Return floor((n-f+1)/s), which lecture notes give: one too few whenever s does not divide n-f+1."""
    return (window.padded_size - window.span + 1) // window.stride
