"""Chains of layers as they are typed, and the files that their kernels are named by."""

from collections.abc import Sequence

from cnnfilt.cli.messages import print_line
from cnnfilt.describe.chain import in_full, parse_blocks, parse_chain
from cnnfilt.describe.chain_text import Block
from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.layers import Layer


class KernelFiles:
    """Reads the kernels that a chain names by file, each file once."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[Kernel, ...]] = {}

    def __call__(self, path: str) -> tuple[Kernel, ...]:
        """Return the kernels in the file at `path`; KernelError."""
        if path not in self._read:
            # Few chains name a file.
            from cnnfilt.files.matrix.kernel_files import kernels_in_file

            self._read[path] = kernels_in_file(path)
        return self._read[path]

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the files, for an output must not be one of them."""
        if not self._read:
            return ()
        from cnnfilt.files.matrix.kernel_files import layer_in

        return tuple(layer_in(path)[0] for path in self._read)


class WordFiles:
    """Reads the files that hold layers, each file once: a pipe has its text only once."""

    def __init__(self) -> None:
        self._read: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """Return the text of the file at `path`; ParameterError."""
        if path not in self._read:
            from cnnfilt.files.chain_files import words_in_file

            self._read[path] = words_in_file(path)
        return self._read[path]

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the files."""
        return tuple(self._read)


def read_chain(words: Sequence[str], *, quiet: bool = False) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Return the layers written in `words`, and the files read for them; notes go to stderr unless `quiet`."""
    files, texts = KernelFiles(), WordFiles()
    chain = tuple(parse_chain(words, files, texts))
    if not quiet:
        _tell_notes(chain)
    return chain, (*files.paths, *texts.paths)


def read_blocks(words: Sequence[str], *, quiet: bool = False) -> tuple[list[Layer], Block]:
    """Return the layers written in `words`, and their texts, repeats in blocks; notes go to stderr unless `quiet`."""
    chain, block = parse_blocks(words, KernelFiles(), WordFiles())
    if not quiet:
        _tell_notes(chain)
    return chain, block


def chain_in_full(words: Sequence[str], *, quiet: bool = False) -> str:
    """Return `words` with coefficients in place of files, as a model keeps them; notes go to stderr unless `quiet`."""
    files, texts = KernelFiles(), WordFiles()
    chain = parse_chain(words, files, texts)
    if not quiet:
        _tell_notes(chain)
    return in_full(words, files, texts)


def _tell_notes(chain: Sequence[Layer]) -> None:
    for layer in chain:
        for note in dict.fromkeys(note for kernel in layer.kernels for note in kernel.notes):
            print_line(note)
