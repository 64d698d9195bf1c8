"""How the pixels of an image become the numbers that a network from elsewhere was trained on."""

from typing import Literal

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen, option
from cnnfilt.parsing import parse_number, parse_numbers
from cnnfilt.terms import Pair

ChannelOrder = Literal["rgb", "bgr"]


def _three(text: str, name: str) -> tuple[float, ...]:
    numbers = tuple(float(parse_number(part, name)) for part in text.split(","))
    if len(numbers) not in (1, 3):
        raise ParameterError(f"{name} {text!r} has {len(numbers)} numbers; give one, or one for each of three channels")
    return numbers


def _deviations(text: str, name: str) -> tuple[float, ...]:
    numbers = _three(text, name)
    if min(numbers) <= 0:
        raise ParameterError(f"{name} {text!r} is what is divided by; it must be above 0")
    return numbers


def _size(text: str, name: str) -> Pair:
    numbers = parse_numbers(text, name)
    if len(numbers) > 2 or min(numbers) < 1:
        raise ParameterError(f"{name} {text!r} is not HEIGHTxWIDTH in whole numbers of 1 or more")
    return numbers[0], numbers[-1]


class Preprocessing(Frozen, kw_only=True):
    """What is done to pixels first: (x * input scale - mean) / std, at a size, in an order of the three channels."""

    input_scale: float | None = option(
        "--input-scale",
        read=parse_number,
        metavar="NUMBER",
        default=None,
        help="Multiply pixels by this first, such as 1/255.",
        shown="1; with a .npz as it was trained",
    )
    mean: tuple[float, ...] | None = option(
        "--mean",
        read=_three,
        metavar="N|N,N,N",
        default=None,
        help="With a .onnx, take this off then\f, the same from all channels, or one from each in the network's order.",
    )
    std: tuple[float, ...] | None = option(
        "--std",
        read=_deviations,
        metavar="N|N,N,N",
        default=None,
        help="With a .onnx, divide by this last\f, as (x * input-scale - mean) / std.",
    )
    size: Pair | None = option(
        "--size",
        read=_size,
        metavar="HxW",
        default=None,
        help="With a .onnx, resize images to this first\f; proportions are not kept.",
        shown="as the file says, else each image's own",
    )
    channel_order: ChannelOrder = option(
        "--channel-order",
        words=("rgb", "bgr"),
        default="rgb",
        help="With a .onnx, the order in which the network takes colours.",
        shown="rgb",
    )

    def refuse(self, why: str) -> None:
        """Raise ParameterError where anything but the input scale is asked for; `why` says what it is not for."""
        asked = [self.options[name].flags[0] for name in ("mean", "std", "size") if getattr(self, name) is not None]
        asked += ["--channel-order"] * (self.channel_order != "rgb")
        if asked:
            raise ParameterError(f"{asked[0]} is for a network from an .onnx file; {why}")


AS_IT_IS = Preprocessing()
"""Nothing is done."""
