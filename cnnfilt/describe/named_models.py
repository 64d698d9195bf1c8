"""Well-known networks: each a file of layer words, models/NAME.net, which starts with what it is.

Its first line is a title; `# source:` names the publication and `# input:` the size of the images it was made for.
"""

import os
import re

from cnnfilt.frozen import Frozen

FOLDER = os.path.join(os.path.dirname(__file__), "models")
_SUFFIX = ".net"


class NamedModel(Frozen):
    """One network: what it is, where it was published, the size it takes, and its layers in words."""

    title: str
    source: str
    size: str
    layers: str


def model_names() -> tuple[str, ...]:
    """Return the names of the networks, those of one family from small to large; their files are not read."""
    names = (file.removesuffix(_SUFFIX) for file in os.listdir(FOLDER) if file.endswith(_SUFFIX))
    return tuple(sorted(names, key=_family_and_size))


def named_model(name: str) -> NamedModel:
    """Return the network called `name`, one of `model_names`."""
    with open(os.path.join(FOLDER, name + _SUFFIX), encoding="utf-8") as file:
        text = file.read()
    said = dict(re.findall(r"(?m)^# (source|input): (.*)$", text))
    return NamedModel(text.partition("\n")[0].removeprefix("# "), said["source"], said["input"], text)


def _family_and_size(name: str) -> tuple[str, int, str]:
    family, digits, rest = re.fullmatch(r"(\D+)(\d*)(.*)", name).groups()  # type: ignore[union-attr]
    return family, int(digits or 0), rest
