"""`cnnfilt apply --model net.onnx` carried out: what is wanted of the network settled, and fitted to -o."""

import os

import click

from cnnfilt.cli.apply.run import as_numbers
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.options import FileOptions
from cnnfilt.cli.run_operation import run_operation
from cnnfilt.describe.preprocessing import Preprocessing
from cnnfilt.errors import ParameterError
from cnnfilt.files.network_input import BACKGROUND
from cnnfilt.files.onnx_network import opened
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.apply_network import ApplyNetwork


class NetworkRequest(Frozen):
    """What `apply` was asked of the network in `model`: the value of one `layer`, and pictures in the folder `maps`."""

    model: str
    layer: str | None
    preprocessing: Preprocessing
    maps: str | None
    scale_each_map: bool
    seed: int | None


def run_network(files: FileOptions, request: NetworkRequest, *, inspection: Inspection) -> int:
    """Return the exit code of carrying the network to all inputs."""
    if request.scale_each_map and request.maps is None:
        raise click.UsageError("--scale-each-map is for the pictures of --maps DIR, which is missing")
    if request.seed is not None:
        raise click.UsageError("--model brings its own weights; leave out --seed")
    # As it was typed, so that what is said of it names it so.
    path = request.model if len(files.inputs) < 2 else os.path.abspath(request.model)
    network = opened(path)
    size = request.preprocessing.size
    network.check(network.layer(request.layer, size).value, size)
    gray = network.channels == 1
    if files.gray not in (None, gray):
        seen = "one channel" if gray else "three channels"
        raise ParameterError(f"the network takes {seen}; leave out --{'no-' if gray else ''}gray")
    operation = ApplyNetwork(
        model=path,
        preprocessing=request.preprocessing,
        layer=request.layer,
        draw=request.maps is not None,
        scale_each_map=request.scale_each_map,
        treatment=files.treatment,
    )
    if inspection.preview and operation.gives_list:
        raise click.UsageError("--preview shows images, and this network ends in a list of values; leave it out")
    files = replace(files, background=files.background or BACKGROUND)
    return run_operation(
        operation,
        as_numbers(files, "network") if operation.gives_list else files,
        also_read=(request.model,),
        gray=gray,
        inspection=inspection,
        picture_folder=request.maps,
    )
