"""The operators of ONNX that are known: what each makes of its inputs, and which of these are weights.

https://onnx.ai/onnx/operators/ says what each means. One that is not here is named where it is met; nothing is guessed.
"""

from collections.abc import Callable, Mapping

from cnnfilt.describe.graphs import elementwise, parts, rearranging, resizing, sliding, sums
from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.frozen import Frozen

ANY = tuple(range(64))
"""Where a weight may stand in any place."""


class Operator(Frozen, eq=False):
    """What an operator does to sizes, and the places of its inputs that are trained, and of running statistics.

    Of an operator on `numbers` alone a single number is no weight: it is a part of a formula.
    """

    rule: Callable[[Call], Made]
    weights: tuple[int, ...] = ()
    statistics: tuple[int, ...] = ()
    numbers: bool = False


def _all(names: str, operator: Operator) -> dict[str, Operator]:
    return dict.fromkeys(names.split(), operator)


OPERATORS: Mapping[str, Operator] = {
    "Conv": Operator(sliding.convolution, (1, 2)),
    "ConvInteger": Operator(sliding.convolution, (1,)),
    "QLinearConv": Operator(sliding.quantized_convolution, (3, 8)),
    "ConvTranspose": Operator(sliding.transposed_convolution, (1, 2)),
    **_all("MaxPool AveragePool LpPool", Operator(sliding.pooling)),
    **_all("GlobalAveragePool GlobalMaxPool GlobalLpPool", Operator(sliding.whole_pooling)),
    "BatchNormalization": Operator(elementwise.normalization, (1, 2), (3, 4)),
    "InstanceNormalization": Operator(elementwise.normalization, (1, 2)),
    **_all("LayerNormalization RMSNormalization", Operator(elementwise.over_last_axes, (1, 2))),
    "GroupNormalization": Operator(elementwise.same, (1, 2)),
    "PRelu": Operator(elementwise.as_first, (1,)),
    "Gemm": Operator(sums.gemm, (0, 1, 2)),
    **_all("MatMul MatMulInteger", Operator(sums.matmul, (0, 1))),
    "QLinearMatMul": Operator(sums.quantized_matmul, (3,)),
    **_all("Add Sub Mul Div Pow Sum Mean Max Min", Operator(elementwise.together, ANY, numbers=True)),
    **_all("Mod BitShift BitwiseAnd BitwiseOr BitwiseXor", Operator(elementwise.together)),
    **_all(
        "Relu LeakyRelu Sigmoid Tanh Elu Selu Celu Gelu HardSigmoid HardSwish Mish Swish Softplus Softsign "
        "ThresholdedRelu Shrink Softmax LogSoftmax Hardmax Clip LRN LpNormalization MeanVarianceNormalization "
        "Identity Dropout Abs Neg Sign Exp Log Sqrt Reciprocal Floor Ceil Round Erf CumSum BitwiseNot Trilu "
        "Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh CastLike QuantizeLinear DequantizeLinear "
        "ScatterElements ScatterND Scatter",
        Operator(elementwise.same),
    ),
    "Cast": Operator(elementwise.cast),
    "Where": Operator(elementwise.chosen, (1, 2), numbers=True),
    **_all("And Or Xor Not Equal Less Greater LessOrEqual GreaterOrEqual IsNaN IsInf", Operator(elementwise.truth)),
    **_all(
        "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp "
        "ReduceSumSquare",
        Operator(sums.reduction),
    ),
    **_all("ArgMax ArgMin", Operator(sums.place_of_largest)),
    "Reshape": Operator(rearranging.reshape),
    "Flatten": Operator(rearranging.flatten),
    "Transpose": Operator(rearranging.transpose),
    "Squeeze": Operator(rearranging.squeeze),
    "Unsqueeze": Operator(rearranging.unsqueeze),
    "DepthToSpace": Operator(rearranging.depth_to_space),
    "SpaceToDepth": Operator(rearranging.space_to_depth),
    "Expand": Operator(rearranging.expand),
    "Tile": Operator(rearranging.tile),
    "Concat": Operator(parts.concat, ANY, numbers=True),
    "Split": Operator(parts.split),
    "Slice": Operator(parts.slice_),
    "Pad": Operator(parts.pad),
    "Gather": Operator(parts.gather, (0,)),
    "GatherElements": Operator(parts.gather_elements),
    "Constant": Operator(parts.constant),
    "ConstantOfShape": Operator(parts.constant_of_shape),
    "Shape": Operator(parts.sizes_of),
    "Size": Operator(parts.count_of),
    "Range": Operator(parts.range_),
    "Resize": Operator(resizing.resize),
    "Upsample": Operator(resizing.upsample),
}
