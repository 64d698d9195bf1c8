"""The closed word lists, spelled once: what may be asked for by name, and how each type of request is written."""

from typing import Literal

PaddingWord = Literal["valid", "same", "same-lower", "full"]
PaddingMode = Literal["zeros", "reflect", "symmetric", "replicate", "circular"]
PoolKind = Literal["max", "avg", "min", "median", "range"]
MorphOperation = Literal["erode", "dilate", "open", "close", "gradient", "tophat", "blackhat"]
ChannelsMode = Literal["each", "sum", "luma"]
LearnedChannels = Literal["each", "sum"]
LightMode = Literal["encoded", "linear"]
Layout = Literal["files", "grid"]
Activation = Literal["none", "relu", "tanh", "sigmoid"]
ValueMapping = Literal["clip", "abs", "offset", "minmax", "symmetric", "raw"]
EdgeMethod = Literal[
    "prewitt",
    "sobel",
    "scharr",
    "roberts",
    "farid",
    "laplacian",
    "log",
    "kirsch",
    "canny",
]
EdgeDirection = Literal["vertical", "horizontal", "both"]
AlphaMode = Literal["keep", "drop", "filter"]
MetadataMode = Literal["safe", "all", "none"]
FrameChoice = Literal["first", "all"] | int
Unknown = Literal["padding", "stride", "kernel-size"]
LossName = Literal["auto", "categorical", "sparse", "binary"]
CrossEntropy = Literal["categorical", "sparse", "binary"]
OptimizerName = Literal["adam", "sgd", "momentum", "rmsprop"]
ScheduleName = Literal["constant", "step", "cosine"]
Augmentation = Literal["flip", "shift"]

Pair = tuple[int, int]
"""Two numbers, (height, width), or (before, after) along one axis."""

AxisPadding = PaddingWord | int | Pair
"""One axis: a word, the same number on both sides, or (before, after)."""

Padding = PaddingWord | int | Pair | tuple[Pair, Pair]
"""Both axes: a word, N, (H, W), or ((top, bottom), (left, right))."""

PaddingValue = int | float | tuple[int | float, ...]
"""One number for all channels, or one per channel."""

DEFAULT_MAX_PIXELS = 178_956_970
"""Where Pillow itself would refuse an image as a decompression bomb (256 MiB of RGB)."""

WORK_THREAD = "cnnfilt-work"
"""The name of the threads that read, compute and write, while the main thread waits for them or for a signal."""
