"""What a cluster may answer instead of a record, from one that is played by a thread."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cnnfilt.batch import cluster
from cnnfilt.batch.cluster import carry_from, run_on_cluster
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source
from cnnfilt.batch.work import Settings
from cnnfilt.errors import CnnfiltError, PlanError
from cnnfilt.frozen import replace
from tests.batch import operations
from tests.batch.operations import jobs_in
from tests.conftest import tree


class KilledWorkerError(Exception):
    """Stands in for Dask's."""


class Played:
    """A cluster of one thread; `answer` stands between it and each job."""

    lost = (KilledWorkerError,)
    carry = staticmethod(lambda *arguments: carry_from("", *arguments))
    count = 1

    def __init__(self, answer: Callable[[FileJob], None]) -> None:
        self.executor: Executor = Answering(answer)
        self.ended = False

    def close(self) -> None:
        self.executor.shutdown()

    end = end_workers = close


class Answering(ThreadPoolExecutor):
    def __init__(self, answer: Callable[[FileJob], None]) -> None:
        super().__init__(1)
        self.answer = answer

    def submit(self, function: Callable[..., Any], /, job: Any, *arguments: Any) -> Future[Any]:  # type: ignore[override]
        def carry() -> Any:
            self.answer(job)
            return function(job, *arguments)

        return super().submit(carry)


def play(monkeypatch: pytest.MonkeyPatch, answer: Callable[[FileJob], None]) -> None:
    monkeypatch.setattr(cluster, "Cluster", lambda address: Played(answer))


def raising(error: Exception, name: str) -> Callable[[FileJob], None]:
    def answer(job: FileJob) -> None:
        if job.source.name == name:
            raise error

    return answer


def test_a_file_that_cost_its_workers_is_named_and_the_rest_are_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    play(monkeypatch, raising(KilledWorkerError(), "01.png"))
    records = list(run_on_cluster("", jobs_in(tmp_path, [9] * 5), operations.Copy(), Settings()))
    assert [Path(record.name).name for record in records if record.error] == ["01.png"]
    assert len(tree(tmp_path / "out")) == 4


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CancelledError(), "connection to the cluster was lost; --skip-existing resumes"),
        (ModuleNotFoundError("No module named 'cnnfilt'\nand more"), "cannot do this .ModuleNotFoundError: No module"),
    ],
)
def test_a_cluster_that_cannot_go_on_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, words: str
) -> None:
    play(monkeypatch, raising(error, "01.png"))
    with pytest.raises(CnnfiltError, match=words) as caught:
        list(run_on_cluster("", jobs_in(tmp_path, [9] * 5), operations.Copy(), Settings()))
    assert "\n" not in str(caught.value)


def test_paths_are_sent_whole_and_come_back_as_given(tmp_path: Path) -> None:
    jobs_in(tmp_path, [9])
    given = FileJob(Source("in/00.png"), (Target(Path("out/00.png"), "png", make_folder=True),))
    record = carry_from(str(tmp_path), given, operations.Copy(), Settings())
    assert (record.name, record.outputs[0].name, record.error) == ("in/00.png", "out/00.png", None)
    assert set(tree(tmp_path / "out")) == {"00.png"}
    missing = carry_from(str(tmp_path), replace(given, source=Source("in/no.png")), operations.Copy(), Settings())
    assert missing.name == "in/no.png"
    assert missing.error is not None


@pytest.mark.parametrize(
    "job", [FileJob(Source("-"), (Target(Path("a"), "png"),)), FileJob(Source("a"), (Target(None, "png"),))]
)
def test_pipes_are_of_this_machine(job: FileJob) -> None:
    with pytest.raises(PlanError, match="standard input and output"):
        next(run_on_cluster("", [job], operations.Copy(), Settings()))
