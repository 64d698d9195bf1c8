"""A folder of good files and bad ones: the good are written, each bad one is named once, and memory stays flat."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Make, Start, members_of, tree


@pytest.mark.parametrize("workers", [2, 1])
@pytest.mark.parametrize(("count", "bad"), [(60, 3), pytest.param(2000, 20, marks=pytest.mark.folder)])
def test_a_mixed_folder(pictures: Make, start: Start, tmp_path: Path, count: int, bad: int, workers: int) -> None:
    source = pictures(count, size=(60, 80))
    spoilt = [source / f"{number:03}.png" for number in range(7, count, count // bad)][:bad]
    for number, path in enumerate(spoilt):
        whole = path.read_bytes()
        path.write_bytes((b"", b"text", whole[: len(whole) // 2], whole[:60] + bytes(500))[number % 4])
    process = start("edges", "in", "-o", "out/", "-j", workers, "--json")
    assert process.stdout is not None
    names, memory = [], {}
    for number, line in enumerate(process.stdout, 1):
        names.append(json.loads(line)["input"])
        if number in (100, 200, count - 100, count - 10):
            memory[number] = sum(resident(member) for member in members_of(process.pid))
    stderr = process.communicate()[1].decode()
    assert process.returncode == 1
    assert len(names) == len(set(names)) == count
    told = Counter(line.split(" ")[1].rstrip(":") for line in stderr.splitlines() if line.startswith("edges: "))
    assert told == {f"in/{path.name}": 1 for path in spoilt}
    assert set(tree(tmp_path / "out")) == {path.name for path in source.iterdir()} - {path.name for path in spoilt}
    assert f"{count - bad:,} done, {bad} failed" in stderr
    if count > 400:
        print(memory)
        assert max(memory[count - 100], memory[count - 10]) < 1.1 * max(memory[100], memory[200]), memory


def resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0
