"""What `net predict` does: the likeliest classes of each image, a line for each."""

import sys
from collections.abc import Callable

import numpy as np

from cnnfilt.batch.sources import Walk, find_sources, refuse_stdin_twice
from cnnfilt.batch.timeout import within
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_error, printable
from cnnfilt.datasets.decoding import DecodeOptions, decode_in_order
from cnnfilt.describe.preprocessing import AS_IT_IS, Preprocessing
from cnnfilt.errors import InputError, ParameterError, counted
from cnnfilt.files.model_file import load_model
from cnnfilt.files.network_files import is_run_from
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.files.onnx_network import opened
from cnnfilt.files.streams import open_stream
from cnnfilt.frozen import Frozen, replace
from cnnfilt.nn.layer import Array
from cnnfilt.nn.scoring import probabilities
from cnnfilt.operations.apply import VALUES_PER_PIXEL

LONGEST_NAMES = 16 << 20
"""So many bytes of names are read."""


class PredictRequest(Frozen):
    """What `net predict` was asked: `top` is how many classes are named; the last two are for .onnx files."""

    model: str
    inputs: tuple[str, ...]
    top: int
    recursive: bool
    json: bool
    decoding: DecodeOptions
    classes: str | None = None
    preprocessing: Preprocessing = AS_IT_IS


class Classifier(Frozen):
    """A network whichever file it is from: how images reach it, its classes, and their chances for one image."""

    form: NetworkInput
    classes: tuple[str, ...]
    chances: Callable[[Array], Array]


def run_predict(request: PredictRequest) -> int:
    """Print the likeliest classes of each input, in their order; return 1 if one could not be read."""
    # In a thread of its own: a signal is heard at once, whatever this one is busy with.
    return within(0, lambda: _predict(request))


def _predict(request: PredictRequest) -> int:
    model = _from_elsewhere(request) if is_run_from(request.model) else _own(request)
    refuse_stdin_twice(request.inputs)
    sources, _ = find_sources(request.inputs, Walk(recursive=request.recursive))
    failed = False
    for decoded in decode_in_order(sources, model.form, request.decoding):
        path = sources[decoded.number].path
        if decoded.levels is not None:
            image = model.form.scaled(decoded.levels)
            chances = model.chances(image)
            _print_line(_predicted(path, _likeliest(model, chances, request.top), as_json=request.json))
        elif decoded.error is not None:
            failed = True
            message = decoded.error.about(path)
            print_error("net", message)
            if request.json:
                _print_line(json_text({"input": path, "status": "failed", "error": message}))
    return 1 if failed else 0


def _own(request: PredictRequest) -> Classifier:
    if request.classes is not None:
        raise ParameterError(f"--classes is for an .onnx file; {request.model} has the names of its classes")
    request.preprocessing.refuse(f"{request.model} says itself how it was trained")
    model, scale = load_model(request.model), request.preprocessing.input_scale
    form = model.form if scale is None else replace(model.form, input_scale=scale)
    return Classifier(form, model.classes, lambda image: probabilities(model.network, image[None])[0])


def _from_elsewhere(request: PredictRequest) -> Classifier:
    network = opened(request.model)
    size = request.preprocessing.size or network.fixed
    if size is None:
        raise ParameterError(f"{request.model} leaves the size of its images open; give one, such as --size 224x224")
    outcome = network.layer(None, size)
    network.check(outcome.value, size)
    count = max(outcome.shape.values, 2)
    known = network.classes_of(outcome.value, count) or tuple(map(str, range(count)))
    classes = known if request.classes is None else _names_in(request.classes, count)
    most = VALUES_PER_PIXEL * request.decoding.max_pixels
    form = network.form(request.preprocessing, size)
    return Classifier(form, classes, lambda image: network.chances(image, most=most))


def _names_in(path: str, count: int) -> tuple[str, ...]:
    try:
        with open_stream(path) as stream:
            lines = stream.read(LONGEST_NAMES).decode("utf-8-sig").splitlines()
    except InputError as error:
        raise InputError(error.about(path)) from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not text; it should have a name of a class in each line") from None
    names = tuple(line.strip() for line in lines)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) != count:
        raise ParameterError(
            f"{path} has {counted(len(names), 'lines')}, but the network tells {count:,} classes apart"
        )
    return names


def _likeliest(model: Classifier, chances: Array, top: int) -> list[tuple[str, float]]:
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
