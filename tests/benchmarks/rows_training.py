"""Training, against torch on the processor: the whole of an epoch, batch by batch, forward, backward and the step."""

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


def examples() -> tuple[Array, Array]:
    """Return random images (N, 32, 32, 3), float32, and labels."""
    rng = np.random.default_rng(0)
    return rng.random((IMAGES, *SIZE), dtype=np.float32), rng.integers(0, CLASSES, IMAGES)


def ours(images: Images) -> Call:
    """Return one epoch more of the notes' network, with Adam."""
    network = Sequential.new(for_classes([], SIZE, CLASSES), SIZE, np.random.default_rng(0))
    trainer = Trainer(network, TrainingSettings(batch_size=BATCH))
    given = Examples(*examples())
    none = given.at(slice(0))
    return lambda: next(trainer.epochs(given, none, trainer.progress.epochs + 1))


def theirs(images: Images) -> Call:
    """Return the same in torch."""
    import torch

    network = notes_network(torch.nn)
    optimizer = torch.optim.Adam(network.parameters(), 0.002)
    pixels, labels = examples()
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


ROWS = (
    Row(
        "an epoch of the notes' network, 5,000 images 32x32x3, batch 64",
        ours,
        {"torch": theirs},
        must={"torch": 2.0},
        aim={"torch": 1.0},
    ),
)

SECTION = Section("Training", ROWS, seconds, "s")
