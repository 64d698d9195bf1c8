"""The frames of an animation and the pages of a TIFF: all of them in, and out again with their timing."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnnfilt.errors import InputError, OutputError
from cnnfilt.files.decode.arrays import as_arrays
from cnnfilt.files.decode.header import open_image
from cnnfilt.files.decode.loading import SEVERAL, loaded
from cnnfilt.files.formats import FORMATS, check_holds, named, narrows
from cnnfilt.files.image import Array, Image
from cnnfilt.files.metadata import save_arguments
from cnnfilt.files.pillow import PILLOW_ERRORS, decoding
from cnnfilt.files.pixels import from_array
from cnnfilt.files.streams import Source, check_size, first_line, format_in, open_stream
from cnnfilt.files.writing import Encoded, to_eight_bits
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import FrameChoice, MetadataMode

if TYPE_CHECKING:
    import PIL.Image
    import PIL.ImageFile

GIF_COLOURS = 256

_PAGE_MILLISECONDS = 1000.0
"""How long a page is shown that becomes a frame: a TIFF has no timing."""


class Timing(Frozen):
    """How long each frame is shown, in milliseconds, and how often all of them (0: for ever)."""

    milliseconds: tuple[float, ...]
    plays: int = 0


def read_frames(
    source: Source, which: FrameChoice, *, gray: bool, auto_orient: bool, max_pixels: int
) -> tuple[list[Image], Timing] | None:
    """Return the frames of the file `source`, all or the one numbered `which` (from 1), each as it is seen.

    None for what never holds several images. InputError for a frame that is not there; ShapeError if all together
    have more than `max_pixels`.
    """
    with open_stream(source) as stream:
        format = format_in(stream, name="" if isinstance(source, bytes) else str(source))
        if format is None or not FORMATS[format].several:
            return None
        with decoding(FORMATS[format].title, max_pixels=max_pixels):
            opened = open_image(stream, format, max_pixels=max_pixels)
            numbers = _chosen(opened, which)
            check_size(opened.height * len(numbers), opened.width, max_pixels)
            frames = list(_decoded(opened, format, numbers, gray=gray, auto_orient=auto_orient, max_pixels=max_pixels))
            plays = _plays(opened, format)
    return [image for image, _ in frames], Timing(tuple(time for _, time in frames), plays)


def encode_frames(
    images: Sequence[Image], timing: Timing, format: str, *, quality: int | None, metadata: MetadataMode
) -> Encoded:
    """Return one file with all `images`: pages of a TIFF, or an animation. OutputError for other formats."""
    about = named(format)
    if not about.several:
        raise OutputError(f"{about.title} holds one image; use --frames N, or .webp, .png, .tiff or .gif")
    try:
        return (_pages if format == "tiff" else _animation)(images, timing, format, quality, metadata)
    except PILLOW_ERRORS as error:
        raise OutputError(f"encoding the {about.title} failed ({first_line(str(error))})") from error


def _chosen(opened: "PIL.ImageFile.ImageFile", which: FrameChoice) -> Sequence[int]:
    count = getattr(opened, "n_frames", 1)
    # The first image of an APNG may be for programs that show no animations; it is no frame then.
    skipped = int(bool(opened.info.get("default_image")) and count > 1)
    frames = range(skipped, count)
    if not isinstance(which, int):
        return frames
    if which > len(frames):
        raise InputError(f"there is no frame {which} in {{image}}: it has {len(frames)}")
    return frames[which - 1 : which]


def _decoded(
    opened: "PIL.ImageFile.ImageFile",
    format: str,
    numbers: Sequence[int],
    *,
    gray: bool,
    auto_orient: bool,
    max_pixels: int,
) -> Iterator[tuple[Image, float]]:
    seen = 0
    for number in numbers:
        opened.seek(number)
        seen += opened.height * opened.width
        check_size(max(seen // opened.width, 1), opened.width, max_pixels)
        info = dict(opened.info)
        image = as_arrays(loaded(opened, format, gray=gray, auto_orient=auto_orient, lends=False))
        # Arrays may share memory with the canvas that the next frame is drawn on.
        image = replace(image, pixels=image.pixels.copy(), notes=tuple(note for note in image.notes if note != SEVERAL))
        yield image, float(opened.info.get("duration") or (_PAGE_MILLISECONDS if format == "tiff" else 0))
        # Taking a frame apart has taken its transparency from the notes, which Pillow needs for the next one. The
        # dictionary stays the same one: the reader of PNG writes to it.
        opened.info |= info


def _plays(opened: "PIL.ImageFile.ImageFile", format: str) -> int:
    loop = opened.info.get("loop")
    if format == "gif":  # It counts repetitions, and plays once if it does not count.
        return 1 if loop is None else int(loop) and int(loop) + 1
    return int(loop or 0)


def _pages(
    images: Sequence[Image], timing: Timing, format: str, quality: int | None, metadata: MetadataMode
) -> Encoded:
    from PIL.TiffImagePlugin import AppendingTiffWriter

    from cnnfilt.files.writing import encode

    stream = io.BytesIO()
    notes: tuple[str, ...] = ()
    with AppendingTiffWriter(stream) as writer:
        for image in images:
            page = encode(image, format, metadata=metadata)
            notes += page.notes
            writer.write(page.data)
            writer.newFrame()
        return Encoded([stream.getvalue()], tuple(dict.fromkeys(notes)))


def _animation(
    images: Sequence[Image], timing: Timing, format: str, quality: int | None, metadata: MetadataMode
) -> Encoded:
    title = FORMATS[format].title
    if len({image.pixels.shape[:2] for image in images}) > 1:
        raise OutputError(f"the frames differ in size, and those of a {title} must not; write .tiff")
    first = images[0]
    alike = len({(image.channels, image.transparent) for image in images}) == 1
    gray, opaque = alike and first.channels == 1, not any(image.transparent for image in images)
    frames, notes = [], []
    for image in images:
        pixels, alpha = image.pixels, None if opaque else image.alpha
        sample = image.sample
        # GIF has 8 bits as WebP has.
        like = "webp" if format == "gif" else format
        check_holds(like, channels=image.channels, sample=sample, alpha=alpha is not None, size=pixels.shape[:2])
        if sample == "uint16" or narrows(like, channels=image.channels, sample=sample, alpha=alpha is not None):
            pixels, alpha = to_eight_bits(pixels), None if alpha is None else to_eight_bits(alpha)
            notes.append("16-bit levels written as 8-bit (v / 257), for animations hold no more here")
        frames.append(_frame(pixels, alpha, gray=gray, opaque=opaque))
    arguments, left_out = save_arguments(
        first.metadata, format, keep=metadata if format != "gif" else "none", gray=gray, size=first.pixels.shape[:2]
    )
    stream = io.BytesIO()
    arguments |= _timed(timing, format) | _coding(format, quality)
    frames[0].save(stream, format=format, save_all=True, append_images=frames[1:], **arguments)
    return Encoded([stream.getvalue()], tuple(dict.fromkeys((*notes, *left_out))))


def _frame(pixels: Array, alpha: Array | None, *, gray: bool, opaque: bool) -> "PIL.Image.Image":
    """Return a frame in the mode that all of the animation's have."""
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    frame = from_array(pixels, alpha)
    if gray and opaque:
        return frame
    return frame.convert("RGB" if opaque else "RGBA")


def _timed(timing: Timing, format: str) -> dict[str, Any]:
    whole = [round(time) for time in timing.milliseconds]
    arguments: dict[str, Any] = {"duration": list(timing.milliseconds) if format == "png" else whole}
    if format != "gif":
        return arguments | {"loop": timing.plays}
    return arguments | ({} if timing.plays == 1 else {"loop": timing.plays and timing.plays - 1})


def _coding(format: str, quality: int | None) -> dict[str, Any]:
    if format == "webp":
        import PIL.WebPImagePlugin  # noqa: F401 - else Pillow imports all of its plugins to find this one.

        return {"lossless": True, "exact": True} if quality is None else {"quality": quality}
    # Of a GIF no colours are thrown together, and no pixels left out, that differ.
    return {"optimize": False} if format == "gif" else {}
