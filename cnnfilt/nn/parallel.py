"""A batch shared out to threads: parts of a few images, each taken forward and backward through the whole network.

A part's maps stay in the processor's cache from layer to layer, and memory is that of the parts under way. Where the
parts begin depends on the network and the batch alone, and their gradients are added up in their order: the number of
threads changes no bit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from cnnfilt.core.engine.threads import run_strips
from cnnfilt.nn.layer import Array
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import Loss, predicted

LEAST_PART, MOST_PART = 8, 32
"""Images in a part: fewer would be all overhead, more would leave threads without work."""

PART_BYTES = 1 << 20
"""What a part's largest map may take, to stay in the cache."""

MOST_GRADIENTS = 1 << 25
"""So many numbers may the gradients of all parts of a batch have together; larger networks get larger parts."""

Answer = TypeVar("Answer")


class ParallelNetwork:
    """A network whose layers exist once for each thread, all with the same parameters."""

    def __init__(self, network: Sequential) -> None:
        self.network = network
        self._idle: list[Sequential] = []
        largest = max((report.output.values for report in network.reports), default=1)
        # Images whose maps stay in the cache together.
        self._cached = min(MOST_PART, max(LEAST_PART, PART_BYTES // (4 * largest)))

    def logits(self, images: Array) -> Array:
        """Return the network's logits for a batch, (N, classes)."""
        return np.concatenate(self._in_parts(len(images), self._cached, lambda one, rows: one.logits(images[rows])))

    def learn(self, images: Array, labels: Array, loss: Loss) -> tuple[float, int]:
        """Return (mean loss, images predicted right) of a batch, and leave the gradients in the network's layers."""

        def part(one: Sequential, rows: slice) -> tuple[float, int, list[dict[str, Array]]]:
            logits = one.logits(images[rows])
            mean, d_logits = loss(logits, labels[rows])
            share = len(logits) / len(images)
            one.backward_from_logits(d_logits * share)
            right = int((predicted(logits) == labels[rows]).sum())
            # Copies of the layers' dictionaries: the next part gets these layers, and puts its own arrays there.
            return mean * share, right, [dict(layer.gradients) for layer in one.trained]

        means, rights, gradients = zip(*self._in_parts(len(images), self._part_of(len(images)), part), strict=True)
        for layer, parts in zip(self.network.trained, zip(*gradients, strict=True), strict=True):
            for name in layer.parameters:
                layer.gradients[name] = sum((each[name] for each in parts[1:]), parts[0][name])
        return float(sum(means)), sum(rights)

    def _part_of(self, images: int) -> int:
        parameters = sum(array.size for array in self.network.parameters.values())
        parts = max(1, min(-(-images // self._cached), MOST_GRADIENTS // max(parameters, 1)))
        return -(-images // parts)

    def _in_parts(self, images: int, size: int, work: Callable[[Sequential, slice], Answer]) -> list[Answer]:
        edges = [(first, min(first + size, images)) for first in range(0, images, size)]

        def make_worker() -> Callable[[int, int], Answer]:
            def worker(first: int, last: int) -> Answer:
                with self._one() as one:
                    return work(one, slice(first, last))

            return worker

        return run_strips(edges, make_worker)

    @contextmanager
    def _one(self) -> Iterator[Sequential]:
        """Give layers that no other thread uses meanwhile."""
        network = self.network
        try:
            one = self._idle.pop()
        except IndexError:
            one = Sequential(network.words, network.size, network.parameters)
        yield one
        self._idle.append(one)
