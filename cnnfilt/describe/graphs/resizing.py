"""Resize and Upsample: rows and columns made more or fewer, by factors or to a size."""

from math import floor
from struct import pack, unpack

from cnnfilt.describe.graphs.call import Call, Made, UnknownError
from cnnfilt.describe.graphs.sliding import SPATIAL, as_images
from cnnfilt.describe.graphs.value import Value, axis
from cnnfilt.describe.reach import Taps, between, repeated
from cnnfilt.errors import ShapeError
from cnnfilt.spelling import spelled_size


def resize(call: Call) -> Made:
    """Resize: in version 10 the factors come second, since 11 after a region; sizes go before them."""
    value = call.value(0)
    scales, sizes = (1, None) if call.version < 11 else (2, 3)
    places = [axis(number, value.rank) for number in call.wholes("axes", tuple(range(value.rank)))]
    if sizes is not None and call.maybe(sizes) is not None:
        return Made((_to_sizes(call, value, places, call.sizes(sizes)),))
    factors = tuple(float(one) for one in call.numbers(scales))
    if call.text("coordinate_transformation_mode", "") == "tf_crop_and_resize":
        raise UnknownError("it cuts out a region that is not in the file's sizes")
    return Made((_by_factors(call, value, places, factors),))


def upsample(call: Call) -> Made:
    """Upsample, which was before Resize: factors are attributes, or in version 9 an input."""
    value = call.value(0)
    if call.maybe(1) is not None:
        factors = tuple(float(one) for one in call.numbers(1))
    elif call.has("scales"):
        factors = call.floats("scales")
    else:
        raise ShapeError("it does not say by how much")
    return Made((_by_factors(call, value, list(range(value.rank)), factors),))


def _by_factors(call: Call, value: Value, places: list[int], factors: tuple[float, ...]) -> Value:
    if len(factors) != len(places) or not all(0 < factor < 1e9 for factor in factors):
        shown = "x".join(f"{factor:g}" for factor in factors)
        raise ShapeError(f"its factors {shown} do not fit an input {spelled_size(value.dims)}")
    dims = list(value.dims)
    for place, factor in zip(places, factors, strict=True):
        # The product of ONNX is one of 32 bits.
        dims[place] = floor(_float32(_float32(dims[place]) * _float32(factor)))
    return _resized(call, value, dims)


def _to_sizes(call: Call, value: Value, places: list[int], sizes: tuple[int, ...]) -> Value:
    if len(sizes) != len(places) or min((*sizes, 1)) < 1:
        raise ShapeError(f"its size {spelled_size(sizes)} does not fit an input {spelled_size(value.dims)}")
    policy, dims = call.text("keep_aspect_ratio_policy", "stretch"), list(value.dims)
    if policy in ("not_larger", "not_smaller"):
        ratios = [size / max(dims[place], 1) for place, size in zip(places, sizes, strict=True)]
        scale = (min if policy == "not_larger" else max)(ratios)
        # Half up, as ONNX rounds here.
        sizes = tuple(floor(scale * dims[place] + 0.5) for place in places)
    elif policy != "stretch":
        raise ShapeError(f"its keep_aspect_ratio_policy {policy[:20]!r} is unknown")
    for place, size in zip(places, sizes, strict=True):
        dims[place] = size
    return _resized(call, value, dims)


def _resized(call: Call, value: Value, dims: list[int]) -> Value:
    if value.rank in SPATIAL and value.axes == "?" * value.rank:
        value = as_images(value)
    return value.with_dims(dims).seen_through(
        {letter: _taps(call, value, dims, letter) for letter in value.reach}, value
    )


def _taps(call: Call, value: Value, dims: list[int], letter: str) -> Taps | None:
    """Return what rows or columns are made of where that is known: nearest and linear by whole factors."""
    before, after = value.side(letter) or 1, dims[value.axes.index(letter)]
    factor, rest = divmod(after, before)
    if rest:
        return None
    if factor == 1:
        return repeated(1)
    mode, where = call.text("mode", "nearest"), call.text("coordinate_transformation_mode", "half_pixel")
    if mode == "nearest" and (call.version < 11 or where != "asymmetric"):
        return repeated(factor)
    if mode == "nearest" and (factor == 2 or call.text("nearest_mode", "") == "floor"):
        return repeated(factor)
    # Before version 11 no half pixel was added: another pattern.
    if mode == "linear" and call.version >= 11 and where in ("half_pixel", "pytorch_half_pixel"):
        return between(factor)
    return None


def _float32(number: float) -> float:
    value: float = unpack("<f", pack("<f", number))[0]
    return value
