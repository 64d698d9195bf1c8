"""The learning rate from epoch to epoch."""

import pytest

from cnnfilt.nn.schedules import share_of_rate
from cnnfilt.terms import ScheduleName


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1, 1, 1, 1]),
        ("step", [1, 1, 0.1, 0.01]),
        ("cosine", [1, 0.853553, 0.5, 0.146447]),
    ],
)
def test_four_epochs(schedule: ScheduleName, expected: list[float]) -> None:
    assert [share_of_rate(schedule, epoch, 4) for epoch in (1, 2, 3, 4)] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
def test_a_single_epoch_has_the_whole_rate(schedule: ScheduleName) -> None:
    assert share_of_rate(schedule, 1, 1) == 1


def test_a_cosine_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], 1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 7)
    for epoch in range(1, 8):
        assert share_of_rate("cosine", epoch, 7) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
