"""Convolution as networks have it (cross-correlation): one image and a kernel, or a batch and weights."""

from functools import partial

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.borders import as_padding_value, finite_values
from cnnfilt.core.engine.images import Array, as_image, as_numbers, like_image
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.plan import sum_dtype
from cnnfilt.core.engine.run import PlannedConvolution
from cnnfilt.core.engine.transposed import PlannedTransposed, TransposedJob
from cnnfilt.core.engine.weights import as_bias, as_coefficients, as_weights, normalized, scaled, whole_or_float
from cnnfilt.core.gray import to_gray
from cnnfilt.core.levels import Levels, Mapped, write_levels
from cnnfilt.core.luma import ChangedColours, check_colours
from cnnfilt.core.noise import NoiseFree, nearly_equal
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.window import as_pair
from cnnfilt.describe.windows import Slide, slide
from cnnfilt.errors import KernelError, ParameterError, ShapeError, counted
from cnnfilt.terms import Activation, ChannelsMode, Padding, PaddingMode, Pair


def convolve(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    stride: int | Pair = 1,
    padding: Padding = "valid",
    padding_mode: PaddingMode = "zeros",
    padding_value: npt.ArrayLike = 0,
    dilation: int | Pair = 1,
    channels: ChannelsMode = "each",
    bias: npt.ArrayLike | None = None,
    activation: Activation = "none",
    input_scale: float = 1,
    flip: bool = False,
    normalize: bool = False,
    transposed: bool = False,
    output_padding: int | Pair = 0,
) -> Array:
    """Return activation(sum(kernel * window * input_scale) + bias) for every window of `image`.

    `image` is (H, W) or (H, W, C). The result's shape depends on the kernel:

        (h, w), channels "each"   every channel on its own: (H', W') or (H', W', C)
        (h, w), channels "sum"    the same filter on every channel, and their sum: (H', W')
        (h, w), channels "luma"   on the gray of red, green and blue: each + (filtered gray - gray), (H', W', 3)
        (h, w, C)                 one filter over all channels: (H', W')
        (h, w, C, N)              N such filters: (H', W', N)

    Whole numbers stay exact: an 8- or 16-bit image and whole coefficients, bias and padding value give the
    smallest of int16, int32 and int64 that holds every possible sum, a wider integer image int64. Anything else,
    an `input_scale` other than 1, tanh and sigmoid give float32 (float64 for a float64 image and for integers of more
    than 16 bits). For 8 and 16 bits that is wrong by at most 1e-5 * sum|k| * max|x|, x being the image times
    `input_scale`; for other images, whose range nothing bounds, by at most 1e-5 * (the sum of |k * x| over that window
    + 0.001 * sum|k| * mean|x|), the mean over the finite values of the channel.

    `flip` turns the kernel by 180 degrees (the mathematician's convolution). `normalize` divides each filter by
    the sum of all its coefficients. `padding_value` (one number, or one per channel) stands in the image's own
    levels, before `input_scale`. Zero coefficients are left out, so an infinity or NaN in the image spreads only
    to windows that meet it with another coefficient.

    `transposed` lets every value of the image stamp the kernel instead, `stride` apart, and sums what overlaps: the
    result has (n - 1) * stride - pads + span + `output_padding` rows and columns, n * stride with padding "same" and
    (n - 1) * stride + max(span, stride) with "valid" (Keras). A padding in numbers is taken off, so there is no padding
    mode or value then.

    Raises KernelError, ParameterError, or ShapeError when the kernel does not fit this image.

    >>> convolve([[1, 6, 9], [2, 5, 1], [3, 7, 4]], [[1, 0, -1]] * 3).tolist()
    [[-8]]
    """
    asked = Convolution(
        stride=as_pair(stride, "stride"),
        padding=padding,
        dilation=as_pair(dilation, "dilation"),
        padding_mode=padding_mode,
        padding_value=as_padding_value(padding_value),
        channels=channels,
        activation=activation,
        input_scale=input_scale,
        flip=flip,
        normalize=normalize,
        transposed=transposed,
        output_padding=as_pair(output_padding, "output_padding"),
    )
    return convolve_as_asked(image, kernel, asked, bias=bias)


