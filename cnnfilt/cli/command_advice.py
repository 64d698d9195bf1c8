"""What to type for a word that stands where a command should. Imported only when one has been refused."""

import os
import re
from collections.abc import Sequence
from shlex import quote
from typing import get_args

from cnnfilt.describe.chain import WORDS
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.files.formats import MATRIX_FORMATS, format_of
from cnnfilt.parsing import nearest, words_near
from cnnfilt.terms import EdgeMethod

INSTEAD = {
    "cnnfilt": {
        "version": "cnnfilt --version",
        "blur": "cnnfilt convolve -k gaussian:2",
        "filter": "cnnfilt convolve",
        "correlate": "cnnfilt convolve",
        "conv2d": "cnnfilt convolve",
        "conv": "cnnfilt convolve",
        "convolution": "cnnfilt convolve",
        "filter2d": "cnnfilt convolve",
        "gaussianblur": "cnnfilt convolve -k gaussian:2",
        "boxblur": "cnnfilt convolve -k box",
        "unsharp": "cnnfilt convolve -k sharpen",
        "convert": "cnnfilt convolve -k identity",
        "gray": "cnnfilt convolve -k identity --gray",
        "grayscale": "cnnfilt convolve -k identity --gray",
        "greyscale": "cnnfilt convolve -k identity --gray",
        "invert": 'cnnfilt convolve -k "-1" --bias 255',
        "negate": 'cnnfilt convolve -k "-1" --bias 255',
        "dilate": "cnnfilt morph dilate",
        "erode": "cnnfilt morph erode",
        "maxpool": "cnnfilt pool --kind max",
        "avgpool": "cnnfilt pool --kind avg",
        "resize": "cnnfilt pool",
        "shrink": "cnnfilt pool",
        "downsample": "cnnfilt pool",
        "thumbnail": "cnnfilt pool",
        "border": "cnnfilt pad",
        "frame": "cnnfilt pad",
        "copymakeborder": "cnnfilt pad",
        "edge-detect": "cnnfilt edges",
        "edgedetect": "cnnfilt edges",
        "detect-edges": "cnnfilt edges",
        "compare": "cnnfilt diff",
        "psnr": "cnnfilt diff",
        "size": "cnnfilt shape",
        "info": "cnnfilt shape",
        "identify": "cnnfilt shape",
        "layers": "cnnfilt apply",
        "train": "cnnfilt net train",
        "predict": "cnnfilt net predict",
        "evaluate": "cnnfilt net evaluate",
        "backward": "cnnfilt net backward",
        "summary": "cnnfilt net summary",
    },
    "net": {
        "fit": "cnnfilt net train",
        "test": "cnnfilt net evaluate",
        "score": "cnnfilt net evaluate",
        "classify": "cnnfilt net predict",
        "info": "cnnfilt net summary",
        "filters": "cnnfilt net kernels",
        "backprop": "cnnfilt net backward",
        "gradient": "cnnfilt net backward",
    },
}
"""For each group of commands, words that are none of them, and what does that."""


def command_advice(word: str, group: str, known: Sequence[str]) -> str:
    """Return the message for a word that is none of the commands `known` of a group: what it is, and what to type."""
    if word.partition(" ")[0] in known and not os.path.lexists(word):
        return f"the quotes make one word of the whole command; write it without them: {group} {word}"
    if group == "cnnfilt" and (os.path.lexists(word) or format_of(word) is not None):
        return _file_first(word)
    meant = INSTEAD.get(group, {}).get(word.lower())
    if meant is None and group == "kernels":
        meant = _kernel_shown(word)
    if meant is None and group == "cnnfilt":
        meant = _command_for(word)
    return f"command {word!r} is unknown; {nearest(word, tuple(known)) if meant is None else f'use {meant}'}"


def _file_first(path: str) -> str:
    """Return the message for a file that stands first."""
    if os.path.isdir(path):
        return f"{path} is a folder; say first what to do with it: cnnfilt edges {quote(path)} -o edges/"
    example = f"cnnfilt edges {quote(path)} -o edges.png"
    if format_of(path) in MATRIX_FORMATS:
        example = f"cnnfilt pool {quote(path)}"
    return f"{path} is the name of a file; say first what to do with it, such as: {example}"


def _command_for(word: str) -> str | None:
    """Return the command for an edge method, a kernel, a layer or a size; None for any other word."""
    name = word.lower().partition(":")[0]
    if name in get_args(EdgeMethod):
        return f"cnnfilt edges --method {name}"
    if name in NAMED:
        return f"cnnfilt convolve -k {word.lower()}"
    if name in WORDS:
        return f'cnnfilt apply "{word}"'
    return f"cnnfilt shape {word}" if re.fullmatch(r"\d+([x,]\d+)+", word) else None


def _kernel_shown(word: str) -> str | None:
    """Return the command that shows the kernel `word`, or the one with the nearest name; None if it is none."""
    if word.partition(":")[0] in NAMED or re.match(r"[-+.\d\[@]", word):
        return f"cnnfilt kernels show {quote(word)}"
    near = words_near(word, tuple(NAMED))
    return f"cnnfilt kernels show {near[0]}" if near else None
