"""Operators on each number by itself, or on those of several inputs that are broadcast."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from cnnfilt.core.error_function import erf
from cnnfilt.describe.graphs.elementwise import KINDS
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import per_channel
from cnnfilt.nn.operators.task import Arrays, Make, Task, plain


def each(function: Any) -> Make:
    """Return the operator that is a function of NumPy on one input."""
    return plain(lambda task, x: function(x, out=task.out(x)))


def scaled(name: str, default: float, function: Callable[[Array, Any], Array]) -> Make:
    """Return an operator whose formula has one number, the attribute `name`."""

    def make(task: Task) -> Callable[..., Array]:
        number = task.number(name, default)
        return lambda x: function(x, x.dtype.type(number))

    return make


def relu(task: Task, x: Array) -> Array:
    """max(x, 0)."""
    return np.asarray(np.maximum(x, x.dtype.type(0), out=task.out(x)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), precise near 0, too; where exp overflows to infinity, that is 0."""
    made = np.exp(-x)
    made += 1
    return np.asarray(np.reciprocal(made, out=made))


def gelu(task: Task, x: Array) -> Array:
    """x Phi(x), Phi the normal distribution's, or what tanh gives, nearly the same. Hendrycks & Gimpel (2016)."""
    if task.text("approximate", "none") != "tanh":
        return np.asarray(x * (erf(x * x.dtype.type(np.sqrt(0.5))) + 1) * x.dtype.type(0.5))
    inner = np.sqrt(2 / np.pi).astype(x.dtype) * (x + x.dtype.type(0.044715) * x**3)
    return np.asarray(x * (np.tanh(inner) + 1) * x.dtype.type(0.5))


def softplus(x: Array) -> Array:
    """log(exp(x) + 1)."""
    return np.asarray(np.logaddexp(x, x.dtype.type(0)))


def selu(task: Task, x: Array) -> Array:
    """gamma x above 0, gamma alpha (exp(x) - 1) below. Klambauer et al. (2017)."""
    alpha, gamma = task.number("alpha", 1.67326319217681884765625), task.number("gamma", 1.05070102214813232421875)
    return np.asarray(x.dtype.type(gamma) * elu(x, x.dtype.type(alpha)))


def elu(x: Array, alpha: Any) -> Array:
    """x above 0, alpha (exp(x) - 1) below. Clevert et al. (2016)."""
    return np.asarray(np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))))


def celu(x: Array, alpha: Any) -> Array:
    """max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)."""
    return np.asarray(np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha))


def hard_sigmoid(task: Task, x: Array) -> Array:
    """alpha x + beta, from 0 to 1."""
    kind = x.dtype.type
    return np.asarray(np.clip(x * kind(task.number("alpha", 0.2)) + kind(task.number("beta", 0.5)), 0, kind(1)))


def hard_swish(x: Array) -> Array:
    """x times x / 6 + 1/2, from 0 to 1. Howard et al. (2019)."""
    kind = x.dtype.type
    return np.asarray(x * np.clip(x * kind(1 / 6) + kind(0.5), kind(0), kind(1)))


def shrink(task: Task, x: Array) -> Array:
    """0 between -lambd and lambd, nearer to 0 by bias outside."""
    lambd, bias = task.number("lambd", 0.5), task.number("bias", 0.0)
    shrunk = np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0))
    return np.asarray(shrunk, x.dtype)


def p_relu(task: Task, x: Array, slope: Array) -> Array:
    """x above 0, slope x below; before version 7 there was one slope for each channel."""
    if slope.ndim == 1 and slope.size not in (1, x.shape[-1]) and x.ndim > 2:
        slope = per_channel(slope, x.ndim)
    return np.where(x > 0, x, x * slope)


def clip(task: Task, x: Array, low: Array | None = None, high: Array | None = None) -> Array:
    """From a lowest to a highest; before version 11 they are attributes."""
    least, most = (
        np.asarray(task.number(name, 0.0), x.dtype) if bound is None and task.has(name) else bound
        for bound, name in ((low, "min"), (high, "max"))
    )
    return np.array(x) if least is most is None else np.clip(x, least, most, out=task.out(x))


def together(function: Any) -> Make:
    """Return the operator that puts all inputs together, two at a time."""

    def run(task: Task, *inputs: Array) -> Array:
        one, *others = _aligned(task, inputs)
        if not others:
            return one.copy()
        if len(others) == 1 and task.output.dims == one.shape and one.dtype == others[0].dtype:
            return np.asarray(function(one, others[0], out=task.out(one)))
        return np.asarray(reduce(function, others, one))

    return plain(run)


def _aligned(task: Task, inputs: Arrays) -> Arrays:
    """Return inputs that broadcast as NumPy does it; before version 7 an attribute says where the second begins."""
    if task.version >= 7 or len(inputs) != 2 or not task.whole("broadcast", 0):
        return inputs
    one, other = inputs
    start = task.whole("axis", one.ndim - other.ndim) % max(one.ndim, 1)
    return one, other.reshape(*other.shape, *(1,) * (one.ndim - start - other.ndim))


def mean(task: Task, *inputs: Array) -> Array:
    """The mean of all inputs."""
    return np.asarray(reduce(np.add, inputs) / inputs[0].dtype.type(len(inputs)))


