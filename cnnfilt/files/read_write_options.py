"""How files are read and written, as asked: each option once. No NumPy, no Pillow."""

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, MetadataMode


class ReadOptions(Frozen, kw_only=True):
    """How images and matrices are read.

    `gray` makes one channel (of a JPEG its own luma). A `background` colour lies behind whatever is transparent, and
    leaves no alpha; `alpha` "drop" leaves none either, and the pixels as they are. With `auto_orient` off the EXIF
    orientation is kept in the metadata instead of being applied. More than `max_pixels` (0: no limit) are refused.
    `bands` are the channels that are used, counted from 1, in their order; None takes all.
    """

    gray: bool = False
    auto_orient: bool = True
    alpha: AlphaMode = "keep"
    background: str | None = None
    max_pixels: int = DEFAULT_MAX_PIXELS
    bands: tuple[int, ...] | None = None

    @property
    def decoding(self) -> "ReadOptions":
        """Return how a decoder is to read: bands are chosen before they become gray."""
        return self if self.bands is None else replace(self, gray=False)


class WriteOptions(Frozen, kw_only=True):
    """How results are written. ParameterError for a quality outside 1..100.

    `quality` is that of a JPEG, WebP or AVIF, of a PNG the effort; None chooses what loses nothing, or next to nothing.
    `metadata` is how much of what came along is kept. Without `overwrite` an existing file is refused. `for_people`,
    numbers in rows of text have at most 15 significant digits. `date` is that of their last change which the files get,
    in nanoseconds since 1970; None is the time of writing.
    """

    quality: int | None = None
    metadata: MetadataMode = "safe"
    overwrite: bool = False
    for_people: bool = False
    date: int | None = None

    def __post_init__(self) -> None:
        """Refuse a quality that no encoder knows."""
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise ParameterError(f"quality is {self.quality}; it must be from 1 to 100", parameter="quality")


DEFAULT_READ_OPTIONS = ReadOptions()
DEFAULT_WRITE_OPTIONS = WriteOptions()
