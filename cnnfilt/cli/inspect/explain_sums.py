"""A value that is a sum of products, as convolution and edges compute it: its tables, its sums, and its data."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from cnnfilt.cli.inspect.number_tables import Item, wrapped
from cnnfilt.cli.inspect.window_tables import plain_table, product_text, shortened_terms, window_table
from cnnfilt.cli.numbers import AS_SHOWN, DIGITS, finite, in_brackets, written, written_to_give, written_within
from cnnfilt.core.explain.convolution import Explained, Patch, Response

FEW_KERNELS = 2
"""Of more kernels (a compass) only the one that counts is written out."""


_NOISE = 1e-15
"""By this part of all their terms sums in another order may differ."""


def sums_items(value: Explained, pictures: list[Item], colours: bool) -> Iterator[Item]:
    """Yield the products and sums of each kernel, after `pictures` of the whole image, or tables of the window."""
    whole = len(value.responses) <= FEW_KERNELS
    largest = max(value.responses, key=lambda response: response.total)
    for response in value.responses:
        if whole or response is largest:
            yield from _response(value, response, pictures, colours)
        else:
            yield f"{response.name} = {written(response.total)}"


def channel_name(channel: int, channels: int, colours: bool) -> str:
    """Return `channel 0 (red)`, or `channel 0` where it is no colour."""
    colour = f" ({('red', 'green', 'blue')[channel]})" if colours and channels == 3 else ""
    return f"channel {channel}{colour}"


def sums_data(value: Explained) -> dict[str, Any]:
    """Return the responses and the steps after them as JSON has them."""
    responses = [
        {
            "kernel": response.name,
            "channels": [_patch_data(patch) for patch in response.patches],
            "sum": finite(response.total),
        }
        for response in value.responses
    ]
    return {
        "responses": responses,
        "steps": [{"step": step.words, "value": finite(step.value)} for step in value.steps],
    }


def _response(value: Explained, response: Response, pictures: list[Item], colours: bool) -> Iterator[Item]:
    name = response.name if len(value.responses) > 1 else ""
    channels = len(response.patches)
    needed = value.steps[0].shown_within if value.steps else math.inf
    within = _within(response, needed)
    if pictures:
        yield from pictures
        yield ""
    if not (value.rows and value.columns):
        yield from ["sum = 0", ""]
        return
    seen = "window" if value.taps is None else "pixels"
    for patch in response.patches:
        channel = channel_name(patch.channel, channels, colours) if channels > 1 else ""
        if not pictures:
            yield [
                window_table(patch.window, value.padded, f"{seen} {channel}".strip()),
                plain_table(patch.kernel, f"kernel {response.name}".strip()),
                window_table(patch.products, value.padded, "products"),
            ]
            yield ""
        start = name or channel
        yield from _sum(patch, value.padded, f"{start}: " if start else "", within)
        if channels > 1:
            yield ""
    if channels > 1:
        first, *others = (written_within(patch.total, within) for patch in response.patches)
        terms = [f"sum: {first}", *(f"+ {in_brackets(other)}" for other in others)]
        yield from wrapped(terms, written_within(response.total, needed))
    yield ""


def _within(response: Response, needed: float) -> float:
    """Return how near to the truth each channel's sum is shown, where their own sum is `needed` so exactly."""
    channels = len(response.patches)
    if channels == 1:
        return needed
    own = max(AS_SHOWN * abs(response.total), _NOISE * sum(abs(patch.total) for patch in response.patches))
    return min(needed, own) / channels


def _sum(patch: Patch, padded: Sequence[Sequence[bool]], start: str, within: float) -> list[str]:
    """Return the lines of `1*1 + 6*0 + 9*(-1) + ... = -8`, with a total as exact as `within`.

    nan*0 counts as 0 and is written so.
    """
    values = [value for row in patch.window for value in row]
    weights = [weight for row in patch.kernel for weight in row]
    count, numbers = len(values), [*values, *weights]

    def compute(numbers: Sequence[float]) -> float:
        return sum(v * w for v, w in zip(numbers[:count], numbers[count:], strict=True) if w)

    noise = _NOISE * sum(abs(product) for row in patch.products for product in row)
    texts = written_to_give(patch.total, numbers, compute, noise=noise, within=within)
    if texts is None:
        digits = DIGITS[-1] if math.isfinite(patch.total) else DIGITS[0]
        texts = [written(number, digits) for number in numbers]
    first, *others = (
        product_text(text, weight, padded=flag) if math.isfinite(number) or float(weight) else "0"
        for text, weight, flag, number in zip(texts[:count], texts[count:], chain(*padded), values, strict=True)
    )
    terms = [start + first, *(f"+ {term}" for term in shortened_terms(others))]
    return wrapped(terms, written_within(patch.total, within))


def _patch_data(patch: Patch) -> dict[str, Any]:
    grids = {"window": patch.window, "kernel": patch.kernel, "products": patch.products}
    data: dict[str, Any] = {name: [[finite(cell) for cell in row] for row in grid] for name, grid in grids.items()}
    return {"channel": patch.channel, **data, "sum": finite(patch.total)}
