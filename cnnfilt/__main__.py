"""Run the command line: `cnnfilt`, or `python -m cnnfilt`."""

import gc
from typing import NoReturn

from cnnfilt.signals import exit_on_signals

_OBJECTS = 100_000
"""So many new objects start a search for garbage (700 by Python's own choice). An import makes none: the searches
would take a twentieth of a short run."""


def run() -> NoReturn:
    """Run the command line and exit with its code."""
    gc.set_threshold(_OBJECTS)
    exit_on_signals()
    # Only now, for a Ctrl-C that comes during the imports is to be one line, too.
    from cnnfilt.cli.main import run as run_command

    run_command()


if __name__ == "__main__":
    run()
