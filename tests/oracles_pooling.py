"""What pooling means, as plain loops over Python numbers. Slow, obvious, and importing nothing they judge."""

import math


def window_starts(n, span, stride, before, after, ceil_mode):
    """Return where the windows along one axis start, as positions in the image (negative: in the padding)."""
    starts = []
    start = -before
    while start + span <= n + after:
        starts.append(start)
        start += stride
    # PyTorch's rule: one that hangs over by less than a stride, if it starts on the image or before it.
    if ceil_mode and start + span < n + after + stride and start < n:
        starts.append(start)
    return starts


def window_cells(image, y, x, size, dilation):
    """Return [(value, flat index)] of the taps that fall on `image` (a list of lists), in row-major order."""
    height, width = len(image), len(image[0])
    rows = [y + i * dilation[0] for i in range(size[0])]
    columns = [x + j * dilation[1] for j in range(size[1])]
    return [(image[r][c], r * width + c) for r in rows if 0 <= r < height for c in columns if 0 <= c < width]


def leader(cells, kind):
    """Return the (value, index) of the first NaN, or else of the first largest (smallest) value."""
    best = cells[0]
    for value, index in cells:
        beats = value > best[0] if kind == "max" else value < best[0]
        if not math.isnan(best[0]) and (beats or math.isnan(value)):
            best = (value, index)
    return best


def pool(image, size, *, kind, stride, pads, dilation=(1, 1), ceil_mode=False, count_include_pad=False):
    """Return rows of (value, index of the first largest or smallest) for one channel, a list of lists.

    `pads` is ((top, bottom), (left, right)). Averages have no index.
    """
    sizes = (len(image), len(image[0]))
    spans = [dilation[axis] * (size[axis] - 1) + 1 for axis in (0, 1)]
    ys, xs = (window_starts(sizes[a], spans[a], stride[a], *pads[a], ceil_mode) for a in (0, 1))
    return [
        [_value(image, y, x, size, dilation, kind, pads if count_include_pad else ((0, 0), (0, 0))) for x in xs]
        for y in ys
    ]


def _value(image, y, x, size, dilation, kind, counted):
    cells = window_cells(image, y, x, size, dilation)
    if kind != "avg":
        return leader(cells, kind)
    (top, bottom), (left, right) = counted
    rows = [r for i in range(size[0]) if -top <= (r := y + i * dilation[0]) < len(image) + bottom]
    columns = [c for j in range(size[1]) if -left <= (c := x + j * dilation[1]) < len(image[0]) + right]
    return mean([value for value, _ in cells], len(rows) * len(columns)), None


def mean(values, count):
    """Return the sum of `values`, whole numbers exactly, over `count`."""
    return (sum(values) if isinstance(values[0], int) else math.fsum(values)) / count


def adaptive(image, out, *, kind):
    """Return rows of values over windows [floor(i * n / o), ceil((i + 1) * n / o)) for one channel."""
    height, width = len(image), len(image[0])
    rows = []
    for i in range(out[0]):
        top, bottom = math.floor(i * height / out[0]), math.ceil((i + 1) * height / out[0])
        row = []
        for j in range(out[1]):
            left, right = math.floor(j * width / out[1]), math.ceil((j + 1) * width / out[1])
            values = [image[y][x] for y in range(top, bottom) for x in range(left, right)]
            row.append(mean(values, len(values)) if kind == "avg" else {"max": max, "min": min}[kind](values))
        rows.append(row)
    return rows
