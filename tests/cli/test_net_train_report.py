"""What `net train` prints: lines that fit 80 columns, the classes by name, and a word where it learned by heart."""

import pytest

from cnnfilt.cli.net.train_report import class_lines, epoch_line, overfitting, sparkline, unlearned
from cnnfilt.nn.epochs import Epoch
from cnnfilt.nn.scoring import Score


@pytest.mark.parametrize("epochs", [1, 30, 100, 1000, 1_000_000])
@pytest.mark.parametrize("loss", [0.0, 0.41234, 9.99999, 2345.678, 1.5e30])
@pytest.mark.parametrize("seconds", [0.04, 12.3, 98765.4])
def test_an_epoch_fits_80_columns(epochs: int, loss: float, seconds: float) -> None:
    score = Score(loss, 1.0)
    line = epoch_line(Epoch(epochs, score, score, True, seconds), epochs)
    assert len(line) <= 80
    assert line.startswith(f"epoch {epochs}/{epochs}  loss ")
    assert line.endswith("best")


def test_an_epoch_in_words() -> None:
    epoch = Epoch(3, Score(0.41234, 0.8531), Score(0.50119, 0.80123), True, 1.23)
    assert epoch_line(epoch, 30) == ("epoch 3/30  loss 0.4123  accuracy 85.31%  held out 0.5012  80.12%  1.2 s  best")
    assert epoch_line(Epoch(4, Score(0.4, 0.9), None, False, 75.2), 30) == (
        "epoch 4/30  loss 0.4000  accuracy 90.00%  75 s"
    )


def test_the_classes_are_named() -> None:
    assert class_lines(["cats", "dogs"]) == ["2 classes: cats, dogs"]
    many = class_lines([f"a long name {number}" for number in range(500)])
    assert max(map(len, many)) <= 80
    assert many[0].startswith("500 classes: a long name 0, a long name 1,")
    assert many[-1].startswith("  and 4")


def epoch(training: float, held_out: float | None) -> Epoch:
    score = None if held_out is None else Score(0.5, held_out)
    return Epoch(30, Score(0.1, training), score, False, 1.0)


def test_what_was_learned_by_heart_is_said_with_the_option_that_helps() -> None:
    lines = overfitting(epoch(0.991, 0.71), 100, ())
    assert lines == [
        "accuracy is 99.1% on the training images, but 71.0% on those held out:",
        "it overfits (learns by heart); --augment shift,flip helps, and so do more images",
        "(flip only where a mirrored image stays of its class)",
    ]
    assert max(map(len, overfitting(epoch(1, 0), 9, ()))) <= 80
    assert "--augment flip,shift helps" in overfitting(epoch(0.991, 0.71), 100, ("flip",))[1]
    assert "a smaller network helps" in overfitting(epoch(0.991, 0.71), 100, ("flip", "shift"))[1]


@pytest.mark.parametrize(
    ("training", "held_out", "images"),
    [(0.95, 0.9, 1000), (0.9, 0.95, 1000), (1.0, None, 0), (1.0, 0.75, 4), (0.8, 0.5, 8)],
)
def test_a_small_difference_or_one_by_chance_is_not_spoken_of(
    training: float, held_out: float | None, images: int
) -> None:
    assert overfitting(epoch(training, held_out), images, ()) == []


def test_a_sparkline_runs_from_the_lowest_bar_to_the_highest() -> None:
    assert sparkline([3.0, 2.0, 1.0]) == "█▅▁"
    assert sparkline([1.0, 1.0]) == "▁▁"
    assert len(sparkline([float(number) for number in range(1000)])) == 60


@pytest.mark.parametrize(("accuracy", "commonest", "images"), [(0.5, 10, 20), (0.2552, 48, 192), (0.4, 600, 1000)])
def test_what_names_one_class_for_all_has_not_learned(accuracy: float, commonest: int, images: int) -> None:
    lines = unlearned(epoch(accuracy, None), commonest, images)
    assert f"would give {commonest / images:.1%}" in lines[0]
    assert "more --epochs, a smaller --batch-size" in lines[1]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("accuracy", "commonest", "images"), [(0.65, 10, 20), (0.3, 48, 192), (0.62, 600, 1000)])
def test_what_does_better_than_that_has(accuracy: float, commonest: int, images: int) -> None:
    assert unlearned(epoch(accuracy, None), commonest, images) == []
