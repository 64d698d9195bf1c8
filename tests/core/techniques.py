"""One technique of the engine, forced upon jobs that the plan would give to another, against plain loops."""

from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st

from cnnfilt import convolve
from cnnfilt.core.engine import run
from cnnfilt.core.engine.plan import Plan, sum_dtype
from tests import oracles

MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")
DTYPES = ("uint8", "uint16", "float32", "float64")


@st.composite
def cases(draw, dtypes=DTYPES, longest_kernel=7):
    """An image (H, W, C) of a few strips at most, and the options of a convolution without stride that fits it."""
    mode, size, kernel, pads, dilation = draw(st.sampled_from(MODES)), [], [], [], []
    for _ in range(2):
        n, k, d = draw(st.integers(1, 40)), draw(st.integers(1, longest_kernel)), draw(st.integers(1, 3))
        furthest = {"reflect": n - 1, "symmetric": n, "circular": n}.get(mode, 9)
        before, after = (min(draw(st.integers(0, 9)), furthest) for _ in range(2))
        # Growing the image keeps the paddings legal in every mode.
        size.append(n + max(d * (k - 1) + 1 - (before + n + after), 0))
        kernel.append(k)
        pads.append((before, after))
        dilation.append(d)
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    image = rng.uniform(0, 255, (*size, draw(st.integers(1, 3)))).astype(draw(st.sampled_from(dtypes)))
    options = {"padding": tuple(pads), "dilation": tuple(dilation), "padding_mode": mode, "padding_value": 7}
    return image, tuple(kernel), rng, options


def convolve_by(technique, image, kernel, **options):
    """Return what `convolve` gives when the plan is `technique`, a class of the engine."""
    with patch.object(run, "plan", lambda job, dtype=None: Plan(sum_dtype(job), technique, "")):
        return convolve(image, kernel, **options)


def plain(image, kernel, options):
    """Return the correlation of every channel of `image` (H, W, C) by loops over Python numbers."""
    names = {"pads": "padding", "dilation": "dilation", "mode": "padding_mode", "value": "padding_value"}
    geometry = {ours: options[theirs] for ours, theirs in names.items() if theirs in options}
    channels = [oracles.correlate(image[:, :, c], kernel, **geometry) for c in range(image.shape[2])]
    return np.moveaxis(np.array(channels, float), 0, 2)


def assert_close(responses, expected, image, kernel, largest=7):
    """Hold `responses` to the promise for floats, in the image's own precision."""
    precision = 1e-5 if responses.dtype == np.float32 else 1e-13
    largest = max(largest, np.abs(image.astype(float)).max())
    assert np.abs(responses - expected).max() <= precision * np.abs(kernel).sum() * largest
