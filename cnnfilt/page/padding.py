"""The step of padding: where each value of the padded image comes from."""

import numpy as np

from cnnfilt.core.engine.images import as_image
from cnnfilt.core.padding import pad_as_asked
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Result
from cnnfilt.operations.pad import PadImage
from cnnfilt.page.document import Section
from cnnfilt.page.facts import asked_section
from cnnfilt.page.levels import level_stages
from cnnfilt.page.steps import Step, axes, volume

_SEEN = {
    "zeros": "0 0 | a b c d | 0 0 (or the value that was given)",
    "reflect": "c b | a b c d | c b",
    "symmetric": "b a | a b c d | d c",
    "replicate": "a a | a b c d | d d",
    "circular": "c d | a b c d | a b",
}


def steps(image: Image, operation: PadImage, number: int, result: Result, format_name: str) -> tuple[Step, ...]:
    """Return the one step: a window of one pixel over the padded image."""
    pixels = as_image(image.pixels)
    colour, _ = operation.colour_for(image)
    found = volume(pad_as_asked(pixels, replace(operation.asked, padding_value=colour)))
    rows, columns = axes(operation.asked.windows((pixels.shape[0], pixels.shape[1])), operation.asked.padding_mode)
    step = Step(
        title=operation.asked.padding_mode,
        kind="copy",
        source=pixels,
        source_name="image",
        rows=rows,
        columns=columns,
        stages=level_stages(found, result.pixels, operation.levels_of(image, number, format_name)),
        found=found,
        fill=tuple(np.broadcast_to(np.asarray(colour), pixels.shape[2]).tolist()),
    )
    return (step,)


def sections(image: Image, operation: PadImage) -> tuple[Section, ...]:
    """Return what was asked, and the size."""
    rows, columns = operation.asked.windows((image.pixels.shape[0], image.pixels.shape[1]))
    sums = (f"{one.before} + {one.size} + {one.after} = {one.padded_size}" for one in (rows, columns))
    mode = operation.asked.padding_mode
    return (asked_section([("padding mode", f"{mode}: {_SEEN[mode]}"), *zip(("rows", "columns"), sums, strict=True)]),)
