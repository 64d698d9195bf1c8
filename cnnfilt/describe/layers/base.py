"""What every layer is a word for, what goes in and comes out, and what one does to the other. No pixel is computed."""

from math import prod

from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.reach import IDENTITY, Taps, taps_of
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair


class Volume(Frozen):
    """Values in rows, columns and channels."""

    height: int
    width: int
    channels: int = 1

    @property
    def size(self) -> Pair:
        """Return (height, width)."""
        return self.height, self.width

    @property
    def values(self) -> int:
        """Return how many values there are."""
        return self.height * self.width * self.channels

    def __str__(self) -> str:
        return f"{self.height}x{self.width}x{self.channels}"


class Flat(Frozen):
    """Values in one list, without rows and columns."""

    features: int

    @property
    def values(self) -> int:
        """Return how many values there are."""
        return self.features

    def __str__(self) -> str:
        return str(self.features)


Shape = Volume | Flat


class Effect(Frozen):
    """What one layer does to one input: its output, and the weights and windows it takes.

    `statistics` are numbers that are kept beside the parameters and not trained: running means and variances. `macs`
    are the multiply-accumulates: every weight of a sum once for each position, biases apart. `taps` say along each
    axis what an output depends on where that is not told by windows; `lost` are the (rows, columns) that nothing reads.
    """

    output: Shape
    windows: Windows | None = None
    weights: tuple[int, ...] = ()
    biases: int = 0
    macs: int = 0
    statistics: int = 0
    taps: tuple[Taps, Taps] | None = None
    lost: Pair = (0, 0)

    @property
    def params(self) -> int:
        """Return the number of parameters, which are trained: weights and biases."""
        return (prod(self.weights) if self.weights else 0) + self.biases

    @property
    def unread(self) -> Pair:
        """Return how many rows and columns of the input nothing reads."""
        return self.windows.unread if self.windows else self.lost

    @property
    def axes(self) -> tuple[Taps, Taps]:
        """Return what an output depends on, along the rows and along the columns."""
        if self.taps is not None:
            return self.taps
        if self.windows is not None:
            return taps_of(self.windows.rows), taps_of(self.windows.columns)
        return IDENTITY, IDENTITY


class LayerWord(Frozen):
    """One word of a chain, and what it says before any size is known. This is one that only looks at what comes in."""

    word: str

    @property
    def maps(self) -> int | None:
        """Return how many maps it makes by mixing the channels; None where they stay what they are."""
        return None

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Return the kernels that the word itself names."""
        return ()

    @property
    def learns(self) -> bool:
        """Return whether it has weights, which training finds and no word names."""
        return False

    @property
    def flattens(self) -> bool:
        """Return whether its output is one list of values, whatever its input."""
        return False

    @property
    def takes(self) -> tuple[str | None, ...]:
        """Return the values it takes by their names; None is the one that is there."""
        return (None,)

    @property
    def remembered_as(self) -> str | None:
        """Return the name under which its output can be taken later."""
        return None

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how a size comes about that windows do not tell, as (what, formula); nothing where none changes."""
        return ()

    @property
    def makes_values(self) -> bool:
        """Return whether its output is new values, for which there has to be memory."""
        return True


def rows_and_columns(shape: Shape) -> Volume:
    """Return `shape`; ParameterError where it is flat."""
    if isinstance(shape, Flat):
        raise ParameterError(f"its input is flat ({shape} features), without rows and columns; put it before flatten")
    return shape


def depth(shape: Shape) -> int:
    """Return how many channels there are, or features."""
    return shape.channels if isinstance(shape, Volume) else shape.features


def along_axes(rows: str, columns: str) -> tuple[tuple[str, str], ...]:
    """Return the formulas of rows and columns, as `LayerWord.formulas` has them: once where they are the same."""
    return (("rows", rows), ("columns", "the same" if rows == columns else columns))


def output_of(windows: Windows, channels: int) -> Volume:
    """Return what comes out of `windows`."""
    return Volume(*windows.output_size, channels)


def check_count(value: int, name: str) -> None:
    """Raise ParameterError for less than 1."""
    if value < 1:
        raise ParameterError(f"{name} is {value}; it must be at least 1", parameter=name)
