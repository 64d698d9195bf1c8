"""The operators that are run, by their names in ONNX, which https://onnx.ai/onnx/operators/ explains."""

from collections.abc import Mapping

from cnnfilt.nn.operators import (
    elementwise,
    norms,
    pooling,
    rearranging,
    reductions,
    resizing,
    transposed,
    windowed,
)
from cnnfilt.nn.operators.task import Make

RUN: Mapping[str, Make] = {
    **elementwise.OPERATORS,
    **norms.OPERATORS,
    **pooling.OPERATORS,
    **rearranging.OPERATORS,
    **reductions.OPERATORS,
    **resizing.OPERATORS,
    **transposed.OPERATORS,
    **windowed.OPERATORS,
}


def named(names: str) -> frozenset[str]:
    """Return the operators that are written in `names`, separated by blanks."""
    return frozenset(names.split())


SHARING = named(
    "Reshape Flatten Squeeze Unsqueeze Transpose Expand Split Slice Identity Dropout ReduceMean Resize Upsample "
    "DepthToSpace SpaceToDepth"
)
"""Those whose result may be the memory of their input: nothing is written over either."""

OVER_ITS_INPUT = named(
    "Relu Clip Add Sub Mul Div Pow Sum Max Min BatchNormalization Tanh Abs Neg Exp Sqrt Floor Ceil Round"
)
"""Those that can write over their first input."""
