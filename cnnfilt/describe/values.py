"""Which values the layers of a chain take, by their numbers: 0 is the chain's input, n the output of layer n."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cnnfilt.describe.layers import LayerWord
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import nearest

Takes = Sequence[tuple[int, ...]]
"""For each layer the numbers of the values it takes."""

Known = TypeVar("Known")
Word = TypeVar("Word", bound=LayerWord)


def values_taken(chain: Sequence[LayerWord]) -> list[tuple[int, ...]]:
    """Return for each layer the numbers of the values it takes. ParameterError for a name that none has before it."""
    named, takes = dict[str, int](), list[tuple[int, ...]]()
    for number, layer in enumerate(chain, 1):
        try:
            takes.append(tuple(number - 1 if name is None else called(named, name) for name in layer.takes))
        except ParameterError as error:
            raise ParameterError(f"layer {number} ({layer.word}): {error.message}", parameter="layer") from None
        if layer.remembered_as is not None:
            named[layer.remembered_as] = number
    return takes


def taken_last(takes: Takes) -> list[tuple[int, ...]]:
    """Return for each layer the values that no layer after it takes, and that need not be kept then."""
    last = {value: number for number, taken in enumerate(takes) for value in taken}
    return [tuple({value for value in taken if last[value] == number}) for number, taken in enumerate(takes)]


def known_of_values(chain: Sequence[Word], first: Known, made: Callable[[Word, Sequence[Known]], Known]) -> list[Known]:
    """Return what is known of each value: `first` of the input, and what a layer has `made` of what it takes."""
    known = [first]
    for layer, taken in zip(chain, values_taken(chain), strict=True):
        known.append(made(layer, [known[value] for value in taken]))
    return known


def called(named: Mapping[str, Known], name: str) -> Known:
    """Return what has this name. ParameterError where nothing has."""
    if name in named:
        return named[name]
    if not named:
        raise ParameterError(f"no value is called {name!r}; as:{name} before it gives one that name")
    advice = f"as:{next(iter(named))} is the only one before it" if len(named) == 1 else nearest(name, tuple(named))
    raise ParameterError(f"no value is called {name!r}; {advice}")
