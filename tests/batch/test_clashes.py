"""What is refused before the first write."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnfilt.batch import clashes
from cnnfilt.batch.clashes import check_output, check_outputs, is_done, refuse_existing
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source
from cnnfilt.errors import PlanError
from tests.conftest import ENVIRONMENT


def check(*pairs: tuple[Path, Path]) -> None:
    check_outputs((Source(str(source)), [Target(target, "png", make_folder=True)]) for source, target in pairs)


def file(path: Path, content: bytes = b"x") -> Path:
    path.write_bytes(content)
    return path


def test_two_results_in_one_place(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"a.png and .*a.jpg would both be written to .*out.png"):
        check((tmp_path / "a.png", tmp_path / "out.png"), (tmp_path / "a.jpg", tmp_path / "out.png"))


def test_one_place_by_two_paths(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(PlanError, match="would both be written"):
        check((tmp_path / "a.png", tmp_path / "real" / "o.png"), (tmp_path / "b.png", tmp_path / "link" / "o.png"))


def test_names_that_differ_in_case_where_it_is_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = ((tmp_path / "a.png", tmp_path / "a.png.out"), (tmp_path / "A.png", tmp_path / "A.png.out"))
    check(*pairs)
    monkeypatch.setattr(clashes, "_folds_case", functools.cache(lambda folder: True))
    with pytest.raises(PlanError, match="would both be written"):
        check(*pairs)


def test_whether_case_is_folded_is_asked_of_the_folder_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "Photos"
    folder.mkdir()
    file(folder / "0")  # A name that is the same in either case tells nothing.
    file(folder / "Old.png")
    real = os.lstat
    monkeypatch.setattr(clashes.os, "lstat", lambda path: real(str(path).replace("oLD.PNG", "Old.png")))
    clashes._folds_case.cache_clear()
    assert clashes._folds_case(str(folder))
    assert clashes._folds_case(str(folder / "new"))
    clashes._folds_case.cache_clear()
    monkeypatch.undo()
    assert not clashes._folds_case(str(folder))


def test_an_output_that_is_an_input_of_another(tmp_path: Path) -> None:
    first, second = file(tmp_path / "a.png"), file(tmp_path / "b.png")
    with pytest.raises(PlanError, match="is an input"):
        check((first, second), (second, tmp_path / "c.png"))


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_an_output_that_is_an_input_by_a_link(tmp_path: Path, link: object) -> None:
    source = file(tmp_path / "a.png")
    link(source, tmp_path / "b.png")  # type: ignore[operator]
    with pytest.raises(PlanError, match="is an input"):
        check((source, tmp_path / "b.png"))


def test_devices_take_what_they_are_given(tmp_path: Path) -> None:
    check((tmp_path / "a.png", Path("/dev/null")), (tmp_path / "b.png", Path("/dev/null")))


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    file(tmp_path / "out")
    with pytest.raises(PlanError, match="is not a folder"):
        check((tmp_path / "a.png", tmp_path / "out" / "a.png"))


def test_a_file_is_no_folder_that_lacks(tmp_path: Path) -> None:
    file(tmp_path / "out")
    with pytest.raises(PlanError, match="out is not a folder, so nothing can be written to it"):
        check_output(tmp_path / "out" / "a.png", [], overwrite=False)


def test_what_the_system_refuses_is_said_of_the_output(tmp_path: Path) -> None:
    long = tmp_path / f"{'a' * 300}.png"
    with pytest.raises(PlanError, match=r"a{300}\.png cannot be written: "):
        check((tmp_path / "a.png", long))
    with pytest.raises(PlanError, match="cannot be written: "):
        check_output(long, [], overwrite=False)


def test_only_a_run_that_makes_folders_offers_to(tmp_path: Path) -> None:
    source, target = Source(str(tmp_path / "a.png")), Target(tmp_path / "no" / "a.png", "png")
    with pytest.raises(PlanError, match=r"does not exist; make it first, or end -o in / to have it made$"):
        check_outputs([(source, (target,))], makes_folders=True)
    with pytest.raises(PlanError, match=r"does not exist; make it first$"):
        check_outputs([(source, (target,))])


def test_existing_outputs_are_counted(tmp_path: Path) -> None:
    targets = [Target(file(tmp_path / f"{n}.png"), "png") for n in range(3)] + [Target(tmp_path / "new.png", "png")]
    with pytest.raises(PlanError, match=r"3 of 4 outputs exist, such as .*0.png; --skip-existing"):
        refuse_existing(targets)


def test_an_empty_file_is_no_output(tmp_path: Path) -> None:
    assert is_done(Target(file(tmp_path / "a.png"), "png"))
    assert not is_done(Target(file(tmp_path / "b.png", b""), "png"))
    assert not is_done(Target(tmp_path / "c.png", "png"))


def test_one_output_is_checked_as_many_are(tmp_path: Path) -> None:
    old, source = file(tmp_path / "old.csv"), file(tmp_path / "in.csv")
    check_output(tmp_path / "new.csv", [str(source), "-", str(tmp_path)], overwrite=False)
    check_output(old, [str(source)], overwrite=True)
    with pytest.raises(PlanError, match=r"old.csv exists; -y"):
        check_output(old, [str(source)], overwrite=False)
    with pytest.raises(PlanError, match="an input is never overwritten"):
        check_output(source, [str(old), str(source)], overwrite=True)
    with pytest.raises(PlanError, match="does not exist"):
        check_output(tmp_path / "no" / "new.csv", [], overwrite=True)


WITHOUT_RIGHTS = """
import sys
from cnnfilt.batch.clashes import check_output
from cnnfilt.errors import PlanError
from tests.rightless import drop_rights

drop_rights()
try:
    check_output("out/x.csv", ["in.csv"], overwrite=True)
except PlanError as error:
    sys.exit(str(error))
"""


def test_a_folder_that_may_not_be_written_to_is_refused(open_to_all: Path) -> None:
    (open_to_all / "out").mkdir()
    (open_to_all / "out").chmod(0o555)
    program = [sys.executable, "-c", WITHOUT_RIGHTS]
    done = subprocess.run(program, cwd=open_to_all, env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "the folder out is not writable; choose another\n")