def convolve_as_asked(
    image: npt.ArrayLike, kernel: npt.ArrayLike, asked: Convolution, *, bias: npt.ArrayLike | None = None
) -> Array:
    """Return what `convolve` returns, for a whole description."""
    if asked.transposed:
        stamped = as_transposed_job(image, kernel, asked, bias=bias)
        planned = PlannedTransposed(stamped)
        responses = room(planned.shape, planned.dtype)
        planned.write(responses)
        return _shaped(responses, stamped, image, kernel)
    job = as_job(image, kernel, asked, bias=bias)
    convolution = PlannedConvolution(job)
    if _changes_colours(image, asked):
        colours = ChangedColours(convolution, as_image(image))
        changed = room(colours.shape, colours.dtype)
        write_levels(colours, changed, Levels("raw"))
        return _shaped(changed, job, image, kernel)
    responses = room(convolution.shape, convolution.plan.dtype)
    convolution.write(responses)
    return _shaped(responses, job, image, kernel)


def convolve_to_levels(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    asked: Convolution,
    levels: Levels,
    *,
    bias: npt.ArrayLike | None = None,
    in_place: bool = False,
) -> Mapped:
    """Return what `convolve` returns as pixels, what the mapping could not show, and how it was computed.

    Strip by strip: no responses of the whole image are ever held. With `in_place` the pixels may take the image's own
    memory, where they are of its shape and type.
    """
    if asked.transposed:
        return _stamped_to_levels(image, kernel, asked, levels, bias)
    job = as_job(image, kernel, asked, bias=bias)
    convolution = PlannedConvolution(job)
    if _changes_colours(image, asked):
        colours = ChangedColours(convolution, as_image(image))
        pixels = room(colours.shape, levels.pixel_dtype(colours.dtype))
        return Mapped(_shaped(pixels, job, image, kernel), write_levels(colours, pixels, levels), convolution.how)
    dtype = levels.pixel_dtype(convolution.plan.dtype)
    overwrites = in_place and dtype == job.image.dtype and not levels.needs_range and convolution.overwrite()
    pixels = job.image if overwrites else room(convolution.shape, dtype)
    if levels.needs_range:
        # A mapping that stretches would make noise of a flat image.
        quiet = NoiseFree(convolution)
        loss = write_levels(quiet, pixels, levels, are_alike=quiet.are_alike)
    else:
        loss = write_levels(convolution, pixels, levels)
    return Mapped(_shaped(pixels, job, image, kernel), loss, convolution.how)


