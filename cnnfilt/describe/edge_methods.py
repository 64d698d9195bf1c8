"""The edge methods: the kernels each is made of, and what they answer to."""

from typing import Any, get_args

from cnnfilt.describe.kernels import Rows, kernel
from cnnfilt.errors import KernelError, ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest
from cnnfilt.terms import EdgeDirection, EdgeMethod


class Method(Frozen):
    """One edge method: its `kernels` by name, and what their responses are called.

    `directed`: the first kernel answers to vertical edges alone, and the second to horizontal ones. `has_sigma`: its
    kernel takes the width of a Gaussian.
    """

    kernels: tuple[str, ...]
    responses: tuple[str, ...]
    directed: bool = False
    has_sigma: bool = False


def _directed(name: str) -> Method:
    return Method((f"{name}-x", f"{name}-y"), ("gx", "gy"), directed=True)


_COMPASS = range(0, 360, 45)

METHODS: dict[EdgeMethod, Method] = {
    "prewitt": _directed("prewitt"),
    "sobel": _directed("sobel"),
    "scharr": _directed("scharr"),
    "roberts": Method(("roberts-1", "roberts-2"), ("g1", "g2")),
    "farid": _directed("farid"),
    "laplacian": Method(("laplacian4",), ("g",)),
    "log": Method(("log",), ("g",), has_sigma=True),
    "kirsch": Method(tuple(f"kirsch:{a}" for a in _COMPASS), tuple(f"g{a}" for a in _COMPASS)),
    # Its gradient is taken of what its kernel has smoothed.
    "canny": Method(("gaussian",), ("gx", "gy"), has_sigma=True),
}


def method_of(name: EdgeMethod) -> Method:
    """Return the method called `name`; ParameterError, with the nearest words, for an unknown one."""
    return METHODS[_known("edge method", name, get_args(EdgeMethod), "method")]


def is_directed(name: EdgeMethod) -> bool:
    """Return whether the method responds with a gradient: with gx and gy, or two diagonals."""
    return name != "canny" and len(method_of(name).responses) == 2


def kernels_of(
    name: EdgeMethod, direction: EdgeDirection | None = None, sigma: float = 1.0
) -> tuple[tuple[Rows, ...], tuple[str, ...]]:
    """Return the kernels that the method `name` responds with, and what the responses are called.

    For one direction these are only that one's. Raises ParameterError for an unknown word, a direction of a method
    without one, and a sigma out of range.
    """
    method = method_of(name)
    kernels, responses = method.kernels, method.responses
    if direction is not None and _known("direction", direction, get_args(EdgeDirection), "direction") != "both":
        if not method.directed:
            directed = ", ".join(word for word, one in METHODS.items() if one.directed)
            raise ParameterError(
                f"edge method {name!r} has no direction {direction!r}; use both, or one of {directed}",
                parameter="direction",
            )
        part = slice(0, 1) if direction == "vertical" else slice(1, 2)
        kernels, responses = kernels[part], responses[part]
    if not method.has_sigma:
        return tuple(kernel(one) for one in kernels), responses
    try:
        return tuple(kernel(f"{one}:{float(sigma)}") for one in kernels), responses
    except KernelError as error:
        raise ParameterError(error.message, parameter="sigma") from None


def _known(thing: str, word: Any, words: tuple[str, ...], parameter: str) -> Any:
    if word not in words:
        raise ParameterError(f"{thing} {word!r} is unknown; {nearest(str(word), words)}", parameter=parameter)
    return word
