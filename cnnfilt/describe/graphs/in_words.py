"""A network from a file in the words of a chain: `conv:64,k=7,s=2,p=3 bn relu ...`, where all of it can be said.

What comes out is held against the file, layer by layer: words that would give another size are not printed.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.graphs.call import Call
from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.layer_words import Words, unsayable
from cnnfilt.describe.graphs.parts import slices_of
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, place_of
from cnnfilt.describe.layers import Flat, Shape, Volume
from cnnfilt.errors import CnnfiltError, InputError, counted
from cnnfilt.frozen import Frozen

JOINS = {"Add": "add", "Sum": "add", "Mul": "mul", "Multiply": "mul", "Concat": "cat", "Concatenate": "cat"}
"""The operators that join values, and their words."""


def in_words(graph: Graph, image: Value, name: str, steps: Sequence[Step], words: Mapping[str, Words]) -> str:
    """Return the chain that the `steps` of `graph` are; `name` is that of its input, `image`.

    InputError naming what cannot be said.
    """
    shape = shape_of(image)
    if not isinstance(shape, Volume):
        raise InputError(f"{{image}} cannot be said in words: its input, {shape}, is not an image")
    if len(graph.outputs) != 1:
        raise InputError(f"{{image}} cannot be said in words: it has {len(graph.outputs)} outputs")
    telling = _Telling(name, words)
    computed = [step for step in steps if step.computes]
    for some in _parts(computed):
        try:
            telling.tell(some)
        except CnnfiltError as error:
            raise InputError(f"{{image}} cannot be said in words: {place_of(some[0].node)}: {error.message}") from None
    if (output := graph.outputs[0]) not in {name for step in computed for name in step.node.outputs}:
        raise InputError("{image} cannot be said in words: its output does not depend on its input")
    telling.go_to(output)
    chain = telling.chain()
    _check(chain, shape, telling.made(), sum(step.params for step in computed))
    return chain


def _check(chain: str, image: Shape, made: Sequence[Shape | None], params: int) -> None:
    """Hold the words against the file: `made` is what each gives there. InputError where they say something else."""
    reports = describe(parse_chain([chain]), image)
    for report, expected in zip(reports, made, strict=True):
        if expected is not None and str(expected) != str(report.output):
            word = report.layer.word
            raise InputError(f"{{image}} cannot be said in words: {word} makes {report.output}, not {expected}")
    said = sum(report.effect.params for report in reports)
    if said != params:
        raise InputError(
            f"{{image}} cannot be said in words: they would have {counted(said, 'parameters')}, not {params:,}"
        )


def _parts(steps: Sequence[Step]) -> list[Sequence[Step]]:
    """Return the steps, those together that one word stands for: a shuffle's three, a product and its bias, a silu."""
    parts: list[Sequence[Step]] = []
    at = 0
    while at < len(steps):
        count = 3 if _is_shuffle(steps[at : at + 3]) else 2 if _is_one(steps[at : at + 2]) else 1
        parts.append(steps[at : at + count])
        at += count
    return parts


def _is_shuffle(steps: Sequence[Step]) -> bool:
    if [step.node.operator for step in steps] != ["Reshape", "Transpose", "Reshape"] or not _are_a_row(steps):
        return False
    middle = steps[0].values[0]
    turned = steps[1].node.attributes.get("perm") == (0, 2, 1, 3, 4) and middle is not None and middle.rank == 5
    return turned and isinstance(shape_of(steps[0].inputs[0]), Volume)


def _is_one(steps: Sequence[Step]) -> bool:
    return _is_biased(steps) or _is_silu(steps)


def _is_silu(steps: Sequence[Step]) -> bool:
    """Return whether a value is multiplied with its own sigmoid, which is the sigmoid's only use."""
    if [step.node.operator for step in steps] != ["Sigmoid", "Mul"]:
        return False
    return sorted(steps[1].node.inputs) == sorted([steps[0].node.inputs[0], steps[0].node.outputs[0]])