def conv2d(
    x: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> Array:
    """Return the convolution of a batch, (N, H', W', out_channels), in the types of `convolve`.

    `x` is (N, H, W, in_channels), `weight` (h, w, in_channels / groups, out_channels), `bias` one number per
    output channel. With groups, output channel o sees the o // (out_channels / groups)-th part of the input's
    channels. Padding is zeros. Raises KernelError, ParameterError or ShapeError.
    """
    kernel_size = (np.shape(weight)[0], np.shape(weight)[1]) if np.ndim(weight) == 4 else (1, 1)
    window = slide(kernel_size, stride=stride, padding=padding, dilation=dilation)
    return convolve_batch(x, weight, bias, window, groups=groups)


def convolve_batch(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None, window: Slide, *, groups: int = 1
) -> Array:
    """Return what `conv2d` returns, for a `window` of the weights' size."""
    batch, weights = batch_of(x), whole_or_float(grouped(weight, groups))
    if batch.shape[3] != weights.shape[2] * groups:
        raise ShapeError(
            f"weight is made for {counted(weights.shape[2] * groups, 'channels')} but x has {batch.shape[3]}",
            parameter="weight",
        )
    rows, columns = window.over((batch.shape[1], batch.shape[2]))
    biases = as_bias(bias, weights.shape[3])
    # The whole batch seen as one tall image settles the type: no image and no group may have one of its own.
    tall = batch.reshape(-1, *batch.shape[2:])
    dtype = sum_dtype(Job(tall, weights, False, biases, rows, columns))
    out = room((len(batch), rows.output_size, columns.output_size, weights.shape[3]), dtype)
    # One filter for each channel is one job for all of them; other groups have to be taken one by one.
    depthwise = groups > 1 and weights.shape[2:] == (1, groups)
    apart = 1 if depthwise else groups
    for inputs, maps in zip(parts(batch.shape[3], apart), parts(weights.shape[3], apart), strict=True):
        for image, responses in zip(batch, out, strict=True):
            job = Job(image[:, :, inputs], weights[..., maps], depthwise, biases[maps], rows, columns)
            PlannedConvolution(job, dtype=dtype).write(responses[:, :, maps])
    return out


def as_job(
    image: npt.ArrayLike, kernel: npt.ArrayLike, asked: Convolution, *, bias: npt.ArrayLike | None = None
) -> Job:
    """Return what the engine is to compute: the image, kernel and bias checked, the windows placed."""
    pixels = as_image(image)
    if asked.channels == "luma":
        check_colours(pixels)
        pixels = to_gray(pixels)[:, :, np.newaxis]
    weights, each = _weights(pixels, kernel, asked)
    finite_values(asked.padding_value, pixels.shape[2])
    rows, columns = asked.slide((weights.shape[0], weights.shape[1])).over((pixels.shape[0], pixels.shape[1]))
    return Job(
        pixels,
        weights,
        each,
        as_bias(bias, weights.shape[3]),
        rows,
        columns,
        asked.padding_mode,
        asked.padding_value,
        asked.activation,
    )


def as_transposed_job(
    image: npt.ArrayLike, kernel: npt.ArrayLike, asked: Convolution, *, bias: npt.ArrayLike | None = None
) -> TransposedJob:
    """Return what the engine is to compute of a transposed convolution: everything checked, the stamps laid out."""
    pixels = as_image(image)
    weights, each = _weights(pixels, kernel, asked)
    windows = asked.stamps((weights.shape[0], weights.shape[1])).over((pixels.shape[0], pixels.shape[1]))
    return TransposedJob(pixels, weights, each, as_bias(bias, weights.shape[3]), windows, asked.activation)


def _weights(pixels: Array, kernel: npt.ArrayLike, asked: Convolution) -> tuple[Array, bool]:
    """Return the weights as they meet the image (H, W, C), and whether each channel is on its own."""
    weights, each = as_weights(kernel, pixels.shape[2], asked.channels)
    if asked.normalize:
        weights = normalized(weights)
    if asked.input_scale != 1:
        weights = scaled(weights, asked.input_scale)
    return weights[::-1, ::-1] if asked.flip else weights, each


def _stamped_to_levels(
    image: npt.ArrayLike, kernel: npt.ArrayLike, asked: Convolution, levels: Levels, bias: npt.ArrayLike | None
) -> Mapped:
    job = as_transposed_job(image, kernel, asked, bias=bias)
    planned = PlannedTransposed(job)
    pixels = room(planned.shape, levels.pixel_dtype(planned.dtype))
    loss = write_levels(planned, pixels, levels, are_alike=partial(nearly_equal, dtype=planned.dtype))
    return Mapped(_shaped(pixels, job, image, kernel), loss, planned.how)


def _changes_colours(image: npt.ArrayLike, asked: Convolution) -> bool:
    """Return whether what was computed is the change of an image in colour; that of a gray one is the result itself."""
    return asked.channels == "luma" and np.ndim(image) == 3 and np.shape(image)[2] > 1


def _shaped(values: Array, job: Job | TransposedJob, image: npt.ArrayLike, kernel: npt.ArrayLike) -> Array:
    """Return `values` (H', W', maps) without the axes that the caller's image and kernel have not."""
    if job.each:
        return like_image(values, image)
    return values if np.ndim(kernel) == 4 else values[:, :, 0]


def batch_of(x: npt.ArrayLike) -> Array:
    """Return `x` as an array (N, H, W, C); ShapeError for what is none, or empty."""
    batch = as_numbers(x, "x")
    if batch.ndim != 4 or batch.size == 0:
        raise ShapeError(f"x has shape {batch.shape}; it must be (N, H, W, C), and not empty", parameter="x")
    return batch


def grouped(weight: npt.ArrayLike, groups: int, *, transposed: bool = False) -> Array:
    """Return `weight` as an array (h, w, in_channels / groups, out_channels) whose last axis `groups` divides.

    That of a transposed convolution is (h, w, out_channels / groups, in_channels).
    """
    weights = as_coefficients(weight)
    each, last = ("out", "in") if transposed else ("in", "out")
    if weights.ndim != 4:
        raise KernelError(
            f"weight has shape {weights.shape}; it must be (h, w, {each}_channels / groups, {last}_channels)",
            parameter="weight",
        )
    if isinstance(groups, bool) or not hasattr(groups, "__index__") or groups < 1 or weights.shape[3] % groups:
        raise ParameterError(
            f"groups {groups!r} is not a whole number that divides the {weights.shape[3]} {last}put channels",
            parameter="groups",
        )
    return weights


def parts(channels: int, groups: int) -> list[slice]:
    """Return which of the channels each group takes."""
    size = channels // groups
    return [slice(first, first + size) for first in range(0, channels, size)]
