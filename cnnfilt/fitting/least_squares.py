"""A filter learned from examples: least squares, how sure it is of each coefficient, and the digits worth writing."""

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.inverse_levels import InverseLevels
from cnnfilt.errors import DemandError, counted
from cnnfilt.fitting.equations import Equations
from cnnfilt.frozen import Frozen, replace

SINGULAR = 1e-12
"""A direction in which the windows vary by so little of what they vary in the widest is as good as none."""

LARGEST_DENOMINATOR = 1024

MOST_DECIMALS = 15

NEAR = 0.1
"""How near to a whole number is near: of many coefficients that all are, hardly any are so by chance."""

ROUNDING = 1 / 12**0.5
"""What rounding to whole levels leaves, RMS: the spread of a uniform error of one level."""


class Learned(Frozen):
    """A filter that was learned.

    `unknowns` is (n, maps), one column a filter and, where a bias was sought, its bias last; `spread` the standard
    error of each; `rms` what the filter misses AFTER by, in responses, each as large as could be made of the windows.
    """

    equations: Equations
    unknowns: Array
    spread: Array
    rms: float
    has_bias: bool
    whole_over: int = 0
    """The coefficients are whole numbers over this; 0 where they are not."""
    factor: float = 1
    """How many times as large the responses are as those of the images."""

    @property
    def coefficients(self) -> Array:
        """Return the coefficients (n, maps), without the biases."""
        return self.unknowns[:-1] if self.has_bias else self.unknowns

    @property
    def biases(self) -> Array:
        """Return the biases (maps,); 0 where none was sought."""
        return self.unknowns[-1] if self.has_bias else np.zeros(self.unknowns.shape[1])

    @property
    def unsure(self) -> float:
        """Return the largest standard error of a coefficient over the largest coefficient."""
        largest = np.abs(self.coefficients).max()
        spread = self.spread[:-1] if self.has_bias else self.spread
        return float(spread.max() / largest) if largest else 0.0


def solve(equations: Equations, *, bias: bool = False) -> Learned:
    """Return the filter that misses AFTER least, in the sense of least squares.

    Raises DemandError when the windows do not settle every coefficient: too few, or too much alike.
    """
    asked = equations if bias else equations.without_bias()
    n = len(asked.gram)
    if not asked.windows:
        raise DemandError(
            "every pixel of AFTER is black or white, where values were cut off, so nothing is left to learn from; "
            "write AFTER with --values offset, or raw to a .npy"
        )
    if asked.windows < n:
        raise DemandError(
            f"{counted(asked.windows, 'windows')} cannot tell {counted(n, 'unknown numbers')}; "
            "give a larger image or a smaller -f"
        )
    inverse = _inverse(asked)
    unknowns = inverse @ asked.moments
    # Once more for what rounding took away: of little use where windows differ, of much where they hardly do.
    unknowns += inverse @ (asked.moments - asked.gram @ unknowns)
    return as_learned(equations, unknowns, np.diag(inverse), bias=bias)


def as_learned(equations: Equations, unknowns: Array, inverse_diagonal: Array, *, bias: bool) -> Learned:
    """Return these unknowns as a Learned, with what they miss AFTER by."""
    asked = equations if bias else equations.without_bias()
    free = max(asked.windows - len(asked.gram), 1)
    errors = asked.squared_error(unknowns) / free
    spread = np.sqrt(np.outer(inverse_diagonal, errors))
    return Learned(asked, unknowns, spread, float(np.sqrt(errors.mean())), bias)


def inverse_diagonal(equations: Equations, *, bias: bool) -> Array:
    """Return the diagonal of the inverse of X X^T; DemandError where there is none."""
    return np.diag(_inverse(equations if bias else equations.without_bias()))


def _inverse(equations: Equations) -> Array:
    """Return the inverse of X X^T."""
    # Scaled to ones on the diagonal, so that bright pixels and the constant count alike.
    scale = np.sqrt(np.diag(equations.gram))
    scale[scale == 0] = 1
    values, vectors = np.linalg.eigh(equations.gram / np.outer(scale, scale))
    rank = int(np.count_nonzero(values > SINGULAR * values[-1]))
    if rank < len(values) or values[-1] == 0:
        raise DemandError(
            f"the windows of BEFORE are too much alike: they settle {rank} of {len(values)} unknown numbers (a flat, "
            "smooth or repeating image, or channels that are copies); use an image with more detail, or a smaller -f"
        )
    vectors /= scale[:, np.newaxis]
    inverse: Array = (vectors / values) @ vectors.T
    return inverse


