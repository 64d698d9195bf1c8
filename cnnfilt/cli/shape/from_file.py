"""How `cnnfilt shape` answers for a network in a file: the same table, with the file's names."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.shape.answers import Answer, AnswerOptions, LayerWindows
from cnnfilt.cli.shape.memory import BYTES_A_VALUE
from cnnfilt.cli.shape.report import answer, table_text
from cnnfilt.cli.shape.rows import Row
from cnnfilt.cli.shape.sizes import is_size, plain
from cnnfilt.cli.shape.tables import LayerTable
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.graphs.file_shapes import Grid, Several, Unknown, data_of
from cnnfilt.describe.graphs.image import image_of, input_of
from cnnfilt.describe.graphs.shapes import seen_by, shape_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk, place_of
from cnnfilt.describe.layers import Shape, Volume
from cnnfilt.errors import CnnfiltError, DemandError, InputError, ParameterError, counted
from cnnfilt.files.network_files import FileNetwork, read_network
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_numbers, parse_size
from cnnfilt.spelling import spelled_size

if TYPE_CHECKING:
    from cnnfilt.page.document import Page

MOST_UNKNOWN = 3
"""So many layers that are not known have a line each."""

MOVES_NOTHING = ("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Permute")
"""What hands on the values that it takes."""


class Walked(Frozen, eq=False):
    """A network from a file once its sizes are known."""

    path: str
    network: FileNetwork
    image: Value
    steps: tuple[Step, ...]
    values: dict[str, Value | None]

    @property
    def layers(self) -> list[Step]:
        """Return the steps that are layers: weights made ready are none."""
        return [step for step in self.steps if step.computes]

    @property
    def unknown(self) -> list[str]:
        """Return a line for each layer that is not known."""
        return [f"{place_of(step.node)}: {step.why}" for step in self.steps if step.why]

    @property
    def outputs(self) -> dict[str, Shape]:
        """Return the outputs of the network. InputError for one that nothing makes."""
        for name in self.network.graph.outputs:
            if name not in self.values:
                raise InputError(f"{self.path} is damaged: nothing makes its output {name[:60]!r}")
        return {self._shown(name): shape_of(self.values[name]) for name in self.network.graph.outputs}

    def _shown(self, value: str) -> str:
        # Keras has no names for values; they are called by their layers, with numbers.
        return value if self.network.channels_first else value.partition(":")[0]


def walked(path: str, asked: tuple[int, ...] | None) -> Walked:
    """Return the network in the file at `path`, for an image of the size `asked` or that in the file.

    InputError, one line that names the file, and ParameterError for a size that it cannot have.
    """
    network = read_network(path)
    try:
        image = image_of(network.graph, asked, channels_first=network.channels_first)
        walk = Walk(network.graph, image, network.operators)
        return Walked(path, network, image, tuple(walk.steps()), walk.values)
    except CnnfiltError as error:
        raise type(error)(error.about(path), parameter=error.parameter) from None


def answer_for_file(
    path: str, after: Sequence[str], options: AnswerOptions, *, words: bool, strict: bool, quiet: bool
) -> Answer:
    """Return the table of the network in the file at `path`, or whatever `options` ask for.

    `after` are the words after its name: a size, or none. `words` are its layers as a chain. Lines on stderr tell what
    is not known of it, unless `quiet`; `strict` makes a DemandError of it. InputError for what cannot be read.
    """
    asked = _size_in(path, after)
    if path.lower().endswith(".npz"):
        return _answer_for_own(path, asked, options, words=words)
    if options.columns.depth is not None:
        raise click.UsageError(f"--depth folds repeats in words; {path} has none")
    found = walked(path, asked)
    if words or options.longer or options.emit:
        return _answer_in_words(found, options, alone=words)
    lines = found.unknown
    if lines and strict:
        raise DemandError(f"{found.path}: {lines[0]}{_and_more(lines[1:])}")
    for line in [] if quiet else lines[:MOST_UNKNOWN]:
        print_line(f"{found.path}: {line}; what depends on it is unknown, and the totals leave it out")
    if len(lines) > MOST_UNKNOWN and not quiet:
        print_line(f"{found.path}: {len(lines) - MOST_UNKNOWN:,} more are not known")
    # What the file has in another order is shown in both.
    table = LayerTable(
        f"input {spelled_size(found.image.dims)}",
        shape_of(found.image),
        tuple(map(_row, found.layers)),
        options.columns,
    )
    outputs = found.outputs
    output = next(iter(outputs.values()), shape_of(found.image))
    more = {"input_name": input_of(found.network.graph).name, "output": data_of(output)} | (
        {"outputs": {n: data_of(s) for n, s in outputs.items()}} if outputs else {}
    )
    most = _most_at_once(found) if options.columns.memory else 0
    text = table_text(table, options, most, more) if options.printed else ""
    return Answer(text, tuple(_windows(found.layers)), numbers_of(output), _page(found, options))


def _page(found: Walked, options: AnswerOptions) -> "Page | None":
    if options.page is None:
        return None
    from cnnfilt.cli.shape.page import page_of_graph

    return page_of_graph(found.image, input_of(found.network.graph).name, found.layers, found.unknown)


def _size_in(path: str, after: Sequence[str]) -> tuple[int, ...] | None:
    """Return the (height, width) or (height, width, channels) after a file's name; None where there is none."""
    if not after:
        return None
    if len(after) > 1 or not is_size(after[0]):
        raise click.UsageError(f"{path} is a whole network; only a size may follow it, not {' '.join(after)}")
    numbers = parse_numbers(plain(after[0]), "size")
    parse_size("x".join(map(str, numbers)))
    return (numbers[0], numbers[0]) if len(numbers) == 1 else numbers


