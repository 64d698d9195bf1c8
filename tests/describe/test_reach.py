"""What a value depends on, against nets of ones whose gradients are followed by brute force."""

import contextlib
import io
import random
from typing import Any

import pytest

from cnnfilt.cli.shape.emit.in_torch import script
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.reach import MOST_PHASES, Reach, repeated
from cnnfilt.describe.transposed import transposed_axis
from cnnfilt.errors import CnnfiltError
from tests.dependence import spans_of


def field_of(words, size):
    return describe(parse_chain([words]), Volume(*size))[-1].receptive_field


@pytest.mark.parametrize(
    ("words", "field", "jump"),
    [
        ("conv:1,k=3 conv:1,k=3", 5, 1),
        ("up:2", 1, 0.5),
        ("up:2 conv:1,k=2", 2, 0.5),
        ("up:2 conv:1,k=3", 2, 0.5),
        ("up:2 conv:1,k=5", 3, 0.5),
        ("up:2,mode=bilinear", 2, 0.5),
        ("up:3,mode=bilinear", 2, 1 / 3),
        ("tconv:1,k=2,s=2", 1, 0.5),
        ("tconv:1,k=3,s=2", 2, 0.5),
        ("tconv:1,k=4,s=2,p=1", 2, 0.5),
        ("tconv:1,k=3,s=1,p=1", 3, 1),
        ("pool:max tconv:1,k=2,s=2", 2, 1),
        ("pool:max up:2 conv:1,k=3", 4, 1),
        ("as:in conv:1,k=7,p=3 as:wide from:in conv:1,k=3,p=1 add:wide", 7, 1),
        ("as:in conv:1,k=3,p=0x2x0x2 as:right from:in conv:1,k=3,p=2x0x2x0 add:right", 5, 1),
        ("as:in conv:1,k=1,s=2 as:out from:in pool:max add:out", 2, 2),
        ("as:in pool:global mul:in", 24, 1),
        # The window at the edge sees the padding, too.
        ("as:in pool:global mul:in conv:1,k=3,p=1", 25, 1),
        ("as:in pool:global up:24 add:in", 24, 1),
        ("pool:avg,adaptive=12x12", 2, 2),
        ("pool:avg,adaptive=16x16", 2, 1.5),
    ],
)
def test_fields_that_can_be_worked_out_by_hand(words, field, jump):
    report = describe(parse_chain([words]), Volume(24, 24, 1))[-1]
    assert report.receptive_field == (field, field)
    assert report.jump == (jump, jump)


def test_branches_that_move_on_at_different_steps_have_no_field():
    report = describe(
        parse_chain(["as:in conv:1,k=5 as:out from:in conv:1,k=2,s=2,p=2x1x2x1 crop:2x2 as:b from:out crop:2x2 add:b"]),
        Volume(9, 9),
    )[-1]
    assert (report.receptive_field, report.jump) == (None, None)


def test_a_pattern_that_is_too_long_is_given_up():
    assert Reach().through(repeated(MOST_PHASES), 9) is not None
    assert Reach().through(repeated(MOST_PHASES + 1), 9) is None


def drawn_words(rng):
    """Return words for a small net with branches, on one channel."""
    kinds = [
        lambda: f"conv:1,k={rng.randint(1, 4)},s={rng.randint(1, 3)},d={rng.randint(1, 2)},p={rng.randint(0, 2)}",
        lambda: f"tconv:1,k={rng.randint(1, 4)},s={rng.randint(1, 3)},d={rng.randint(1, 2)},p={rng.randint(0, 1)}",
        lambda: f"up:{rng.randint(1, 3)}",
        lambda: f"up:{rng.randint(1, 3)},mode=bilinear",
        lambda: f"pool:max,k={rng.randint(1, 3)},s={rng.randint(1, 2)}",
        lambda: f"pad:{rng.randint(0, 2)}x{rng.randint(0, 2)}x0x0",
        lambda: f"crop:{rng.randint(0, 2)}x{rng.randint(0, 2)}x0x0",
        lambda: (
            f"as:in conv:1,k={rng.choice([3, 5])},p=same as:a from:in conv:1,k=3,p=same,d={rng.randint(1, 2)} add:a"
        ),
        lambda: "as:in conv:1,k=3,s=2,p=1 as:a from:in conv:1,k=1,s=2 add:a",
        lambda: "as:in pool:max up:2 as:a from:in add:a",
    ]
    return " ".join(rng.choice(kinds)() for _ in range(rng.randint(1, 4)))


def test_fields_are_the_widest_dependence_found_by_brute_force():
    """In the middle of a map so large that no border cuts it short."""
    rng, checked = random.Random(14), 0
    while checked < 400:
        words, size = drawn_words(rng), 240
        try:
            reports = describe(parse_chain([words]), Volume(size, size, 1))
        except CnnfiltError:
            continue
        spans = spans_of(parse_chain([words]), size)
        widest = max((last - first + 1 for first, last in spans if first > 40 and last < size - 41), default=None)
        if widest is None:
            continue
        assert reports[-1].receptive_field == (widest, widest), words
        checked += 1


def test_the_plainest_way_is_what_gradients_say():
    torch = pytest.importorskip("torch")
    rng, size, checked = random.Random(15), 60, 0
    while checked < 40:
        words = drawn_words(rng).replace("pool:max", "pool:avg")  # A maximum has a gradient in one place alone.
        try:
            reports = describe(parse_chain([words]), Volume(size, size, 1))
        except CnnfiltError:
            continue
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec("\n".join(script(Volume(size, size, 1), reports)), names)
        for weights in names["network"].parameters():
            weights.data[:] = 1
        x = torch.zeros(1, 1, size, size, requires_grad=True)
        y = names["network"](x)
        spans = []
        for row in range(y.shape[2]):
            (slopes,) = torch.autograd.grad(y[0, 0, row].sum(), x, retain_graph=True)
            # Between two places that differ by a rounding error, interpolation gives one of them a weight of 1e-8.
            read = (slopes[0, 0].abs() > 1e-6).any(dim=1).nonzero()[:, 0].tolist()
            spans += [(read[0], read[-1])] if read else []
        assert spans == spans_of(parse_chain([words]), size), words
        checked += 1


def test_what_a_transposed_convolution_never_uses_is_counted():
    rng = random.Random(3)
    for _ in range(2_000):
        n, kernel, stride, dilation = rng.randint(1, 9), rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 3)
        before, after = rng.randint(0, 8), rng.randint(0, 8)
        try:
            axis = transposed_axis(n, kernel, stride, dilation, 0, (before, after))
        except CnnfiltError:
            continue
        used = {
            i for i in range(n) for t in range(kernel) if 0 <= i * stride + t * dilation - before < axis.output_size
        }
        assert axis.unread == n - len(used), axis