def simplified(learned: Learned) -> Learned:
    """Return `learned` with whole numbers, or whole numbers over one denominator, where these do as well.

    Else with as many decimals as it is sure of. Whole numbers do as well if all are near, and AFTER is missed by
    hardly more; they are not tried where numbers so close to each other would fit any filter.
    """
    spread = float(learned.spread[: len(learned.coefficients)].max())
    for denominator in range(1, LARGEST_DENOMINATOR + 1):
        if 4 * spread * denominator > NEAR:
            break
        numerators = np.rint(learned.coefficients * denominator)
        if np.abs(learned.coefficients * denominator - numerators).max() <= NEAR:
            whole = _with_coefficients(learned, numerators / denominator)
            if _does_as_well(whole, learned):
                return replace(whole, whole_over=denominator)
    decimals = decimals_of(learned)
    while decimals < MOST_DECIMALS and not _does_as_well(rounded(learned, decimals), learned):
        decimals += 1
    return rounded(learned, decimals)


def rounded(learned: Learned, decimals: int) -> Learned:
    """Return `learned` with its coefficients rounded to so many decimals, and the bias that then fits best."""
    return _with_coefficients(learned, np.round(learned.coefficients, decimals))


def decimals_of(learned: Learned) -> int:
    """Return how many decimals the coefficients deserve: a tenth of their standard error, twelve digits at most."""
    largest = float(np.abs(learned.coefficients).max()) or 1.0
    spread = float(learned.spread[: len(learned.coefficients)].max())
    unit = max(spread / 10, largest * 1e-12)
    return max(0, int(np.ceil(-np.log10(unit))))


def with_plain_factor(learned: Learned) -> Learned:
    """Return a filter known but for a factor with the plainest one: whole numbers, else 1 for the largest."""
    largest = float(np.abs(learned.coefficients).max())
    if not largest:
        return learned
    plain = simplified(_times(learned, 1 / largest))
    return replace(_times(plain, plain.whole_over), whole_over=1) if plain.whole_over else plain


def levels_off(learned: Learned, inverse: InverseLevels) -> float:
    """Return by how much the filter misses AFTER, RMS, in levels of 255.

    Raw numbers have no top: the largest of them counts as white.
    """
    white = inverse.white / abs(inverse.gain) if inverse.white else learned.equations.largest / learned.factor
    return learned.rms / learned.factor * 255 / white if white else 0.0


def _times(learned: Learned, factor: float) -> Learned:
    """Return a filter whose responses are `factor` times as large."""
    return replace(
        learned,
        equations=learned.equations.times(factor),
        unknowns=learned.unknowns * factor,
        spread=learned.spread * factor,
        rms=learned.rms * factor,
        factor=learned.factor * factor,
    )


def _with_coefficients(learned: Learned, coefficients: Array) -> Learned:
    unknowns = coefficients
    if learned.has_bias:
        gram = learned.equations.gram
        biases = (learned.equations.moments[-1] - gram[-1, :-1] @ coefficients) / gram[-1, -1]
        whole, sure = np.rint(biases), 4 * learned.spread[-1] + 1e-9
        settled = np.where(np.abs(whole - biases) <= sure, whole, np.round(biases, 6))
        unknowns = np.vstack([coefficients, settled + 0.0])  # A bias rounded to zero may be negative.
    free = max(learned.equations.windows - len(learned.equations.gram), 1)
    errors = learned.equations.squared_error(unknowns) / free
    return replace(learned, unknowns=unknowns, rms=float(np.sqrt(errors.mean())))


def _does_as_well(other: Learned, best: Learned) -> bool:
    """Return whether `other` misses AFTER by hardly more than `best`."""
    # Errors of rounding are not independent of the image, so a test that takes them to be is too strict.
    unseen = 1e-7 * float(np.sqrt(best.equations.power.max() / best.equations.windows))
    return other.rms <= 1.03 * best.rms + unseen
