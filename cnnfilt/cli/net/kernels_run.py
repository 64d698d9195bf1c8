"""Learned filters as a picture: numbered tiles side by side."""

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import counted
from cnnfilt.files.contact_sheet import Tile, contact_sheet
from cnnfilt.files.image import Image
from cnnfilt.files.model_file import learned_kernel
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import write
from cnnfilt.nn.layer import Array

_GAP = 2
_TILE = 48
"""About how many pixels high one channel of a filter is shown, unless there are very many."""

_LONGEST_SIDE = 8192


def draw_kernels(model: str, output: str, *, overwrite: bool, layer: str | None, as_json: bool) -> None:
    """Write the picture of one convolution's filters; with `as_json` print their weights."""
    check_output(output, [model], overwrite=overwrite)
    name, kernel = learned_kernel(model, layer)
    height, width, inputs, filters = kernel.shape
    what = f"{counted(filters, 'filters')} of {height}x{width}x{inputs}"
    pixels = contact_sheet(tiles_of(kernel), title=f"{name}: {what}; middle gray is 0")
    write(Image(pixels), output, WriteOptions(overwrite=overwrite))
    if as_json:
        click.echo(json_text({"layer": name, "kernel": kernel.tolist()}))
    print_line(f"{name}: {what} -> {output} {pixels.shape[0]}x{pixels.shape[1]}")


def tiles_of(kernel: Array) -> list[Tile]:
    """Return the filters of weights (height, width, in_channels, out_channels) as tiles, numbered from 1.

    Each filter is brought to 128 + 127 v / max|v| by itself, so that its zeros are mid-gray. One of three channels is
    in colour; one of several others is a column, with a piece for each channel.
    """
    largest = np.abs(kernel).max(axis=(0, 1, 2), keepdims=True)
    levels = np.rint(128 + 127 * kernel / np.where(largest > 0, largest, 1)).astype(np.uint8)
    tiles = []
    for number in range(kernel.shape[3]):
        one = levels[..., number]
        pixels = one[..., 0] if one.shape[2] == 1 else one if one.shape[2] == 3 else _column(one, kernel.shape[3])
        # The numbers that `convolve -k @MODEL#conv1` gives its outputs.
        tiles.append(Tile(pixels, str(number + 1)))
    return tiles


def _column(levels: Array, filters: int) -> Array:
    """Return the channels (h, w, C) of one of so many filters below each other, enlarged, with white between them."""
    height, width, channels = levels.shape
    room = _LONGEST_SIDE // max(channels * height, filters * width)
    scale = max(1, min(_TILE // max(height, width), room))
    large = levels.repeat(scale, axis=0).repeat(scale, axis=1)
    gap = np.full((_GAP, large.shape[1]), 255, np.uint8)
    pieces = [piece for channel in range(channels) for piece in (gap, large[..., channel])]
    return np.concatenate(pieces[1:])
