"""Learned filters as a picture: tiles side by side."""

import json
import math

import click
import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.messages import print_line
from cnnfilt.errors import counted
from cnnfilt.files.image import Image
from cnnfilt.files.model_file import learned_kernel
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import write
from cnnfilt.nn.layer import Array

_GAP = 2
_TILE = 48
"""About how many pixels high a tile is shown, unless there are very many."""

_LONGEST_SIDE = 8192


def draw_kernels(model: str, output: str, *, overwrite: bool, layer: str | None, as_json: bool) -> None:
    """Write the picture of one convolution's filters; with `as_json` print their weights."""
    check_output(output, [model], overwrite=overwrite)
    name, kernel = learned_kernel(model, layer)
    pixels = picture_of(kernel)
    write(Image(pixels), output, WriteOptions(overwrite=overwrite))
    if as_json:
        click.echo(json.dumps({"layer": name, "kernel": kernel.tolist()}))
    height, width, inputs, filters = kernel.shape
    what = f"{counted(filters, 'filters')} of {height}x{width}x{inputs}"
    print_line(f"{name}: {what} -> {output} {pixels.shape[0]}x{pixels.shape[1]}")


def picture_of(kernel: Array) -> Array:
    """Return the filters of weights (height, width, in_channels, out_channels) as uint8 levels, (H, W) or (H, W, 3).

    Each filter is brought to 128 + 127 v / max|v| by itself, so that its zeros are mid-gray.
    """
    largest = np.abs(kernel).max(axis=(0, 1, 2), keepdims=True)
    levels = np.rint(128 + 127 * kernel / np.where(largest > 0, largest, 1)).astype(np.uint8)
    filters = kernel.shape[3]
    if kernel.shape[2] in (1, 3):
        columns = math.ceil(math.sqrt(filters))
        tiles = [levels[..., number] for number in range(filters)]
        rows = [tiles[start : start + columns] for start in range(0, filters, columns)]
    else:
        rows = [[levels[:, :, [i], n] for n in range(filters)] for i in range(kernel.shape[2])]
    picture = _sheet(rows)
    return picture[..., 0] if picture.shape[2] == 1 else picture


def _sheet(rows: list[list[Array]]) -> Array:
    """Return tiles (h, w, c) in rows, enlarged, with white between them."""
    height, width, channels = rows[0][0].shape
    columns = len(rows[0])
    room = _LONGEST_SIDE // max(len(rows) * height, columns * width)
    scale = max(1, min(_TILE // max(height, width), room))
    high, wide = height * scale + _GAP, width * scale + _GAP
    sheet = np.full((len(rows) * high + _GAP, columns * wide + _GAP, channels), 255, np.uint8)
    for down, row in enumerate(rows):
        for across, tile in enumerate(row):
            top, left = down * high + _GAP, across * wide + _GAP
            large = tile.repeat(scale, axis=0).repeat(scale, axis=1)
            sheet[top : top + large.shape[0], left : left + large.shape[1]] = large
    return sheet
