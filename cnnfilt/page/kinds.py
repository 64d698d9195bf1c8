"""Which page shows what an operation did: by its command, a module of this package that makes its data."""

from importlib import import_module

from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.in_light import InLight
from cnnfilt.operations.in_parts import InParts
from cnnfilt.page.document import Page

KINDS = {**dict.fromkeys(("convolve", "pool", "edges", "pad", "morph"), "operation"), "apply": "chain"}
"""By command the module that has `page(image, operation, results, format_name)`, imported when it is needed."""


class ShowOnPage(Frozen):
    """Asks of an image and its results all that their page shows (an `Inspector` of batch.work)."""

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> Page:
        """Return the page. ParameterError for a run that has none."""
        if isinstance(operation, InParts):
            raise ParameterError("--page shows whole images; leave out --region, --crop and --mask")
        if isinstance(operation, InLight):
            raise ParameterError("--page shows levels as they are; leave out --light linear")
        if operation.command not in KINDS:
            raise ParameterError(f"there is no page of {operation.command}")
        made: Page = import_module(f"cnnfilt.page.{KINDS[operation.command]}").page(
            image, operation, results, format_name
        )
        return made
