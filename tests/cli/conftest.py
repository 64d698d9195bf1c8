"""Run the command line in this process, as a shell would see it."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnnfilt.cli.main import exit_code
from tests.json_records import check

SAMPLES = Path(__file__).parents[2] / "sample_images"


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode()

    @property
    def lines(self) -> list[str]:
        """The lines on stderr."""
        return self.stderr.splitlines()


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `cnnfilt` with these arguments, and these bytes on standard input."""

    def call(*arguments: object, stdin: bytes = b"") -> Outcome:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            code = exit_code([str(argument) for argument in arguments])
        outcome = Outcome(code, out.buffer.getvalue(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]
        check([str(argument) for argument in arguments], outcome.stdout)
        return outcome

    return call


@pytest.fixture
def worked_example() -> Path:
    """The notes' 6x6 matrix."""
    return SAMPLES / "worked_example.csv"
