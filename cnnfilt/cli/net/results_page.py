"""What a page shows of a network: how it judges labelled images, and its first filters."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnfilt.cli.messages import printable
from cnnfilt.cli.net.kernels_run import tiles_of
from cnnfilt.datasets.cache import CachedImages
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.nn.examples import Examples
from cnnfilt.nn.layer import Array
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import judged
from cnnfilt.page.results import Filter, filter_data, judged_data, mistake, worst_of

_KERNEL = ".kernel"


def judged_on_page(
    network: Sequential,
    examples: Examples,
    form: NetworkInput,
    classes: Sequence[str],
    *,
    of: str,
    when: str = "",
    logits_of: Callable[[Array], Array] | None = None,
) -> dict[str, Any]:
    """Return what the network says of all examples, which `of` names, and `when`; its surest mistakes are pictures."""
    predictions, chances = judged(network, examples, logits_of=logits_of)
    mistakes = [
        mistake(
            _name(examples, number),
            _levels(examples, number, form),
            int(examples.labels[number]),
            int(predictions[number]),
            chances[number],
        )
        for number in worst_of(examples.labels, predictions, chances).tolist()
    ]
    names = [printable(name) for name in classes]
    return judged_data(of, names, examples.labels, predictions, mistakes) | {"when": when}


def filters_on_page(network: Sequential) -> dict[str, Any] | None:
    """Return the filters of the first convolution that learns; None without one."""
    for name, kernel in network.parameters.items():
        if name.endswith(_KERNEL) and kernel.ndim == 4:
            pictures = (tile.pixels for tile in tiles_of(kernel))
            filters = [Filter(pixels, kernel[..., number]) for number, pixels in enumerate(pictures)]
            return filter_data(name.removesuffix(_KERNEL), filters, len(filters))
    return None


def _name(examples: Examples, number: int) -> str:
    return printable(examples.images.name(number)) if isinstance(examples.images, CachedImages) else str(number)


def _levels(examples: Examples, number: int, form: NetworkInput) -> Array:
    """Return one image as the network takes it, as 8-bit levels (H, W, C)."""
    (image,) = np.asarray(examples.images[number : number + 1])
    levels: Array = np.rint(np.clip(image / form.scale(np.dtype(np.uint8)), 0, 255)).astype(np.uint8)
    return levels
