"""`--frames`: each frame as if it came alone, with its timing, in every format that holds several."""

import io
import os
import threading
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import cnnfilt.files.animation
from cnnfilt import pool
from cnnfilt.files.animation import count_frames
from tests.cli.conftest import Run
from tests.files.decode.animations import Drawing, gif, shown
from tests.patience import PATIENCE

RNG = np.random.default_rng(6)
FRAMES = [RNG.integers(0, 256, (12, 16, 3), dtype=np.uint8) // 64 * 64 for _ in range(3)]
TIMES = [100, 250, 40]


def save(path: Path, frames: list[np.ndarray] = FRAMES, **options: object) -> Path:
    first, *others = (PIL.Image.fromarray(frame) for frame in frames)
    first.save(path, save_all=True, append_images=others, **options)
    return path


def animation(folder: Path, suffix: str) -> Path:
    timing = {} if suffix == "tiff" else {"duration": TIMES, "loop": 2}
    return save(folder / f"in.{suffix}", **timing, **({"lossless": True} if suffix == "webp" else {}))


def frames_of(source: Path | bytes) -> tuple[list[np.ndarray], list[float], object]:
    arrays, times = [], []
    with PIL.Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            arrays.append(np.asarray(image.convert("RGB")))
            times.append(image.info.get("duration"))
        return arrays, times, image.info.get("loop")


@pytest.mark.parametrize("suffix", ["webp", "png", "tiff"])
@pytest.mark.parametrize("source", ["webp", "png", "gif", "tiff"])
def test_every_frame_is_operated_on_and_keeps_its_time(run: Run, tmp_path: Path, source: str, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    outcome = run("pool", animation(tmp_path, source), "--frames", "all", "-o", out)
    assert outcome.code == 0, outcome.stderr
    assert len(outcome.lines) == 1
    assert outcome.lines[0].endswith(f"; 3 {'pages' if suffix == 'tiff' else 'frames'})")
    arrays, times, loop = frames_of(out)
    for found, frame in zip(arrays, FRAMES, strict=True):
        assert np.array_equal(found, pool(frame))
    if suffix != "tiff":
        assert times == ([1000] * 3 if source == "tiff" else TIMES)
        # A GIF counts the times after the first one.
        assert loop == {"tiff": 0, "gif": 3}.get(source, 2)


def test_a_gif_is_written_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    source = animation(tmp_path, "gif")
    outcome = run("pool", source, "--frames", "all", "-o", tmp_path / "out.gif")
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert "3 frames, 256 colours" in outcome.stderr
    arrays, times, loop = frames_of(tmp_path / "out.gif")
    assert (times, loop) == (TIMES, 2)
    for found, frame in zip(arrays, FRAMES, strict=True):
        assert np.abs(found.astype(int) - pool(frame)).max() <= 8
    # Without all frames it stays refused, and in a folder the frames go to an APNG.
    assert "not written without --frames all" in run("pool", source, "-o", tmp_path / "no.gif").stderr
    assert run("pool", source, "--frames", "all", "-o", f"{tmp_path}/folder/").code == 0
    assert frames_of(tmp_path / "folder" / "in.png")[1] == TIMES


def test_a_gif_that_plays_once_plays_once(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "in.gif", duration=50)
    run("pool", tmp_path / "in.gif", "--frames", "all", "-o", tmp_path / "out.gif")
    run("pool", tmp_path / "in.gif", "--frames", "all", "-o", tmp_path / "out.webp")
    assert frames_of(tmp_path / "out.gif")[2] is None
    assert frames_of(tmp_path / "out.webp")[2] == 1


@pytest.mark.parametrize("suffix", ["webp", "png", "gif", "tiff"])
def test_one_frame_is_what_it_would_be_alone(run: Run, tmp_path: Path, suffix: str) -> None:
    source = animation(tmp_path, suffix)
    outcome = run("pool", source, "--frames", "2", "-o", tmp_path / "two.png")
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    arrays, _, _ = frames_of(tmp_path / "two.png")
    assert len(arrays) == 1
    assert np.array_equal(arrays[0], pool(FRAMES[1]))
    missing = run("pool", source, "--frames", "4", "-o", tmp_path / "four.png")
    assert (missing.code, len(missing.lines)) == (1, 1)
    assert f"in.{suffix} has 3 frames; frame 4 does not exist" in missing.stderr
    assert not (tmp_path / "four.png").exists()
    run("pool", source, "--frames", "2", "-o", tmp_path / "still.png")
    missing = run("pool", tmp_path / "still.png", "--frames", "2", "-o", tmp_path / "four.png")
    assert "still.png has 1 frame; frame 2 does not exist" in missing.stderr


def test_pages_may_differ_in_size_and_depth(run: Run, tmp_path: Path) -> None:
    pages = [np.arange(48, dtype=np.uint8).reshape(6, 8), np.arange(40, dtype=np.uint16).reshape(4, 10) * 1600]
    save(tmp_path / "in.tiff", pages)
    assert run("pool", tmp_path / "in.tiff", "--frames", "all", "-o", tmp_path / "out.tiff").code == 0
    with PIL.Image.open(tmp_path / "out.tiff") as image:
        for number, page in enumerate(pages):
            image.seek(number)
            assert np.array_equal(np.asarray(image), pool(page))
    refused = run("pool", tmp_path / "in.tiff", "--frames", "all", "-o", tmp_path / "out.webp")
    assert (refused.code, len(refused.lines)) == (1, 1)
    assert "differ in size" in refused.stderr


@pytest.mark.parametrize("suffix", ["webp", "png", "gif"])
def test_transparency_follows_every_frame(run: Run, tmp_path: Path, suffix: str) -> None:
    frames = []
    for number in range(3):
        frame = np.full((8, 8, 4), (200, 60, 20, 255), np.uint8)
        frame[2 * number : 2 * number + 2, :, 3] = 0
        frames.append(frame)
    source = save(tmp_path / f"in.{suffix}", frames, duration=50, disposal=1 if suffix == "png" else 2)
    assert run("pool", source, "--frames", "all", "-o", tmp_path / "out.png").code == 0
    with PIL.Image.open(tmp_path / "out.png") as image:
        assert image.n_frames == 3
        for number in range(3):
            image.seek(number)
            alpha = np.asarray(image.convert("RGBA"))[..., 3]
            assert [int(row[0] > 0) for row in alpha] == [int(row != number) for row in range(4)]


@pytest.mark.parametrize("suffix", ["webp", "png", "gif"])
def test_frames_are_operated_on_as_browsers_show_them(run: Run, tmp_path: Path, suffix: str) -> None:
    def dot(colour: tuple[int, int, int], size: int = 2) -> np.ndarray:
        return np.full((size, size, 4), (*colour, 255), np.uint8)

    # The third frame does not say what becomes of it, so it stays, whatever the second one said.
    drawings = [Drawing(dot((255, 0, 0), 8)), Drawing(dot((0, 255, 0)), 2, 2, "background")]
    drawings += [Drawing(dot((0, 0, 255)), 4, 4), Drawing(dot((0, 255, 0)), 0, 6)]
    (tmp_path / "in.gif").write_bytes(gif(8, 8, drawings, codes=[1, 2, 0, 0]))
    out = tmp_path / f"out.{suffix}"
    assert run("pool", tmp_path / "in.gif", "--frames", "all", "-o", out).code == 0
    assert run("pool", tmp_path / "in.gif", "--frames", "4", "-o", tmp_path / "four.png").code == 0
    with PIL.Image.open(tmp_path / "four.png") as image:
        four = np.asarray(image.convert("RGBA"))
    expected = list(shown(8, 8, drawings))
    assert np.array_equal(four, expected[3][::2, ::2])
    if suffix != "gif":
        for found, wanted in zip(frames_of(out)[0], expected, strict=True):
            assert np.array_equal(found[wanted[::2, ::2, 3] > 0], wanted[::2, ::2, :3][wanted[::2, ::2, 3] > 0])


def test_frames_through_pipes(run: Run, tmp_path: Path) -> None:
    data = animation(tmp_path, "webp").read_bytes()
    outcome = run("pool", "-", "--frames", "all", "-o", "-", stdin=data)
    assert outcome.code == 0
    assert frames_of(outcome.stdout)[1] == TIMES


def test_several_kernels_give_several_animations(run: Run, tmp_path: Path) -> None:
    source = animation(tmp_path, "png")
    outcome = run("convolve", source, "-k", "sobel-x", "-k", "sobel-y", "--frames", "all", "-o", f"{tmp_path}/maps/")
    assert outcome.code == 0
    for name in ("in.sobel-x.png", "in.sobel-y.png"):
        assert len(frames_of(tmp_path / "maps" / name)[0]) == 3


@pytest.mark.parametrize("suffix", ["npy", "json"])
def test_two_maps_of_an_animation_share_no_file(run: Run, tmp_path: Path, suffix: str) -> None:
    source, out = animation(tmp_path, "gif"), tmp_path / f"out.{suffix}"
    for command in (("apply", "conv:vertical+horizontal"), ("convolve", "-k", "vertical", "-k", "horizontal")):
        refused = run(*command, source, "--frames", "all", "-o", out)
        assert (refused.code, len(refused.lines)) == (1, 1)
        assert f"in.gif: 2 maps of 3 frames cannot share {out}; for a file each" in refused.stderr
        assert not out.exists()
        # What it says to do does it.
        assert "-o out/ --format png" in refused.stderr
        folder = tmp_path / command[0]
        assert run(*command, source, "--frames", "all", "-o", f"{folder}/", "--format", "png").code == 0
        assert sorted(path.name for path in folder.iterdir()) == ["in.horizontal.png", "in.vertical.png"]


def test_a_folder_of_stills_and_animations(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    animation(folder, "png")
    PIL.Image.fromarray(FRAMES[0]).save(folder / "still.jpg")
    assert run("pool", folder, "--frames", "all", "-o", f"{tmp_path}/out/").code == 0
    assert len(frames_of(tmp_path / "out" / "in.png")[0]) == 3
    assert len(frames_of(tmp_path / "out" / "still.jpg")[0]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--frames", "0"], 2, "is not first, all or a whole number of 1 or more"),
        (["--frames", "some"], 2, "is not first, all or a whole number of 1 or more"),
        (["--frames", "all", "-o", "out.jpg"], 1, "JPEG holds one image; use --frames N"),
        (["--frames", "all", "-o", "out.jpg"], 1, "or -o '{stem}-{frame}.jpg' for a file each; .png, .tiff, .webp"),
        (["--frames", "all", "-o", "out.jpg"], 1, ", .webp, .gif, .avif, .pam and .npy hold several"),
        (
            ["--frames", "all", "-o", "out.csv"],
            1,
            "holds one matrix; use --frames N, or -o '{stem}-{frame}.csv' for a file each\n",
        ),
        (["--frames", "all", "-o", "out.png", "--indices", "where.npy"], 2, "choose one with --frames N"),
        (["--frames", "all", "-o", "out.png", "--max-pixels", "400"], 1, "the limit is 400"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source = animation(tmp_path, "gif")
    outcome = run("pool", source.name, *arguments)
    assert (outcome.code, outcome.stdout) == (code, b"")
    assert len(outcome.lines) == 1
    assert message in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.gif"]


@pytest.mark.parametrize("output", [[], ["-o", "out.gif"], ["-o", "out-{frame}.png"]])
def test_the_maps_of_several_frames_are_refused_and_those_of_one_drawn(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    source = animation(tmp_path, "gif")
    command = ("apply", "filter:vertical relu", "--maps", "maps/")
    refused = run(*command, source.name, "--frames", "all", *output)
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert "--maps draws the layers of one image; choose one with --frames N" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.gif"]
    # What it says to do does it, and so does a file of one image.
    PIL.Image.fromarray(FRAMES[0]).save("still.png")
    for arguments in ([source.name, "--frames", "2"], ["still.png", "--frames", "all"]):
        assert run(*command, *arguments, "-y").code == 0
        assert len(list((tmp_path / "maps").iterdir())) == 2


def test_an_animation_cut_short_is_refused_in_one_line_or_has_the_frames_that_are_whole(
    run: Run, tmp_path: Path
) -> None:
    source, out = animation(tmp_path, "gif"), tmp_path / "out.png"
    data = source.read_bytes()
    codes = []
    for length in range(20, len(data) - 1, 97):
        source.write_bytes(data[:length])
        outcome = run("pool", source, "--frames", "all", "-o", out)
        codes.append(outcome.code)
        if outcome.code == 0:
            arrays, times, _ = frames_of(out)
            assert times == TIMES[: len(arrays)]
            for found, frame in zip(arrays, FRAMES[: len(arrays)], strict=True):
                assert np.array_equal(found, pool(frame))
            out.unlink()
        else:
            assert (outcome.code, len(outcome.lines), out.exists()) == (1, 1, False)
            assert outcome.stderr.startswith(f"pool: {source}: the GIF is ")
    assert codes.count(1) > codes.count(0)


@pytest.mark.parametrize("source", ["webp", "png", "gif", "tiff"])
def test_frames_go_into_files_of_their_own_where_the_pattern_counts_them(run: Run, tmp_path: Path, source: str) -> None:
    pattern = tmp_path / "out" / "{stem}-{frame}.png"
    command = ("pool", animation(tmp_path, source), "--frames", "all", "-o", pattern)
    outcome = run(*command)
    assert (outcome.code, len(outcome.lines)) == (0, 3)
    for number, frame in enumerate(FRAMES, 1):
        with PIL.Image.open(tmp_path / "out" / f"in-{number}.png") as written:
            assert np.array_equal(np.asarray(written.convert("RGB")), pool(frame))
    assert len(list((tmp_path / "out").iterdir())) == 3
    again = run(*command)
    assert (again.code, "3 of 3 outputs exist" in again.stderr) == (2, True)
    (tmp_path / "out" / "in-2.png").unlink()
    assert run(*command, "--skip-existing").code == 0
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_their_numbers_have_as_many_digits_so_that_names_are_in_order(run: Run, tmp_path: Path) -> None:
    source = save(tmp_path / "in.tiff", [np.full((2, 2), n, np.uint8) for n in range(10)])
    assert run("pool", source, "--frames", "all", "-o", tmp_path / "{frame}.tif", "-q").code == 0
    assert sorted(path.name for path in tmp_path.glob("*.tif")) == [f"{n:02}.tif" for n in range(1, 11)]


def test_the_number_of_the_one_frame_stands_in_its_name(run: Run, tmp_path: Path) -> None:
    source = animation(tmp_path, "gif")
    assert run("pool", source, "--frames", "2", "-o", tmp_path / "{stem}-{frame}.png").code == 0
    assert (tmp_path / "in-2.png").exists()


def test_the_frames_of_a_pipe_cannot_be_counted(run: Run, tmp_path: Path) -> None:
    data = animation(tmp_path, "gif").read_bytes()
    outcome = run("pool", "-", "--frames", "all", "-o", tmp_path / "{frame}.png", stdin=data)
    assert (outcome.code, "needs a file" in outcome.stderr) == (2, True)


def test_a_gif_is_no_format_for_one_frame(run: Run, tmp_path: Path) -> None:
    outcome = run("pool", animation(tmp_path, "gif"), "--frames", "all", "-o", tmp_path / "{frame}.gif")
    assert (outcome.code, "gif is read but not written; use .png" in outcome.stderr) == (2, True)


@pytest.mark.parametrize("frames", [FRAMES, FRAMES[:1]], ids=["animation", "still"])
def test_all_frames_of_a_named_pipe_are_read(run: Run, tmp_path: Path, frames: list[np.ndarray]) -> None:
    """It can be read only once, also where it turns out to hold a still."""
    pipe, out = tmp_path / "pipe", tmp_path / "out.png"
    source = tmp_path / "in.bmp"
    if len(frames) > 1:
        source = animation(tmp_path, "png")
    else:
        PIL.Image.fromarray(frames[0]).save(source)
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=[source.read_bytes()], daemon=True)
    writing.start()
    outcome = run("pool", pipe, "--frames", "all", "-o", out, "--timeout", str(PATIENCE))
    assert outcome.code == 0, outcome.stderr
    writing.join(PATIENCE)
    arrays, times, _ = frames_of(out)
    assert times == (TIMES if len(frames) > 1 else [None])
    for found, frame in zip(arrays, frames, strict=True):
        assert np.array_equal(found, pool(frame))


def test_a_file_for_each_frame_of_what_is_no_image_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its frames cannot be counted beforehand; what is wrong with it is said once, when it is read."""
    monkeypatch.chdir(tmp_path)
    Path("bad.gif").write_bytes(b"bad")
    outcome = run("pool", "bad.gif", "--frames", "all", "-o", "{stem}-{frame}.png")
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (1, b"", 1)
    assert outcome.stderr.startswith("pool: bad.gif is not an image; cnnfilt reads PNG, ")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.gif"]


def test_a_file_that_gains_a_frame_after_they_were_counted_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(Path("in.tiff"), FRAMES[:2])

    def count_before_it_grows(path: str) -> int:
        count = count_frames(path)
        save(Path(path), FRAMES)
        return count

    monkeypatch.setattr(cnnfilt.files.animation, "count_frames", count_before_it_grows)
    outcome = run("pool", "in.tiff", "--frames", "all", "-o", "{stem}-{frame}.png")
    assert (outcome.code, outcome.stdout) == (1, b"")
    assert outcome.stderr == "pool: in.tiff: its number of frames has changed since they were counted\n"
    assert [path.name for path in tmp_path.iterdir()] == ["in.tiff"]
