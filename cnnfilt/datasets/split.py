"""Folders that are split already: train/ to learn from and val/ to hold out, each with a sub-folder for each class."""

import os

from cnnfilt.datasets.labelled import subfolders
from cnnfilt.frozen import Frozen

_TRAINING = ("train", "training")
_HELD_OUT = ("val", "valid", "validation", "dev", "test", "testing")
"""The first that is there is taken: a test set is left alone as long as there is another."""


class SplitFolder(Frozen):
    """The two folders, and the names of the others beside them, which are left alone."""

    training: str
    held_out: str
    others: tuple[str, ...]


def split_folder(folder: str) -> SplitFolder | None:
    """Return how `folder` is split, or None where its sub-folders are classes.

    It is split where a sub-folder is called train and another val, valid, validation or test, in any case, and the
    two have sub-folders of the same names: those are the classes. InputError for a folder that cannot be listed.
    """
    names = {name.lower(): name for name in subfolders(folder)}
    training = next((names[word] for word in _TRAINING if word in names), None)
    held_out = next((names[word] for word in _HELD_OUT if word in names), None)
    if training is None or held_out is None:
        return None
    paths = os.path.join(folder, training), os.path.join(folder, held_out)
    if not set(subfolders(paths[0])) & set(subfolders(paths[1])):
        return None
    return SplitFolder(*paths, tuple(sorted(set(names.values()) - {training, held_out})))


def classes_inside(folder: str) -> tuple[str, ...]:
    """Return the names of the sub-folders that all sub-folders of `folder` have: perhaps these are the classes."""
    inside = [set(subfolders(os.path.join(folder, name))) for name in subfolders(folder)]
    return tuple(sorted(set.intersection(*inside))) if inside else ()