def _answer_for_own(path: str, asked: tuple[int, ...] | None, options: AnswerOptions, *, words: bool) -> Answer:
    """Return the table of a network of `cnnfilt net train`."""
    from cnnfilt.files.model_file import load_model

    network = load_model(path).network
    height, width, channels = network.size
    if asked is not None:
        height, width = asked[:2]
        if asked[2:] not in ((), (channels,)):
            raise ParameterError(f"{path}: its input has {counted(channels, 'channels')}; {asked[2]} are asked for")
    if words:
        return _words_alone(Volume(height, width, channels), network.words, (height, width, channels), options)
    return answer((height, width, channels), parse_chain([network.words]), options)


def _words_alone(size: Shape, text: str, output: tuple[int, ...], options: AnswerOptions) -> Answer:
    shown = json_text({"size": spelled_size(numbers_of(size)), "words": text}) if options.json else text
    return Answer(shown, (), output)


def numbers_of(shape: Shape) -> tuple[int, ...]:
    """Return the sides of a shape; none of one that is not known."""
    if isinstance(shape, Volume):
        return shape.height, shape.width, shape.channels
    if isinstance(shape, Grid):
        return shape.dims
    return () if isinstance(shape, Unknown) else (shape.features,)


def _answer_in_words(found: Walked, options: AnswerOptions, *, alone: bool) -> Answer:
    from cnnfilt.describe.graphs.in_words import in_words
    from cnnfilt.describe.graphs.keras_words import KERAS_WORDS
    from cnnfilt.describe.graphs.layer_words import WORDS

    graph = found.network.graph
    known = WORDS if found.network.channels_first else KERAS_WORDS
    try:
        text = in_words(graph, found.image, input_of(graph).name, found.steps, known)
    except CnnfiltError as error:
        raise type(error)(error.about(found.path)) from None
    size, output = shape_of(found.image), next(iter(found.outputs.values()))
    if alone:
        return _words_alone(size, text, numbers_of(output), options)
    assert isinstance(size, Volume), "only images are told in words"
    return answer((size.height, size.width, size.channels), parse_chain([text]), options)


def _row(step: Step) -> Row:
    values = [value for value, name in zip(step.values, step.node.outputs, strict=True) if name]
    shapes = [shape_of(value) for value in values if value is None or value.weights is None]
    output = shapes[0] if shapes else shape_of(None)
    if len(shapes) > 1 and step.node.operator in ("Split", "Unstack"):
        output = Several(sum(shape.values for shape in shapes), tuple(shapes))
    seen = seen_by(values[0] if values else None)
    memory = 0 if step.node.operator in MOVES_NOTHING else BYTES_A_VALUE * output.values
    unread = step.unread if isinstance(output, Volume) else None
    return Row(
        step.node.title,
        output,
        step.params,
        step.statistics,
        step.macs,
        memory,
        seen.field,
        seen.jump,
        unread,
        operator=step.node.full_operator,
    )


def _windows(steps: Sequence[Step]) -> Iterator[LayerWindows]:
    for step in steps:
        if step.windows:
            yield LayerWindows(f"{place_of(step.node)}: ", step.windows)


def _most_at_once(found: Walked) -> int:
    """Return the bytes of all values that are there at once, at most: each is kept until nothing takes it any more."""
    layers, same = found.layers, dict[str, str]()
    for step in layers:
        if step.node.operator in MOVES_NOTHING:
            same |= dict.fromkeys(step.node.outputs, same.get(step.node.inputs[0], step.node.inputs[0]))
    last_use = {same.get(name, name): at for at, step in enumerate(layers) for name in step.node.inputs}
    last_use |= {same.get(name, name): len(layers) for name in found.network.graph.outputs}
    held = {input_of(found.network.graph).name: BYTES_A_VALUE * shape_of(found.image).values}
    most = sum(held.values())
    for at, step in enumerate(layers):
        made = zip(step.node.outputs, step.values, strict=True)
        held |= {name: BYTES_A_VALUE * shape_of(value).values for name, value in made if name and name not in same}
        most = max(most, sum(held.values()))
        held = {name: size for name, size in held.items() if last_use.get(name, -1) > at}
    return most


def _and_more(lines: Sequence[str]) -> str:
    return f" (and {counted(len(lines), 'others')})" if lines else ""
