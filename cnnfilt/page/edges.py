"""The steps of edges: what each kernel answers, and how that becomes one magnitude, or a verdict."""

import math

import numpy as np

from cnnfilt.core.canny import Gradients, canny_mask
from cnnfilt.core.convolution import convolve
from cnnfilt.core.edge_masks import edge_mask, threshold_of
from cnnfilt.core.edges import edges_as_asked
from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.images import Array, as_image, full_step
from cnnfilt.core.thinning import SLACK, crest_mask, directions, is_peak, shifted
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Result
from cnnfilt.operations.edges import FindEdges
from cnnfilt.page.document import Section
from cnnfilt.page.facts import asked_section, window_section
from cnnfilt.page.levels import level_stages
from cnnfilt.page.steps import Kernel, Stage, Step, axes


def steps(image: Image, operation: FindEdges, number: int, result: Result, format_name: str) -> tuple[Step, ...]:
    """Return the one step: the kernels over the image, and the stages after them."""
    pixels, asked = as_image(image.pixels), operation.asked
    kernels, stages = _canny(pixels, asked) if asked.method == "canny" else _magnitudes(pixels, asked)
    levels = operation.written_levels(image, number, format_name)
    white = operation.levels_of(image, number, format_name).top if operation.invert else 0
    stages += level_stages(stages[-1].values, result.pixels, levels, inverted=white)
    rows, columns = axes(asked.slide.over((pixels.shape[0], pixels.shape[1])), asked.padding_mode)
    fill = np.broadcast_to(finite_values(asked.padding_value, pixels.shape[2]), pixels.shape[2])
    step = Step(
        title=asked.method,
        kind="sum",
        source=pixels,
        source_name="image",
        rows=rows,
        columns=columns,
        stages=stages,
        kernels=kernels,
        fill=tuple(fill.tolist()),
    )
    return (step,)


def sections(image: Image, operation: FindEdges) -> tuple[Section, ...]:
    """Return what was asked, and how the window slides."""
    asked = operation.asked
    facts: list[tuple[str, str]] = [("method", asked.method), ("padding mode", asked.padding_mode)]
    if asked.method == "canny":
        low, high = asked.thresholds
        facts.append(("edges", f"begin at {high:g} of a full step, and are followed down to {low:g}"))
    else:
        facts += [("direction", asked.direction)] if asked.direction else []
        facts.append(("gain", f"{asked.gain:g}"))
    return asked_section(facts), window_section(asked.slide.over((image.pixels.shape[0], image.pixels.shape[1])))


def _magnitudes(pixels: Array, asked: EdgeDetection) -> tuple[tuple[Kernel, ...], tuple[Stage, ...]]:
    border = {"padding": asked.padding, "padding_mode": asked.padding_mode, "padding_value": asked.padding_value}
    kernels = tuple(
        _kernel(name, np.array(rows), convolve(pixels, rows, **border))  # type: ignore[arg-type]
        for name, rows in zip(asked.responses, asked.kernels, strict=True)
    )
    stages = [*_strength(kernels, asked, edges_as_asked(pixels, replace(asked, threshold=None, thin=False)))]
    if asked.thin:
        crest = crest_mask(pixels, asked)
        words = ("no crest: weaker than beside it", "a crest: no weaker than beside it")
        thinned = np.where(crest, stages[-1].values, 0).astype(stages[-1].values.dtype)
        stages.append(Stage(words, thinned, chosen=crest, name="thinned"))
    if asked.threshold is not None:
        threshold = threshold_of(pixels, asked)
        mask = edge_mask(pixels, asked, threshold)[0]
        words = (f"below the threshold {threshold:.6g}", f"at least the threshold {threshold:.6g}")
        stages.append(Stage(words, mask * np.int64(full_step(pixels.dtype)), chosen=mask, name="edge or none"))
    return kernels, tuple(stages)


def _strength(kernels: tuple[Kernel, ...], asked: EdgeDetection, magnitudes: Array) -> tuple[Stage, ...]:
    """Return how the answers become the `magnitudes` of the run: at once, or by the gain."""
    answers, names = [one.answers for one in kernels], asked.responses
    chosen = None
    if len(answers) == 1:
        words: tuple[str, ...] = (f"|{names[0]}|",)
        before = np.abs(answers[0].astype(np.result_type(answers[0], np.int32)))
    elif len(answers) == 2:
        words = (f"sqrt({names[0]}^2 + {names[1]}^2)",)
        before = np.hypot(*(one.astype(np.float64) for one in answers))
    else:
        words = tuple(f"the largest of {len(answers)}: {name}" for name in names)
        stack = np.stack(answers)
        before, chosen = stack.max(axis=0), stack.argmax(axis=0)
    name = "the largest answer" if len(answers) > 2 else ""
    positive = math.fsum(value for row in asked.kernels[0] for value in row if value > 0)
    if asked.gain == positive:
        return (Stage(words, magnitudes, chosen=chosen, name=name),)
    gain = f"times gain {asked.gain:.6g} / {positive:.6g} (positive sum)"
    return Stage(words, before, chosen=chosen, name=name), Stage((gain,), magnitudes)


def _canny(pixels: Array, asked: EdgeDetection) -> tuple[tuple[Kernel, ...], tuple[Stage, ...]]:
    gradients, edge = Gradients(pixels, asked), canny_mask(pixels, asked)
    fields = [(across, down) for _, across, down in gradients.fields(halo=1)]
    across, down = (np.concatenate([shifted(one, 0, 0) for one in parts]) for parts in zip(*fields, strict=True))
    strength = np.hypot(across, down)
    ringed = np.pad(strength, ((1, 1), (1, 1), (0, 0)))
    level, upright, falling = directions(across, down)

    def beside(side: int) -> Array:
        diagonally = np.where(falling, shifted(ringed, side, side), shifted(ringed, side, -side))
        straight = np.where(upright, shifted(ringed, side, 0), diagonally)
        return np.where(level, shifted(ringed, 0, side), straight)

    before, after = beside(-1), beside(1)
    (low, high), least = asked.thresholds, strength * (1 + SLACK)
    words = (
        "no peak: not above both",
        f"below low, {low:g}",
        f"a peak below high, {high:g}, on no edge",
        f"a peak of at least low, {low:g}, on an edge",
        f"a peak of at least high, {high:g}",
        "not a number, so no edge",
    )
    no_edge = np.where(least < low, 1, np.where(is_peak(strength, before, after), 2, 0))
    chosen = np.where(edge, np.where(least >= high, 4, 3), np.where(np.isnan(strength), 5, no_edge))
    kernels = tuple(
        _kernel(name, kernel, answers)
        for name, kernel, answers in zip(asked.responses, gradients.kernels, (across, down), strict=True)
    )
    top = full_step(pixels.dtype)
    return kernels, (
        Stage(("sqrt(gx^2 + gy^2), in full steps",), strength),
        Stage(("along the gradient it lies between {0} and {1}",), strength, uses=(before, after), name="beside it"),
        Stage(words, edge * np.int64(top), chosen=chosen, name="edge or none"),
    )


def _kernel(name: str, rows: Array, answers: Array) -> Kernel:
    return Kernel(name, rows[:, :, np.newaxis, np.newaxis], answers)
