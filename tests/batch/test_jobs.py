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
        (["{in}"], "{in}", "is both the input and the output folder"),
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


@pytest.mark.parametrize(
    ("inputs", "output", "options", "remedy"),
    [
        (["a/x.png", "b/x.png"], "out/", {}, "out/{parent}/{stem}.{ext}"),
        (["a/x.png", "b/x.png"], "out/{stem}_e.png", {}, "out/{parent}/{stem}_e.png"),
        (["a/x.png", "a/x.tif"], "out/", {"format": "png"}, "out/{name}.{ext}"),
        (["a/x.png", "a/x.tif", "b/x.tif"], "out/", {"format": "png"}, "out/{parent}/{name}.{ext}"),
        (["a/x.png", "a/y.png"], "out/{kernel}.png", {"labels": ("k1", "k2")}, "out/{stem}-{kernel}.png"),
    ],
)
def test_results_in_one_place_are_refused_with_a_pattern_that_keeps_them_apart(
    inputs: list[str],
    output: str,
    options: dict[str, str],
    remedy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in inputs:
        folder(tmp_path, Path(path).name, name=str(Path(path).parent))
    with pytest.raises(PlanError) as refused:
        plan_jobs(inputs, OutputRequest(output, **options))  # type: ignore[arg-type]
    assert refused.value.message.endswith(f"; -o '{remedy}' keeps them apart")
    plan = plan_jobs(inputs, OutputRequest(remedy, **options))  # type: ignore[arg-type]
    places = [target.path for job in plan.jobs for target in job.targets]
    assert len(set(places)) == len(places) >= len(inputs)


def test_no_pattern_is_offered_where_none_keeps_them_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would tell these apart, their folders, would make each output its own input."""
    monkeypatch.chdir(tmp_path)
    for path in ("a", "b"):
        folder(tmp_path, "x.png", name=path)
    with pytest.raises(PlanError) as refused:
        plan_jobs(["a/x.png", "b/x.png"], OutputRequest("{name}"))
    assert refused.value.message == "a/x.png and b/x.png would both be written to x.png; write to different names"


def test_one_file_named_twice_needs_no_pattern(tmp_path: Path) -> None:
    source = folder(tmp_path, "a.png")
    with pytest.raises(PlanError, match="they are the same file; name it once"):
        plan_jobs([source, f"{source}/a.png"], OutputRequest(f"{tmp_path}/out/"))


@pytest.mark.parametrize("names", [["a.png"], ["a.png", "b.png"]], ids=["one", "several"])
@pytest.mark.parametrize("output", ["{foo}.png", "{stem}-{Frame}.png", "{foo}/", "{}.png", "{frame:03}.png"])
def test_an_unknown_field_is_refused_with_the_known_ones(tmp_path: Path, names: list[str], output: str) -> None:
    inputs = [f"{folder(tmp_path, name)}/{name}" for name in names]
    known = r"is unknown; use \{stem\}, \{name\}, \{ext\}, \{parent\}, \{kernel\}, \{region\} or \{frame\}$"
    with pytest.raises(PlanError, match=known):
        plan_jobs(inputs, OutputRequest(f"{tmp_path}/{output}"))


def test_braces_that_an_input_or_a_folder_has_are_part_of_a_name(tmp_path: Path) -> None:
    source = folder(tmp_path, "{x}.png", name="{in}")
    for output in (f"{tmp_path}/{{x}}_e.png", f"{source}/out.png", f"{source}/{{stem}}_e.png"):
        (job,) = plan_jobs([f"{source}/{{x}}.png"], OutputRequest(output)).jobs
        assert str(job.targets[0].path) == output.replace("{stem}", "{x}")


@pytest.mark.parametrize(("output", "what"), [("{kernel}.png", "kernel or map"), ("{frame}.png", "--frames all")])
def test_a_field_that_nothing_stands_for_is_refused(tmp_path: Path, output: str, what: str) -> None:
    with pytest.raises(PlanError, match=what):
        plan_jobs([f"{folder(tmp_path, 'a.png')}/a.png"], OutputRequest(f"{tmp_path}/{output}"))
