"""A chain of layers carried to one image for its outputs alone: nothing is kept for gradients."""

from collections.abc import Iterator, Mapping, Sequence

from cnnfilt.describe.chain import Report
from cnnfilt.nn.layer import Array
from cnnfilt.nn.layer_table import output_of
from cnnfilt.nn.model import names_of, weights_of


def outputs(reports: Sequence[Report], image: Array, parameters: Mapping[str, Array]) -> Iterator[Array]:
    """Yield the output of each layer in turn: (H, W, C), or (features,) from flatten on.

    `image` is (H, W, C), as `reports` were made for; `parameters` are those of `Sequential`. Types are the core's:
    whole numbers stay exact under kernels of whole numbers, all else is float32 (float64 stays).
    """
    x = image
    for report, name in zip(reports, names_of(reports), strict=True):
        x = output_of(report, weights_of(parameters, name), x)
        yield x
