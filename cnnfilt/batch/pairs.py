"""Pairs of images, BEFORE and AFTER: named one after the other, or two folders whose files have the same names."""

import os
from collections.abc import Sequence

from cnnfilt.batch.sources import Source, Walk, find_sources, refuse_stdin_twice
from cnnfilt.errors import InputError, PlanError
from cnnfilt.frozen import Frozen


class ImagePair(Frozen):
    """Two paths, or - for standard input; `name` is what they are called in their folders, where these were named."""

    before: str
    after: str
    name: str = ""


class FolderPairs(Frozen):
    """The pairs in two folders, in order, the files that have no partner, and what was passed over."""

    pairs: tuple[ImagePair, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    skipped: tuple[str, ...]


def find_pairs(inputs: Sequence[str], *, recursive: bool = False) -> tuple[list[ImagePair], list[str]]:
    """Return the pairs in order, and the files of folders that have no partner.

    In two folders a file belongs to the one of the same name, or else to the only one whose name differs from its
    own in the suffix alone. Raises PlanError for names that do not come in pairs, InputError for folders without a
    pair.
    """
    if len(inputs) < 2 or len(inputs) % 2:
        what = "one name alone is not a pair" if len(inputs) == 1 else f"{len(inputs)} names do not make pairs"
        raise PlanError(f"{what}; give BEFORE and AFTER, one pair after the other")
    refuse_stdin_twice(inputs)
    pairs: list[ImagePair] = []
    alone: list[str] = []
    for before, after in zip(inputs[::2], inputs[1::2], strict=True):
        folders = os.path.isdir(before), os.path.isdir(after)
        if folders[0] != folders[1]:
            raise PlanError(f"{before} and {after} are a file and a folder; give two files, or two folders")
        if not folders[0]:
            pairs.append(ImagePair(before, after))
            continue
        found = pairs_in(before, after, Walk(recursive))
        pairs += found.pairs
        alone += found.only_before + found.only_after
    return pairs, alone


def pairs_in(before: str, after: str, walk: Walk) -> FolderPairs:
    """Return what belongs together in two folders.

    A file belongs to the one of the same name, or else to the only one whose name differs from its own in the suffix
    alone. InputError for a folder without images, or if there is no pair.
    """
    (firsts, skipped), (seconds, also_skipped) = (find_sources([folder], walk) for folder in (before, after))
    by_name = {(source.subfolder, source.name): source for source in seconds}
    by_stem: dict[tuple[str, str], list[Source]] = {}
    for source in seconds:
        by_stem.setdefault((source.subfolder, source.stem), []).append(source)
    pairs, alone = [], []
    for source in firsts:
        namesakes = by_stem.get((source.subfolder, source.stem), [])
        partner = by_name.get((source.subfolder, source.name)) or (namesakes[0] if len(namesakes) == 1 else None)
        if partner is None:
            alone.append(source.path)
        else:
            pairs.append(ImagePair(source.path, partner.path, _name_of(source, partner)))
    if not pairs:
        raise InputError(
            f"no file in {before} has the same name as one in {after}; the two files of a pair have the same name"
        )
    taken = {pair.after for pair in pairs}
    left = tuple(source.path for source in seconds if source.path not in taken)
    return FolderPairs(tuple(pairs), tuple(alone), left, skipped + also_skipped)


def _name_of(source: Source, partner: Source) -> str:
    own = os.path.join(source.subfolder, source.name)
    return own if source.name == partner.name else f"{own}, {partner.name}"
