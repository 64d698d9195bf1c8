"""What `net predict` does: the likeliest classes of each image, a line for each."""

import sys

import numpy as np

from cnnfilt.batch.sources import Walk, find_sources, refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_error, printable
from cnnfilt.datasets.decoding import DecodeOptions, decode_in_order
from cnnfilt.files.model_file import Model, load_model
from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.nn.scoring import probabilities


class PredictRequest(Frozen):
    """What `net predict` was asked: `top` is how many classes are named."""

    model: str
    inputs: tuple[str, ...]
    top: int
    recursive: bool
    json: bool
    decoding: DecodeOptions


def run_predict(request: PredictRequest) -> int:
    """Print the likeliest classes of each input, in their order; return 1 if one could not be read."""
    # In a thread of its own: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _predict(request))


def _predict(request: PredictRequest) -> int:
    model = load_model(request.model)
    refuse_stdin_twice(request.inputs)
    sources, _ = find_sources(request.inputs, Walk(recursive=request.recursive))
    failed = False
    for decoded in decode_in_order(sources, model.form, request.decoding):
        path = sources[decoded.number].path
        if decoded.levels is not None:
            image = model.form.scaled(decoded.levels)
            chances = probabilities(model.network, image[None])[0]
            _print_line(_predicted(path, _likeliest(model, chances, request.top), as_json=request.json))
        elif decoded.error is not None:
            failed = True
            message = decoded.error.about(path)
            print_error("net", message)
            if request.json:
                _print_line(json_text({"input": path, "status": "failed", "error": message}))
    return 1 if failed else 0


def _likeliest(model: Model, chances: Array, top: int) -> list[tuple[str, float]]:
    """Return the `top` likeliest classes with their probabilities; of equal ones the first, whatever sorting does."""
    order = np.argsort(-chances, kind="stable")[:top]
    return [(model.classes[place], float(chances[place])) for place in order]


def _predicted(path: str, ranked: list[tuple[str, float]], *, as_json: bool) -> str:
    if as_json:
        tops = [{"class": name, "probability": chance} for name, chance in ranked]
        return json_text({"input": path, "status": "done", **tops[0], "top": tops})
    return "\t".join([printable(path), *(f"{printable(name)}\t{chance:.4f}" for name, chance in ranked)])


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
