"""Several results of one image as one picture: a captioned contact sheet."""

from collections.abc import Sequence

import numpy as np

from cnnfilt.core.levels import NO_LOSS, Loss
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.contact_sheet import Tile, contact_sheet
from cnnfilt.files.formats import named
from cnnfilt.files.image import top_level
from cnnfilt.operations.base import Array, Result
from cnnfilt.spelling import spelled_range
from cnnfilt.terms import ValueMapping


def refuse_matrix(format_name: str) -> None:
    """Raise ParameterError for a format that holds numbers, not pictures."""
    if named(format_name).kind == "matrix":
        raise ParameterError(
            f"--layout grid makes a picture, which {format_name} cannot hold; write .png, or leave it out"
        )


def in_one_sheet(
    results: Sequence[Result], labels: Sequence[str], mappings: Sequence[ValueMapping], *, max_pixels: int
) -> Result:
    """Return the results side by side: under each its label, the range of its values, and how they became levels.

    What is transparent shows the sheet's white. OutputError for values that are no levels,
    ShapeError for a sheet of more than `max_pixels`.
    """
    heights, widths = ([result.pixels.shape[axis] for result in results] for axis in (0, 1))
    # As many pixels as if they stood in one column.
    check_pixels((sum(heights), max(widths)), max_pixels, "the sheet of {image}")
    if any(result.pixels.dtype not in (np.uint8, np.uint16) for result in results):
        raise OutputError("--layout grid draws levels of 8 or 16 bits; choose --values or --value-range")
    tiles = [
        Tile(_on_white(result.pixels, result.alpha), f"{label}\n{_about(result.loss, mapping)}")
        for result, label, mapping in zip(results, labels, mappings, strict=True)
    ]
    loss = sum((result.loss for result in results if result.loss is not None), NO_LOSS)
    return Result(contact_sheet(tiles), None, f"grid of {len(results)}, each {results[0].how}", loss)


def _on_white(pixels: Array, alpha: Array | None) -> Array:
    if alpha is None:
        return pixels
    top = top_level(pixels.dtype)
    coverage = (alpha if pixels.ndim == 2 else alpha[:, :, np.newaxis]) / np.float32(top)
    return np.asarray(np.rint(top + (pixels - np.float32(top)) * coverage).astype(pixels.dtype))


def _about(loss: Loss | None, mapping: ValueMapping) -> str:
    if loss is None or loss.lowest > loss.highest:
        return mapping
    return f"{spelled_range(loss.lowest, loss.highest)}: {mapping}"
