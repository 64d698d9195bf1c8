"""The steps of a convolution: the sums of products, and what follows them."""

import numpy as np

from cnnfilt.core.convolution import as_job, as_transposed_job, convolve_as_asked
from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.images import as_image
from cnnfilt.core.levels import Levels
from cnnfilt.core.luma import changed_by
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.windows import Windows
from cnnfilt.files.image import Array, Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Result
from cnnfilt.operations.convolve import ConvolveImage, LabelledKernel
from cnnfilt.page.document import Section
from cnnfilt.page.facts import asked_section, stamps_section, window_section
from cnnfilt.page.levels import level_stages
from cnnfilt.page.steps import Kernel, Stage, Step, axes, stamped_axis, volume
from cnnfilt.spelling import spelled_size


def steps(image: Image, operation: ConvolveImage, number: int, result: Result, format_name: str) -> tuple[Step, ...]:
    """Return the one step of the kernel `number`; every value is the engine's own."""
    one, asked = operation.kernels[number], operation.asked
    pixels = as_image(image.pixels)
    if asked.transposed:
        return (_stamped(pixels, one, asked, result, operation.levels_of(image, number, format_name)),)
    job = as_job(pixels, one.kernel, replace(asked, input_scale=1), bias=one.bias)
    after = _after_the_sum(pixels, one, asked, Windows(job.rows, job.columns))
    levels = operation.levels_of(image, number, format_name)
    rows, columns = axes(Windows(job.rows, job.columns), job.padding_mode)
    weights = np.ascontiguousarray(job.weights)
    fill = np.broadcast_to(finite_values(job.padding_value, job.image.shape[2]), job.image.shape[2])
    step = Step(
        title=one.label or "the sum of products",
        kind="sum",
        source=job.image,
        source_name="gray" if asked.channels == "luma" and pixels.shape[2] > 1 else "image",
        rows=rows,
        columns=columns,
        stages=(*after[1:], *level_stages(after[-1].values, result.pixels, levels)),
        kernels=(Kernel(one.label, weights, after[0].values),),
        over_all=not job.each,
        fill=tuple(fill.tolist()),
    )
    return (step,)


def sections(image: Image, operation: ConvolveImage) -> tuple[Section, ...]:
    """Return what was asked, and how the window of the first kernel slides."""
    asked, (first, *others) = operation.asked, operation.kernels
    facts = [("kernel", f"{one.label} {spelled_size(one.kernel.shape)}".strip()) for one in operation.kernels]
    facts += [("padding mode", asked.padding_mode)] if asked.padding != "valid" else []
    facts += [("channels", asked.channels)] if image.channels > 1 else []
    facts += [("bias", ", ".join(f"{one.bias:.6g}" for one in operation.kernels))] if _has_bias(operation) else []
    facts += [("activation", asked.activation)] if asked.activation != "none" else []
    facts += [("input scale", f"{asked.input_scale:.6g}")] if asked.input_scale != 1 else []
    facts += [("kernel", "rotated by 180 degrees")] if asked.flip else []
    facts += [("kernel", "divided by its sum")] if asked.normalize else []
    size = image.pixels.shape[0], image.pixels.shape[1]
    if asked.transposed:
        return asked_section(facts), stamps_section(asked.stamps(first.size), size)
    windows = asked.slide(first.size).over(size)
    of = f" of {first.label}" if others and len({one.size for one in operation.kernels}) > 1 else ""
    return asked_section(facts), window_section(windows, of)


def _stamped(pixels: Array, one: LabelledKernel, asked: Convolution, result: Result, levels: Levels) -> Step:
    """Return the step of a transposed convolution: each output sums the stamps that fall on it."""
    job = as_transposed_job(pixels, one.kernel, replace(asked, input_scale=1), bias=one.bias)
    after = _after_the_sum(pixels, one, asked, None)
    return Step(
        title=one.label or "the sum of products",
        kind="sum",
        source=job.image,
        source_name="image",
        rows=stamped_axis(job.windows.rows),
        columns=stamped_axis(job.windows.columns),
        stages=(*after[1:], *level_stages(after[-1].values, result.pixels, levels)),
        kernels=(Kernel(one.label, np.ascontiguousarray(job.weights), after[0].values),),
        over_all=not job.each,
        fill=(0,) * pixels.shape[2],
    )


def _has_bias(operation: ConvolveImage) -> bool:
    return any(one.bias for one in operation.kernels)


def _after_the_sum(pixels: Array, one: LabelledKernel, asked: Convolution, windows: Windows | None) -> list[Stage]:
    """Return each stage, from the sum on, with its values as the engine computes them when it ends there.

    Those of a filter on the gray of a picture need to know its `windows`.
    """
    gray_alone = asked.channels == "luma" and pixels.shape[2] > 1
    source = as_job(pixels, one.kernel, asked).image if gray_alone else pixels
    plain = replace(asked, input_scale=1, activation="none", channels="each" if gray_alone else asked.channels)

    def ended(so_far: Convolution, bias: float = 0) -> Array:
        return volume(convolve_as_asked(source, one.kernel, so_far, bias=bias))

    found = [Stage(("sum",), ended(plain))]
    if asked.input_scale != 1:
        plain = replace(plain, input_scale=asked.input_scale)
        found.append(Stage((f"times input scale {asked.input_scale:.6g}",), ended(plain)))
    if one.bias:
        found.append(Stage((f"plus bias {one.bias:.6g}",), ended(plain, one.bias)))
    if asked.activation != "none":
        found.append(Stage((asked.activation,), ended(replace(plain, activation=asked.activation), one.bias)))
    if gray_alone and windows is not None:
        place = np.ix_(changed_by(windows.rows), changed_by(windows.columns))
        uses = (np.repeat(source[place], pixels.shape[2], axis=2), pixels[place])
        changed = volume(convolve_as_asked(pixels, one.kernel, asked, bias=one.bias))
        found.append(Stage(("minus gray {0}, plus own {1}",), changed, uses=uses))
    return found
