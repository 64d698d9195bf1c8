"""A network from a file, made ready for images of one size, and run: each value is kept only as long as needed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk, place_of
from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import is_last
from cnnfilt.nn.operators.norms import factor_and_addend
from cnnfilt.nn.operators.planning import (
    check_runs,
    check_sizes,
    guarded,
    is_known,
    normalized,
    spare,
    steps_to,
    takers_of,
)
from cnnfilt.nn.operators.table import RUN
from cnnfilt.nn.operators.task import Read, Run, Task
from cnnfilt.nn.operators.windowed import convolved, folded_in

Weights = list[Array | None]
"""The inputs of a node that are known before any image, by place; None where one is computed, or is made ready."""


class Ready(Frozen, eq=False):
    """A node ready to run: from the values named `inputs`, or its `weights`, to those named `outputs`.

    Those in `forgets` are not needed after it.
    """

    step: Step
    run: Run
    inputs: tuple[str, ...]
    weights: tuple[Array | None, ...]
    outputs: tuple[str, ...]
    forgets: tuple[str, ...]


class RunnableNetwork:
    """The values named `wanted` of a network from a file, for images like `image`.

    With `keep` each node is run by itself, so that its value can be looked at. InputError, before anything is computed,
    naming the node that cannot be run or, where `most` is not 0, would make more numbers than that.
    """

    def __init__(
        self, graph: Graph, image: Value, read: Read, wanted: Sequence[str], *, keep: bool = False, most: int = 0
    ) -> None:
        self.image, self.wanted = image, tuple(wanted)
        self._graph, self._read = graph, read
        walk = Walk(graph, image)
        self.steps = steps_to(walk, self.wanted)
        self._described = walk.values
        self.turned: list[str] = []
        """After a run: the nodes that made values whose channels do not lie last in memory."""
        check_runs(self.steps)
        if most:
            check_sizes(self.steps, most)
        self._weights: dict[str, Array] = {}
        # Infinities and NaN are what IEEE 754 makes of them, silently.
        with np.errstate(all="ignore"):
            for step in self.steps:
                if not step.computes:
                    self._settle(step)
            self._ready = self._made_ready([step for step in self.steps if step.computes], keep=keep)
        # The others are where they are needed, as they are needed there.
        self._weights = {name: self._weight(name) for name in self.wanted if self._is_weight(name)}

    def __call__(self, x: Array) -> dict[str, Array]:
        """Return the wanted values of `x`, which has its axes as the network's input has them in the file."""
        found = dict(self._weights)
        for _, made in self.values(x):
            found |= {name: value for name, value in made.items() if name in self.wanted}
        return found

    def values(self, x: Array) -> Iterator[tuple[Step, dict[str, Array]]]:
        """Yield each node with what it makes of `x`, in the file's order."""
        values = {self._graph.inputs[0].name: x}
        self.turned = []
        for one in self._ready:
            named = self._made(one, values)
            if not all(is_last(value) for value in named.values()):
                self.turned.append(place_of(one.step.node))
            values |= named
            for name in one.forgets:
                values.pop(name, None)
            yield one.step, named

    def one_image(self, name: str, value: Array) -> Array:
        """Return what `value`, called `name`, holds of one image: (H, W, C), or its axes but for the batch."""
        axes = self.axes_of(name)
        if axes == "NCHW":
            return np.moveaxis(value[0], 0, -1)
        return value[0] if axes.startswith("N") and len(value) == 1 else value

    def axes_of(self, name: str) -> str:
        """Return a letter for each axis of the value called `name`, "" where nothing is known of it."""
        described = self._described[name]
        return "" if described is None else described.axes

    def _made(self, one: Ready, values: Mapping[str, Array]) -> dict[str, Array]:
        pairs = zip(one.inputs, one.weights, strict=True)
        inputs = [values.get(name) if weight is None else weight for name, weight in pairs]
        with np.errstate(all="ignore"):
            made = _run(one.step, one.run, inputs)
        return dict(zip(one.outputs, made, strict=False))

    def _settle(self, step: Step) -> None:
        """Compute a node of weights alone, once."""
        if is_known(step):
            made: Sequence[Array] = [
                np.array(value.content, value.kind).reshape(value.dims) for value in step.values if value is not None
            ]
        else:
            weights = self._weights_of(step)
            run = self._prepared(step, weights)
            made = _run(step, run, weights)
        self._weights |= {name: value for name, value in zip(step.node.outputs, made, strict=False) if name}

    def _is_weight(self, name: str) -> bool:
        return name in self._weights or name in self._graph.tensors

    def _weight(self, name: str) -> Array:
        if name not in self._weights:
            self._weights[name] = self._read(self._graph.tensors[name])
        return self._weights[name]

    def _weights_of(self, step: Step) -> Weights:
        return [self._weight(name) if name and self._is_weight(name) else None for name in step.node.inputs]

    def _task(self, step: Step, weights: Sequence[Array | None], *, spare: bool = False) -> Task:
        return Task(step, weights, self._graph.version, self._read, spare=spare)

    def _prepared(self, step: Step, weights: Weights, *, spare: bool = False) -> Run:
        """Return what runs a node; `weights` are then those that it has not taken to itself."""
        task = self._task(step, weights, spare=spare)
        run = guarded(step, partial(RUN[step.node.operator], task))
        weights[:] = task.weights
        return run

    def _made_ready(self, steps: Sequence[Step], *, keep: bool) -> list[Ready]:
        """Return the nodes ready to run, each batch normalization put into the convolution before it."""
        takers = takers_of(steps)
        free = set() if keep else spare(steps, takers, self.wanted)
        joined = {} if keep else normalized(steps, takers, self.wanted, self._is_weight)
        last = {name: at for at, step in enumerate(steps) for name in step.node.inputs}
        within, ready = {id(step) for step in joined.values()}, []
        for at, step in enumerate(steps):
            if id(step) in within:
                continue
            weights, outputs = self._weights_of(step), step.node.outputs
            pairs = zip(step.node.inputs, weights, strict=True)
            inputs = tuple(name if weight is None else "" for name, weight in pairs)
            if at in joined:
                run, outputs = self._with_normalization(step, weights, joined[at]), joined[at].node.outputs
            else:
                run = self._prepared(step, weights, spare=at in free)
            done = {name for name in (*inputs, *outputs) if name not in self.wanted and last.get(name, -1) <= at}
            ready.append(Ready(step, run, inputs, tuple(weights), outputs, tuple(done)))
        return ready

    def _with_normalization(self, step: Step, weights: Weights, after: Step) -> Run:
        numbers = [None, *(self._weight(name) for name in after.node.inputs[1:])]
        found = guarded(after, lambda: factor_and_addend(self._task(after, numbers)))
        task = self._task(step, weights)
        weight, bias = task.take(1), task.take(2)
        weights[:] = task.weights
        assert found is not None, "its numbers are weights"
        assert weight is not None, "so is this"
        return guarded(step, lambda: convolved(task, *folded_in(weight, bias, *found)))


def _run(step: Step, run: Run, inputs: Sequence[Array | None]) -> Sequence[Array]:
    made = guarded(step, lambda: run(*inputs))
    return made if isinstance(made, tuple) else (made,)
