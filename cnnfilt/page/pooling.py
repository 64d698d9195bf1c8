"""The steps of pooling and of what is made of pooling: erosion, dilation, openings and the like."""

from cnnfilt.core.engine.images import Array, as_image
from cnnfilt.core.morphology import morph_as_asked, steps_of
from cnnfilt.core.pooling import pool_as_asked, windows_of
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import adaptive_bounds
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Result
from cnnfilt.operations.morph import MorphImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.page.document import Section
from cnnfilt.page.facts import asked_section, window_section
from cnnfilt.page.levels import level_stages
from cnnfilt.page.steps import Stage, Step, axes, axis_of_parts, volume

_DONE = {"min": "eroded", "max": "dilated"}


def steps_of_pool(
    image: Image, operation: PoolImage, number: int, result: Result, format_name: str
) -> tuple[Step, ...]:
    """Return the one step of pooling."""
    step = _step(as_image(image.pixels), operation.asked, operation.asked.kind)
    assert step.found is not None, "a pooled value is found"
    stages = level_stages(step.found, result.pixels, operation.levels_of(image, number, format_name))
    return (replace(step, stages=stages),)


def steps_of_morph(
    image: Image, operation: MorphImage, number: int, result: Result, format_name: str
) -> tuple[Step, ...]:
    """Return each window that is slid, in order; the last one has what follows it."""
    pixels, asked = as_image(image.pixels), operation.asked
    first, second = (replace(one, padding=one.slide.padding) for one in steps_of(asked))
    found = [_step(pixels, first, f"{_DONE[first.kind]} ({first.kind})")]
    made = volume(morph_as_asked(pixels, asked))
    stages: tuple[Stage, ...] = ()
    if asked.operation not in ("erode", "dilate"):
        one = pixels if asked.operation == "gradient" else found[0].found
        assert one is not None, "a pooled value is found"
        name = "image" if asked.operation == "gradient" else f"{_DONE[first.kind]} image"
        found.append(replace(_step(one, second, f"{_DONE[second.kind]} ({second.kind})"), source_name=name))
        stages = _difference(asked.operation, pixels, found, made)
    levels = operation.levels_of(image, number, format_name)
    return (*found[:-1], replace(found[-1], stages=(*stages, *level_stages(made, result.pixels, levels))))


def sections_of_pool(image: Image, operation: PoolImage) -> tuple[Section, ...]:
    """Return what was asked, and how the window slides."""
    asked = operation.asked
    facts = [("kind", asked.kind)] + ([("window", asked.in_words)] if asked.window is not None else [])
    if asked.kind == "avg":
        facts.append(("padding", "counts as zeros" if asked.count_include_pad else "does not count"))
    if asked.output_size is not None:
        height, width = asked.output_size
        facts.append(("windows", f"from floor(i * size / out) to ceil((i + 1) * size / out), out = {height}x{width}"))
        return (asked_section(facts),)
    return asked_section(facts), window_section(asked.slide.over((image.pixels.shape[0], image.pixels.shape[1])))


def sections_of_morph(image: Image, operation: MorphImage) -> tuple[Section, ...]:
    """Return what was asked, and how the window slides."""
    asked = operation.asked
    made_of = {
        "erode": "the smallest value of each window",
        "dilate": "the largest value of each window",
        "open": "eroded, then dilated",
        "close": "dilated, then eroded",
        "gradient": "dilated - eroded",
        "tophat": "image - opened",
        "blackhat": "closed - image",
    }
    facts = [("operation", f"{asked.operation}: {made_of[asked.operation]}"), ("window", asked.in_words)]
    size = image.pixels.shape[0], image.pixels.shape[1]
    return asked_section(facts), window_section(steps_of(asked)[0].slide.over(size))


def _step(pixels: Array, asked: Pooling, title: str) -> Step:
    if asked.output_size is not None:
        rows, columns = (
            axis_of_parts(n, adaptive_bounds(n, out))
            for n, out in zip(pixels.shape[:2], asked.output_size, strict=True)
        )
    else:
        rows, columns = axes(windows_of(pixels, asked))
    return Step(
        title=title,
        kind=asked.kind,
        source=pixels,
        source_name="image",
        rows=rows,
        columns=columns,
        stages=(),
        found=volume(pool_as_asked(pixels, asked)),
        taps=asked.taps,
        counts_padding=asked.count_include_pad,
    )


def _difference(operation: str, pixels: Array, found: list[Step], made: Array) -> tuple[Stage, ...]:
    """Return the difference that a gradient or a hat is, of what the steps found and the image."""
    first, second = (step.found for step in found)
    assert first is not None
    assert second is not None
    match operation:
        case "gradient":
            return (Stage(("largest {0} - smallest {1}",), made, uses=(first, second)),)
        case "tophat":
            return (Stage(("image {0} - opened {1}",), made, uses=(pixels, second)),)
        case "blackhat":
            return (Stage(("closed {0} - image {1}",), made, uses=(second, pixels)),)
    return ()
