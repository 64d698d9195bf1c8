"""A head start: the one input is decoded while the command's own modules, and NumPy, are still being imported."""

from cnnfilt.cli.options import FileOptions
from cnnfilt.files.ahead import Request, begin


def read_ahead(files: FileOptions, *, gray: bool = False) -> None:
    """Start to decode the input if there is but one; `gray` is the command's default for --gray."""
    if len(files.inputs) == 1 and files.files_from is None and not files.dry_run and files.frames == "first":
        wants_gray = gray if files.gray is None else files.gray
        begin(Request(files.inputs[0], wants_gray, not files.no_auto_orient, files.max_pixels))
