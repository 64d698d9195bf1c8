"""The plan as a whole: all jobs, those that are done already, and what is refused."""

from pathlib import Path

import pytest

from cnnfilt.batch.jobs import plan_jobs
from cnnfilt.batch.naming import OutputRequest
from cnnfilt.errors import InputError, PlanError


def folder(tmp_path: Path, *names: str, name: str = "in") -> str:
    (tmp_path / name).mkdir(exist_ok=True)
    for each in names:
        (tmp_path / name / each).write_bytes(b"x")
    return str(tmp_path / name)


def test_what_is_there_is_left_out_when_resuming(tmp_path: Path) -> None:
    source, out = folder(tmp_path, "a.png", "b.png", "c.png"), folder(tmp_path, "b.png", name="out")
    plan = plan_jobs([source], OutputRequest(f"{out}/", skip_existing=True))
    assert [job.source.name for job in plan.jobs] == ["a.png", "c.png"]
    assert [job.source.name for job in plan.existing] == ["b.png"]


def test_half_of_an_input_s_results_is_made_again_as_a_whole(tmp_path: Path) -> None:
    source, out = folder(tmp_path, "a.png"), folder(tmp_path, "a.k1.png", name="out")
    plan = plan_jobs([source], OutputRequest(f"{out}/", skip_existing=True, labels=("k1", "k2")))
    assert [len(job.targets) for job in plan.jobs] == [2]


@pytest.mark.parametrize(
    ("inputs", "output", "words"),
    [
        (["{in}", "{in}/a.png"], "out/", "would both be written"),
        (["-", "-"], "out/", "only once"),
        (["{in}"], None, "need a folder"),
        (["{in}"], "-", "cannot share standard output"),
        (["{in}"], "{in}", "is the input and the output folder"),
        (["{in}/a.png", "{in}/no.png"], None, "use -o"),
    ],
)
def test_what_is_refused(tmp_path: Path, inputs: list[str], output: str | None, words: str) -> None:
    source = folder(tmp_path, "a.png", "b.png")
    output = output and output.replace("{in}", source).replace("out/", f"{tmp_path}/out/")
    with pytest.raises(PlanError, match=words):
        plan_jobs([path.replace("{in}", source) for path in inputs], OutputRequest(output))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_list_of_one_counts_as_several(tmp_path: Path) -> None:
    source = folder(tmp_path, "a.png")
    (job,) = plan_jobs([f"{source}/a.png"], OutputRequest(str(tmp_path / "out")), listed=True).jobs
    assert job.targets[0].path == tmp_path / "out" / "a.png"


def test_an_empty_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no images"):
        plan_jobs([folder(tmp_path)], OutputRequest("out/"))


def test_thousands_are_planned_at_once(tmp_path: Path) -> None:
    source = folder(tmp_path, *(f"{n}.png" for n in range(1000)))
    assert len(plan_jobs([source], OutputRequest(str(tmp_path / "out") + "/")).jobs) == 1000
