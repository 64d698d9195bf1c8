"""A model file may come from anywhere: whatever is wrong with it is one line, and exit code 1."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import Run

Spoil = Callable[[bytes], bytes]
ROOM = 1 << 27


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_entry(name: str, content: bytes) -> Spoil:
    return lambda data: zipped(entries(data) | {name: content})


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def bomb(data: bytes) -> bytes:
    """128 MiB of zeros that take a thousandth of that, in the place of the weights."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries(data).items():
            if name != "fc1.kernel.npy":
                archive.writestr(name, content)
        with archive.open("fc1.kernel.npy", "w", force_zip64=True) as entry:
            entry.write(npy(np.zeros(0, np.float32)).replace(b"(0,)", f"({ROOM // 4},)".encode())[:128])
            for _ in range(ROOM >> 24):
                entry.write(bytes(1 << 24))
    return stream.getvalue()


class Harm:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("harmed",)


SPOILED: dict[str, Spoil] = {
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "without-its-end": lambda data: data[:-1],
    "no-zip": lambda data: b"\x93NUMPY" + data,
    "a-picture": lambda data: b"\x89PNG\r\n\x1a\n" + data,
    "wrong-shape": with_entry("fc1.bias.npy", npy(np.zeros(4, np.float32))),
    "wrong-type": with_entry("fc1.bias.npy", npy(np.zeros(3, np.complex64))),
    "missing-weights": lambda data: zipped({name: one for name, one in entries(data).items() if "bias" not in name}),
    "bomb": bomb,
    "many-entries": lambda data: zipped({f"a{number}.npy": b"" for number in range(20_000)}),
    "path-upwards": with_entry("../../evil.npy", npy(np.zeros(3))),
    "absolute-path": with_entry("/tmp/evil.npy", npy(np.zeros(3))),
    "pickled-array": with_entry("fc1.bias.npy", npy(np.array([Harm()], object))),
    "pickle": lambda data: pickle.dumps(Harm()),
    "pickled-entry": with_entry("fc1.bias.npy", pickle.dumps(Harm())),
    "foreign-entry": with_entry("run.py", b"import os"),
    "control-characters": with_entry("\x1b[2J.npy", npy(np.zeros(3))),
    "deep-header": with_entry("model.npy", npy(np.frombuffer(b"[" * 100_000, np.uint8))),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("models") / "model.npz"
    network = Sequential.new("conv:4,k=3 relu pool:max flatten fc:3 softmax", (8, 8, 1), np.random.default_rng(0))
    save_model(str(path), Model(network, ("a", "b", "c"), True), overwrite=False)
    return path.read_bytes()


@pytest.mark.parametrize("kind", SPOILED)
def test_a_harmful_model_is_one_line(
    run: Run, sound: bytes, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.npz").write_bytes(SPOILED[kind](sound))
    Path("photos/a").mkdir(parents=True)
    for command in (
        ("summary", "model.npz"),
        ("predict", "model.npz", "x.png"),
        ("evaluate", "model.npz", "photos"),
        ("kernels", "model.npz", "-o", "k.png"),
        ("train", "photos", "-o", "model.npz", "--resume"),
    ):
        outcome = run("net", *command)
        assert (outcome.code, len(outcome.lines)) == (1, 1), outcome.stderr
        assert outcome.stderr.startswith("net: model.npz"), outcome.stderr
        assert outcome.lines[0].isprintable()
        assert outcome.stdout == b""
    assert sorted(os.listdir()) == ["model.npz", "photos"]
    assert not Path("../../evil.npy").exists()


def test_a_picture_of_kernels_replaces_nothing_unasked(
    run: Run, sound: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.npz").write_bytes(sound)
    Path("k.png").write_bytes(b"mine")
    refused = run("net", "kernels", "model.npz", "-o", "k.png")
    assert (refused.code, refused.stderr) == (2, "net: k.png exists; -y (--overwrite) replaces it\n")
    assert Path("k.png").read_bytes() == b"mine"
    assert run("net", "kernels", "model.npz", "-o", "k.png", "-y").code == 0
    assert Path("k.png").read_bytes().startswith(b"\x89PNG")
    assert run("net", "kernels", "model.npz", "-o", "model.npz", "-y").code == 2
    assert Path("model.npz").read_bytes() == sound


def test_a_sound_model_is_read(run: Run, sound: bytes, tmp_path: Path) -> None:
    """Also one that was packed again, and compressed."""
    (tmp_path / "model.npz").write_bytes(zipped(entries(sound)))
    (tmp_path / "first.npz").write_bytes(sound)
    again, first = (run("net", "summary", tmp_path / name, "--json").text for name in ("model.npz", "first.npz"))
    assert again == first
    assert json.loads(first)["classes"] == ["a", "b", "c"]
