"""One node about to be run: what its description says, with its weights in hand."""

from collections.abc import Callable, Sequence

from cnnfilt.describe.graphs.call import Call
from cnnfilt.describe.graphs.graph import Tensor
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array

Arrays = tuple[Array, ...]

Read = Callable[[Tensor], Array]
"""Returns the numbers of a tensor of the file."""

Run = Callable[..., Array | Arrays]
"""From a node's inputs, in its order (None where one is left out), to what it makes."""


class Task(Call):
    """A node, its inputs and what it `made` as described; `weights` are the inputs that are known before any image.

    `read` returns the numbers of a tensor that is set at the node. With `spare` nothing else needs the memory of its
    first input, which may become the result's.
    """

    def __init__(
        self, step: Step, weights: Sequence[Array | None], version: int, read: Read, *, spare: bool = False
    ) -> None:
        super().__init__(step.node, step.inputs, version)
        self.read = read
        self.made = step.values
        self.weights = [*weights]
        self.spare = spare

    @property
    def output(self) -> Value:
        """Return what comes out, as described."""
        value = self.made[0]
        assert value is not None, "only nodes that are known are run"
        return value

    def take(self, place: int) -> Array | None:
        """Return a weight that is made ready here and need not be kept as it is; None where it is computed."""
        weight = self.weights[place] if place < len(self.weights) else None
        if weight is not None:
            self.weights[place] = None
        return weight

    def constant(self, place: int, what: str) -> Array | None:
        """Return an input that has to be a weight, None where it is left out. ShapeError where it is computed."""
        if self.maybe(place) is None:
            return None
        if place >= len(self.weights) or self.weights[place] is None:
            raise ShapeError(f"its {what} is computed from the values of the input, which is not run")
        return self.weights[place]

    def out(self, x: Array) -> Array | None:
        """Return where to write what has the size and the type of the first input `x`: over it, or None for anew."""
        return x if self.spare and x.dtype.kind == "f" else None


Make = Callable[[Task], Run]
"""From a node to what runs it, for which all that is the same for every image is done once."""


def plain(function: Callable[..., Array | Arrays]) -> Make:
    """Return the operator that calls `function` with its task and its inputs."""
    return lambda task: lambda *inputs: function(task, *inputs)
