"""What `cnnfilt diff` was asked."""

from cnnfilt.batch.diff import Demands
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import Frozen


class DiffRequest(Frozen, kw_only=True):
    """Which files or folders are compared, read how, what is demanded of them, and what becomes of their difference."""

    a: str
    b: str
    reading: ReadOptions
    demands: Demands
    peak: float | None
    output: str | None
    gain: float | None
    overwrite: bool
    recursive: bool
    exclude: tuple[str, ...]
    jobs: int | None
    timeout: float
    json: bool
    quiet: bool

    @property
    def shows_numbers(self) -> bool:
        """Return whether all that is measured is said, and not only the exit code answers."""
        return self.json or not self.quiet
