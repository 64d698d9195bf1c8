"""How the learning rate changes from epoch to epoch."""

from math import cos, pi
from typing import assert_never

from cnnfilt.terms import ScheduleName


def share_of_rate(schedule: ScheduleName, epoch: int, epochs: int) -> float:
    """Return what the learning rate is multiplied by in `epoch`, from 1, of so many `epochs`.

    constant   1
    step       1, from the middle on 1/10, in the last quarter 1/100 (He et al. 2016, section 4.2)
    cosine     half a wave, from 1 in the first epoch towards 0 after the last (Loshchilov & Hutter 2017)
    """
    done = (epoch - 1) / epochs
    match schedule:
        case "constant":
            return 1.0
        case "step":
            return 0.01 if done >= 0.75 else 0.1 if done >= 0.5 else 1.0
        case "cosine":
            return (1 + cos(pi * done)) / 2
        case unknown:
            assert_never(unknown)
