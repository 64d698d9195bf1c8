"""A test that hangs fails by itself, and where nothing else helps its process ends."""

import subprocess
import sys

import pytest

from tests import patience
from tests.conftest import ENVIRONMENT


def test_a_wait_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.02)
    with pytest.raises(AssertionError, match="it does not come"):
        patience.wait_until(lambda: False, "it does not come")
    patience.wait_until(lambda: True, "it does not come")


@pytest.mark.parametrize(
    ("hangs", "words"),
    [
        ("threading.Event().wait()", "Failed: hangs: no end after 0.2 seconds"),
        ("subprocess.run(['sleep', '999'])", "Failed: hangs: no end after 0.2 seconds"),
        ("sum(range(10**15))", "Timeout (0:00:00.4"),
    ],
    ids=["lock", "process", "loop in C"],
)
def test_what_hangs_is_ended(hangs: str, words: str) -> None:
    script = (
        f"import subprocess, threading; from tests import patience; patience._GRACE = 0.2\n"
        f"with patience.failing_after(0.2, 2): {hangs}"
    )
    done = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 1
    assert words in done.stderr
