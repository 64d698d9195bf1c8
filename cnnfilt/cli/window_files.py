"""The files that --window @FILE names: read when the command runs, since descriptions know no files."""

from typing import TypeVar

from cnnfilt.describe.operations import Windowed
from cnnfilt.describe.window_shapes import shape_in_file
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import replace

Asked = TypeVar("Asked", bound=Windowed)


def with_window(asked: Asked) -> tuple[Asked, tuple[str, ...]]:
    """Return the description with its window read where that is in a file, and the files read. CnnfiltError."""
    path = None if asked.window is None else asked.window.path
    if asked.window is None or path is None:
        return asked, ()
    from cnnfilt.files.matrix.kernel_files import kernels_in_file

    kernels = kernels_in_file(path)
    if len(kernels) > 1 or kernels[0].channels:
        raise ParameterError(f"window @{path} has more than rows and columns; one window meets all channels")
    return replace(asked, window=shape_in_file(asked.window.word, kernels[0].rows)), (path,)
