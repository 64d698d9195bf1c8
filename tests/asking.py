"""The functions of the core that take whole descriptions, called with single options as the public ones are."""

from typing import Any

import numpy as np

from cnnfilt.core import canny as cannys
from cnnfilt.core import convolution as convolutions
from cnnfilt.core import edges as edge_pictures
from cnnfilt.core import pooling as poolings
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.job import Job
from cnnfilt.core.explain import convolution as explained_convolutions
from cnnfilt.core.explain import edges as explained_edges
from cnnfilt.core.explain import pooling as explained_poolings
from cnnfilt.core.explain.convolution import Explained
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.core.levels import Levels, Loss
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Convolution, Pooling
from cnnfilt.describe.window import as_pair

Place = tuple[int, int]


def convolution(**options: Any) -> Convolution:
    return Convolution(**_paired(options))


def pooling(kernel_size: int | Place = 2, **options: Any) -> Pooling:
    return Pooling(**_paired({"kernel_size": kernel_size, **options}))


def _paired(options: dict[str, Any]) -> dict[str, Any]:
    pairs = ("stride", "dilation", "kernel_size")
    return {
        name: as_pair(value, name) if name in pairs and value is not None else value for name, value in options.items()
    }


def as_job(image: Any, kernel: Any, *, bias: Any = None, **options: Any) -> Job:
    return convolutions.as_job(image, kernel, convolution(**options), bias=bias)


def convolve_to_levels(
    image: Any, kernel: Any, levels: Levels, *, bias: Any = None, **options: Any
) -> tuple[Array, Loss]:
    mapped = convolutions.convolve_to_levels(image, kernel, convolution(**options), levels, bias=bias)
    return mapped.pixels, mapped.loss


def plan_of(image: Any, kernel: Any, *, bias: Any = None, **options: Any) -> str:
    """In words how a convolution is computed."""
    return convolutions.convolve_to_levels(image, kernel, convolution(**options), Levels("raw"), bias=bias).plan


def pool_to_levels(image: Any, kernel_size: Any, levels: Levels, **options: Any) -> tuple[Array, Loss]:
    mapped = poolings.pool_to_levels(image, pooling(kernel_size, **options), levels)
    return mapped.pixels, mapped.loss


def edges_to_levels(image: Any, levels: Levels, **options: Any) -> tuple[Array, Loss]:
    mapped = edge_pictures.edges_to_levels(image, EdgeDetection(**options), levels)
    return mapped.pixels, mapped.loss


def canny(image: Any, **options: Any) -> Array:
    """Where Canny finds edges, (H', W') or (H', W', C)."""
    return like_image(cannys.canny_mask(as_image(image), EdgeDetection(method="canny", **options)), image)


def window_size(**options: Any) -> Place:
    """The (height, width) of the window that an edge method looks through."""
    return EdgeDetection(**options).slide.kernel_size


def explain_convolution(
    image: Any, kernel: Any, place: Place, *, bias: Any = None, name: str = "", **options: Any
) -> tuple[Explained, ...]:
    return explained_convolutions.explain_convolution(
        image, kernel, place, convolution(**options), bias=bias, name=name
    )


def explain_edges(image: Any, place: Place, **options: Any) -> tuple[Explained, ...]:
    return explained_edges.explain_edges(image, place, EdgeDetection(**options))


def explain_pool(image: Any, kernel_size: Any, place: Place, **options: Any) -> tuple[Pooled, ...]:
    return explained_poolings.explain_pooling(image, place, pooling(kernel_size, **options))


def explain_adaptive_pool(image: Any, output_size: Any, place: Place, *, kind: Any = "max") -> tuple[Pooled, ...]:
    asked = pooling(adaptive=as_pair(output_size, "output_size"), kind=kind)
    return explained_poolings.explain_pooling(np.asarray(image), place, asked)
