"""What came along with an image or an animation, as plain records. No NumPy, no Pillow."""

from cnnfilt.frozen import Frozen

Table = tuple[int, ...]


class JpegCoding(Frozen):
    """The quantization tables (64 numbers each) and the chroma subsampling (Pillow's number) of a JPEG.

    `chroma` is empty for a gray one.
    """

    luma: Table
    chroma: tuple[Table, ...] = ()
    subsampling: int = 0


class Metadata(Frozen):
    """What came with an image.

    `resolution` is (horizontal, vertical) in dots per inch; `orientation` is the EXIF turn the pixels still
    need (1: none); `exif` and `xmp` are the blocks as found; `jpeg` is how a JPEG was coded.
    """

    icc_profile: bytes | None = None
    resolution: tuple[float, float] | None = None
    orientation: int = 1
    exif: bytes | None = None
    xmp: bytes | None = None
    comment: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    jpeg: JpegCoding | None = None


class Timing(Frozen):
    """How long each frame is shown, in milliseconds, and how often all of them (0: for ever)."""

    milliseconds: tuple[float, ...]
    plays: int = 0

    @property
    def whole_milliseconds(self) -> list[int]:
        """Return how long each frame is shown, for formats without fractions."""
        return [round(time) for time in self.milliseconds]
