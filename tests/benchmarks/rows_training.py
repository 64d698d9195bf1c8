"""Training, against torch on the processor: the whole of an epoch, batch by batch, forward, backward and the step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from cnnfilt.nn.classifier import for_classes
from cnnfilt.nn.examples import Examples
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.training import Trainer, TrainingSettings
from tests.benchmarks.images import Array, Images
from tests.benchmarks.measure import seconds
from tests.benchmarks.rows import Call, Row, Section

IMAGES, BATCH, CLASSES, SIZE = 5_000, 64, 10, (32, 32, 3)

RESIDUAL_IMAGES = 1_000

RESIDUAL = (
    "conv:16,k=3,p=1,bias=0 bn relu "
    "as:in conv:16,k=3,p=1,bias=0 bn relu conv:16,k=3,p=1,bias=0 bn add:in relu "
    "as:in conv:32,k=3,s=2,p=1,bias=0 bn relu conv:32,k=3,p=1,bias=0 bn as:main "
    "from:in conv:32,k=1,s=2,bias=0 bn add:main relu pool:global flatten"
)
"""Two blocks of He et al. 2016, the second at half the size."""


def examples(images: int) -> tuple[Array, Array]:
    """Return random images (N, 32, 32, 3), float32, and labels."""
    rng = np.random.default_rng(0)
    return rng.random((images, *SIZE), dtype=np.float32), rng.integers(0, CLASSES, images)


def ours(images: Images, words: str = "", count: int = IMAGES) -> Call:
    """Return one epoch more of a network, the notes' without `words`, with Adam."""
    network = Sequential.new(for_classes([words] if words else [], SIZE, CLASSES), SIZE, np.random.default_rng(0))
    trainer = Trainer(network, TrainingSettings(batch_size=BATCH))
    given = Examples(*examples(count))
    none = given.at(slice(0))
    return lambda: next(trainer.epochs(given, none, trainer.progress.epochs + 1))


def theirs(images: Images, make: Callable[[Any], Any] | None = None, count: int = IMAGES) -> Call:
    """Return the same in torch."""
    import torch

    network = (make or notes_network)(torch.nn)
    optimizer = torch.optim.Adam(network.parameters(), 0.002)
    pixels, labels = examples(count)
    x, y = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels)

    def epoch() -> object:
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        return loss

    return epoch


def notes_network(nn: Any) -> Any:
    """Return the notes' network of torch's layers."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 8 * 8, CLASSES),
    )


def residual_network(nn: Any) -> Any:
    """Return that of `RESIDUAL` of torch's layers."""

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, maps: int, stride: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                nn.Conv2d(inputs, maps, 3, stride, padding=1, bias=False),
                nn.BatchNorm2d(maps),
                nn.ReLU(),
                nn.Conv2d(maps, maps, 3, padding=1, bias=False),
                nn.BatchNorm2d(maps),
            )
            shortcut = nn.Sequential(nn.Conv2d(inputs, maps, 1, stride, bias=False), nn.BatchNorm2d(maps))
            self.shortcut = nn.Identity() if inputs == maps else shortcut

        def forward(self, x: Any) -> Any:
            return (self.main(x) + self.shortcut(x)).relu()

    stem = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()
    blocks = Block(16, 16, 1), Block(16, 32, 2)
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, CLASSES))


ROWS = (
    Row(
        "an epoch of the notes' network, 5,000 images 32x32x3, batch 64",
        ours,
        {"torch": theirs},
        must={"torch": 1.0},
        aim={"torch": 0.7},
    ),
    Row(
        "an epoch of a residual network with batch normalisation, 1,000 images 32x32x3, batch 64",
        partial(ours, words=RESIDUAL, count=RESIDUAL_IMAGES),
        {"torch": partial(theirs, make=residual_network, count=RESIDUAL_IMAGES)},
        must={"torch": 2.0},
        aim={"torch": 1.0},
    ),
)

SECTION = Section("Training", ROWS, seconds, "s")
