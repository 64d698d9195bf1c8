"""Layers as plain descriptions, and what each makes of its input: size, windows, weights. No pixel is computed.

base, written               what all of them are, and how each is read from its word
convolution, transposed     sums over windows, and their transpose
pooling, morphology         windows without weights
activation, norms           functions of a value; normalisation
arrangement, dense          values put elsewhere; the fully connected layer
branches                    values remembered and joined

`describe.words` has the table of them all.
"""

from cnnfilt.describe.layers.activation import ActivationLayer, Function, SlopesLayer
from cnnfilt.describe.layers.arrangement import (
    CropLayer,
    DropoutLayer,
    FlattenLayer,
    PadLayer,
    ShuffleLayer,
    TakeLayer,
    UpLayer,
)
from cnnfilt.describe.layers.base import Effect, Flat, LayerWord, Shape, Volume
from cnnfilt.describe.layers.branches import AsLayer, FromLayer, JoinLayer
from cnnfilt.describe.layers.convolution import ConvLayer, DepthwiseLayer, FilterLayer, LoneWindow
from cnnfilt.describe.layers.dense import FullyConnectedLayer
from cnnfilt.describe.layers.morphology import MorphLayer
from cnnfilt.describe.layers.norms import (
    BatchNormLayer,
    GroupNormLayer,
    LayerNormLayer,
    LocalResponseNormLayer,
    ScaleLayer,
)
from cnnfilt.describe.layers.pooling import PoolLayer
from cnnfilt.describe.layers.transposed import TransposedLayer

Layer = (
    ConvLayer
    | DepthwiseLayer
    | TransposedLayer
    | FilterLayer
    | PoolLayer
    | MorphLayer
    | ActivationLayer
    | SlopesLayer
    | BatchNormLayer
    | LayerNormLayer
    | GroupNormLayer
    | LocalResponseNormLayer
    | ScaleLayer
    | DropoutLayer
    | UpLayer
    | PadLayer
    | CropLayer
    | TakeLayer
    | ShuffleLayer
    | FlattenLayer
    | FullyConnectedLayer
    | AsLayer
    | FromLayer
    | JoinLayer
)
"""What a chain is made of; `nn.layer_table` says how each runs."""

__all__ = [
    "ActivationLayer",
    "AsLayer",
    "BatchNormLayer",
    "ConvLayer",
    "CropLayer",
    "DepthwiseLayer",
    "DropoutLayer",
    "Effect",
    "FilterLayer",
    "Flat",
    "FlattenLayer",
    "FromLayer",
    "FullyConnectedLayer",
    "Function",
    "GroupNormLayer",
    "JoinLayer",
    "Layer",
    "LayerNormLayer",
    "LayerWord",
    "LocalResponseNormLayer",
    "LoneWindow",
    "MorphLayer",
    "PadLayer",
    "PoolLayer",
    "ScaleLayer",
    "Shape",
    "ShuffleLayer",
    "SlopesLayer",
    "TakeLayer",
    "TransposedLayer",
    "UpLayer",
    "Volume",
]
