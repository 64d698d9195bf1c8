"""Folders that are split into train/ and val/ are told from folders of classes."""

from pathlib import Path

import pytest

from cnnfilt.datasets.split import SplitFolder, classes_inside, split_folder


def made(root: Path, *names: str) -> str:
    for name in names:
        (root / name).mkdir(parents=True)
    return str(root)


@pytest.mark.parametrize("training", ["train", "Train", "training"])
@pytest.mark.parametrize("held_out", ["val", "valid", "validation", "test", "VAL"])
def test_the_usual_names(tmp_path: Path, training: str, held_out: str) -> None:
    folder = made(tmp_path, *(f"{part}/{name}" for part in (training, held_out) for name in ("cats", "dogs")))
    assert split_folder(folder) == SplitFolder(f"{folder}/{training}", f"{folder}/{held_out}", ())


def test_a_test_set_is_left_alone_beside_another(tmp_path: Path) -> None:
    folder = made(tmp_path, *(f"{part}/{name}" for part in ("train", "test", "val", "extra") for name in "ab"))
    assert split_folder(folder) == SplitFolder(f"{folder}/train", f"{folder}/val", ("extra", "test"))


@pytest.mark.parametrize(
    "names",
    [
        ("train", "plane", "car"),  # classes of vehicles
        ("train", "val"),
        ("train/steam", "val/isere"),
        ("train/cats", "train/dogs"),
        ("cats", "dogs"),
        (),
    ],
)
def test_folders_of_classes_are_not_split(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert split_folder(made(tmp_path, *names)) is None


def test_the_same_sub_folders_in_all_classes_are_seen(tmp_path: Path) -> None:
    folder = made(tmp_path, "fold1/cats", "fold1/dogs", "fold1/birds", "fold2/cats", "fold2/dogs")
    assert classes_inside(folder) == ("cats", "dogs")