def _is_biased(steps: Sequence[Step]) -> bool:
    if [step.node.operator for step in steps] != ["MatMul", "Add"] or not _are_a_row(steps):
        return False
    made = shape_of(steps[0].values[0])
    bias = [value for value in steps[1].inputs if value is not None and value.weights is not None]
    return type(made) is Flat and [value.count for value in bias] == [made.features]


def _are_a_row(steps: Sequence[Step]) -> bool:
    return all(before.node.outputs[0] in after.node.inputs for before, after in pairwise(steps))


class _Token(Frozen):
    """A word, or the name of a value that a word ends in; `made` is what comes out of it in the file."""

    word: str
    value: str = ""
    made: Shape | None = None


class _Telling:
    """Says one step after the other, and remembers which value is there, and which are taken later."""

    def __init__(self, name: str, words: Mapping[str, Words]) -> None:
        self._words = words
        self._current = name
        self._same: dict[str, str] = {}
        self._tokens: list[_Token] = []
        self._after: dict[str, int] = {name: 0}
        self._named: dict[str, str] = {}

    def tell(self, steps: Sequence[Step]) -> None:
        """Say what `steps` do, which are one word's. ShapeError or InputError where none means that."""
        first, last = steps[0], steps[-1]
        if any(name and value is None for name, value in zip(first.node.inputs, first.inputs, strict=True)):
            raise unsayable("what goes in is unknown")
        taken = [name for name, one in zip(first.node.inputs, first.inputs, strict=True) if one and one.weights is None]
        if len(steps) == 3:
            middle = first.values[0]
            self._say([f"shuffle:{middle.dims[1] if middle else 0}"], taken[0], last)
        elif len(steps) == 2:
            word = "silu" if last.node.operator == "Mul" else f"fc:{shape_of(last.values[0]).values}"
            self._say([word], taken[0], last)
        elif first.node.operator in JOINS and len(taken) > 1:
            self._join(JOINS[first.node.operator], taken, first)
        elif first.node.operator in ("Split", "Slice"):
            self._part(first, taken[0])
        elif first.node.operator == "Mul" and _is_for_channels(first):
            self._say(["scale"], taken[0], first)
        elif first.node.operator in self._words and len(taken) == 1 and not first.node.domain:
            self._say(self._words[first.node.operator](first), taken[0], first)
        else:
            raise unsayable(first.why or "no word means that")

    def go_to(self, name: str) -> None:
        """Make `name` the value that is there."""
        wanted = self._true(name)
        if wanted != self._current:
            self._tokens.append(_Token("from:", self._taken(wanted)))
            self._current = wanted

    def chain(self) -> str:
        """Return all words."""
        return " ".join(token.word + self._named.get(token.value, "") for token in self._with_names())

    def made(self) -> list[Shape | None]:
        """Return what each word makes in the file; None where that is not known."""
        return [token.made for token in self._with_names()]

    def _with_names(self) -> list[_Token]:
        """Return the words, as:NAME after those that made what is taken later."""
        places: dict[int, list[str]] = {}
        for value in self._named:
            places.setdefault(self._after[value], []).append(value)
        tokens: list[_Token] = []
        for place in range(len(self._tokens) + 1):
            tokens += [_Token("as:", value) for value in places.get(place, ())]
            tokens += self._tokens[place : place + 1]
        return tokens

    def _say(self, words: Sequence[str], source: str, step: Step, output: int = 0) -> None:
        if not words:
            self._same[step.node.outputs[output]] = self._true(source)
            return
        self.go_to(source)
        self._tokens += [_Token(word) for word in words[:-1]]
        self._tokens.append(_Token(words[-1], made=shape_of(step.values[output])))
        self._arrive(step.node.outputs[output])

    def _join(self, word: str, names: Sequence[str], step: Step) -> None:
        values = [self._true(name) for name in names]
        if len(names) != len([name for name in step.node.inputs if name]):
            raise unsayable("it joins what is computed with weights")
        if word == "cat":
            # A word puts the other's channels first, so the last is the one to go on from.
            self._check_channels(step)
            first = values.pop()
        else:
            first = values.pop(values.index(self._current) if self._current in values else -1)
        self.go_to(first)
        self._tokens += [_Token(f"{word}:", self._taken(value)) for value in reversed(values)]
        last = self._tokens.pop()
        self._tokens.append(_Token(last.word, last.value, shape_of(step.values[0])))
        self._arrive(step.node.outputs[0])

    def _check_channels(self, step: Step) -> None:
        """Refuse what puts rows or columns together."""
        shapes = [shape_of(value) for value in step.inputs]
        made = shape_of(step.values[0])
        channels = sum(shape.channels if isinstance(shape, Volume) else shape.values for shape in shapes)
        if (made.channels if isinstance(made, Volume) else made.values) != channels:
            raise unsayable("it does not put channels together")

    def _part(self, step: Step, source: str) -> None:
        """Say take or crop for each value that a Split or a Slice makes."""
        before, starts = step.inputs[0], [0] * len(step.values)
        if before is None or before.rank != 4 or shape_of(before) == shape_of(step.values[0]):
            raise unsayable("it is not a part of an image")
        for number, value in enumerate(step.values):
            if value is None:
                raise unsayable("a part of it is unknown")
            if number + 1 < len(starts):
                starts[number + 1] = starts[number] + (value.side("C") or 0)
            self._say([_part_word(step, before, value, starts[number])], source, step, number)

    def _arrive(self, name: str) -> None:
        self._current = name
        self._after[name] = len(self._tokens)

    def _true(self, name: str) -> str:
        """Return the value that `name` is another name of. InputError for one in the middle of what one word says."""
        value = self._same.get(name, name)
        if value not in self._after:
            raise unsayable(f"{value[:60]!r} is taken out of the middle of a layer")
        return value

    def _taken(self, value: str) -> str:
        """Note that `value` is taken by its name, and give it one."""
        self._named.setdefault(value, f"v{len(self._named) + 1}")
        return value


