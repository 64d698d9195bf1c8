"""How normalised values come about, as chain_norms.js writes them out."""

from cnnfilt.nn.layer import float_type
from cnnfilt.nn.layer_table import layer_of
from cnnfilt.nn.norms import EPSILON, GroupNorm, LayerNorm, LocalResponseNorm
from cnnfilt.page.arrays import packed
from cnnfilt.page.layer_run import LayerRun, Step


def normalised(run: LayerRun) -> Step:
    """Return a normalisation by numbers that are kept for each channel."""
    parts = {name: packed(array) for name, array in run.weights.items()}
    return {"op": "normalised", "epsilon": EPSILON, **parts}


def standardised(run: LayerRun) -> Step:
    """Return a normalisation by the mean and the variance that the run found in groups of the values themselves."""
    layer, taken = layer_of(run.report, run.weights), run.taken
    assert isinstance(layer, GroupNorm), "by the table"
    mean, variance = layer.moments(taken[None].astype(float_type(taken.dtype), copy=False))
    # One for each position, or one for each group of channels.
    size = taken.shape[:2] if isinstance(layer, LayerNorm) and taken.ndim == 3 else (1, 1)
    parts = {"mean": mean.reshape(*size, -1), "variance": variance.reshape(*size, -1)}
    weights = {name: packed(array) for name, array in run.weights.items()}
    per = taken.shape[-1] // layer.groups
    return {
        "op": "standardised",
        "epsilon": layer.epsilon,
        "per": per,
        "count": taken.size // mean.size,
        **weights,
        **parts,
    }


def local_response(run: LayerRun) -> Step:
    """Return a division by neighbours with the numbers of the layer."""
    norm = LocalResponseNorm
    return response(norm.constant, norm.slope, norm.power, norm.beside, norm.beside)


def response(constant: float, slope: float, power: float, before: int, after: int) -> Step:
    """Return a value over (constant + slope * sum of squares)^power, over so many channels before it and after it."""
    return {"op": "response", "constant": constant, "slope": slope, "power": power, "before": before, "after": after}
