"""A chain of layers as a network of PyTorch or Keras with the same weights, from `x` to each result `y`."""

import re
from collections.abc import Sequence

import numpy as np

from cnnfilt.cli.shape.emit import in_keras, in_torch
from cnnfilt.cli.shape.emit.weights import drawn, into_keras, into_torch, loaded
from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.layers import Volume
from cnnfilt.errors import ParameterError
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.map_names import ends_flat, labels_of


def chain(library: str, run: EmittedRun, operation: ApplyChain) -> list[tuple[str, list[str]]]:
    """Return the label of each result with its lines; the network stands before the first.

    ParameterError for a layer that the library has not.
    """
    if library not in _WRITERS:
        raise ParameterError("--emit writes networks for torch or keras", parameter="emit")
    form = operation.form
    shape = run.shape if form is None else form.shape
    reports = describe(operation.chain, Volume(*shape))
    given = loaded(operation.model) if operation.model is not None else drawn(reports, operation.seed or 0)
    scale = operation.scale_of(np.dtype(run.dtype))
    lines = [
        *([] if form is None else _fitted(form, run)),
        *([f"x = x * {scale!r}"] if scale != 1 else []),
        *given,
        *_WRITERS[library](shape, reports, ends_flat(operation.chain)),
    ]
    labels = labels_of(operation.chain)
    if len(labels) == 1:
        return [("", [*lines, "y = out"])]
    return [(label, [*([] if number else lines), f"y = out[:, :, {number}:{number + 1}]"])
            for number, label in enumerate(labels)]  # fmt: skip


def more_imports(imports: Sequence[str], used: str) -> list[str]:
    """Return the imports that networks need besides those of the library."""
    if "import torch" in imports:
        return ["from torch import nn"]
    return [f"from keras import layers{', ops' if re.search(_OPS, used) else ''}"]


def _in_torch(shape: tuple[int, int, int], reports: Sequence[Report], flat: bool) -> list[str]:
    picked = "[0].numpy()[None, :, None]  # (1, values, 1)" if flat else "[0].permute(1, 2, 0).numpy()"
    return [
        "torch.set_default_dtype(torch.float64)",
        "",
        "",
        *in_torch.network(reports, channels_last=True),
        "",
        "",
        "network = Network().eval()",
        *into_torch(reports),
        "with torch.no_grad():",
        "    out = network(torch.from_numpy(x).permute(2, 0, 1)[None])  # (1, C, H, W)",
        f"out = out{picked}",
    ]


def _in_keras(shape: tuple[int, int, int], reports: Sequence[Report], flat: bool) -> list[str]:
    picked = "[0][None, :, None]  # (1, values, 1)" if flat else "[0]"
    return [
        'keras.config.set_floatx("float64")',
        "batch = x[None]  # (1, H, W, C)",
        *in_keras.network(Volume(*shape), reports, named=True),
        *into_keras(reports),
        f"out = keras.ops.convert_to_numpy(network(batch)){picked}",
    ]


_OPS = r"(?<![.\w])ops\."
"""A call of Keras' operations that does not go through `keras` itself."""

_WRITERS = {"torch": _in_torch, "keras": _in_keras}


def _fitted(form: NetworkInput, run: EmittedRun) -> list[str]:
    """Return the lines that bring `x` to the size and the channels that a trained network takes."""
    lines, (height, width, channels) = [], form.shape
    if run.size != form.size:
        dtype = "np.uint8" if run.dtype == "uint8" else "np.float32"
        resized = f"Image.fromarray(plane).resize({(width, height)}, Image.Resampling.BILINEAR)"
        lines += [
            f"planes = np.ascontiguousarray(x.transpose(2, 0, 1)).astype({dtype})",
            f"planes = [np.asarray({resized}) for plane in planes]",
            "x = np.stack(planes, axis=2).astype(np.float64)",
        ]
    return [*lines, f"x = np.repeat(x, {channels}, axis=2)"] if run.channels != channels else lines
