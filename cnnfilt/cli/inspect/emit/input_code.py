"""The lines of a script that read the same input: to `x`, float64 of shape (H, W, C), colours red first."""

from cnnfilt.files.colours import parse_colour
from cnnfilt.operations.inspect.emitted_run import EmittedRun


def reading(run: EmittedRun, *, with_opencv: bool) -> list[str]:
    """Return the lines; they need `SOURCE`, `sys` and `np`."""
    if run.kind == "matrix":
        lines = [_STREAM, *_matrix(run)]
    elif with_opencv:
        lines = _by_opencv(run)
    else:
        lines = [_STREAM, *_by_pillow(run)]
    height, width, channels = run.shape
    return [
        *lines,
        f"x = pixels.reshape({height}, {width}, {channels}).astype(np.float64)  # so whole numbers stay exact",
    ]


_STREAM = 'source = io.BytesIO(sys.stdin.buffer.read()) if SOURCE == "-" else SOURCE'


def _matrix(run: EmittedRun) -> list[str]:
    if run.format == "npy":
        return ["pixels = np.load(source)"]
    if run.format == "json":
        return ['pixels = np.array(json.load(source if SOURCE == "-" else open(source)))']
    delimiter = {"csv": ', delimiter=","', "tsv": ', delimiter="\\t"'}.get(run.format, "")
    return [f"pixels = np.loadtxt(source{delimiter}, ndmin=2)"]


def _by_pillow(run: EmittedRun) -> list[str]:
    lines = ["image = Image.open(source)"]
    from_jpeg = run.read.gray and run.format == "jpeg"
    if from_jpeg:
        lines.append('image.draft("L", image.size)  # the file\'s own brightness')
    if run.read.auto_orient:
        lines.append("image = ImageOps.exif_transpose(image)")
    if run.dtype != "uint8":
        return [*lines, "pixels = np.asarray(image)"]
    if run.read.background is not None:
        lines += ['layers = np.asarray(image.convert("RGBA")).astype(np.int64)', *_flattened(run)]
        return [*lines, *_gray_from_colour(run)]
    mode = "RGB" if run.channels == 3 else "L"
    if run.alpha:
        colours = 'image.convert("RGBA").convert("RGB")'
        return [*lines, f"pixels = np.asarray({colours}{_converted('L') if mode == 'L' else ''})"]
    return [*lines, f'pixels = np.asarray(image.convert("{mode}"))']


def _converted(mode: str) -> str:
    return f'.convert("{mode}")'


def _by_opencv(run: EmittedRun) -> list[str]:
    gray = run.channels == 1
    flag = "cv2.IMREAD_COLOR"
    if run.dtype != "uint8" or run.read.background is not None:
        flag = "cv2.IMREAD_UNCHANGED"
    elif gray and run.format == "jpeg":
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
    if run.read.background is not None:
        lines.append("layers = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA).astype(np.int64)")
        return [*lines, *_flattened(run), *_gray_from_colour(run)]
    if flag.startswith("cv2.IMREAD_COLOR"):
        lines.append("pixels = pixels[:, :, ::-1]  # OpenCV has blue first")
        lines += _gray_from_colour(run)
    return lines


def _flattened(run: EmittedRun) -> list[str]:
    colour = parse_colour(run.read.background or "", "--background")
    behind = colour.levels(3, 255)[0]
    return [
        "cover = layers[:, :, 3:]",
        f"pixels = (layers[:, :, :3] * cover + np.array({behind!r}) * (255 - cover) + 127) // 255",
    ]


def _gray_from_colour(run: EmittedRun) -> list[str]:
    if run.channels == 3:
        return []
    return ["pixels = (pixels.astype(np.int64) @ np.array([19595, 38470, 7471]) + 32768) >> 16  # brightness"]
