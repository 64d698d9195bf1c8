"""Well-known networks in layer words, with the size of the images they were made for."""

from cnnfilt.frozen import Frozen
from cnnfilt.terms import ModelName


class NamedModel(Frozen):
    """One network: the size it takes, its layers in words, and where it was published."""

    size: str
    layers: str
    source: str


def _vgg(*stages: tuple[int, int]) -> str:
    return " ".join(f"conv:{filters},k=3,p=1 relu " * times + "pool:max" for filters, times in stages)


_HEAD = "flatten fc:4096 relu fc:4096 relu fc:1000"
"""What AlexNet and the VGG networks end in."""

MODELS: dict[ModelName, NamedModel] = {
    "lenet5": NamedModel(
        "28x28x1",
        "conv:6,k=5,p=2 tanh pool:avg conv:16,k=5 tanh pool:avg flatten fc:120 tanh fc:84 tanh fc:10",
        # The paper's own trains its pooling and leaves out some connections; this is what everybody builds.
        "LeCun et al. 1998, Gradient-based learning applied to document recognition, as it is usually built",
    ),
    "alexnet": NamedModel(
        "224x224x3",
        "conv:64,k=11,s=4,p=2 relu pool:max,k=3,s=2 conv:192,k=5,p=2 relu pool:max,k=3,s=2 "
        f"conv:384,k=3,p=1 relu conv:256,k=3,p=1 relu conv:256,k=3,p=1 relu pool:max,k=3,s=2 {_HEAD}",
        "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks, as in torchvision",
    ),
    "vgg16": NamedModel(
        "224x224x3",
        f"{_vgg((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))} {_HEAD}",
        "Simonyan & Zisserman 2014, Very deep convolutional networks, configuration D",
    ),
}
