"""The lines of a script that read an image by OpenCV or Pillow, and why they would read it otherwise than cnnfilt."""

import numpy as np

from cnnfilt.cli.inspect.emit.common import gray_weights
from cnnfilt.files.colours import parse_colour
from cnnfilt.files.exif import TURNS_BACK
from cnnfilt.files.formats import FORMATS
from cnnfilt.operations.inspect.emitted_run import EmittedRun

_PILLOW_WARNS_FROM = 89_478_485
"""Pillow's own limit, in pixels."""

_WITH_PALETTE = ("P", "PA")
_OPAQUE = ("1", "L", "I", "I;16", "F", "RGB", "CMYK", "YCbCr", "LAB")
_EIGHT_BITS = ("1", "L", "LA", *_WITH_PALETTE, "RGB", "RGBA", "CMYK")
_SAMPLES_IN_TIFF = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F", "F;32F"})
"""Raw modes: others have been read in different ways by different versions."""

_OPENCV_READS = {
    ("png", "uint8"): frozenset({"1", "L", "P", "P;1", "P;2", "P;4", "RGB", "RGBA", "LA"}),
    ("png", "uint16"): frozenset({"I;16B"}),
    ("tiff", "uint8"): frozenset({"L", "RGB"}),
    ("tiff", "uint16"): frozenset({"I;16"}),
    ("pgm", "uint8"): frozenset({"L"}),
    ("pgm", "uint16"): frozenset({"I;16B"}),
    ("ppm", "uint8"): frozenset({"RGB"}),
    ("bmp", "uint8"): frozenset({"BGR"}),
}
"""The raw modes that OpenCV reads in the same levels, of each format and type; JPEGs are told by their coding."""


def why_not_pillow(run: EmittedRun) -> str | None:
    """Return why Pillow would give other pixels, or None."""
    stored, metadata, several = run.stored, run.metadata, FORMATS[run.format].several
    if isinstance(run.frames, int) and several == "frames":
        return "libraries put the frames of an animation together in different ways"
    if isinstance(run.frames, int) and run.frames > 1 and several is None:
        return "Pillow reads the first image of a file"
    if run.format == "bmp" and stored.raw_mode == "masks":
        return "Pillow does not read pixels that are cut up by these masks"
    if stored.orientation is None:
        return "libraries read a damaged EXIF block in different ways"
    if metadata.xmp is not None and b"Orientation" in metadata.xmp and (run.read.auto_orient or run.format == "tiff"):
        return "libraries may also rotate it by its XMP"
    if stored.mode == "CMYK" and metadata.icc_profile is not None:
        return "CMYK becomes sRGB through the file's own colour profile"
    if not stored.mode and run.format != "tiff":
        return "other libraries do not read it, or in different ways"
    if run.format == "jpeg" and run.read.gray and metadata.jpeg is None:
        return "it holds no brightness of its own, and libraries compute that in different ways"
    if run.format == "tiff" and stored.raw_mode not in _SAMPLES_IN_TIFF:
        return f"libraries read samples of the kind {stored.raw_mode or 'unknown'} in different ways"
    if run.dtype == "uint8" and stored.mode not in _EIGHT_BITS:
        return f"Pillow reads it in mode {stored.mode}"
    if run.dtype != "uint8" and (run.channels != 1 or stored.mode not in ("I", "I;16", "F")):
        return "Pillow reads this depth as 8-bit"
    if run.read.background is not None and stored.key is not None and stored.raw_mode not in ("L", "RGB"):
        return "Pillow reads another transparent colour at this depth"
    return None


def why_not_opencv(run: EmittedRun) -> str | None:
    """Return why OpenCV would give other pixels than Pillow, or None."""
    stored = run.stored
    if run.frames not in ("first", 1):
        return "OpenCV reads the first page of a file"
    if run.format == "jpeg":
        return None if run.metadata.jpeg is not None else "OpenCV decodes these colours differently"
    if stored.maximum not in (0, 255):
        return f"OpenCV does not scale up levels that end at {stored.maximum}"
    if stored.raw_mode not in _OPENCV_READS.get((run.format, run.dtype), ()):
        return f"OpenCV reads this kind of {run.format.upper()} in other levels, or not at all"
    if stored.orientation != 1:
        return "whether OpenCV rotates it depends on its version"
    if stored.white_is_zero:
        return "OpenCV does not invert an image whose zero is white"
    if _is_flattened(run) and stored.raw_mode != "RGBA":
        return "OpenCV does not read this kind of transparency"
    return None


