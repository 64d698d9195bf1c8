"""Apply the operations of a convolutional neural network to images, exactly.

The code, from the ground up (imports run downward only):

    errors, terms, signals      what can go wrong; the closed word lists; what a signal does
    machine                     the CPUs and the memory that this process may use
    frozen                      data classes that cost nothing to define, whose fields say what options they are
    parsing, spelling           numbers, pairs and sizes as people type them, and as messages have them
    elsewhere                   what other tools call things that have another name here
    describe                    what is asked for: windows and sizes, kernels, layers, chains (to here: no NumPy)
    core                        arrays in, arrays out: convolve, pad, pool, edges; their values explained
    nn                          layers that learn, models and training
    fitting                     a filter recovered from examples
    files                       images and matrices, in and out; the one home of Pillow
    operations                  what happens to one image: a description carried to any image, or another process
    batch                       what to read, where to write, one file after another
    datasets                    folders of labelled images
    page                        what a run shows in a browser: one file
    cli                         the commands; the one home of click and rich
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "1.0.0"

if TYPE_CHECKING:
    from cnnfilt.core.convolution import conv2d, convolve
    from cnnfilt.core.edges import edges
    from cnnfilt.core.padding import pad
    from cnnfilt.core.pooling import pool
    from cnnfilt.describe.kernels import kernel
    from cnnfilt.describe.window import output_size
    from cnnfilt.errors import CnnfiltError
    from cnnfilt.files.model_file import load_model

_HOMES = {
    "convolve": "cnnfilt.core.convolution",
    "conv2d": "cnnfilt.core.convolution",
    "pad": "cnnfilt.core.padding",
    "pool": "cnnfilt.core.pooling",
    "edges": "cnnfilt.core.edges",
    "output_size": "cnnfilt.describe.window",
    "kernel": "cnnfilt.describe.kernels",
    "load_model": "cnnfilt.files.model_file",
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
