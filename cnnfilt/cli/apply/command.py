"""`cnnfilt apply`: a chain of layers over images, in one go."""

import os

import click

from cnnfilt.cli.filter_options import FilterOptions, filter_options, light_options
from cnnfilt.cli.inspect.inspection import OF_NETWORKS, Inspection, inspection_options
from cnnfilt.cli.matrix_command import MatrixCommand
from cnnfilt.cli.option_types import WholeNumber
from cnnfilt.cli.options import options_of, read_ahead
from cnnfilt.describe.preprocessing import Preprocessing
from cnnfilt.files.network_files import is_run_from
from cnnfilt.frozen import replace


@click.command(
    cls=MatrixCommand,
    common=("maps", "model", "seed", "output", "overwrite"),
    epilog="""\b
Examples:
  cnnfilt apply "filter:sobel-x,p=same relu pool:max,k=2" photos/*.jpg -o out/
  cnnfilt apply "conv:vertical+horizontal,p=same relu" photo.jpg -o maps/
  cnnfilt apply --model net.onnx --input-scale 1/255 photo.jpg --maps maps/
""",
)
@click.argument("chain", required=False, metavar="CHAIN")
@click.option(
    "--maps",
    metavar="DIR",
    help="Draw every layer's maps as a captioned sheet\f: DIR/01-relu.png ... (DIR/NAME/ for each of several inputs).",
)
@click.option("--scale-each-map", is_flag=True, help="In --maps, scale each map on its own\f, not each layer.")
@click.option("--model", metavar="FILE", help="A network, .npz or .onnx, given instead of CHAIN.")
@click.option(
    "--seed", type=WholeNumber(min=0), metavar="N", help="Draw weights for conv:N and fc:N\f, as for a new network."
)
@click.option(
    "--layer", metavar="NAME", help="With a .onnx, give the values of this layer\f, named as `cnnfilt shape` lists it."
)
@options_of(Preprocessing, "preprocessing")
@inspection_options(explains=False, emits=OF_NETWORKS)
@light_options
@filter_options
def apply(
    files: FilterOptions,
    inspection: Inspection,
    chain: str | None,
    maps: str | None,
    scale_each_map: bool,
    model: str | None,
    seed: int | None,
    layer: str | None,
    preprocessing: Preprocessing,
) -> int:
    """Put each INPUT through the layers of CHAIN, one quoted text in the words of `cnnfilt shape`:

    \b
      filter:KERNEL[,s=1,p=0,d=1]           a kernel on each channel by itself
      conv:KERNEL+KERNEL...[,s=,p=,d=,g=]   one map of each, summed over channels
      conv:N,k=3[,s=,p=,d=,g=,bias=1]       N maps; needs --seed or --model
      pool:max|avg|min|median[,k=2,s=k,p=0] k=global: the whole input
      relu  tanh  sigmoid  softmax  flatten  fc:N[,bias=1]\f

    INPUT is an image, a folder of images, a matrix, or - for a pipe. A KERNEL is a name, numbers, or @file, as in
    `cnnfilt convolve`. Nothing is rounded between the layers.
    Several maps are one file each, NAME.MAP.EXT, or one stack in .npy and .json. A chain that ends in flatten or fc
    gives a row of numbers, for .csv, .json or .npy; with --model, the class names stand above it.
    """
    files, words = _sorted(files, chain, model)
    if model is not None and is_run_from(model):
        from cnnfilt.cli.apply.run_network import NetworkRequest, run_network

        return run_network(
            files,
            NetworkRequest(model, layer, preprocessing, maps, scale_each_map, seed),
            inspection=inspection,
        )
    if layer is not None:
        raise click.UsageError("--layer names one of an .onnx network, given with --model; leave it out")
    preprocessing.refuse("leave it out" if model is None else f"{model} says itself how it was trained")
    if model is None:
        read_ahead(files)
    from cnnfilt.cli.apply.run import run_chain

    return run_chain(
        files,
        words,
        inspection=inspection,
        maps=maps,
        scale_each_map=scale_each_map,
        model=model,
        seed=seed,
        input_scale=preprocessing.input_scale,
    )


def _sorted(files: FilterOptions, chain: str | None, model: str | None) -> tuple[FilterOptions, str]:
    """Return the options and the words of the chain: with a model, what stands in their place is an input."""
    if model is not None:
        return (files if chain is None else replace(files, inputs=(chain, *files.inputs))), ""
    if chain is None:
        raise click.UsageError("missing argument 'CHAIN'")
    if os.path.exists(chain):
        from cnnfilt.files.network_files import may_hold_layers

        meant = f"; for those in a file write @{chain}" if may_hold_layers(chain) else ""
        raise click.UsageError(
            f'{chain} is a file; the layers come first: cnnfilt apply "relu pool:max" {chain}{meant}'
        )
    return files, chain
