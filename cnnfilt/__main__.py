"""Run the command line: `cnnfilt`, or `python -m cnnfilt`."""

from typing import NoReturn

from cnnfilt.leaving import leave_on_signals


def run() -> NoReturn:
    """Run the command line and leave with its exit code."""
    leave_on_signals()
    # Only now, for a Ctrl-C that comes during the imports is to be one line, too.
    from cnnfilt.cli.main import run as run_command

    run_command()


if __name__ == "__main__":
    run()
