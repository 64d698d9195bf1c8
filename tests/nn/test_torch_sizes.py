"""Sizes and parameters of networks drawn from all layer words that train, against the torch module of each."""

import contextlib
import io
import random
from collections.abc import Callable
from typing import Any

import pytest

from cnnfilt.cli.shape.emit.in_torch import script
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.errors import CnnfiltError


def drawn(rng: random.Random) -> str:
    """Up to five words; most go with the channels that come in."""

    def window() -> str:
        k, s, d = (
            f"{rng.randint(1, 4)}x{rng.randint(1, 4)}",
            f"{rng.randint(1, 3)}x{rng.randint(1, 3)}",
            rng.randint(1, 2),
        )
        return f"k={k},s={s},d={d},p={rng.choice(['0', '1', '2x1', '1x0x2x1', 'valid'])}"

    kinds: list[Callable[[], str]] = [
        lambda: f"conv:{rng.choice([2, 4])},{window()},g={rng.randint(1, 2)},bias={rng.randint(0, 1)}",
        lambda: f"dw:{window()},m={rng.randint(1, 2)}",
        lambda: f"tconv:{rng.choice([2, 4])},{window()},g={rng.randint(1, 2)},op={rng.choice([0, 0, 1])}",
        lambda: (
            f"pool:{rng.choice(['max', 'avg', 'min'])},k={rng.randint(1, 4)},s={rng.randint(1, 3)},"
            f"p={rng.randint(0, 2)},ceil={rng.randint(0, 1)}"
        ),
        lambda: f"pool:avg,adaptive={rng.randint(1, 5)}x{rng.randint(1, 5)}",
        lambda: f"up:{rng.randint(1, 3)}x{rng.randint(1, 3)},mode={rng.choice(['nearest', 'bilinear'])}",
        lambda: f"pad:{rng.randint(0, 3)}x{rng.randint(0, 3)}x1x0,mode={rng.choice(['zeros', 'reflect', 'circular'])}",
        lambda: f"crop:{rng.randint(0, 3)}x{rng.randint(0, 3)}x1x0",
        lambda: rng.choice(["bn", "ln", "gn:2", "lrn", "scale", "prelu", "relu", "dropout:0.2", "softmax"]),
        lambda: f"as:a conv:2,{window()} add:a",
        lambda: f"as:a tconv:2,k=3,s={rng.randint(1, 2)},p=1,op={rng.randint(0, 1)} cat:a",
        lambda: "as:a pool:global mul:a",
    ]
    end = rng.choice(["", "", " flatten", " flatten fc:3"])
    return " ".join(rng.choice(kinds)() for _ in range(rng.randint(1, 5))) + end


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_sizes_of_drawn_networks_are_those_of_torch(count: int) -> None:
    torch = pytest.importorskip("torch")
    rng, checked = random.Random(15), 0
    while checked < count:
        words, size = drawn(rng), Volume(rng.randint(1, 24), rng.randint(1, 24), rng.choice([2, 4]))
        try:
            reports = describe(parse_chain([words]), size)
            lines = script(size, reports)
        except CnnfiltError:
            continue
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()), torch.device("meta"):
            try:
                exec("\n".join(lines), names)
            except ValueError as error:
                # It normalises no single value.
                assert "Expected more than 1 value per channel" in str(error)  # noqa: PT017 - of some it is raised
                continue
            network = names["network"].eval()
            made = network(torch.empty(1, size.channels, size.height, size.width))
        out = reports[-1].output
        said = (out.channels, out.height, out.width) if isinstance(out, Volume) else (out.features,)
        assert tuple(made.shape[1:]) == said, words
        params = sum(one.numel() for one in network.parameters() if one.requires_grad)
        assert params == sum(one.effect.params for one in reports if one.layer.learns), words
        checked += 1