def _is_for_channels(step: Step) -> bool:
    """Return whether one factor is a weight for each channel."""
    made = step.values[0]
    weights = [value for value in step.inputs if value is not None and value.weights is not None]
    if made is None or len(weights) != 1 or "C" not in made.axes:
        return False
    dims = (1,) * (made.rank - weights[0].rank) + weights[0].dims
    return all((side > 1) <= (letter == "C") for side, letter in zip(dims, made.axes, strict=True)) and max(dims) > 1


def _part_word(step: Step, before: Value, after: Value, first_channel: int) -> str:
    channels = after.side("C") or 0
    if step.node.operator == "Split":
        if before.side("H") != after.side("H") or before.side("W") != after.side("W"):
            raise unsayable("it does not part channels")
        return f"take:{first_channel}-{first_channel + channels - 1}"
    cuts: dict[str, tuple[int, int]] = {}
    for place, start, end, step_ in slices_of(Call(step.node, step.inputs, 0)):
        first, last, by = slice(start, end, step_).indices(before.dims[place])
        if by != 1 or before.axes[place] in cuts:
            raise unsayable("it leaves some out between others")
        cuts[before.axes[place]] = first, before.dims[place] - max(first, last)
    if cuts.keys() == {"C"}:
        return f"take:{cuts['C'][0]}-{cuts['C'][0] + channels - 1}"
    if cuts and cuts.keys() <= {"H", "W"}:
        rows, columns = cuts.get("H", (0, 0)), cuts.get("W", (0, 0))
        return f"crop:{'x'.join(map(str, (*rows, *columns)))}"
    raise unsayable("it cuts along several kinds of axes")
