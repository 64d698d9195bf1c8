"""Canny's edges and the edge kernels, as plain loops over Python numbers. Imports nothing it judges."""

import math

KERNELS = {
    "prewitt": [[[-1, 0, 1]] * 3],
    "sobel": [[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]],
    "scharr": [[[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]],
    "farid": [
        [
            [
                smooth * slope
                for slope in (-0.109603762960254, -0.276690988455557, 0, 0.276690988455557, 0.109603762960254)
            ]
            for smooth in (
                0.0376593171958126,
                0.249153396177344,
                0.426374573253687,
                0.249153396177344,
                0.0376593171958126,
            )
        ]
    ],
    "roberts": [[[1, 0], [0, -1]], [[0, 1], [-1, 0]]],
    "laplacian": [[[0, 1, 0], [1, -4, 1], [0, 1, 0]]],
    "kirsch": [],
}
for _method in ("prewitt", "sobel", "scharr", "farid"):
    KERNELS[_method].append([list(row) for row in zip(*KERNELS[_method][0], strict=True)])
_ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
for _turn in range(8):
    _kernel = [[-3, -3, -3], [-3, 0, -3], [-3, -3, -3]]
    for _step in range(3):
        _y, _x = _ring[(_turn + _step) % 8]
        _kernel[_y][_x] = 5
    KERNELS["kirsch"].append(_kernel)


def laplacian_of_gaussian(sigma):
    """Return (r^2 - 2 s^2) / s^4 * G(r) over 2 * ceil(3 s) + 1 positions, its mean taken off."""
    half = math.ceil(3 * sigma)
    bell = gaussian(sigma)
    rows = [
        [(x * x + y * y - 2 * sigma**2) / sigma**4 * bell[x + half] * bell[y + half] for x in range(-half, half + 1)]
        for y in range(-half, half + 1)
    ]
    mean = sum(map(sum, rows)) / len(rows) ** 2
    return [[value - mean for value in row] for row in rows]


def gaussian(sigma):
    """Return 2 * ceil(3 * sigma) + 1 samples that sum to 1."""
    half = math.ceil(3 * sigma)
    samples = [math.exp(-(x * x) / (2 * sigma * sigma)) for x in range(-half, half + 1)]
    return [sample / sum(samples) for sample in samples]


def canny(image, sigma, low, high, top):
    """Return rows of True and False for one channel, a list of lists, its border replicated."""
    height, width = len(image), len(image[0])
    bell = gaussian(sigma)
    half = len(bell) // 2

    def pixel(y, x):
        return image[min(max(y, 0), height - 1)][min(max(x, 0), width - 1)]

    def smooth(y, x):
        return sum(
            bell[i] * bell[j] * pixel(y + i - half, x + j - half) for i in range(len(bell)) for j in range(len(bell))
        )

    smoothed = {(y, x): smooth(y, x) for y in range(-1, height + 1) for x in range(-1, width + 1)}
    # What Sobel answers to a smoothed full step: four times the difference two pixels apart, at the step.
    full = 4 * top * (bell[half] + bell[half + 1])
    strength, direction = {}, {}
    for y in range(height):
        for x in range(width):
            gx = sum(w * (smoothed[y + d, x + 1] - smoothed[y + d, x - 1]) for d, w in ((-1, 1), (0, 2), (1, 1)))
            gy = sum(w * (smoothed[y + 1, x + d] - smoothed[y - 1, x + d]) for d, w in ((-1, 1), (0, 2), (1, 1)))
            strength[y, x] = math.hypot(gx, gy) / full
            direction[y, x] = round(math.degrees(math.atan2(gy, gx)) / 45) % 4
    ahead = {0: (0, 1), 1: (1, 1), 2: (1, 0), 3: (1, -1)}
    peaks = set()
    for (y, x), here in strength.items():
        dy, dx = ahead[direction[y, x]]
        before, after = strength.get((y - dy, x - dx), 0), strength.get((y + dy, x + dx), 0)
        # Of two that are equal but for rounding the first is the peak: an image of two pixels is always such a tie.
        tie = 1e-5 * (1 + here)
        if here - before > tie and here - after >= -tie and here >= low:
            peaks.add((y, x))
    found = [place for place in peaks if strength[place] >= high]
    kept = set(found)
    while found:
        y, x = found.pop()
        for place in [(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]:
            if place in peaks and place not in kept:
                kept.add(place)
                found.append(place)
    return [[(y, x) in kept for x in range(width)] for y in range(height)]
