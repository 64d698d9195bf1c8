"""Where the stamps of a transposed convolution fall along an axis, counted one by one."""

import random
from collections.abc import Iterator

import pytest

from cnnfilt.describe.transposed import TransposedAxis, TransposedSlide, transposed_axis
from cnnfilt.errors import ParameterError, ShapeError

GEOMETRIES = 10_000


def drawn(count: int = GEOMETRIES) -> Iterator[tuple[int, int, int, int, int, tuple[int, int]]]:
    """Yield (n, kernel size, stride, dilation, output padding, paddings)."""
    rng = random.Random(3)
    for _ in range(count):
        n, k, s, d = rng.randint(1, 30), rng.randint(1, 9), rng.randint(1, 6), rng.randint(1, 4)
        yield n, k, s, d, rng.randint(0, max(s, d) - 1), (rng.randint(0, 6), rng.randint(0, 6))


def made() -> Iterator[TransposedAxis]:
    """Yield the axes of which anything comes out."""
    for n, k, s, d, extra, pads in drawn(2_000):
        if (n - 1) * s - sum(pads) + d * (k - 1) + 1 + extra > 0:
            yield transposed_axis(n, k, s, d, extra, pads)


def stamps(axis: TransposedAxis) -> set[tuple[int, int, int]]:
    """Return every (input, tap, output) on the output."""
    return {
        (position, tap, place)
        for position in range(axis.size)
        for tap in range(axis.kernel_size)
        if 0 <= (place := position * axis.stride + tap * axis.dilation - axis.before) < axis.output_size
    }


def test_sizes() -> None:
    for n, k, s, d, extra, pads in drawn():
        size = (n - 1) * s - sum(pads) + d * (k - 1) + 1 + extra
        if size > 0:
            assert transposed_axis(n, k, s, d, extra, pads).output_size == size
        else:
            with pytest.raises(ShapeError):
                transposed_axis(n, k, s, d, extra, pads)


def test_sizes_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    x, weight = torch.empty(1, 1, 1, 1, device="meta"), torch.empty(1, 1, 1, 1, device="meta")
    for n, k, s, d, extra, (pad, _) in drawn():
        if (n - 1) * s - 2 * pad + d * (k - 1) + 1 + extra < 1:
            continue
        theirs = torch.nn.functional.conv_transpose2d(
            x.expand(1, 1, n, 1), weight.expand(1, 1, k, 1), None, (s, s), (pad, 0), (extra, 0), 1, (d, d)
        )
        assert theirs.shape[2] == transposed_axis(n, k, s, d, extra, (pad, pad)).output_size


def test_each_tap_falls_where_it_is_said_to() -> None:
    for axis in made():
        said = set()
        for tap in range(axis.kernel_size):
            inputs, outputs = axis.met_by(tap)
            said |= {(position, tap, place) for position, place in zip(inputs, outputs, strict=True)}
        assert said == stamps(axis)


def test_phases_are_plain_convolutions() -> None:
    """What the windows of the phases see, the kernel running backwards, are the stamps."""
    for axis in made():
        said = set()
        for phase in axis.phases:
            if phase.window is None:
                continue
            assert phase.window.output_size == len(phase.outputs)
            for window, place in enumerate(phase.outputs):
                for number, tap in enumerate(reversed(phase.taps)):
                    position = phase.window.start(window) + number * phase.window.dilation
                    if 0 <= position < len(phase.inputs):
                        said.add((phase.inputs[position], tap, place))
        assert said == stamps(axis)
        assert sorted(place for phase in axis.phases for place in phase.outputs) == list(range(axis.output_size))


@pytest.mark.parametrize("padding", ["full", "same-lower", "zeros"])
def test_paddings_without_a_meaning_are_refused(padding: str) -> None:
    with pytest.raises(ParameterError, match=f"padding '{padding}' is not defined for a transposed convolution"):
        TransposedSlide((3, 3), padding=padding).over((5, 5))  # type: ignore[arg-type]
