"""A whole script: what it is of, and the lines of the library that was asked for."""

from collections.abc import Sequence
from textwrap import wrap

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.answers import Library
from cnnfilt.cli.shape.emit import in_keras, in_torch
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import Volume

TITLES: dict[Library, str] = {"torch": "PyTorch", "keras": "Keras 3"}
WRITERS = {"torch": in_torch.script, "keras": in_keras.script}

_WIDTH, _MOST_LINES = 79, 12


def network_script(library: Library, size: Volume, reports: Sequence[Report]) -> str:
    """Return a script that builds the network of `reports` for an input of `size`, and prints its summary.

    ParameterError, naming the layer, for what the library has not.
    """
    words = wrap(printable(" ".join(report.layer.word for report in reports)), _WIDTH - 4, break_long_words=False)
    if len(words) > _MOST_LINES:
        words = [*words[: _MOST_LINES - 2], "...", words[-1]]
    text = "\n    ".join(line.replace("\\", "\\\\").replace('"', "'") for line in words)
    about = f'"""A network in {TITLES[library]}, for inputs of {size}:\n\n    {text}\n"""\n'
    return "\n".join([about, *WRITERS[library](size, reports)])
