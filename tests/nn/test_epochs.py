"""What is kept of epochs comes back as it was, and what is none is refused."""

import json
from typing import Any

import pytest

from cnnfilt.nn.epochs import MOST_KEPT, PastEpoch, past_epochs, recorded
from cnnfilt.nn.scoring import Score

FIRST = PastEpoch(1, Score(0.7, 1 / 3), None, True, 0.002)
SECOND = PastEpoch(2, Score(0.1 + 0.2, 0.5), Score(1e300, 0.0), False, 1e-9)
RECORD = {"epoch": 2, "loss": 0.5, "accuracy": 0.75, "best": True, "learning_rate": 0.1}


def test_what_is_written_down_comes_back_number_by_number() -> None:
    past = (FIRST, SECOND)
    assert past_epochs(json.loads(json.dumps(recorded(past))), 2) == past
    assert past_epochs((), 7) == ()
    assert past_epochs([RECORD], 2) == (PastEpoch(2, Score(0.5, 0.75), None, True, 0.1),)


def test_of_very_many_the_last_are_kept() -> None:
    past = [PastEpoch(number, FIRST.training, None, False, 0.1) for number in range(1, MOST_KEPT + 6)]
    kept = past_epochs(recorded(past), MOST_KEPT + 5)
    assert [one.number for one in kept] == list(range(6, MOST_KEPT + 6))
    # With all that may stand beside it a header is read (see files/model_file.py).
    assert len(json.dumps(recorded([SECOND] * (MOST_KEPT + 5)))) < 1 << 18


@pytest.mark.parametrize(
    "changed",
    [
        {"loss": float("nan")},
        {"accuracy": "much"},
        {"learning_rate": float("inf")},
        {"epoch": 3},
        {"validation_loss": 1.0},
        {"loss": None},
    ],
)
def test_what_is_no_epoch_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        past_epochs([RECORD | changed], 2)


@pytest.mark.parametrize("records", [7, "epochs", [7], [[]], {"epoch": 1}])
def test_what_is_no_list_of_epochs_is_refused(records: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        past_epochs(records, 2)
