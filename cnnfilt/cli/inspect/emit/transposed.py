"""A transposed convolution in the libraries: by their own call, whose result is cut where it has not this padding."""

from cnnfilt.cli.inspect.emit.common import coefficients, kernel_remark, literal
from cnnfilt.core.engine.images import Array
from cnnfilt.describe.transposed import TransposedWindows
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.terms import Pair

_NUMPY_ACTIVATIONS = {"relu": "np.maximum(y, 0)", "tanh": "np.tanh(y)", "sigmoid": "1 / (1 + np.exp(-y))"}


class Stamped:
    """What the calls need of one kernel's transposed convolution."""

    def __init__(self, run: EmittedRun, operation: ConvolveImage, number: int) -> None:
        self.asked, one = operation.asked, operation.kernels[number]
        self.windows: TransposedWindows = self.asked.stamps(one.size).over(run.size)
        found: tuple[Array, bool] = coefficients(run, one, self.asked)
        self.kernel, self.each = found
        self.channels, self.bias = run.channels, float(one.bias)
        self.maps = run.channels if self.each else 1
        self.first = number == 0

    @property
    def before(self) -> Pair:
        """Return (rows, columns) taken off before the first that is left."""
        return self.windows.rows.before, self.windows.columns.before

    @property
    def beyond(self) -> Pair:
        """Return (rows, columns) added after the full result, or taken off it where they are below 0."""
        return (
            self.windows.rows.extra - self.windows.rows.after,
            self.windows.columns.extra - self.windows.columns.after,
        )

    @property
    def lines(self) -> list[str]:
        """Return the lines that define `kernel`, and scale `x`, which several kernels share."""
        scaled = [f"x = x * {self.asked.input_scale!r}"] if self.asked.input_scale != 1 and self.first else []
        return [*kernel_remark(self.asked), *literal("kernel", self.kernel), *scaled]


def in_torch(stamped: Stamped) -> list[str]:
    """Return the lines around F.conv_transpose2d, from `x` (1, C, H, W) to `y`."""
    asked, windows = stamped.asked, stamped.windows
    even = all(axis.before == axis.after for axis in windows)
    padding, extra = (stamped.before, (windows.rows.extra, windows.columns.extra)) if even else ((0, 0), (0, 0))
    height, width = windows.kernel_size
    weight = "torch.from_numpy(kernel)"
    weight += (
        ".permute(2, 0, 1)[:, None]"
        if stamped.kernel.ndim == 3
        else f".expand({stamped.channels}, 1, {height}, {width})"
    )
    options = [
        f"stride={asked.stride}",
        f"padding={padding}",
        *([f"output_padding={extra}"] if any(extra) else []),
        f"groups={stamped.channels if stamped.each else 1}",
        *([f"dilation={asked.dilation}"] if asked.dilation != (1, 1) else []),
    ]
    bias = f"torch.full(({stamped.maps},), {stamped.bias!r}, dtype=x.dtype)"
    inside = f", bias={bias}" if stamped.bias and even else ""
    call = f"y = F.conv_transpose2d(x, weight{inside}, {', '.join(options)})"
    lines = [*stamped.lines, f"weight = {weight}  # (in, out / groups, height, width)", call]
    if not even:
        (top, left), (bottom, right) = stamped.before, stamped.beyond
        lines += ["# torch takes the same off both sides alone: this is cut out of the full result.",
                  f"y = F.pad(y, {(-left, right, -top, bottom)})"]  # fmt: skip
        lines += [f"y = y + {stamped.bias!r}"] if stamped.bias else []
    return [*lines, *([f"y = torch.{asked.activation}(y)"] if asked.activation != "none" else [])]


