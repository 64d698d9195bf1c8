"""`cnnfilt net kernels`: a picture of the filters a model has learned."""

import click

from cnnfilt.cli.command import Command


@click.command(
    cls=Command,
    one_too_many="--layer says which convolution, as in --layer conv2",
    common=("output", "overwrite", "layer", "json_"),
    epilog="""\b
Examples:
  cnnfilt net kernels model.npz -o filters.png
  cnnfilt convolve a.jpg -k @model.npz#conv1 --values symmetric -o maps/
""",
)
@click.argument("model")
@click.option("-o", "--output", required=True, metavar="FILE", help="Write the picture to this file.")
@click.option("-y", "--overwrite", is_flag=True, help="Replace a picture that exists.")
@click.option("--layer", metavar="NAME", help="Which convolution: conv1, conv2 and so on.  [default: the first]")
@click.option("--json", "json_", is_flag=True, help="Print the weights, too, rows by columns by inputs by filters.")
def kernels(model: str, output: str, overwrite: bool, layer: str | None, json_: bool) -> None:
    """Draw the filters of a convolution in MODEL: mid-gray is 0, brighter is more, darker is less.

    Filters are numbered from 1. Filters of three channels are in colour; of any other number they are columns, with
    a tile for each input channel. `-k @MODEL#conv1` gives the same filters to `convolve`.
    """
    from cnnfilt.cli.net.kernels_run import draw_kernels

    draw_kernels(model, output, overwrite=overwrite, layer=layer, as_json=json_)
