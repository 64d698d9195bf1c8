"""`cnnfilt apply` carried out: the chain and its weights settled, and what it gives fitted to -o."""

import os

import click

from cnnfilt.cli.chains import read_chain
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.options import FileOptions
from cnnfilt.cli.run_operation import run_operation
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.layers import Layer
from cnnfilt.errors import ParameterError
from cnnfilt.files.formats import IMAGE_FORMATS, format_of
from cnnfilt.files.model_file import load_model
from cnnfilt.files.network_input import BACKGROUND
from cnnfilt.frozen import replace
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.operations.map_names import ends_flat
from cnnfilt.windows import ends_as_folder


def run_chain(
    files: FileOptions,
    words: str,
    *,
    inspection: Inspection,
    maps: str | None,
    scale_each_map: bool,
    model: str | None,
    seed: int | None,
    input_scale: float | None,
) -> int:
    """Return the exit code of carrying the layers of `words`, or of the file `model`, to all inputs."""
    if scale_each_map and maps is None:
        raise click.UsageError("--scale-each-map is for the pictures of --maps DIR, which is missing")
    if model is not None and seed is not None:
        raise click.UsageError("--model brings its own weights; leave out --seed")
    chain, also_read, gray = _layers(words, model, quiet=files.quiet)
    if model is not None:
        files = _as_trained(files, gray)
    operation = ApplyChain(
        chain=chain,
        model=None if model is None else os.path.abspath(model),
        seed=seed,
        input_scale=input_scale,
        draw=maps is not None,
        scale_each_map=scale_each_map,
        treatment=files.treatment,
    )
    _refuse_bare_words(files)
    if inspection.preview and ends_flat(operation.chain):
        raise click.UsageError("--preview shows images, and this chain ends in a list of values; leave it out")
    return run_operation(
        operation,
        as_numbers(files) if ends_flat(operation.chain) else files,
        also_read=also_read,
        gray=gray,
        inspection=inspection,
        picture_folder=maps,
    )


def _layers(words: str, model: str | None, *, quiet: bool) -> tuple[tuple[Layer, ...], tuple[str, ...], bool]:
    """Return the layers, the files that were read for them, and whether they were trained on gray images."""
    if model is None:
        return *read_chain([words], quiet=quiet), False
    trained = load_model(model)
    return tuple(parse_chain([trained.network.words])), (model,), trained.gray


def _as_trained(files: FileOptions, gray: bool) -> FileOptions:
    if files.gray not in (None, gray):
        seen = "gray" if gray else "colour"
        raise ParameterError(f"the model was trained on {seen} images; leave out --{'no-' if gray else ''}gray")
    return replace(files, background=files.background or BACKGROUND)


def as_numbers(files: FileOptions, what: str = "chain") -> FileOptions:
    """Return the options for what ends in a list of values: csv unless they name another matrix format."""
    into_folder = files.output is not None and (ends_as_folder(files.output) or os.path.isdir(files.output))
    asked = files.format or (None if files.output is None or into_folder else format_of(files.output))
    if asked is None:
        # The values of standard output are in the JSON where that is asked for.
        return replace(files, format="json" if files.json and files.output is None else "csv")
    if asked in IMAGE_FORMATS:
        raise ParameterError(
            f"the {what} ends in a list of values, which {asked} cannot hold; write .csv, .json or .npy"
        )
    return files


def _refuse_bare_words(files: FileOptions) -> None:
    """Refuse `apply filter:sobel-x relu photo.jpg`, whose second layer stands where files stand."""
    for name in files.inputs:
        if not os.path.lexists(name) and not format_of(name) and _is_layer(name):
            raise click.UsageError(f"{name!r} is a layer, but stands among the inputs; quote the whole chain")


def _is_layer(text: str) -> bool:
    try:
        return bool(read_chain([text], quiet=True)[0])
    except ParameterError:
        return False
