"""How files are read and written, as asked: each option once. No NumPy, no Pillow."""

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import MetadataMode


class WriteOptions(Frozen, kw_only=True):
    """How results are written. ParameterError for a quality outside 1..100.

    `quality` is that of a JPEG or WebP, of a PNG the effort; None chooses what loses nothing, or next to nothing.
    `metadata` is how much of what came along is kept. Without `overwrite` an existing file is refused.
    """

    quality: int | None = None
    metadata: MetadataMode = "safe"
    overwrite: bool = False

    def __post_init__(self) -> None:
        """Refuse a quality that no encoder knows."""
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise ParameterError(f"quality is {self.quality}; it must be from 1 to 100", parameter="quality")
