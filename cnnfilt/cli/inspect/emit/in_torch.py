"""The equivalent calls of PyTorch."""

from cnnfilt.cli.inspect.emit.common import (
    Slide,
    coefficients,
    convolution_slide,
    edge_slide,
    kernel_remark,
    literal,
    literals,
    pad_slide,
    pool_slide,
    strength,
)
from cnnfilt.operations.convolve import Convolve
from cnnfilt.operations.edges import Edges
from cnnfilt.operations.inspect.emitted_run import Described
from cnnfilt.operations.pad import Pad
from cnnfilt.operations.pool import Pool
from cnnfilt.terms import PaddingMode

TITLE = "PyTorch"
IMPORTS = ("import torch", "import torch.nn.functional as F")

_IN = "x = torch.from_numpy(x).permute(2, 0, 1)[None]  # (1, C, H, W)"
_OUT = "y = y[0].permute(1, 2, 0).numpy()"


def convolve(run: Described, number: int) -> list[str]:
    """Return the lines around F.conv2d."""
    operation: Convolve = run.operation
    one = operation.filters[number]
    slide, (kernel, each) = convolution_slide(run, one), coefficients(run, one)
    even = slide.even_padding if operation.padding_mode == "zeros" and not operation.padding_value else None
    lines = [*kernel_remark(run), *literal("kernel", kernel), *([] if number else [_IN])]
    source = "x" if even is not None else "padded"
    if even is None:
        lines += _padding(slide, operation.padding_mode, operation.padding_value)
    if operation.input_scale != 1:
        lines.append(f"scaled = {source} * {operation.input_scale!r}")
        source = "scaled"
    weight = "torch.from_numpy(kernel)"
    height, width = kernel.shape[:2]
    if kernel.ndim == 3:
        weight += ".permute(2, 0, 1)[None]"
    else:
        weight += f".expand({f'{run.channels}, 1' if each else f'1, {run.channels}'}, {height}, {width})"
    maps = run.channels if each else 1
    bias = f", bias=torch.full(({maps},), {float(one.bias)!r}, dtype=x.dtype)" if one.bias else ""
    options = f", stride={slide.stride}, padding={even or (0, 0)}, dilation={slide.dilation}"
    lines.append(f"y = F.conv2d({source}, {weight}{bias}{options}, groups={run.channels if each else 1})")
    if operation.activation != "none":
        lines.append(f"y = torch.{operation.activation}(y)")
    return [*lines, _OUT]


def pool(run: Described) -> list[str]:
    """Return the lines around F.max_pool2d, F.avg_pool2d or their adaptive fellows."""
    operation: Pool = run.operation
    negative = "-" if operation.kind == "min" else ""
    remark = ["# torch has no minimum pooling: it is the maximum of the negative."] if negative else []
    name = "avg" if operation.kind == "avg" else "max"
    if operation.whole or operation.adaptive:
        call = f"F.adaptive_{name}_pool2d({negative}x, {operation.adaptive or (1, 1)})"
        return [*remark, _IN, f"y = {negative}{call}", _OUT]
    slide = pool_slide(run)
    if name == "avg":
        return [_IN, *_average(run, slide), _OUT]
    given = slide.even_padding
    native = given is not None and all(2 * pad <= size for pad, size in zip(given, slide.kernel_size, strict=True))
    padding, source, lines = given if native else (0, 0), f"{negative}x", [*remark, _IN]
    if slide.is_padded and not native:
        lines += ["# torch pads evenly only, and at most half the kernel: what is padded here never wins.",
                  f'padded = F.pad({negative}x, {_sides(slide)}, value=-torch.inf)']  # fmt: skip
        source = "padded"
    call = f"F.max_pool2d({source}, {slide.kernel_size}, {slide.stride}, {padding}, {slide.dilation})"
    return [*lines, f"y = {negative}{call}", _OUT]


def edges(run: Described) -> list[str]:
    """Return the lines around F.conv2d with all kernels at once; of Canny there are none."""
    operation: Edges = run.operation
    slide, kernels = edge_slide(run)
    lines, names = literals(kernels)
    return [
        *lines,
        "x = torch.from_numpy(x).permute(2, 0, 1)[:, None]  # (C, 1, H, W): every channel on its own",
        *_padding(slide, operation.padding_mode, operation.padding_value),
        f"weight = torch.from_numpy(np.stack([{names}]))[:, None]",
        "g = list(F.conv2d(padded, weight).permute(1, 2, 3, 0).numpy())  # each (H, W, C)",
        *strength(run, kernels),
    ]


def pad(run: Described) -> list[str]:
    """Return the lines around F.pad."""
    operation: Pad = run.operation
    slide, value = pad_slide(run)
    if isinstance(value, tuple):
        return ["# F.pad takes one value for all channels, so each is padded on its own.", _IN,
                f"planes = [F.pad(x[:, c : c + 1], {_sides(slide)}, value=v) for c, v in enumerate({value!r})]",
                "y = torch.cat(planes, dim=1)", _OUT]  # fmt: skip
    return [_IN, *_padding(slide, operation.padding_mode, value), "y = padded", _OUT]


def _sides(slide: Slide) -> tuple[int, int, int, int]:
    """Return (left, right, top, bottom), the order F.pad has them in."""
    return *slide.pads[1], *slide.pads[0]


def _padding(slide: Slide, mode: PaddingMode, value: float) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not slide.is_padded:
        return ["padded = x"]
    if mode == "symmetric":
        (top, bottom), (left, right) = slide.pads
        return [
            "# torch has no symmetric padding: the rows and columns are picked one by one.",
            f'rows = np.pad(np.arange({slide.rows.size}), ({top}, {bottom}), mode="symmetric")',
            f'columns = np.pad(np.arange({slide.columns.size}), ({left}, {right}), mode="symmetric")',
            "padded = x[:, :, rows][:, :, :, columns]",
        ]
    if mode == "zeros":
        filled = f", value={value!r}" if value else ""
        return [f"padded = F.pad(x, {_sides(slide)}{filled})"]
    return [f'padded = F.pad(x, {_sides(slide)}, mode="{mode}")']


def _average(run: Described, slide: Slide) -> list[str]:
    operation: Pool = run.operation
    even = slide.even_padding
    simple = even is not None and all(2 * pad <= size for pad, size in zip(even, slide.kernel_size, strict=True))
    if simple and slide.dilation == (1, 1):
        counts = f"count_include_pad={operation.count_include_pad}"
        return [f"y = F.avg_pool2d(x, {slide.kernel_size}, {slide.stride}, {even}, {counts})"]
    (top, bottom), (left, right) = slide.pads
    ones = "torch.ones_like(x)"
    if operation.count_include_pad:
        rows, columns = slide.rows, slide.columns
        ones = f"F.pad({ones}, {(columns.before, columns.after, rows.before, rows.after)}, value=1)"
        counted: tuple[int, int, int, int] = (0, columns.overhang, 0, rows.overhang)
    else:
        counted = (left, right, top, bottom)
    height, width = slide.kernel_size
    options = f"stride={slide.stride}, dilation={slide.dilation}, groups={run.channels}"
    return [
        "# torch's average pooling has no dilation and only even padding: it is a sum over a count.",
        f"ones = torch.ones({run.channels}, 1, {height}, {width}, dtype=x.dtype)",
        f"total = F.conv2d(F.pad(x, {(left, right, top, bottom)}), ones, {options})",
        f"count = F.conv2d(F.pad({ones}, {counted}), ones, {options})",
        "y = total / count",
    ]
