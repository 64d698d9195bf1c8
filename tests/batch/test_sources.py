"""Which files are read: named ones, folders, lists."""

import inspect
import os
import sys
from pathlib import Path

import pytest

from cnnfilt.batch.exclusion import Exclusion
from cnnfilt.batch.sources import Walk, find_sources, read_list, without_comments
from cnnfilt.errors import InputError


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def found(*inputs: Path | str, recursive: bool = False, output: Path | None = None) -> list[tuple[str, str]]:
    sources, _ = find_sources([str(path) for path in inputs], Walk(recursive, (output,) if output else ()))
    return [(source.subfolder, source.name) for source in sources]


def test_a_folder_gives_its_images_by_name(tmp_path: Path) -> None:
    fill(tmp_path, "b.png", "a.JPG", "c.tiff", "notes.txt", "m.csv", "._a.jpg", "x", "sub/d.png")
    assert found(tmp_path) == [("", "a.JPG"), ("", "b.png"), ("", "c.tiff")]


def test_what_is_passed_over_is_told_with_the_reason(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "notes.txt", "m.csv", "._a.jpg", "readme", "sub/d.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "gone.png").symlink_to("nowhere")
    _, skipped = find_sources([str(tmp_path)], Walk())
    assert {Path(line).name for line in skipped} == {
        "notes.txt (a matrix; name it to read it)",
        "m.csv (a matrix; name it to read it)",
        "._a.jpg (a dot-file)",
        "readme (no image, and no suffix)",
        "sub (a folder; -r opens it)",
        "pipe.png (no regular file)",
        "gone.png (no regular file)",
    }


def test_matrices_are_taken_where_they_are_wanted(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "m.csv", "n.NPY", "notes.md")
    sources, skipped = find_sources([str(tmp_path)], Walk(matrices=True))
    assert [source.name for source in sources] == ["a.png", "m.csv", "n.NPY"]
    assert [Path(line).name for line in skipped] == ["notes.md (no image suffix)"]


PNG = b"\x89PNG\r\n\x1a\n"


def test_files_without_a_suffix_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "notes", ".hidden", "old.bak")
    for name in ("photo", "sub/photo", "other.2024", ".dot", "sub/v1.0"):
        fill(tmp_path, name)
        (tmp_path / name).write_bytes(PNG)
    (tmp_path / "array").write_bytes(b"\x93NUMPY\x01\0")
    (tmp_path / "film").write_bytes(b"\0\0\0\x18ftypmp42")
    (tmp_path / "link").symlink_to("photo")
    (tmp_path / "lost").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    sources, skipped = find_sources([str(tmp_path)], Walk(recursive=True))
    assert [(source.subfolder, source.name) for source in sources] == [
        ("", "a.png"),
        ("", "link"),
        ("", "photo"),
        ("sub", "photo"),
    ]
    assert {Path(line).name for line in skipped} == {
        "array (no image, and no suffix)",
        "film (no image, and no suffix)",
        "notes (no image, and no suffix)",
        "old.bak (no image suffix)",
        "other.2024 (no image suffix)",
        "v1.0 (no image suffix)",
        ".dot (a dot-file)",
        ".hidden (a dot-file)",
        "lost (no regular file)",
        "pipe (no regular file)",
    }


def test_only_files_without_a_suffix_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "a.png", "b.jpg", "notes.txt", "c.bak", "plain")
    os.mkfifo(tmp_path / "pipe")
    opened: list[str] = []
    monkeypatch.setattr("cnnfilt.batch.sources.format_of_file", lambda path: opened.append(Path(path).name))
    find_sources([str(tmp_path)], Walk())
    assert opened == ["plain"]


def test_what_is_excluded_is_left_out_of_folders_and_of_names(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "b_small.png", "x/c.png", "x/thumbs/d.png", "thumbs/e.png", "x/raw/f.png", "notes.txt")

    def left(*patterns: str, inputs: tuple[str, ...]) -> list[str]:
        walk = Walk(recursive=True, exclusion=Exclusion(patterns))
        return [source.path for source in find_sources([str(tmp_path / name) for name in inputs], walk)[0]]

    names = [str(tmp_path / name) for name in ("a.png", "x/c.png", "x/raw/f.png")]
    assert left("*_small.*", "thumbs", inputs=("",)) == names
    assert left("*_small.*", "thumbs/", "raw/*", inputs=("",)) == names[:2]
    assert left("*_small.*", "thumbs", "x", inputs=("",)) == names[:1]
    assert left("*_small.*", inputs=("a.png", "b_small.png", "x/c.png")) == names[:2]
    assert left("thumbs", "raw", inputs=("x", "thumbs", "a.png")) == [names[1], names[0]]


def test_an_excluded_folder_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "a.png", "closed/b.png")
    real = os.scandir
    opened: list[str] = []
    monkeypatch.setattr(os, "scandir", lambda path: (opened.append(str(path)), real(path))[1])
    exclusion = Exclusion(("closed",))
    sources, skipped = find_sources([str(tmp_path)], Walk(recursive=True, exclusion=exclusion))
    assert ([source.name for source in sources], skipped, opened) == (["a.png"], (), [str(tmp_path)])
    assert exclusion.report() == ("--exclude leaves out 1 folder",)


