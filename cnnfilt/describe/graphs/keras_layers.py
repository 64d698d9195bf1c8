"""The layers of Keras that are known: what each makes of its inputs, and how many parameters it has.

A layer that is not here, or that is someone's own, is named where it is met; nothing is guessed.
"""

from collections.abc import Mapping
from math import prod

from cnnfilt.describe.graphs import keras_images
from cnnfilt.describe.graphs.call import Call, Made, UnknownError
from cnnfilt.describe.graphs.operators import Operator
from cnnfilt.describe.graphs.parts import check_fit, put_together
from cnnfilt.describe.graphs.rearranging import reshaped
from cnnfilt.describe.graphs.rearranging import transposed as turned
from cnnfilt.describe.graphs.sums import reduced
from cnnfilt.describe.graphs.value import Value, axis, broadcast
from cnnfilt.errors import ShapeError, counted
from cnnfilt.spelling import spelled_size


def same(call: Call) -> Made:
    """Return what has the size of the input."""
    return Made((call.value(0).with_dims(call.value(0).dims),))


def together(call: Call) -> Made:
    """Add, Multiply and the like, also of a value and a number that stands in the file."""
    if not call.given:
        raise ShapeError("it has no input")
    return Made((broadcast(call.given),))


def dense(call: Call) -> Made:
    """Dense: every output is a weighted sum over the last axis."""
    value, units = call.value(0), call.whole("units", 0)
    if units < 1 or value.rank < 2:
        raise ShapeError(f"it makes {units} of an input {spelled_size(value.dims)}")
    weights = value.dims[-1] * units
    last = value.axes[-1] if value.axes[-1] not in "HW" else "?"
    made = value.with_dims((*value.dims[:-1], units), value.axes[:-1] + last)
    positions = prod(made.dims[1:-1])
    return Made((made,), None, positions * weights, weights + units * call.whole("use_bias", 1))


def batch_normalization(call: Call) -> Made:
    """BatchNormalization: a scale and an offset for each channel, and its running mean and variance."""
    value = call.value(0)
    channels = prod(value.dims[place] for place in _axes(call, value))
    trained = call.whole("center", 1) + call.whole("scale", 1)
    return Made((value.with_dims(value.dims),), params=trained * channels, statistics=2 * channels)


def layer_normalization(call: Call) -> Made:
    """LayerNormalization, RMSNormalization, GroupNormalization: a scale and an offset for each place along its axes."""
    value = call.value(0)
    channels = prod(value.dims[place] for place in _axes(call, value))
    trained = call.whole("center", int(call.node.operator != "RMSNormalization")) + call.whole("scale", 1)
    return Made((value.with_dims(value.dims),), params=trained * channels)


def preprocessing(call: Call) -> Made:
    """Normalization: by a mean and a variance that were counted, not trained, unless they stand in its settings."""
    value = call.value(0)
    counted_ = 0 if call.has("mean") else 2 * prod(value.dims[place] for place in _axes(call, value)) + 1
    return Made((value.with_dims(value.dims),), statistics=counted_)


def slopes(call: Call) -> Made:
    """PReLU: a slope for each number of an image, or one for all along its shared axes."""
    value = call.value(0)
    shared = {axis(number, value.rank) for number in call.wholes("shared_axes")}
    count = prod(1 if place in shared else value.dims[place] for place in range(1, value.rank))
    return Made((value.with_dims(value.dims),), params=count)


def embedding(call: Call) -> Made:
    """Embedding: a row of a table for each number."""
    value, width = call.value(0), call.whole("output_dim", 0)
    made = value.with_dims((*value.dims, width), value.axes + "?")
    return Made((made,), params=call.whole("input_dim", 0) * width)


def flatten(call: Call) -> Made:
    """Flatten: all but the batch in one list."""
    value = call.value(0)
    return Made((value.with_dims((value.dims[0], prod(value.dims[1:])), "N?"),))


def reshape(call: Call) -> Made:
    """Reshape: a new size for each image; -1 is what is left."""
    value = call.value(0)
    whole = call.has("newshape")
    dims = list(call.wholes("newshape") if whole else (value.dims[0], *call.wholes("target_shape")))
    if whole and dims and dims[0] == -1 and dims.count(-1) == 2:
        dims[0] = value.dims[0]
    if dims.count(-1) > 1 or min((*dims, 0)) < -1:
        raise ShapeError(f"its size {spelled_size(dims)} is none")
    if -1 in dims:
        others = prod(side for side in dims if side != -1)
        dims[dims.index(-1)] = value.count // others if others else 0
    if prod(dims) != value.count:
        raise ShapeError(f"its size {spelled_size(dims)} does not hold the {value.count:,} numbers of its input")
    return Made((reshaped(value, dims),))


def permute(call: Call) -> Made:
    """Permute, Transpose: the axes in another order; Permute counts from 1, the batch apart."""
    value = call.value(0)
    order = (0, *call.wholes("dims")) if call.has("dims") else call.wholes("axes", (*reversed(range(value.rank)),))
    if sorted(order) != list(range(value.rank)):
        raise ShapeError(f"its order {spelled_size(order)} is none of {counted(value.rank, 'axes')}")
    return Made((turned(value, order),))


