"""What is known of a layer that was run, of which a page says how its values come about."""

from collections.abc import Mapping
from typing import Any

from cnnfilt.describe.chain import Report
from cnnfilt.files.image import Array
from cnnfilt.frozen import Frozen

Step = dict[str, Any]
"""What chain.js is given of a layer: see `chain_steps.step_of`."""


class LayerRun(Frozen, eq=False):
    """A layer that was run: its report and weights, which of its filters the page keeps (None: all), and its input."""

    report: Report
    weights: Mapping[str, Array]
    filters: list[int] | None
    taken: Array
