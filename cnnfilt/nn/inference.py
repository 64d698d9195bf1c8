"""A chain of layers carried to one image for its outputs alone: nothing is kept for gradients."""

from collections.abc import Iterator, Mapping, Sequence

from cnnfilt.describe.chain import Report
from cnnfilt.describe.values import taken_last, values_taken
from cnnfilt.nn.layer import Array
from cnnfilt.nn.layer_table import output_of
from cnnfilt.nn.weights import names_of, weights_of


def outputs(reports: Sequence[Report], image: Array, arrays: Mapping[str, Array]) -> Iterator[Array]:
    """Yield the output of each layer in turn: (H, W, C), or (features,) from flatten on.

    `image` is (H, W, C), as `reports` were made for; `arrays` are those of `Sequential`. Types are the core's: whole
    numbers stay exact under kernels of whole numbers, all else is float32 (float64 stays). What no later layer takes
    is let go.
    """
    takes = values_taken([report.layer for report in reports])
    layers = zip(reports, names_of(reports), takes, taken_last(takes), strict=True)
    values = {0: image}
    for number, (report, name, taken, let_go) in enumerate(layers, 1):
        values[number] = output_of(report, weights_of(arrays, name), *(values[one] for one in taken))
        for one in let_go:
            del values[one]
        yield values[number]
