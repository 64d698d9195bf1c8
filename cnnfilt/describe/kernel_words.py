"""Kernels as the word of a layer names them: by name, typed out or in a file, several joined by a plus."""

import re
from collections.abc import Callable

from cnnfilt.describe.kernels import Kernel, parse_kernel, scaled, split_scale
from cnnfilt.errors import KernelError, ParameterError
from cnnfilt.spelling import spelled_size

ReadKernels = Callable[[str], tuple[Kernel, ...]]
"""Returns the kernels in the file of this name, of which a 4-D one holds several. Raises KernelError."""

_PLUS = re.compile(r"(?<=[^\s,;:\[({])(?<!\d[eE])\+(?!\d+[+-]\d+:|\d+:)")
"""A plus that joins two kernels, and neither begins a number, nor an exponent, nor ImageMagick's origin 3x3+1+1."""


def kernels_in(head: str, read_kernels: ReadKernels | None) -> tuple[Kernel, ...]:
    """Return the kernels named in `head`, all of one size; files are refused without `read_kernels`.

    Raises KernelError for one that cannot be read, ParameterError for what names none.
    """
    if not head:
        raise ParameterError("name a kernel, as in filter:sobel-x")
    kernels = tuple(kernel for text in _PLUS.split(head) for kernel in _kernels(text, read_kernels))
    for kernel in kernels[1:]:
        if kernel.size != kernels[0].size:
            first, other = (spelled_size(k.size) for k in (kernels[0], kernel))
            raise ParameterError(f"its kernels differ in size, {first} and {other}; all need the same")
    return kernels


def spelled_out(head: str, read_kernels: ReadKernels) -> str:
    """Return `head` with coefficients in place of each file, which it then needs no more.

    Raises KernelError also for a kernel whose channels differ, which no word can say.
    """
    parts = []
    for text in _PLUS.split(head):
        if split_scale(text)[1].startswith("@"):
            parts += [_written(kernel) for kernel in _kernels(text, read_kernels)]
        else:
            parts.append(text)
    return "+".join(parts)


def _kernels(text: str, read_kernels: ReadKernels | None) -> tuple[Kernel, ...]:
    scale, body = split_scale(text)
    if body.startswith("@") and read_kernels is not None:
        return tuple(scaled(kernel, scale) for kernel in read_kernels(body[1:]))
    # "conv:64,7" is meant as 64 filters of 7x7, not as the kernel (64, 7).
    bare = not body[:1].isalpha() and not any(mark in text for mark in ";:[({@")
    kernel = None if bare and not re.search(r"\s", text.strip()) else parse_kernel(text)
    if kernel is None or (bare and len(kernel.rows) == 1):
        raise ParameterError(f"{text!r} is neither a kernel nor an option; write a size as k=3, a stride as s=2")
    return (kernel,)


def _written(kernel: Kernel) -> str:
    if kernel.channels:
        raise KernelError(
            f"kernel {kernel.name} differs by channel; a network keeps kernels that are the same for all channels"
        )
    return f"[{','.join('[' + ','.join(map(repr, row)) + ']' for row in kernel.rows)}]"
