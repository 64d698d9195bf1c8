"""The equivalent calls of PyTorch."""

from cnnfilt.cli.inspect.emit import transposed
from cnnfilt.cli.inspect.emit.by_taps import by_taps, each_tap, has_call, refuse_adaptive, shape_of, taken
from cnnfilt.cli.inspect.emit.common import (
    coefficients,
    even_padding,
    fill_of,
    is_noisy,
    is_padded,
    kernel_remark,
    literal,
    literals,
    one_value,
    pads_of,
    silenced,
    strength,
)
from cnnfilt.core.noise import NOISE
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import Windows
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import PaddingMode

TITLE = "PyTorch"
IMPORTS = ("import torch", "import torch.nn.functional as F")

_IN = "x = torch.from_numpy(x).permute(2, 0, 1)[None]  # (1, C, H, W)"
_OUT = "y = y[0].permute(1, 2, 0).numpy()"


def convolve(run: EmittedRun, operation: ConvolveImage, number: int) -> list[str]:
    """Return the lines around F.conv2d, or F.conv_transpose2d."""
    if operation.asked.transposed:
        return [*([] if number else [_IN]), *transposed.in_torch(transposed.Stamped(run, operation, number)), _OUT]
    asked, one = operation.asked, operation.kernels[number]
    windows, (kernel, each) = asked.slide(one.size).over(run.size), coefficients(run, one, asked)
    even = even_padding(windows) if asked.padding_mode == "zeros" and not asked.padding_value else None
    lines = [*kernel_remark(asked), *literal("kernel", kernel), *([] if number else [_IN])]
    source = "x" if even is not None else "padded"
    if even is None:
        lines += _padding(windows, asked.padding_mode, one_value(asked))
    if asked.input_scale != 1:
        lines.append(f"scaled = {source} * {asked.input_scale!r}")
        source = "scaled"
    weight = "torch.from_numpy(kernel)"
    height, width = kernel.shape[:2]
    if kernel.ndim == 3:
        weight += ".permute(2, 0, 1)[None]"
    else:
        weight += f".expand({f'{run.channels}, 1' if each else f'1, {run.channels}'}, {height}, {width})"
    maps = run.channels if each else 1
    bias = f", bias=torch.full(({maps},), {float(one.bias)!r}, dtype=x.dtype)" if one.bias else ""
    options = f", stride={windows.stride}, padding={even or (0, 0)}, dilation={windows.dilation}"
    options += f", groups={run.channels if each else 1}"
    lines.append(f"y = F.conv2d({source}, {weight}{bias}{options})")
    if asked.activation != "none":
        lines.append(f"y = torch.{asked.activation}(y)")
    if is_noisy(run, [kernel], one_value(asked), one.bias, asked.input_scale):
        lines.append(f"added = F.conv2d({source}.abs(), {weight}.abs(){options})")
        lines.append(f"y = torch.where(y.abs() <= {NOISE} * added, 0, y)  # rounding noise")
    return [*lines, _OUT]


def pool(run: EmittedRun, operation: PoolImage) -> list[str]:
    """Return the lines around F.max_pool2d, F.avg_pool2d or their adaptive fellows."""
    asked = operation.asked
    refuse_adaptive(asked)
    negative = "-" if asked.kind == "min" else ""
    remark = ["# torch has no minimum pooling: it is the maximum of the negative."] if negative else []
    name = "avg" if asked.kind == "avg" else "max"
    if asked.whole or asked.adaptive:
        call = f"F.adaptive_{name}_pool2d({negative}x, {asked.adaptive or (1, 1)})"
        return [*remark, _IN, f"y = {negative}{call}", _OUT]
    windows = asked.slide.over(run.size)
    if not has_call(asked):
        return [_IN, *_by_taps(run, asked, windows), _OUT]
    if name == "avg":
        return [_IN, *_average(run, asked, windows), _OUT]
    given = even_padding(windows)
    native = given is not None and all(2 * pad <= size for pad, size in zip(given, windows.kernel_size, strict=True))
    padding, source, lines = given if native else (0, 0), f"{negative}x", [*remark, _IN]
    if is_padded(windows) and not native:
        lines += ["# torch pads evenly only, and at most half the kernel: what is padded here never wins.",
                  f'padded = F.pad({negative}x, {_sides(windows)}, value=-torch.inf)']  # fmt: skip
        source = "padded"
    call = f"F.max_pool2d({source}, {windows.kernel_size}, {windows.stride}, {padding}, {windows.dilation})"
    return [*lines, f"y = {negative}{call}", _OUT]