def in_keras(stamped: Stamped) -> list[str]:
    """Return the lines around keras.layers.Conv2DTranspose, from `x` (H, W, C) to `y`."""
    asked, windows = stamped.asked, stamped.windows
    spread = _spread(stamped) if asked.stride != (1, 1) and asked.dilation != (1, 1) else []
    own = asked.padding if asked.padding in ("same", "valid") and not spread else None
    options = [
        f"1, {windows.kernel_size if not spread else (windows.rows.span, windows.columns.span)}",
        f"strides={asked.stride}",
        f'padding="{own or "valid"}"',
        *([] if spread or asked.dilation == (1, 1) else [f"dilation_rate={asked.dilation}"]),
        "use_bias=False",
        'dtype="float64"',
    ]
    name = "spread" if spread else "kernel"
    weight = f"{name}[:, :, None]" if stamped.kernel.ndim == 3 else f"{name}[:, :, None, None]"
    if stamped.kernel.ndim == 2 and not stamped.each and stamped.channels > 1:
        weight = f"np.repeat({weight}, {stamped.channels}, axis=3)"
    lines = [
        *stamped.lines,
        *spread,
        "batch = x.transpose(2, 0, 1)[..., None]  # (C, H, W, 1): every channel on its own"
        if stamped.each
        else "batch = x[None]  # (1, H, W, C)",
        f"layer = keras.layers.Conv2DTranspose({', '.join(options)})",
        "layer.build(batch.shape)",
        f"layer.set_weights([{weight}])  # (height, width, out, in)",
        "y = keras.ops.convert_to_numpy(layer(batch))" + (".transpose(3, 1, 2, 0)[0]" if stamped.each else "[0]"),
    ]
    if own is None:
        lines += ["# Keras has no such padding: this is cut out of the full result.", *_cut(stamped, keras=True)]
    return [*lines, *_after(stamped)]


def in_numpy(stamped: Stamped) -> list[str]:
    """Return the lines from `x` to `y`, tap by tap, of a library that has no transposed convolution."""
    windows, (down, along), (below, beside) = stamped.windows, stamped.asked.stride, stamped.asked.dilation
    rows, columns = ((axis.size - 1) * axis.stride + axis.span for axis in windows)
    height, width = ((axis.size - 1) * axis.stride + 1 for axis in windows)
    term = "x * kernel[i, j]"
    if not stamped.each:
        term = f"({term}).sum(axis=2, keepdims=True)"
    return [
        *stamped.lines,
        "# OpenCV has no transposed convolution: every tap is added where the stamps have it, by NumPy.",
        f"y = np.zeros(({rows}, {columns}, {stamped.maps}))",
        f"for i, j in np.ndindex({windows.kernel_size}):",
        "    if np.any(kernel[i, j]):",
        f"        y[{_times('i', below)}:, {_times('j', beside)}:][:{height}:{down}, :{width}:{along}] += {term}",
        *_cut(stamped, keras=False),
        *_after(stamped),
    ]


def _times(name: str, factor: int) -> str:
    return name if factor == 1 else f"{name} * {factor}"


def _spread(stamped: Stamped) -> list[str]:
    windows, (down, along) = stamped.windows, stamped.asked.dilation
    shape = (windows.rows.span, windows.columns.span, *stamped.kernel.shape[2:])
    return [
        "# Keras refuses both strides and dilation: the kernel is spread out, with zeros between.",
        f"spread = np.zeros({shape})",
        f"spread[::{down}, ::{along}] = kernel",
    ]


def _cut(stamped: Stamped, *, keras: bool) -> list[str]:
    """Return the line that takes rows and columns off the full `y` (H', W', maps), or adds some."""
    (top, left), (height, width) = stamped.before, stamped.windows.output_size
    # Keras fills up the last stride where a kernel is smaller.
    there = (
        (axis.size - 1) * axis.stride + (max(axis.span, axis.stride) if keras else axis.span)
        for axis in stamped.windows
    )
    more = [max(place + size - n, 0) for place, size, n in zip((top, left), (height, width), there, strict=True)]
    padded = f"np.pad(y, ((0, {more[0]}), (0, {more[1]}), (0, 0)))" if any(more) else "y"
    return [f"y = {padded}[{top}:{top + height}, {left}:{left + width}]"]


def _after(stamped: Stamped) -> list[str]:
    lines = [f"y = y + {stamped.bias!r}"] if stamped.bias else []
    activation = _NUMPY_ACTIVATIONS.get(stamped.asked.activation)
    return [*lines, *([f"y = {activation}"] if activation else [])]
