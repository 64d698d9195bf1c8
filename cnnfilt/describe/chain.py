"""A network in words, "conv:64,k=7,s=2 relu pool:max flatten fc:10", and what each of its layers makes of its input."""

from collections.abc import Sequence

from cnnfilt.describe.chain_text import Block, ReadWords, blocks_of, texts_of
from cnnfilt.describe.kernel_words import ReadKernels, spelled_out
from cnnfilt.describe.layers import Effect, Layer, LoneWindow, Shape, Volume
from cnnfilt.describe.reach import IDENTITY, Reach, joined
from cnnfilt.describe.values import called
from cnnfilt.describe.windows import check_pixels
from cnnfilt.describe.words import WITH_KERNELS, WORDS, parse_word, parted
from cnnfilt.errors import CnnfiltError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Pair

__all__ = ["WITH_KERNELS", "WORDS", "Report", "Value", "describe", "in_full", "parse_blocks", "parse_chain", "step"]

MOST_CHANNELS = 10**12
"""More are no channels, and a number that doubles with each layer soon fills the memory."""

Reaches = tuple[Reach | None, Reach | None]
"""Along the rows, and along the columns."""


class Value(Frozen):
    """What stands between two layers: its shape, and what of the chain's input it depends on (None: not known)."""

    shape: Shape
    reach: Reaches = (Reach(), Reach())


class Report(Frozen):
    """One layer of a chain: its input, its effect, and what a value of its output has to do with the chain's input.

    Receptive field, jump and unread rows and columns are (vertical, horizontal); None once there are no rows, or where
    branches join that move on at different steps. A layer that takes two values has the other in `others`.
    """

    layer: Layer | LoneWindow
    input: Shape
    effect: Effect
    receptive_field: Pair | None
    jump: tuple[int | float, int | float] | None
    unread: Pair | None
    others: tuple[Shape, ...] = ()
    reach: Reaches = (None, None)

    @property
    def output(self) -> Shape:
        """Return the shape of the layer's output."""
        return self.effect.output


def parse_chain(
    words: Sequence[str], read_kernels: ReadKernels | None = None, read_words: ReadWords | None = None
) -> list[Layer]:
    """Return the layers written in `words`, each of which may hold several, separated by spaces.

    `read_kernels` reads the files that kernels are named by, as in filter:@k.csv, and `read_words` those that hold
    words, as in @net.txt; without them they are refused. Raises ParameterError naming the layer at fault.
    """
    return parse_blocks(words, read_kernels, read_words)[0]


def parse_blocks(
    words: Sequence[str], read_kernels: ReadKernels | None = None, read_words: ReadWords | None = None
) -> tuple[list[Layer], Block]:
    """Return the layers as `parse_chain` does, and their texts, those in brackets in a Block."""
    known: dict[str, Layer] = {}

    def parse(text: str) -> None:
        if text not in known:
            known[text] = parse_word(text, read_kernels)

    block = blocks_of(words, with_files=read_kernels is not None, read_words=read_words, check=parse)
    return [known[text] for text in texts_of(block)], block


def in_full(words: Sequence[str], read_kernels: ReadKernels, read_words: ReadWords | None = None) -> str:
    """Return `words` with the coefficients of each kernel in place of the file it is named by, repeats written out.

    Raises KernelError also for a kernel whose channels differ, which words cannot say.
    """
    texts = list(texts_of(blocks_of(words, with_files=True, read_words=read_words)))
    for number, text in enumerate(texts):
        name, head, items = parted(text)
        if name in WITH_KERNELS and "@" in head:
            texts[number] = f"{name}:{','.join([spelled_out(head, read_kernels), *items])}"
    return " ".join(texts)


def describe(
    chain: Sequence[Layer | LoneWindow], shape: Shape, *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> list[Report]:
    """Return one Report per layer of `chain`, applied to `shape` one after the other.

    Raises ParameterError or ShapeError naming the layer, also for an output of more than `max_pixels`
    (0: no limit).
    """
    reports: list[Report] = []
    value, named = Value(shape), dict[str, Value]()
    for number, layer in enumerate(chain, 1):
        try:
            taken = [value if name is None else called(named, name) for name in layer.takes]
            report, value = step(layer, taken, max_pixels=max_pixels)
        except CnnfiltError as error:
            raise _about(error, number, layer) from None
        if layer.remembered_as is not None:
            named[layer.remembered_as] = value
        reports.append(report)
    return reports


def step(
    layer: Layer | LoneWindow, taken: Sequence[Value], *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> tuple[Report, Value]:
    """Return what `layer` makes of the values it takes: its Report, and the value that comes out.

    Raises ParameterError or ShapeError, which do not name the layer.
    """
    shapes = [value.shape for value in taken]
    effect = layer.effect(*shapes)
    if isinstance(effect.output, Volume):
        check_pixels(effect.output.size, max_pixels, "its output")
    if effect.output.values > MOST_CHANNELS * max(DEFAULT_MAX_PIXELS, max_pixels):
        raise ShapeError(f"its output would have {effect.output.values:.3g} values")
    value = Value(effect.output, _reaches(effect, taken))
    field: Pair | None = None
    jump: tuple[int | float, int | float] | None = None
    rows, columns = value.reach
    if isinstance(effect.output, Volume) and rows is not None and columns is not None:
        field = rows.field(effect.output.height), columns.field(effect.output.width)
        jump = rows.jump, columns.jump
    unread = effect.unread if isinstance(effect.output, Volume) else None
    return Report(layer, shapes[0], effect, field, jump, unread, tuple(shapes[1:]), value.reach), value


def _reaches(effect: Effect, taken: Sequence[Value]) -> Reaches:
    if not all(isinstance(shape, Volume) for shape in (effect.output, *(value.shape for value in taken))):
        return None, None
    rows, columns = (_reach_along(axis, effect, taken) for axis in (0, 1))
    return rows, columns


def _reach_along(axis: int, effect: Effect, taken: Sequence[Value]) -> Reach | None:
    sizes = [value.shape.size[axis] for value in taken if isinstance(value.shape, Volume)]
    reach = taken[0].reach[axis]
    for value, size in zip(taken[1:], sizes[1:], strict=True):
        other = value.reach[axis]
        reach = None if reach is None or other is None else joined(reach, sizes[0], other, size)
    taps = effect.axes[axis]
    return reach if reach is None or taps is IDENTITY else reach.through(taps, sizes[0])


def _about(error: CnnfiltError, number: int, layer: Layer | LoneWindow) -> CnnfiltError:
    # A lone window is no layer to the person who asked for it.
    if isinstance(layer, LoneWindow):
        return type(error)(error.message.replace("its output", "the output"), parameter=error.parameter)
    message = error.message.replace("{image}", "its input")
    return type(error)(f"layer {number} ({layer.word}): {message}", parameter=error.parameter)
