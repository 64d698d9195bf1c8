"""Run the command line on one file after another, each in a fork of its own, and measure what each took.

python -m tests.harness FOLDER < list of files: prints a line of JSON for each. A fork starts in a hundredth of the
time that a new interpreter takes, and its time and memory can still be told apart from those of the others.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from pathlib import Path

from cnnfilt.cli.main import exit_code

SECONDS_AT_MOST = 300


def main(folder: Path) -> None:

    for number, path in enumerate(sys.stdin.read().splitlines()):
        print(json.dumps(measured(path, folder / f"{number}.png", folder / f"{number}.txt")), flush=True)


def measured(path: str, out: Path, log: Path) -> dict[str, object]:
    """The exit code (negative: a signal), seconds of computing, the peak memory in bytes and the stderr of one run."""
    child = os.fork()
    if not child:
        carry(path, out, log)
    _, status, usage = os.wait4(child, 0)
    return {
        "path": path,
        "out": str(out),
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "bytes": usage.ru_maxrss * 1024,
        "stderr": log.read_text(errors="backslashreplace"),
    }


def carry(path: str, out: Path, log: Path) -> None:
    signal.alarm(SECONDS_AT_MOST)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = 99
    with contextlib.suppress(BaseException):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        code = exit_code(["edges", path, "-q", "-o", str(out)])
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
