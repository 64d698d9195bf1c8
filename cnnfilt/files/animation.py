"""The frames of an animation and the pages of a TIFF: all of them in, and out again with their timing."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from cnnfilt.errors import InputError, OutputError, counted
from cnnfilt.files.capacity import check_holds
from cnnfilt.files.codec_errors import encoding
from cnnfilt.files.decode.apng_frames import apng_frames
from cnnfilt.files.decode.arrays import as_arrays
from cnnfilt.files.decode.composing import composed_frames
from cnnfilt.files.decode.decoders import SEVERAL, opened_by_us
from cnnfilt.files.decode.gif_frames import gif_frames
from cnnfilt.files.decode.header import open_image
from cnnfilt.files.decode.image_streams import Part, parts_of
from cnnfilt.files.decode.loading import decode_opened
from cnnfilt.files.decode.stored_frames import StoredFrames
from cnnfilt.files.encode.encoders import encoder
from cnnfilt.files.formats import FORMATS, Format, named
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import colour_space_lost, kept_metadata
from cnnfilt.files.pillow import decoding, saved
from cnnfilt.files.pixels import from_array
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import finished, read_bytes
from cnnfilt.files.records import Lost, Timing
from cnnfilt.files.stacks import encode_stack, stacked_images
from cnnfilt.files.streams import Source, check_size, check_together, format_in, open_stream
from cnnfilt.files.writing import encode, to_eight_bits
from cnnfilt.frozen import replace
from cnnfilt.terms import FrameChoice

if TYPE_CHECKING:
    import PIL.Image
    import PIL.ImageFile

_PAGE_MILLISECONDS = 1000.0
"""How long a page is shown that becomes a frame: a TIFF has no timing."""


def read_frames(source: Source, which: FrameChoice, options: ReadOptions) -> tuple[list[Image], Timing] | None:
    """Return the frames of the file `source`, all or the one numbered `which` (from 1), each read as a single image is.

    None for what never holds several images. InputError for a frame that is not there; ShapeError if all together
    have more than the most pixels.
    """
    with open_stream(source) as stream:
        format = format_in(stream, name="" if isinstance(source, bytes) else str(source))
        parts = parts_of(stream, format or "")
        if len(parts) > 1:
            return _one_after_another(stream, parts, which, options)
        if format is None or FORMATS[format].several is None:
            return None
        if FORMATS[format].several == "images":
            images = stacked_images(stream.read(), FORMATS[format], options)
            images = [images[number] for number in _chosen(len(images), which)]
            return [finished(image, options) for image in images], Timing((_PAGE_MILLISECONDS,) * len(images))
        if FORMATS[format].several == "pages":
            images = list(_pages_in(stream, FORMATS[format], which, options.decoding))
            return [finished(image, options) for image in images], Timing((_PAGE_MILLISECONDS,) * len(images))
        with decoding(FORMATS[format], max_pixels=options.max_pixels):
            opened = open_image(stream, format, max_pixels=options.max_pixels)
            stored = _stored(stream, format)
            numbers = _chosen(_count(opened, stored), which)
            canvas = stored or opened
            check_size(canvas.height * len(numbers), canvas.width, options.max_pixels)
            if stored is None:
                frames = list(_decoded(opened, FORMATS[format], numbers, options.decoding))
            else:
                frames = _composed(stored, format, numbers, options.decoding)
            plays = _plays(opened, FORMATS[format])
    return [finished(image, options) for image, _ in frames], Timing(tuple(time for _, time in frames), plays)


def count_frames(source: Source) -> int:
    """Return how many frames `read_frames` finds in the file `source`; 1 for what never holds several. InputError."""
    with open_stream(source) as stream:
        format = format_in(stream, name="" if isinstance(source, bytes) else str(source))
        parts = parts_of(stream, format or "")
        if len(parts) > 1:
            return sum(count_frames(content) for content in _contents(stream, parts))
        if format is None or FORMATS[format].several is None:
            return 1
        if FORMATS[format].several == "images":
            return len(stacked_images(stream.read(), FORMATS[format], ReadOptions(max_pixels=0)))
        ours = opened_by_us(stream, FORMATS[format], ReadOptions(max_pixels=0))
        if ours is not None and FORMATS[format].several == "pages":
            return ours.count
        with decoding(FORMATS[format], max_pixels=0):
            opened = open_image(stream, format, max_pixels=0)
            return _count(opened, _stored(stream, format))


def encode_frames(images: Sequence[Image], timing: Timing, format: str, options: WriteOptions) -> Encoded:
    """Return one file with all `images`: pages of a TIFF, or an animation. OutputError for other formats."""
    about = named(format)
    if about.several is None or about.only_read:
        # What is numbers may be no image: the values at the end of a network, for one.
        others = "" if about.kind == "matrix" else f"; {_that_hold_several()} hold several"
        each = f"-o '{{stem}}-{{frame}}{about.suffixes[0]}' for a file each"
        raise OutputError(f"{about.title} holds one {about.kind}; use --frames N, or {each}{others}")
    if about.several == "images":
        return encode_stack(images, about)
    with encoding(about):
        return (_pages if about.several == "pages" else _animation)(images, timing, about, options)


def _that_hold_several() -> str:
    *suffixes, last = (f".{one.name}" for one in FORMATS.values() if one.several and not one.only_read)
    return f"{', '.join(suffixes)} and {last}"


def _one_after_another(
    stream: BinaryIO, parts: Sequence[Part], which: FrameChoice, options: ReadOptions
) -> tuple[list[Image], Timing]:
    """Return the images of a stream of images, those of an animation among them too."""
    counts = [count_frames(content) for content in _contents(stream, parts)]
    numbers, images, times, first, pixels = _chosen(sum(counts), which), list[Image](), list[float](), 0, 0
    for count, content in zip(counts, _contents(stream, parts), strict=True):
        chosen = [number - first for number in numbers if first <= number < first + count]
        first += count
        if not chosen:
            continue
        found = read_frames(content, "all" if len(chosen) == count else chosen[0] + 1, options)
        frames, timing = ([read_bytes(content, options)], Timing((_PAGE_MILLISECONDS,))) if found is None else found
        images += frames
        times += [time or _PAGE_MILLISECONDS for time in timing.milliseconds]
        pixels += sum(image.pixels.shape[0] * image.pixels.shape[1] for image in frames)
        check_together(pixels, frames[-1].pixels.shape[1], options.max_pixels)
    return images, Timing(tuple(times))


def _contents(stream: BinaryIO, parts: Sequence[Part]) -> Iterator[bytes]:
    for start, end in parts:
        stream.seek(start)
        yield stream.read(end - start)


def _stored(stream: BinaryIO, format: str) -> StoredFrames | None:
    """Return the frames that we draw ourselves: Pillow draws those of a GIF and of a PNG otherwise than browsers."""
    if format not in ("gif", "png"):
        return None
    place = stream.tell()
    stream.seek(0)
    data = stream.read()
    stream.seek(place)
    return gif_frames(data) if format == "gif" else apng_frames(data)


def _count(opened: "PIL.ImageFile.ImageFile", stored: StoredFrames | None) -> int:
    return int(getattr(opened, "n_frames", 1)) if stored is None else len(stored.frames)


def _chosen(count: int, which: FrameChoice) -> range:
    """Return the numbers, from 0, of the frames that were asked for."""
    if not isinstance(which, int):
        return range(count)
    if which > count:
        raise InputError(f"{{image}} has {counted(count, 'frames')}; frame {which} does not exist")
    return range(which - 1, which)


def _composed(stored: StoredFrames, format: str, numbers: range, options: ReadOptions) -> list[tuple[Image, float]]:
    """Return the frames of these numbers as they are shown, each with its milliseconds."""
    # Every frame up to the one that is asked for leaves its traces.
    shown = islice(composed_frames(stored, format, options), numbers.start, numbers.stop)
    return [(image, stored.frames[number].milliseconds) for number, image in zip(numbers, shown, strict=True)]


def _decoded(
    opened: "PIL.ImageFile.ImageFile", about: Format, numbers: Sequence[int], options: ReadOptions
) -> Iterator[tuple[Image, float]]:
    """Yield the frames of these numbers, each with the milliseconds it is shown."""
    pixels_so_far = 0
    for number in numbers:
        opened.seek(number)
        pixels_so_far += opened.height * opened.width
        check_together(pixels_so_far, opened.width, options.max_pixels)
        yield _one(opened, about, options), float(opened.info.get("duration") or 0)


def _pages_in(stream: BinaryIO, about: Format, which: FrameChoice, options: ReadOptions) -> Iterator[Image]:
    """Yield the pages that were asked for, each read by whoever reads its kind."""
    ours, opened = opened_by_us(stream, about, options), None
    assert ours is not None  # Pages are found by ourselves.
    pixels_so_far, notes = 0, ours.notes
    for number in _chosen(ours.count, which):
        size = ours.size(number, options)
        if size is None:
            with decoding(about, max_pixels=options.max_pixels):
                opened = opened or open_image(stream, about.name, max_pixels=options.max_pixels)
                opened.seek(number)
                height, width = opened.height, opened.width
        else:
            height, width = size[:2]
        pixels_so_far += height * width
        check_together(pixels_so_far, width, options.max_pixels)
        if size is None and opened is not None:
            with decoding(about, max_pixels=options.max_pixels):
                image = _one(opened, about, options)
        else:
            image = ours.image(number, options)
        yield replace(image, notes=image.notes + notes)
        notes = ()


def _one(opened: "PIL.ImageFile.ImageFile", about: Format, options: ReadOptions) -> Image:
    """Return the image at which `opened` stands."""
    image = as_arrays(decode_opened(opened, about.name, options, lends=False))
    # Arrays may share memory with the canvas that the next frame is drawn on.
    return replace(image, pixels=image.pixels.copy(), notes=tuple(note for note in image.notes if note != SEVERAL))


def _plays(opened: "PIL.ImageFile.ImageFile", about: Format) -> int:
    loop = opened.info.get("loop")
    if about.counts_repeats:  # And one that does not say so is played once.
        return 1 if loop is None else int(loop) and int(loop) + 1
    return int(loop or 0)


def _pages(images: Sequence[Image], timing: Timing, about: Format, options: WriteOptions) -> Encoded:
    notes: list[str] = []

    def pages() -> Iterator[bytes]:
        for image in images:
            page = encode(image, about.name, options)
            notes.extend(page.notes)
            yield page.data

    data: bytes = encoder(about).joined_pages(pages())
    return Encoded([data], tuple(dict.fromkeys(notes)))


def _animation(images: Sequence[Image], timing: Timing, about: Format, options: WriteOptions) -> Encoded:
    if len({image.pixels.shape[:2] for image in images}) > 1:
        raise OutputError(f"the frames differ in size, and those of a {about.title} must not; write .tiff")
    first = images[0]
    alike = len({(image.channels, image.transparent) for image in images}) == 1
    gray, opaque = alike and first.channels == 1, not any(image.transparent for image in images)
    frames, notes = [], []
    for image in images:
        frame = _frame(image, about, opaque=opaque)
        if image.sample == "uint16":
            notes.append(Lost("16-bit levels written as 8-bit (v / 257), because animations hold no more here"))
        frames.append(frame if gray and opaque else frame.convert("RGB" if opaque else "RGBA"))
    mode = options.metadata if about.metadata else "none"
    kept, left_out = kept_metadata(first.metadata, mode, gray=gray, size=first.pixels.shape[:2])
    arguments: dict[str, Any] = encoder(about).animation_arguments(timing, kept, options.quality, opaque=opaque)
    data = saved(frames[0], about, arguments | {"save_all": True, "append_images": frames[1:]})
    if about.name == "png":
        return Encoded(encoder(about).with_colour_space(data, kept), tuple(dict.fromkeys((*notes, *left_out))))
    left_out += colour_space_lost(kept, about.title)
    return Encoded([data], tuple(dict.fromkeys((*notes, *left_out))))


def _frame(image: Image, about: Format, *, opaque: bool) -> "PIL.Image.Image":
    """Return one frame of 8 bits; OutputError where the format cannot hold it."""
    pixels = image.pixels[..., 0] if image.pixels.shape[2:] == (1,) else image.pixels
    alpha = None if opaque else image.alpha
    size = (pixels.shape[0], pixels.shape[1])
    check_holds(
        about.name, channels=image.channels, sample=image.sample, alpha=alpha is not None, size=size, frame=True
    )
    if image.sample == "uint16":
        pixels, alpha = to_eight_bits(pixels), None if alpha is None else to_eight_bits(alpha)
    return from_array(pixels, alpha)