def _by_taps(run: EmittedRun, asked: Pooling, windows: Windows) -> list[str]:
    """Return the lines from `x` to `y` for windows of any shape, and for medians and ranges."""
    if asked.kind == "avg":
        return ["x = x[0].permute(1, 2, 0).numpy()", *by_taps(asked, windows, may_hold_nan=run.may_hold_nan),
                "y = torch.from_numpy(y).permute(2, 0, 1)[None]"]  # fmt: skip
    met = f"[{taken('padded', windows, ':, :, ')}{each_tap(asked, windows)}]"
    calls = {
        "max": ["y = torch.where(taps.isnan(), -torch.inf, taps).amax(dim=0)"],
        "min": ["y = torch.where(taps.isnan(), torch.inf, taps).amin(dim=0)"],
        "range": [
            "y = torch.where(taps.isnan(), -torch.inf, taps).amax(dim=0)",
            "y = y - torch.where(taps.isnan(), torch.inf, taps).amin(dim=0)",
        ],
        "median": ["y = taps.nanmedian(dim=0).values"],
    }
    lines = [
        "# What is nan in the padding does not count.",
        *shape_of(asked, windows),
        f"padded = F.pad(x, {_sides(windows)}, value=torch.nan)",
        f"taps = torch.stack({met})",
        *calls[asked.kind],
    ]
    if run.may_hold_nan:
        lines += [
            "# A window with a nan of the image has no other value.",
            f"padded = F.pad(x.isnan(), {_sides(windows)})",
            f"y = torch.where(torch.stack({met}).any(dim=0), torch.nan, y)",
        ]
    return lines


def edges(run: EmittedRun, operation: FindEdges) -> list[str]:
    """Return the lines around F.conv2d with all kernels at once; of Canny there are none."""
    asked = operation.asked
    windows, (lines, names) = asked.slide.over(run.size), literals(asked.kernels)
    return [
        *lines,
        "x = torch.from_numpy(x).permute(2, 0, 1)[:, None]  # (C, 1, H, W): every channel on its own",
        *_padding(windows, asked.padding_mode, one_value(asked)),
        f"weight = torch.from_numpy(np.stack([{names}]))[:, None]",
        "g = list(F.conv2d(padded, weight).permute(1, 2, 3, 0).numpy())  # each (H, W, C)",
        *(_silence if is_noisy(run, asked.kernels, one_value(asked)) else ()),
        *strength(run, asked),
    ]


_silence = (
    "added = F.conv2d(padded.abs(), weight.abs()).permute(1, 2, 3, 0).numpy()",
    f"g = [{silenced('a', 'b')} for a, b in zip(g, added)]  # without rounding noise",
)


def pad(run: EmittedRun, operation: PadImage) -> list[str]:
    """Return the lines around F.pad."""
    windows, value = operation.asked.windows(run.size), fill_of(run, operation)
    if isinstance(value, tuple):
        return ["# F.pad takes one value for all channels, so each is padded on its own.", _IN,
                f"planes = [F.pad(x[:, c : c + 1], {_sides(windows)}, value=v) for c, v in enumerate({value!r})]",
                "y = torch.cat(planes, dim=1)", _OUT]  # fmt: skip
    return [_IN, *_padding(windows, operation.asked.padding_mode, value), "y = padded", _OUT]


def _sides(windows: Windows) -> tuple[int, int, int, int]:
    """Return (left, right, top, bottom), the order F.pad has them in."""
    return *pads_of(windows)[1], *pads_of(windows)[0]


def _padding(windows: Windows, mode: PaddingMode, value: float) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not is_padded(windows):
        return ["padded = x"]
    if mode == "symmetric":
        (top, bottom), (left, right) = pads_of(windows)
        return [
            "# torch has no symmetric padding: the rows and columns are picked one by one.",
            f'rows = np.pad(np.arange({windows.rows.size}), ({top}, {bottom}), mode="symmetric")',
            f'columns = np.pad(np.arange({windows.columns.size}), ({left}, {right}), mode="symmetric")',
            "padded = x[:, :, rows][:, :, :, columns]",
        ]
    if mode == "zeros":
        filled = f", value={value!r}" if value else ""
        return [f"padded = F.pad(x, {_sides(windows)}{filled})"]
    return [f'padded = F.pad(x, {_sides(windows)}, mode="{mode}")']


def _average(run: EmittedRun, asked: Pooling, windows: Windows) -> list[str]:
    even = even_padding(windows)
    simple = even is not None and all(2 * pad <= size for pad, size in zip(even, windows.kernel_size, strict=True))
    if simple and windows.dilation == (1, 1):
        counts = f"count_include_pad={asked.count_include_pad}"
        return [f"y = F.avg_pool2d(x, {windows.kernel_size}, {windows.stride}, {even}, {counts})"]
    (top, bottom), (left, right) = pads_of(windows)
    ones = "torch.ones_like(x)"
    if asked.count_include_pad:
        rows, columns = windows.rows, windows.columns
        ones = f"F.pad({ones}, {(columns.before, columns.after, rows.before, rows.after)}, value=1)"
        counted: tuple[int, int, int, int] = (0, columns.overhang, 0, rows.overhang)
    else:
        counted = (left, right, top, bottom)
    height, width = windows.kernel_size
    options = f"stride={windows.stride}, dilation={windows.dilation}, groups={run.channels}"
    return [
        "# torch's average pooling has no dilation and only even padding: it is a sum over a count.",
        f"ones = torch.ones({run.channels}, 1, {height}, {width}, dtype=x.dtype)",
        f"total = F.conv2d(F.pad(x, {(left, right, top, bottom)}), ones, {options})",
        f"count = F.conv2d(F.pad({ones}, {counted}), ones, {options})",
        "y = total / count",
    ]
