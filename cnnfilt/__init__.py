"""Apply the operations of a convolutional neural network to images, exactly.

The code, from the ground up (imports run downward only):

    errors, terms, leaving      what can go wrong; the closed word lists; what a signal does
    frozen                      data classes that cost nothing to define
    parsing                     numbers, pairs and sizes as people type them
    geometry                    where windows fall: sizes, paddings, receptive fields
    named_kernels, kernels      the kernels with names, and how any kernel is written
    layer_specs, architecture   layer words: sizes, parameters, MACs along a chain (to here: no NumPy)
    core                        arrays in, arrays out: convolve, pad, pool, edges
    nn                          layers that learn, models and training
    files                       images and matrices, in and out; the one home of Pillow
    batch                       what to read, where to write, one file after another
    cli                         the commands; the one home of click and rich
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cnnfilt.batch.models import load_model
    from cnnfilt.core.convolution import conv2d, convolve
    from cnnfilt.core.edges import edges
    from cnnfilt.core.padding import pad
    from cnnfilt.core.pooling import pool
    from cnnfilt.errors import CnnfiltError
    from cnnfilt.geometry import output_size
    from cnnfilt.kernels import kernel

_HOMES = {
    "convolve": "cnnfilt.core.convolution",
    "conv2d": "cnnfilt.core.convolution",
    "pad": "cnnfilt.core.padding",
    "pool": "cnnfilt.core.pooling",
    "edges": "cnnfilt.core.edges",
    "output_size": "cnnfilt.geometry",
    "kernel": "cnnfilt.kernels",
    "load_model": "cnnfilt.batch.models",
    "CnnfiltError": "cnnfilt.errors",
}

__all__ = [
    "CnnfiltError",
    "__version__",
    "conv2d",
    "convolve",
    "edges",
    "kernel",
    "load_model",
    "output_size",
    "pad",
    "pool",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that `cnnfilt shape` never loads NumPy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
