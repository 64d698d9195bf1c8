"""The command: `python -m tests.benchmarks`."""

import argparse
import os
from contextlib import suppress
from importlib import import_module
from types import ModuleType


def main() -> None:
    """Measure what the arguments ask for, and print it line by line."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks",
        description="Measure cnnfilt against the peers that are installed, and print Markdown tables.",
    )
    parser.add_argument("--rows", default="", metavar="PATTERN", help="only rows (and tables) whose name matches")
    parser.add_argument("--megapixels", type=float, default=24, help="the size of the photograph (24)")
    parser.add_argument("--repeats", type=int, default=7, help="how often ours and each peer take turns, at most (7)")
    parser.add_argument("--list", action="store_true", help="print the names of the rows")
    arguments = parser.parse_args()
    report = imported_with_one_blas_thread()
    if arguments.list:
        lines = report.names(arguments.rows)
    else:
        lines = report.lines(arguments.rows, megapixels=arguments.megapixels, repeats=arguments.repeats)
    with suppress(BrokenPipeError):
        for line in lines:
            print(line, flush=True)


def imported_with_one_blas_thread() -> ModuleType:
    """Return the report, and with it NumPy, with its BLAS as our command line has it: our threads share the work.

    The processes that are measured later are not to see the setting.
    """
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    report = import_module("tests.benchmarks.report")
    del os.environ[name]
    if before is not None:
        os.environ[name] = before
    return report


if __name__ == "__main__":
    main()
