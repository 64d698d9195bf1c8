"""How edges are found, described: every option said once, as in `operations`."""

import math
from typing import Literal, get_args

from cnnfilt.describe.edge_methods import is_directed, kernels_of, method_of
from cnnfilt.describe.kernels import Rows
from cnnfilt.describe.operations import Bordered, Padded
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import changed, option
from cnnfilt.parsing import parse_number
from cnnfilt.terms import EdgeDirection, EdgeMethod, Padding, PaddingMode


class EdgeDetection(Bordered, kw_only=True):
    """How edges are found; sigma, low and high are None for those of the method."""

    method: EdgeMethod = option(
        "--method",
        words=get_args(EdgeMethod),
        metavar="NAME",
        default="prewitt",
        shown="prewitt",
        help=f"sobel, canny, ...\f All: {', '.join(get_args(EdgeMethod))} (prewitt: the lecture notes' filter).",
        title="edge method",
    )
    direction: EdgeDirection | None = option(
        "--direction",
        words=get_args(EdgeDirection),
        metavar="WORD",
        default=None,
        shown="both",
        help="Only vertical or horizontal edges.\f Vertical ones are differences along a row.",
    )
    gain: float = option(
        "--gain",
        read=parse_number,
        metavar="NUMBER",
        default=3,
        shown="3",
        help="Brightness.\f 3 is prewitt as in the lecture notes.",
    )
    threshold: float | Literal["auto"] | None = option(
        "--threshold",
        read=lambda text, name: "auto" if text == "auto" else parse_number(text, name),
        metavar="LEVEL|auto",
        default=None,
        help="White from this level on, black below.\f auto: the level that parts both best (Otsu's).",
    )
    thin: bool = option(
        "--thin", default=False, help="Keep only the crest of each edge, as canny does.\f For methods with directions."
    )
    sigma: float | None = option(
        "--sigma",
        read=parse_number,
        metavar="NUMBER",
        default=None,
        shown="1",
        help="canny, log: blur by this many pixels first.",
    )
    low: float | None = option(
        "--low",
        read=parse_number,
        metavar="NUMBER",
        default=None,
        shown="0.1",
        help="canny: follow edges down to this fraction of a full step.",
    )
    high: float | None = option(
        "--high",
        read=parse_number,
        metavar="NUMBER",
        default=None,
        shown="0.2",
        help="canny: begin edges at this fraction of a full step.",
    )
    padding: Padding = changed(
        Padded, "padding", default="same", shown="same", help="same: keep the size; valid; or numbers."
    )
    padding_mode: PaddingMode = changed(Bordered, "padding_mode", default="replicate", shown="replicate")

    def __post_init__(self) -> None:
        """Refuse numbers out of their range, and what would be ignored."""
        super().__post_init__()
        if self.method != "canny" and (self.low, self.high) != (None, None):
            raise ParameterError("--low and --high belong to --method canny")
        if not method_of(self.method).has_sigma and self.sigma is not None:
            raise ParameterError("--sigma belongs to --method canny or log")
        kernels_of(self.method, self.direction, self.blur)
        check_thresholds(*self.thresholds)
        if not 0 < self.gain < math.inf:
            raise ParameterError(f"gain is {self.gain:g}; it must be a number above 0", parameter="gain")
        if self.thin and not self.is_directed:
            why = (
                "canny's edges are thin" if self.method == "canny" else f"edge method {self.method!r} has no directions"
            )
            directed = ", ".join(name for name in get_args(EdgeMethod) if is_directed(name))
            raise ParameterError(f"{why}; thin is for {directed}", parameter="thin")
        if self.threshold is None:
            return
        if self.method == "canny":
            raise ParameterError("canny takes no threshold; it has low and high", parameter="threshold")
        if self.threshold == "auto":
            return
        if not 0 <= self.threshold < math.inf:
            raise ParameterError(f"threshold is {self.threshold:g}; it must be 0 or more", parameter="threshold")

    @property
    def blur(self) -> float:
        """Return the standard deviation of the Gaussian, in pixels."""
        return 1.0 if self.sigma is None else self.sigma

    @property
    def thresholds(self) -> tuple[float, float]:
        """Return Canny's (low, high), as fractions of a full step."""
        return 0.1 if self.low is None else self.low, 0.2 if self.high is None else self.high

    @property
    def kernels(self) -> tuple[Rows, ...]:
        """Return the kernels whose responses are combined."""
        return kernels_of(self.method, self.direction, self.blur)[0]

    @property
    def responses(self) -> tuple[str, ...]:
        """Return what the kernels' responses are called."""
        return kernels_of(self.method, self.direction, self.blur)[1]

    @property
    def slide(self) -> Slide:
        """Return how the window slides that the method looks through."""
        rows = self.kernels[0]
        # Canny takes a 3x3 gradient of what its Gaussian has smoothed.
        more = 2 if self.method == "canny" else 0
        return Slide((len(rows) + more, len(rows[0]) + more), padding=self.padding)

    @property
    def is_directed(self) -> bool:
        """Tell whether its responses say where brightness grows to, and nothing else comes of them."""
        return is_directed(self.method)

    @property
    def is_mask(self) -> bool:
        """Tell whether the answer is yes or no for each pixel, not a magnitude."""
        return self.method == "canny" or self.threshold is not None


def check_thresholds(low: float, high: float, highest: float = math.inf) -> None:
    """Raise ParameterError unless 0 <= low <= high <= highest, and they are finite."""
    for name, value in (("low", low), ("high", high)):
        if not 0 <= value <= highest or value == math.inf:
            raise ParameterError(f"{name} is {value:g}; it is a fraction of a full step, from 0 to 1", parameter=name)
    if low > high:
        raise ParameterError(f"low is {low:g} and high {high:g}; low must not be above high", parameter="low")