def by_pillow(run: EmittedRun) -> list[str]:
    """Return the lines from `source` to `pixels`."""
    lines = ["image = Image.open(source)"]
    if run.size[0] * run.size[1] > _PILLOW_WARNS_FROM:
        lines.insert(0, "Image.MAX_IMAGE_PIXELS = None  # Pillow refuses images of this size otherwise.")
    if isinstance(run.frames, int) and run.frames > 1:
        lines.append(f"image.seek({run.frames - 1})")
    if run.read.gray and run.format == "jpeg":
        lines.append('image.draft("L", image.size)  # the file\'s own brightness')
    lines += _turned(run)
    if run.dtype == "uint16" and run.stored.white_is_zero:
        return [*lines, "pixels = 65535 - np.asarray(image)  # its zero is white"]
    if run.dtype != "uint8":
        return [*lines, "pixels = np.asarray(image)"]
    if _is_flattened(run):
        lines += ['layers = np.asarray(image.convert("RGBA")).astype(np.int64)', *_flattened(run)]
        return [*lines, *_gray_from_colour(run)]
    modes = ["RGBA"] if run.alpha and run.stored.mode in _WITH_PALETTE else []
    if run.channels == 3 or run.stored.mode not in ("1", "L", "LA"):
        modes.append("RGB")
    modes += ["L"] if run.channels == 1 else []
    if run.read.gray and run.format == "jpeg":
        modes = ["L"]
    return [*lines, f"pixels = np.asarray(image{''.join(map(_converted, modes))})"]


def by_opencv(run: EmittedRun) -> list[str]:
    """Return the lines from `SOURCE` to `pixels`."""
    flag = "cv2.IMREAD_COLOR"
    if run.dtype != "uint8" or _is_flattened(run):
        flag = "cv2.IMREAD_UNCHANGED"
    elif run.read.gray and run.format == "jpeg":
        flag = "cv2.IMREAD_GRAYSCALE"
    if not run.read.auto_orient:
        flag += " | cv2.IMREAD_IGNORE_ORIENTATION"
    lines = [
        f"flags = {flag}",
        'if SOURCE == "-":',
        "    pixels = cv2.imdecode(np.frombuffer(sys.stdin.buffer.read(), np.uint8), flags)",
        "else:",
        "    pixels = cv2.imread(SOURCE, flags)",
    ]
    if _is_flattened(run):
        lines.append("layers = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA).astype(np.int64)")
        return [*lines, *_flattened(run), *_gray_from_colour(run)]
    if flag.startswith("cv2.IMREAD_COLOR"):
        lines.append("pixels = pixels[:, :, ::-1]  # OpenCV has blue first")
        lines += _gray_from_colour(run)
    return lines


def _is_flattened(run: EmittedRun) -> bool:
    """Return whether the image was laid over a background, which is nothing to an opaque one."""
    if run.read.background is None or run.dtype != "uint8":
        return False
    return run.stored.mode not in _OPAQUE or run.stored.key is not None


def _turned(run: EmittedRun) -> list[str]:
    """Return the lines that turn `image` as the run has turned it."""
    if run.format == "tiff":
        # Pillow turns a TIFF when it decodes it.
        back = TURNS_BACK.get(run.stored.orientation or 1)
        if run.read.auto_orient or back is None:
            return []
        return [f"image = image.transpose(Image.Transpose.{back.name})  # Pillow has rotated it upright"]
    return ["image = ImageOps.exif_transpose(image)"] if run.read.auto_orient else []


def _converted(mode: str) -> str:
    return f'.convert("{mode}")'


def _flattened(run: EmittedRun) -> list[str]:
    colour = parse_colour(run.read.background or "", "--background")
    behind = np.clip(colour.levels(3, 255)[0], 0, 255).astype(np.int64).tolist()
    return [
        "cover = layers[:, :, 3:]",
        f"pixels = (layers[:, :, :3] * cover + np.array({behind!r}) * (255 - cover) + 127) // 255",
    ]


def _gray_from_colour(run: EmittedRun) -> list[str]:
    return [] if run.channels == 3 else [f"pixels = {gray_weights('pixels')}  # brightness"]
