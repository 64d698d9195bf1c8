"""A whole script: read the same input, make the library's equivalent call, write the result or print it."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Protocol, assert_never

from cnnfilt.cli.inspect.emit import in_keras, in_opencv, in_torch, networks
from cnnfilt.cli.inspect.emit.input_code import reading
from cnnfilt.cli.inspect.emit.output_code import default_target, output_remarks, prints, writing
from cnnfilt.cli.messages import printable
from cnnfilt.core.morphology import steps_of
from cnnfilt.describe.operations import Morphology
from cnnfilt.errors import ParameterError
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.operations.apply_network import ApplyNetwork
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.in_light import InLight
from cnnfilt.operations.in_parts import InParts
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.morph import MorphImage
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage

_WIDTH = 79
"""The longest line of a comment at the top."""


class Library(Protocol):
    """What each library's module has: each function returns the lines from `x` to `y`, both (H, W, C) in NumPy."""

    TITLE: str
    IMPORTS: tuple[str, ...]

    def convolve(self, run: EmittedRun, operation: ConvolveImage, number: int) -> list[str]:
        """Return the call for kernel `number`."""
        ...

    def pool(self, run: EmittedRun, operation: PoolImage) -> list[str]:
        """Return the call for pooling."""
        ...

    def edges(self, run: EmittedRun, operation: FindEdges) -> list[str]:
        """Return the call for edges."""
        ...

    def pad(self, run: EmittedRun, operation: PadImage) -> list[str]:
        """Return the call for padding."""
        ...


LIBRARIES: dict[str, Any] = {"torch": in_torch, "keras": in_keras, "opencv": in_opencv}


def script(library: str, run: EmittedRun, source: str) -> str:
    """Return the script that does `run` on `source` in `library`. ParameterError where the library cannot at all."""
    module: Library = LIBRARIES[library]
    steps, with_opencv = _steps(library, run), library == "opencv"
    read = reading(run, source, with_opencv=with_opencv)
    body = list(read.lines)
    body += ["maps = []"] if run.in_one_file else []
    for number, (label, step) in enumerate(steps):
        body += ["", *([f"# {printable(label)}"] if len(steps) > 1 else []), *step]
        body += writing(run, number, label if len(steps) > 1 else "", with_opencv=with_opencv)
    remarks = [*read.remarks, *output_remarks(run, with_opencv=with_opencv), *_remarks(run)]
    lines = [
        f'"""cnnfilt {run.operation.command} in {module.TITLE}, on the same input.',
        "",
        _usage(run, holds_numbers=read.holds_numbers),
        '"""',
        *(line for remark in remarks for line in wrap(f"# {remark}", _WIDTH, subsequent_indent="# ")),
        "",
        *_imports(module, body, run),
        "",
        f"SOURCE = sys.argv[1] if len(sys.argv) > 1 else {source!r}",
    ]
    if not prints(run):
        target = default_target(run, source, library=library)
        lines.append(f"TARGET = sys.argv[2] if len(sys.argv) > 2 else {target!r}")
    return "\n".join([*lines, "", *body]) + "\n"


def _usage(run: EmittedRun, *, holds_numbers: bool) -> str:
    if holds_numbers:
        return "It holds the numbers of this input, and takes no other."
    given = "INPUT" if prints(run) else "INPUT OUTPUT"
    return f"Made for this input; python SCRIPT {given} takes another of the same size."


def _steps(library: str, run: EmittedRun) -> list[tuple[str, list[str]]]:
    module: Library = LIBRARIES[library]
    match run.operation:
        case ApplyChain() as operation:
            return networks.chain(library, run, operation)
        case ApplyNetwork():
            raise ParameterError(
                "--emit writes scripts of chains and of models of cnnfilt net train, not of .onnx files; leave it out",
                parameter="emit",
            )
        case ConvolveImage() as operation if operation.asked.channels == "luma":
            raise ParameterError("--emit has no script for --channels luma; leave it out", parameter="emit")
        case ConvolveImage() as operation:
            kernels = enumerate(operation.kernels)
            return [(one.label, module.convolve(run, operation, number)) for number, one in kernels]
        case PoolImage() as operation:
            return [("", module.pool(run, operation))]
        case MorphImage() as operation:
            return [("", _morph(module, run, operation.asked))]
        case FindEdges() as operation if operation.asked.thin:
            raise ParameterError("--emit has no script for --thin; leave it out", parameter="emit")
        case FindEdges() as operation:
            return [("", module.edges(run, operation))]
        case PadImage() as operation:
            return [("", module.pad(run, operation))]
        case InLight():
            raise ParameterError("--emit has no script for --light linear; leave it out")
        case InParts():
            raise ParameterError("--emit writes scripts for whole images; leave out --region and --mask")
        case operation:
            raise ParameterError(f"--emit has no script for {operation.command}", parameter="emit")


def _morph(module: Library, run: EmittedRun, asked: Morphology) -> list[str]:
    """Return the two steps of a morphological operation as the pooling that they are, and what is made of them."""
    one, two = (module.pool(run, PoolImage(asked=step)) for step in steps_of(asked))
    match asked.operation:
        case "erode" | "dilate":
            return one
        case "open" | "close":
            return [*one, "", "x = y", *two]
        case "gradient":
            return ["image = x", *one, "largest, x = y, image", "", *two, "y = largest - y"]
        case "tophat":
            return ["image = x", *one, "", "x = y", *two, "y = image - y"]
        case "blackhat":
            return ["image = x", *one, "", "x = y", *two, "y = y - image"]
        case unknown:
            assert_never(unknown)


def _imports(module: Library, body: Sequence[str], run: EmittedRun) -> list[str]:
    used = " ".join(body)
    standard = [f"import {name}" for name in ("io", "json", "pathlib", "subprocess") if f"{name}." in used] + [
        "import sys"
    ]
    wanted = [name for name in ("Image", "ImageOps") if f"{name}." in used]
    pillow = [f"from PIL import {', '.join(wanted)}"] if wanted else []
    more = networks.more_imports(module.IMPORTS, used) if isinstance(run.operation, ApplyChain) else []
    return [*standard, "", *sorted(["import numpy as np", *module.IMPORTS, *more], key=_import_order), *pillow]


def _import_order(line: str) -> str:
    return line.split()[1].lower()


def _remarks(run: EmittedRun) -> list[str]:
    """Return what is to be said of what the script leaves out."""
    remarks = []
    if run.alpha and run.operation.treatment.alpha == "filter":
        remarks.append("Left out: --alpha filter, so the colours are not weighted by their opacity here.")
    elif run.alpha:
        remarks.append("Left out: cnnfilt carries the transparency along; here it is dropped.")
    if run.operation.has_extra:
        remarks.append("Left out: the array that goes beside the picture (--indices, --angle).")
    return remarks
