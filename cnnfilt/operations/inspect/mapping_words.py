"""How values became pixels, in words."""

from typing import assert_never

from cnnfilt.core.levels import Levels
from cnnfilt.describe.percentiles import Percentiles


def mapping_in_words(levels: Levels, curve: str = "") -> str:
    """Return in words how a value became the pixel; one of light became a level by a `curve`, too."""
    if curve:
        return f"{mapping_in_words(levels).replace('rounded, clipped', f'{curve} done again, rounded, clipped')}"
    if levels.values == "raw":
        return "the value as it is"
    top, clipped = levels.top, f"rounded, clipped to 0..{levels.top}"
    if isinstance(levels.value_range, Percentiles):
        low, high = levels.value_range.low, levels.value_range.high
        of = "its magnitudes" if levels.values == "abs" else "the image's values"
        return f"the {low:g}th to {high:g}th percentile of {of} to 0..{top}, {clipped}"
    if levels.value_range is not None:
        low, high = levels.value_range
        magnitude = "of the magnitude, " if levels.values == "abs" else ""
        return f"{magnitude}{low:g}..{high:g} to 0..{top}, {clipped}"
    match levels.values:
        case "clip":
            return clipped
        case "abs":
            return f"the magnitude, {clipped}"
        case "offset":
            return f"half of it + {(top + 1) // 2}, {clipped}"
        case "minmax":
            return f"the image's lowest value to 0, its highest to {top}"
        case "symmetric":
            return f"{(top + 1) // 2} + {top // 2} * value / the image's largest magnitude"
        case unknown:
            assert_never(unknown)
