"""The lines of a script that turn responses into pixels as cnnfilt does, and write or print them."""

from cnnfilt.core.levels import Levels
from cnnfilt.files.formats import named
from cnnfilt.operations.inspect.emitted_run import EmittedRun


def writing(run: EmittedRun, number: int, label: str, *, with_opencv: bool) -> list[str]:
    """Return the lines for result `number`, `y` of shape (H, W, maps); `label` tells it from others."""
    levels = run.levels[number]
    if named(run.to).kind == "matrix":
        return _matrix(run, number, levels, label)
    target, flat = _target(label), run.flat[number]
    lines = ["pixels = y.astype(np.float32)"] if levels.values == "raw" else mapping(run, levels)
    if with_opencv:
        blue_first = "pixels" if flat else "pixels[:, :, ::-1]"
        return [*lines, f"cv2.imwrite({target}, {blue_first})"]
    if levels.values == "raw" and not flat:
        return [*lines, f"np.save({target}, pixels)  # Pillow has no colours in floats"]
    return [*lines, f"Image.fromarray(pixels{'[:, :, 0]' if flat else ''}).save({target})"]


def mapping(run: EmittedRun, levels: Levels) -> list[str]:
    """Return the lines from responses `y` to `pixels`: mapped, rounded half to even, clipped, and only then cast."""
    top, middle, lines = levels.top, (levels.top + 1) // 2, []
    found = "y"
    if run.may_hold_nan and levels.needs_range:
        lines, found = ["finite = y[np.isfinite(y)]"], "finite"
    if levels.values == "abs":
        lines.append("y = np.abs(y)")
    if levels.value_range is not None:
        low, high = levels.value_range
        lines.append(f"y = (y - {low!r}) * {top} / {high - low!r}")
    elif levels.values == "minmax":
        lines.append(f"y = (y - {found}.min()) * {top} / ({found}.max() - {found}.min() or 1)")
    rounded = "np.rint(y)"
    if levels.values == "offset":
        rounded = f"np.rint(y / 2) + {middle}"
    elif levels.values == "symmetric":
        rounded = f"np.rint(y * {middle - 1} / (np.abs({found}).max() or 1)) + {middle}"
    clipped = f"np.clip({rounded}, 0, {top})"
    if run.may_hold_nan:
        clipped = f"np.nan_to_num({clipped})"
    return [*lines, f"pixels = {clipped}.astype({'np.uint8' if top == 255 else 'np.uint16'})"]


def _matrix(run: EmittedRun, number: int, levels: Levels, label: str) -> list[str]:
    lines = ["pixels = y"] if levels.values == "raw" else mapping(run, levels)
    if run.to == "npy" or not run.flat[number]:
        return [*lines, f"np.save({_target(label)}, pixels{'[:, :, 0]' if run.flat[number] else ''})"]
    parted = ["print()"] if number else []
    if levels.values == "raw" and not run.whole[number]:
        return [*parted, *lines, 'np.savetxt(sys.stdout, pixels[:, :, 0], fmt="%.9g", delimiter=",")']
    # What a library computes by Fourier transforms is a hair off whole numbers, and %d would cut it off.
    return [*parted, *lines, 'np.savetxt(sys.stdout, np.rint(pixels[:, :, 0]), fmt="%d", delimiter=",")']


def _target(label: str) -> str:
    if not label:
        return "TARGET"
    return f'TARGET.replace("{{}}", {label!r})'
