"""A batch shared out to threads: parts of a few images, each taken forward and backward through the whole network.

A part's maps stay in the processor's cache from layer to layer, and memory is that of the parts under way. Where a
layer needs sums over the whole batch, as batch normalisation does, all parts come as far before any goes on. Where the
parts begin depends on the network and the batch alone, and what they sum is added up in their order: the number of
threads changes no bit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import TypeVar

import numpy as np

from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.layers import BatchNormLayer, DropoutLayer
from cnnfilt.nn.layer import Array, Shared, alone
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.scoring import Loss, predicted

LEAST_PART, MOST_PART = 8, 32
"""Images in a part: fewer would be all overhead, more would leave threads without work."""

PART_BYTES = 2 << 20
"""What a part's largest map may take, to stay in the cache."""

MOST_GRADIENTS = 1 << 25
"""So many numbers may the gradients of all parts of a batch have together; larger networks get larger parts."""

Answer = TypeVar("Answer")

_Learned = tuple[float, int, list[dict[str, Array]]]
"""A part's share of the mean loss, how many of its images were predicted right, and the gradients layer by layer."""


class ParallelNetwork:
    """A network whose layers exist once for each thread, all with the same parameters and statistics.

    Where parts wait for each other's sums, they exist once for each part: what a layer keeps for `backward` is there
    until all have come through.
    """

    def __init__(self, network: Sequential) -> None:
        self.network = network
        self._idle: list[Sequential] = []
        words = {type(report.layer) for report in network.reports}
        self._waits, self._draws = BatchNormLayer in words, DropoutLayer in words
        largest = max((report.output.values for report in network.reports), default=1)
        # Images whose maps stay in the cache together.
        self._cached = min(MOST_PART, max(LEAST_PART, PART_BYTES // (4 * largest)))

    def logits(self, images: Array) -> Array:
        """Return the network's logits for a batch, (N, classes)."""
        return np.concatenate(self._in_parts(len(images), self._cached, lambda one, rows: one.logits(images[rows])))

    def learn(
        self, images: Array, labels: Array, loss: Loss, generator: np.random.Generator | None = None
    ) -> tuple[float, int]:
        """Return (mean loss, images predicted right) of a batch, and leave the gradients in the network's layers.

        Statistics follow those of the batch. Dropout draws from `generator`, or from one of seed 0.
        """

        def part(one: Sequential, rows: slice) -> Shared[_Learned]:
            logits = yield from one.logits_shared(images[rows])
            mean, d_logits = loss(logits, labels[rows])
            share = len(logits) / len(images)
            yield from one.backward_from_logits_shared(d_logits * share)
            right = int((predicted(logits) == labels[rows]).sum())
            # Copies of the layers' dictionaries: the next part gets these layers, and puts its own arrays there.
            return mean * share, right, [dict(layer.gradients) for layer in one.trained]

        parts = self._learned(len(images), part, generator or np.random.default_rng(0))
        means, rights, gradients = zip(*parts, strict=True)
        for layer, each in zip(self.network.trained, zip(*gradients, strict=True), strict=True):
            for name in layer.parameters:
                layer.gradients[name] = reduce(np.add, (one[name] for one in each))
        return float(sum(means)), sum(rights)

    def _learned(
        self, images: int, part: Callable[[Sequential, slice], Shared[_Learned]], generator: np.random.Generator
    ) -> list[_Learned]:
        edges = _edges(images, self._part_of(images))
        # What a part draws depends on its place in the batch, not on the thread that takes it.
        draws = {
            first: np.random.default_rng(generator.integers(1 << 63)) if self._draws else generator
            for first, _ in edges
        }

        def learning(one: Sequential, rows: slice) -> Shared[_Learned]:
            one.learn_with(draws[rows.start])
            answer = yield from part(one, rows)
            one.learn_with(None)
            return answer

        if not self._waits:
            return self._in_parts(images, self._part_of(images), lambda one, rows: alone(learning(one, rows)))
        replicas = [self._idle.pop() if self._idle else self._replica() for _ in edges]
        answers = _in_step([learning(one, slice(*edge)) for one, edge in zip(replicas, edges, strict=True)])
        # All have seen the same, that of the whole batch.
        replicas[0].remember()
        self._idle += replicas
        return answers

    def _part_of(self, images: int) -> int:
        parameters = sum(array.size for array in self.network.parameters.values())
        parts = max(1, min(-(-images // self._cached), MOST_GRADIENTS // max(parameters, 1)))
        return -(-images // parts)

    def _in_parts(self, images: int, size: int, work: Callable[[Sequential, slice], Answer]) -> list[Answer]:
        def make_worker() -> Callable[[int, int], Answer]:
            def worker(first: int, last: int) -> Answer:
                with self._one() as one:
                    return work(one, slice(first, last))

            return worker

        return run_strips(_edges(images, size), make_worker)

    @contextmanager
    def _one(self) -> Iterator[Sequential]:
        """Give layers that no other thread uses meanwhile."""
        try:
            one = self._idle.pop()
        except IndexError:
            one = self._replica()
        yield one
        self._idle.append(one)

    def _replica(self) -> Sequential:
        return Sequential(self.network.words, self.network.size, self.network.arrays)


def _edges(images: int, size: int) -> list[tuple[int, int]]:
    return [(first, min(first + size, images)) for first in range(0, images, size)]


def _in_step(works: Sequence[Shared[Answer]]) -> list[Answer]:
    """Return what the parts of a batch come to: each is sent the sum of what all have yielded, in their order."""
    answers: dict[int, Answer] = {}
    total: Array | None = None

    def go_on(number: int, _: int) -> Array | None:
        try:
            return next(works[number]) if total is None else works[number].send(total)
        except StopIteration as done:
            answers[number] = done.value
            return None

    while True:
        yielded = run_strips([(number, number + 1) for number in range(len(works))], lambda: go_on)
        if answers:  # All have as many layers, and come to their end together.
            return [answers[number] for number in range(len(works))]
        total = reduce(np.add, [one for one in yielded if one is not None])
