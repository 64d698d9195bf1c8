"""What the operations mean, as plain loops over Python numbers. Slow, obvious, and importing nothing they judge."""

import numpy as np


def seen_at(position, n, mode):
    """Return which of `n` values is seen at `position`, which may lie outside; None is the padding value."""
    if 0 <= position < n:
        return position
    if mode == "zeros":
        return None
    if mode == "replicate":
        return 0 if position < 0 else n - 1
    if mode == "circular":
        return position + n if position < 0 else position - n
    if mode == "symmetric":
        return -1 - position if position < 0 else 2 * n - 1 - position
    if mode == "reflect":
        return -position if position < 0 else 2 * n - 2 - position
    raise AssertionError(mode)


def padded(image, pads, mode="zeros", value=0):
    """Return `image` (H, W) with ((top, bottom), (left, right)) around it, as a list of lists."""
    (top, bottom), (left, right) = pads
    height, width = len(image), len(image[0])
    out = []
    for y in range(-top, height + bottom):
        row = []
        for x in range(-left, width + right):
            source_y, source_x = seen_at(y, height, mode), seen_at(x, width, mode)
            row.append(value if source_y is None or source_x is None else image[source_y][source_x])
        out.append(row)
    return out


def correlate(image, kernel, *, stride=(1, 1), pads=((0, 0), (0, 0)), dilation=(1, 1), mode="zeros", value=0):
    """Return the correlation of one channel (H, W) with a kernel (h, w): lists of lists of Python numbers.

    A zero coefficient takes no part, so what lies under it does not matter.
    """
    seen = padded(np.asarray(image).tolist(), pads, mode, value)
    coefficients = np.asarray(kernel).tolist()
    span_y = dilation[0] * (len(coefficients) - 1) + 1
    span_x = dilation[1] * (len(coefficients[0]) - 1) + 1
    out = []
    for y in range(0, len(seen) - span_y + 1, stride[0]):
        row = []
        for x in range(0, len(seen[0]) - span_x + 1, stride[1]):
            total = 0
            for i, line in enumerate(coefficients):
                for j, coefficient in enumerate(line):
                    if coefficient != 0:
                        total += coefficient * seen[y + i * dilation[0]][x + j * dilation[1]]
            row.append(total)
        out.append(row)
    return out


def correlate_channels(image, weights, **geometry):
    """Return (H', W', N): every filter of `weights` (h, w, C, N) summed over the channels of `image` (H, W, C)."""
    maps = []
    for n in range(weights.shape[3]):
        channels = [correlate(image[:, :, c], weights[:, :, c, n], **geometry) for c in range(image.shape[2])]
        maps.append([[sum(values) for values in zip(*rows, strict=True)] for rows in zip(*channels, strict=True)])
    return np.moveaxis(np.array(maps, object), 0, 2)


def transpose(image, weights, size, *, stride=(1, 1), before=(0, 0), dilation=(1, 1), groups=1):
    """Return (H', W', out) of a `size` (H', W'): every value of `image` (H, W, in) stamps its kernel onto it.

    `weights` is (h, w, out / groups, in). A zero coefficient takes no part, so what it would multiply does not matter.
    """
    height, width, channels = np.shape(image)
    tall, wide, maps, _ = np.shape(weights)
    image, weights = np.asarray(image).tolist(), np.asarray(weights).tolist()
    out = [[[0] * (maps * groups) for _ in range(size[1])] for _ in range(size[0])]
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                group = c // (channels // groups)
                for i in range(tall):
                    for j in range(wide):
                        down = y * stride[0] + i * dilation[0] - before[0]
                        across = x * stride[1] + j * dilation[1] - before[1]
                        if 0 <= down < size[0] and 0 <= across < size[1]:
                            for o in range(maps):
                                if weights[i][j][o][c] != 0:
                                    out[down][across][group * maps + o] += image[y][x][c] * weights[i][j][o][c]
    return np.array(out, object)


def level(value, top, *, gain=1.0, base=0.0):
    """Return (pixel, whether it was clipped) of one response: value * gain + base, rounded half to even, clipped."""
    mapped = value * gain + base
    if mapped != mapped:
        return 0, True
    if mapped in (float("inf"), float("-inf")):
        return (top if mapped > 0 else 0), True
    rounded = round(mapped)
    return min(max(rounded, 0), top), not 0 <= rounded <= top