def repeat_vector(call: Call) -> Made:
    """RepeatVector: a list, several times."""
    value = call.value(0)
    if value.rank != 2:
        raise ShapeError(f"its input {spelled_size(value.dims)} is no list")
    return Made((value.with_dims((value.dims[0], call.whole("n", 0), value.dims[1]), "N?" + value.axes[1]),))


def concatenate(call: Call) -> Made:
    """Concatenate: along an axis, the last unless it is said."""
    given = call.given
    if not given:
        raise ShapeError("it has no input")
    first = given[0]
    place = axis(call.whole("axis", -1), first.rank)
    check_fit(given, place)
    return Made((put_together(given, place, first.axes),))


def reduction(call: Call) -> Made:
    """Mean, Sum, Max, Min of keras.ops: along some axes, or all."""
    value, given = call.value(0), call.node.attributes.get("axis")
    asked = (given,) if isinstance(given, int) else call.wholes("axis", tuple(range(value.rank)))
    places = {axis(number, value.rank) for number in asked}
    return Made((reduced(value, places, keep=bool(call.whole("keepdims", 0))),))


def attention(call: Call) -> Made:
    """MultiHeadAttention: queries, values and, unless they are the values, keys, each through weights of their own."""
    query, value = call.value(0), call.value(1)
    key = call.maybe(2) or value
    heads, key_width = call.whole("num_heads", 0), call.whole("key_dim", 0)
    value_width, bias = call.whole("value_dim", key_width), call.whole("use_bias", 1)
    if query.rank < 3 or call.has("output_shape") or min(heads, key_width, value_width) < 1:
        raise UnknownError("attention of this kind is not known")
    width, per_query = query.dims[-1], heads * key_width
    weights = [
        (width, per_query, prod(query.dims[1:-1])),
        (key.dims[-1], per_query, prod(key.dims[1:-1])),
        (value.dims[-1], heads * value_width, prod(value.dims[1:-1])),
        (heads * value_width, width, prod(query.dims[1:-1])),
    ]
    params = sum(rows * columns + columns * bias for rows, columns, _ in weights)
    macs = sum(rows * columns * places for rows, columns, places in weights)
    return Made((query.with_dims(query.dims),), None, macs, params)


def _axes(call: Call, value: Value) -> set[int]:
    """Return the axes that an attribute names, one or several; the last by default."""
    given = call.node.attributes.get("axis")
    asked = (given,) if isinstance(given, int) else call.wholes("axis", (-1,))
    return {axis(number, value.rank) for number in asked}


def _all(names: str, operator: Operator) -> dict[str, Operator]:
    return dict.fromkeys(names.split(), operator)


def _each(name: str) -> str:
    return " ".join(f"{name}{axes}D" for axes in (1, 2, 3))


KERAS: Mapping[str, Operator] = {
    **_all(_each("Conv"), Operator(keras_images.convolution)),
    **_all("Conv1DTranspose Conv2DTranspose Conv3DTranspose", Operator(keras_images.transposed_convolution)),
    **_all("DepthwiseConv1D DepthwiseConv2D", Operator(keras_images.depthwise_convolution)),
    **_all("SeparableConv1D SeparableConv2D", Operator(keras_images.separable_convolution)),
    **_all(f"{_each('MaxPooling')} {_each('AveragePooling')}", Operator(keras_images.pooling)),
    **_all(
        f"{_each('GlobalAveragePooling')} {_each('GlobalMaxPooling')}",
        Operator(keras_images.whole_pooling),
    ),
    **_all(f"{_each('AdaptiveAveragePooling')} {_each('AdaptiveMaxPooling')}", Operator(keras_images.adaptive_pooling)),
    **_all(_each("ZeroPadding"), Operator(keras_images.border)),
    **_all(_each("Cropping"), Operator(keras_images.crop)),
    **_all(_each("UpSampling"), Operator(keras_images.upsampling)),
    **_all("Resizing CenterCrop RandomCrop", Operator(keras_images.resizing)),
    "Dense": Operator(dense),
    "BatchNormalization": Operator(batch_normalization),
    **_all("LayerNormalization RMSNormalization GroupNormalization", Operator(layer_normalization)),
    "Normalization": Operator(preprocessing),
    "PReLU": Operator(slopes),
    "Embedding": Operator(embedding),
    "MultiHeadAttention": Operator(attention),
    **_all(
        "Activation ReLU LeakyReLU ELU Softmax Identity Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
        "AlphaDropout GaussianDropout GaussianNoise ActivityRegularization Rescaling UnitNormalization Masking "
        "RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness "
        "Relu Relu6 Sigmoid Silu Gelu Tanh Elu Selu Softplus Softsign HardSigmoid HardSilu LeakyRelu LogSoftmax "
        "Absolute Negative Exp Log Sqrt Square Clip Cast",
        Operator(same),
    ),
    **_all(
        "Add Subtract Multiply Average Maximum Minimum Divide TrueDivide Power",
        Operator(together),
    ),
    "Concatenate": Operator(concatenate),
    "Flatten": Operator(flatten),
    "Reshape": Operator(reshape),
    **_all("Permute Transpose", Operator(permute)),
    "RepeatVector": Operator(repeat_vector),
    **_all("Mean Sum Max Min", Operator(reduction)),
}
