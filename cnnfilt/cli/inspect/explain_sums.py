"""A value that is a sum of products, as convolution and edges compute it: its tables, its sums, and its data."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnnfilt.cli.inspect.number_tables import Item, wrapped
from cnnfilt.cli.inspect.window_tables import plain_table, product_text, shortened_terms, window_table
from cnnfilt.cli.numbers import finite, in_sum
from cnnfilt.core.explain.convolution import Explained, Patch, Response
from cnnfilt.spelling import spelled_number

FEW_KERNELS = 2
"""Of more kernels (a compass) only the one that counts is written out."""


def sums_items(value: Explained, pictures: list[Item], colours: bool) -> Iterator[Item]:
    """Yield the products and sums of each kernel, after `pictures` of the whole image, or tables of the window."""
    whole = len(value.responses) <= FEW_KERNELS
    largest = max(value.responses, key=lambda response: response.total)
    for response in value.responses:
        if whole or response is largest:
            yield from _response(value, response, pictures, colours)
        else:
            yield f"{response.name} = {spelled_number(response.total)}"


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
    if pictures:
        yield from pictures
        yield ""
    for patch in response.patches:
        channel = channel_name(patch.channel, channels, colours) if channels > 1 else ""
        if not pictures:
            yield [
                window_table(patch.window, value.padded, f"window {channel}".strip()),
                plain_table(patch.kernel, f"kernel {response.name}".strip()),
                window_table(patch.products, value.padded, "products"),
            ]
            yield ""
        start = name or channel
        yield from _sum(patch, value.padded, f"{start}: " if start else "")
        if channels > 1:
            yield ""
    if channels > 1:
        first, *others = (patch.total for patch in response.patches)
        yield from wrapped([f"sum: {spelled_number(first)}", *(f"+ {in_sum(one)}" for one in others)], response.total)
    yield ""


def _sum(patch: Patch, padded: Sequence[Sequence[bool]], start: str) -> list[str]:
    """Return the lines of `1*1 + 6*0 + 9*(-1) + ... = -8`."""
    first, *others = (
        product_text(value, weight, padded=flag)
        for values, weights, flags in zip(patch.window, patch.kernel, padded, strict=True)
        for value, weight, flag in zip(values, weights, flags, strict=True)
    )
    return wrapped([start + first, *(f"+ {term}" for term in shortened_terms(others))], patch.total)


def _patch_data(patch: Patch) -> dict[str, Any]:
    grids = {"window": patch.window, "kernel": patch.kernel, "products": patch.products}
    data: dict[str, Any] = {name: [[finite(cell) for cell in row] for row in grid] for name, grid in grids.items()}
    return {"channel": patch.channel, **data, "sum": finite(patch.total)}