def divide(one: Array, other: Array, out: Array | None = None) -> Array:
    """One over the other; of whole numbers what is after the point is cut off, as in C."""
    if one.dtype.kind == "f":
        return np.asarray(np.divide(one, other, out=out))
    with np.errstate(divide="ignore"):
        quotient = np.floor_divide(one, other)
        return np.asarray(quotient + ((quotient < 0) & (quotient * other != one)).astype(one.dtype))


def power(one: Array, other: Array, out: Array | None = None) -> Array:
    """One to the power of the other, in the type of the first."""
    if one.dtype.kind == "f" and other.size == 1 and other.item() == 2:
        return np.asarray(np.multiply(one, one, out=out))
    return np.power(one, other).astype(one.dtype, copy=False)


def remainder(task: Task, one: Array, other: Array) -> Array:
    """What is left, with the sign of the divisor, or as C has it."""
    return np.asarray(np.fmod(one, other) if task.whole("fmod", 0) else np.mod(one, other))


def cast(task: Task, x: Array) -> Array:
    """The same numbers in another type; those of half precision are rounded to it and stay in single."""
    to = task.whole("to", 0)
    return converted(x, KINDS.get(to) or WHOLE_KINDS.get(to, ""))


WHOLE_KINDS = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 12: "uint32", 13: "uint64"}


def converted(x: Array, kind: str) -> Array:
    """Return `x` in numbers of `kind`. ShapeError for kinds that are not computed with."""
    if kind in ("", "bfloat16"):
        raise ShapeError(f"numbers of {kind or 'that kind'} are not computed with")
    # What does not fit whole numbers, NaN among them, is nowhere said to become anything.
    with np.errstate(invalid="ignore", over="ignore"):
        made = x.astype(kind)
        return made.astype(np.float32) if kind == "float16" else made


def unchanged(task: Task, x: Array, *settings: Array) -> Array | Arrays:
    """Identity, and Dropout, which is there for training; its second output says that everything is kept."""
    if task.node.operator == "Dropout" and task.maybe(2) is not None and any(task.numbers(2)):
        raise ShapeError("it drops values out at random, as in training, which is not run")
    if task.node.operator == "Dropout" and len(task.node.outputs) > 1:
        return x, np.ones(x.shape, np.bool_)
    return x


OPERATORS: dict[str, Make] = {
    "Relu": plain(relu),
    "LeakyRelu": scaled("alpha", 0.01, lambda x, alpha: np.where(x > 0, x, x * alpha)),
    "ThresholdedRelu": scaled("alpha", 1.0, lambda x, alpha: np.where(x > alpha, x, x.dtype.type(0))),
    "PRelu": plain(p_relu),
    "Elu": scaled("alpha", 1.0, elu),
    "Celu": scaled("alpha", 1.0, celu),
    "Selu": plain(selu),
    "Gelu": plain(gelu),
    "Sigmoid": plain(lambda task, x: sigmoid(x)),
    "HardSigmoid": plain(hard_sigmoid),
    "HardSwish": plain(lambda task, x: hard_swish(x)),
    "Swish": scaled("alpha", 1.0, lambda x, alpha: np.asarray(x * sigmoid(alpha * x))),
    "Mish": plain(lambda task, x: np.asarray(x * np.tanh(softplus(x)))),
    "Softplus": plain(lambda task, x: softplus(x)),
    "Softsign": plain(lambda task, x: np.asarray(x / (1 + np.abs(x)))),
    "Shrink": plain(shrink),
    "Clip": plain(clip),
    "Add": together(np.add),
    "Sub": together(np.subtract),
    "Mul": together(np.multiply),
    "Div": together(divide),
    "Pow": together(power),
    "Sum": together(np.add),
    "Max": together(np.maximum),
    "Min": together(np.minimum),
    "Mean": plain(mean),
    "Mod": plain(remainder),
    "Tanh": each(np.tanh),
    "Abs": each(np.abs),
    "Neg": each(np.negative),
    "Sign": each(np.sign),
    "Exp": each(np.exp),
    "Log": each(np.log),
    "Sqrt": each(np.sqrt),
    "Reciprocal": each(np.reciprocal),
    "Floor": each(np.floor),
    "Ceil": each(np.ceil),
    "Round": each(np.rint),
    **{name: each(getattr(np, name.lower())) for name in ("Sin", "Cos", "Tan", "Sinh", "Cosh")},
    "Erf": plain(lambda task, x: erf(x)),
    "IsNaN": plain(lambda task, x: np.isnan(x)),
    "Xor": plain(lambda task, one, other: np.logical_xor(one, other)),
    "Not": plain(lambda task, x: np.logical_not(x)),
    "And": plain(lambda task, one, other: np.logical_and(one, other)),
    "Or": plain(lambda task, one, other: np.logical_or(one, other)),
    "Equal": plain(lambda task, one, other: np.equal(one, other)),
    "Less": plain(lambda task, one, other: np.less(one, other)),
    "LessOrEqual": plain(lambda task, one, other: np.less_equal(one, other)),
    "Greater": plain(lambda task, one, other: np.greater(one, other)),
    "GreaterOrEqual": plain(lambda task, one, other: np.greater_equal(one, other)),
    "Where": plain(lambda task, where, one, other: np.where(where, one, other)),
    "Cast": plain(cast),
    "CastLike": plain(lambda task, x, like: converted(x, str(like.dtype))),
    "Identity": plain(unchanged),
    "Dropout": plain(unchanged),
}
