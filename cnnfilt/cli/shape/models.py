"""`cnnfilt shape --model` and `--list-models`: the networks that have names."""

import os
from shlex import quote
from typing import Any

import click

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.option_types import Word
from cnnfilt.cli.tables import aligned
from cnnfilt.describe.named_models import model_names, named_model
from cnnfilt.errors import ParameterError
from cnnfilt.files.network_files import is_network_file
from cnnfilt.parsing import words_near


class ModelName(Word):
    """The name of a network that is known; a file of one is answered with what shows it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail saying what to write."""
        if str(value).endswith(".npz"):
            raise ParameterError(f"--model {value} is a file; cnnfilt net summary {quote(value)} shows its layers")
        if is_network_file(str(value)):
            raise ParameterError(f"--model {value} is a file; write cnnfilt shape {quote(value)}")
        if os.path.isfile(str(value)):
            raise ParameterError(f"--model {value} is a file; its layers are written {quote(f'@{value}')} after a SIZE")
        name = str(value).lower()
        if name not in self.choices:
            words = tuple(str(choice) for choice in self.choices)
            near = words_near(name, words) or words_near(name.replace("-", "").replace("_", ""), words)
            advice = f"did you mean {' or '.join(near)}?" if near else "--list-models shows those that are known"
            raise ParameterError(f"--model {value!r} is unknown; {advice}")
        return name


def models_listed(*, as_json: bool) -> str:
    """Return the networks, one a line: name, size of the input, and what each is."""
    known = {name: named_model(name) for name in model_names()}
    if as_json:
        return json_text(
            [{"name": name, "input": one.size, "title": one.title, "source": one.source} for name, one in known.items()]
        )
    return "\n".join(aligned([(name, one.size, one.title) for name, one in known.items()], "lll"))
