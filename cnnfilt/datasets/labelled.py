"""Folders of images as examples to learn from: a sub-folder for each class, every image at one size."""

import os
from collections.abc import Callable, Sequence

import numpy as np

from cnnfilt.batch.sources import Source, Walk, find_sources
from cnnfilt.datasets.cache import CachedImages, ImageCache
from cnnfilt.datasets.decoding import DecodeOptions, decode_all
from cnnfilt.errors import CnnfiltError, InputError, counted
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.frozen import Frozen
from cnnfilt.nn.examples import Examples
from cnnfilt.terms import Pair

USUAL_SIZE = (32, 32)
"""The size of images that are of several sizes, or large."""

_LARGEST = 64


class Labelled(Frozen):
    """The files to learn from, each with the number of its class; classes are folders, in order of their names."""

    classes: tuple[str, ...]
    sources: tuple[Source, ...]
    labels: tuple[int, ...]


def find_labelled(folder: str, classes: Sequence[str] | None = None) -> Labelled:
    """Return the images in the sub-folders of `folder`; `classes` are those a model knows, else all there are.

    InputError for a folder without sub-folders, a class without an image, or one the model does not know.
    """
    names = subfolders(folder)
    known = names if classes is None else list(classes)
    if unknown := [name for name in names if name not in known]:
        hint = _hint(folder, unknown, known)
        raise InputError(
            f"{folder}: the model does not know the class {unknown[0]!r}; it knows {', '.join(known)}{hint}"
        )
    if len(names) < (2 if classes is None else 1):
        found = counted(len(names), "sub-folders")
        hint = _hint(folder, names) or _hint_above(folder, names)
        raise InputError(f"{folder}: has {found} of images; give one for each of two or more classes{hint}")
    sources: list[Source] = []
    labels: list[int] = []
    for name in names:
        images, _ = find_sources([os.path.join(folder, name)], Walk(recursive=True))
        sources += images
        labels += [known.index(name)] * len(images)
    return Labelled(tuple(known), tuple(sources), tuple(labels))


def subfolders(folder: str) -> list[str]:
    """Return the names of the sub-folders, sorted, those that start with a dot left out. InputError names `folder`."""
    try:
        with os.scandir(folder) as listing:
            return sorted(entry.name for entry in listing if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise InputError(f"{folder}: cannot list this folder: {error.strerror}") from None


def usual_input(
    sources: Sequence[Source], size: Pair | None, gray: bool | None, input_scale: float | None
) -> NetworkInput:
    """Return the form a network takes these images in, from their headers, where it was not asked for.

    They keep their own size if they have it in common and it is small; they are gray if all of them are.
    """
    sizes: set[Pair] = set()
    coloured = False
    for source in sources:
        if (size or len(sizes) > 1) and (gray is not None or coloured):
            break
        try:
            height, width, channels = image_size(source.path)
        except CnnfiltError:
            continue  # What is wrong with it is reported when it is read.
        sizes.add((height, width))
        coloured = coloured or channels > 1
    common = next(iter(sizes)) if len(sizes) == 1 else USUAL_SIZE
    size = size or (common if max(common) <= _LARGEST else USUAL_SIZE)
    return NetworkInput(size, not coloured if gray is None else gray, input_scale)


def load_examples(found: Labelled, form: NetworkInput, options: DecodeOptions, tell: Callable[[str], None]) -> Examples:
    """Return every image that can be read, decoded once; `tell` gets a line for each of the others.

    InputError for a class of which no image can be read.
    """
    cache = ImageCache(form)
    read: list[int] = []
    for decoded in decode_all(found.sources, form, options):
        if decoded.error is None and decoded.levels is not None:
            cache.append(decoded.levels, found.sources[decoded.number].path)
            read.append(decoded.number)
        elif decoded.error is not None:
            tell(f"{decoded.error.about(found.sources[decoded.number].path)} (left out)")
    labels = np.array(found.labels)[read]
    if lost := set(found.labels) - set(labels.tolist()):
        raise InputError(f"no image of the class {found.classes[min(lost)]!r} can be read")
    # Workers bring images in any order; examples have that of the files, so that a seed settles the rest.
    order = np.argsort(read)
    return Examples(CachedImages(cache, order), labels[order])


def _hint_above(folder: str, names: Sequence[str]) -> str:
    """Return the advice to name the folder above, where this one has images of its own and no sub-folders."""
    own = [] if names else find_sources([folder], Walk())[0]
    return f"; {folder} itself may be one class: name the folder it is in" if own else ""


def _hint(folder: str, names: Sequence[str], known: Sequence[str] | None = None) -> str:
    """Return the advice to name the first of the sub-folders `names` that has the classes in it; "" where none has."""
    for name in names:
        path = os.path.join(folder, name)
        inside = subfolders(path)
        if (len(inside) > 1) if known is None else (inside and set(inside) <= set(known)):
            return f"; these are in {path}, so name that"
    return ""
