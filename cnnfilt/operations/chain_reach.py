"""How far a chain of layers sees, where each pixel of what it gives stands for one of the image."""

from collections.abc import Sequence

from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.layers import ActivationLayer, ConvLayer, FilterLayer, Layer, MorphLayer, PoolLayer, Volume
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.files.image import Image
from cnnfilt.operations.base import Reach, reach_of, size_of
from cnnfilt.spelling import spelled_size

_PLAIN = (ConvLayer, FilterLayer, PoolLayer, MorphLayer, ActivationLayer)
"""The layers of which it is known what a pixel depends on: windows, or the pixel alone."""


def reach_of_chain(chain: Sequence[Layer], image: Image) -> Reach | None:
    """Return what the pixels of the last layer depend on; None where a layer is of a kind that may see everything.

    Raises ParameterError for a layer that changes the size, ShapeError where all layers together do.
    """
    reports = describe(chain, Volume(*size_of(image), image.channels))
    if all(isinstance(report.layer, _PLAIN) for report in reports):
        each = [_reach_of_layer(report) for report in reports]
        return Reach(sum(one.rows for one in each), sum(one.columns for one in each))
    output = reports[-1].output
    if not isinstance(output, Volume) or output.size != size_of(image):
        raise ShapeError(
            f"the chain gives {output} of {{image}} with {spelled_size(size_of(image))}; --region and --mask need its "
            "size"
        )
    return None


def _reach_of_layer(report: Report) -> Reach:
    if report.effect.windows is None:
        return Reach(0, 0)
    try:
        return reach_of(report.effect.windows.slide)
    except ParameterError:
        raise ParameterError(
            f"layer {report.layer.word} changes the size, which --region and --mask need kept: write p=same in it, "
            "and for a pool s=1"
        ) from None