def test_to_exclude_all_is_an_error_and_all_of_one_folder_is_none(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.png", "b/2.jpg")
    folders = [str(tmp_path / name) for name in ("a", "b")]
    assert [source.name for source in find_sources(folders, Walk(exclusion=Exclusion(("*.jpg",))))[0]] == ["1.png"]
    with pytest.raises(InputError, match=r"a \.\.\.: no image is left, for --exclude leaves out 2 files"):
        find_sources(folders, Walk(exclusion=Exclusion(("*.???",))))
    with pytest.raises(InputError, match=r"1\.png: no image is left, for --exclude leaves out 1 file"):
        find_sources([f"{folders[0]}/1.png"], Walk(exclusion=Exclusion(("1*",))))
    with pytest.raises(InputError, match="no images in this folder"):
        find_sources([str(tmp_path)], Walk(exclusion=Exclusion(("*.jpg",))))


def test_recursion_keeps_the_tree(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "x/b.png", "x/y/c.png", ".hidden/d.png")
    assert found(tmp_path, recursive=True) == [("", "a.png"), ("x", "b.png"), ("x/y", "c.png")]


def test_a_folder_that_cannot_be_listed_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a/1.png", "lost/2.png", "z.png")
    real = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("lost"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    sources, _ = find_sources([str(tmp_path)], Walk(recursive=True))
    assert [(source.name, source.unlisted) for source in sources] == [
        ("1.png", False),
        ("lost", True),
        ("z.png", False),
    ]
    with pytest.raises(InputError, match="lost: cannot list this folder: Permission denied"):
        find_sources([str(tmp_path / "lost")], Walk())


def test_folders_may_lie_deeper_than_python_s_calls(tmp_path: Path) -> None:
    fill(tmp_path, "d/" * 300 + "a.png")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        sources = found(tmp_path, recursive=True)
    finally:
        sys.setrecursionlimit(limit)
    assert sources == [("d/" * 299 + "d", "a.png")]


def test_links_to_files_are_read_and_links_to_folders_not_entered(tmp_path: Path) -> None:
    fill(tmp_path / "in", "a.png")
    fill(tmp_path / "other", "b.png")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "other" / "b.png")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "other")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    assert found(tmp_path / "in", recursive=True) == [("", "a.png"), ("", "link.png")]


def test_the_output_folder_is_not_read(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "out/b.png")
    assert found(tmp_path, recursive=True, output=tmp_path / "out") == [("", "a.png")]


def test_named_files_stay_in_order_and_may_be_missing_or_pipes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    fill(tmp_path, "z.csv", ".dot.png")
    names = ["z.csv", "missing.png", "pipe", ".dot.png"]
    assert [name for _, name in found(*(tmp_path / name for name in names))] == names


def test_a_folder_without_images_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, "sub/a.png")
    with pytest.raises(InputError, match=r"no images in this folder.*-r looks into"):
        found(tmp_path)


@pytest.mark.parametrize(
    ("data", "null", "names"),
    [
        (b"a.png\nb c.png\n", False, ["a.png", "b c.png"]),
        (b"a.png\r\nb.png", False, ["a.png", "b.png"]),
        (b"a\rb.png\n\n\n", False, ["a\rb.png"]),
        (b"a\nb.png\0c.png\0", True, ["a\nb.png", "c.png"]),
        (b"\xff.png\n", False, ["\udcff.png"]),
        ("ü.png\u2028x.png\n".encode(), False, ["ü.png\u2028x.png"]),
        (b"", False, []),
        (b"\xef\xbb\xbfa.png\r\nb.png\r\n", False, ["a.png", "b.png"]),
        ("\ufeffü.png\r\nb c.png\r\n".encode("utf-16-le"), False, ["ü.png", "b c.png"]),
        ("\ufeffü.png\nb.png".encode("utf-16-be"), False, ["ü.png", "b.png"]),
        # Zero bytes part exact names.
        (b"\xef\xbb\xbfa.png\0#b.png\0", True, ["\ufeffa.png", "#b.png"]),
    ],
)
def test_a_list_of_names(data: bytes, null: bool, names: list[str]) -> None:
    assert read_list(data, null=null) == names


def test_names_that_end_in_the_other_way_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="has names that end in zero bytes; add -0"):
        read_list(b"a.png\0b.png\0", null=False)
    with pytest.raises(InputError, match="has a name a line and no zero byte; leave out -0"):
        read_list(b"a.png\nb.png\n", null=True)
    monkeypatch.chdir(tmp_path)
    fill(tmp_path, "a\nb\n")
    assert read_list(b"a\nb\n", null=True) == ["a\nb\n"]


def test_a_list_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="not text in UTF-8 or UTF-16"):
        read_list(b"\xff\xfea\0.", null=False)


def test_comments_and_quotes_are_told_from_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fill(tmp_path, "#1.png", '"odd".png', '"q"'))
    names = ["# photographs", "a.png", "#1.png", '"my photo.png"', '"odd".png', '"q"', '"', "#"]
    assert without_comments(names) == (
        ["a.png", "#1.png", "my photo.png", '"odd".png', '"q"', '"'],
        ("# photographs", "#"),
    )
